"""Who may be shown and heard in a version, and what a human decided about a clip. Values, no rules.

A joiner fills these from the project and hands them to `safehouse.plan.showing`, whose results go
into `build_plan`.
"""

from typing import Literal, NamedTuple

import msgspec

from safehouse.model.acts_clips import Piece, Question
from safehouse.model.acts_deciding import DrawMask, ReplaceSpan
from safehouse.model.consent import Ruling, Trait

__all__ = [
    "NOT_ANSWERED",
    "UNDECIDED",
    "Answer",
    "Answered",
    "Confirmed",
    "Decided",
    "HeardVoice",
    "Origin",
    "Rulings",
    "ShownPiece",
    "VoiceSpan",
    "Withheld",
]

Origin = Literal["own", "unknown"]
"""Where a clip is from; nobody in one of unknown origin can have consented."""

Answer = Literal["open", "waits", "accept", "hide", "nothing"]
"""What a human answered; open is not answered yet, or taken back; what waits is open too, but asked
only when a human says who is there."""

NOT_ANSWERED = frozenset({"open", "waits"})
"""Answers that are none."""

Rulings = dict[tuple[str, Trait], Ruling]
"""Person and trait → what the register says for the version; what is not there is no."""


class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a track, and the person that a human said it is; "" while nobody has.

    not_person: a human said that it shows no person; it stays hidden.
    """

    piece: Piece
    person: str = ""
    not_person: bool = False


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question about a clip, and what a human answered."""

    question: Question
    answer: Answer = "open"


class ShownPiece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Frames first <= f < end of a track whose head may be shown: whose, and by which records."""

    piece: str
    track: str
    first: int
    end: int
    person: str
    records: tuple[str, ...]


class Withheld(NamedTuple):
    """A piece or a span of sound that stays hidden, of whom as far as a human said, and why."""

    what: str
    person: str
    why: str


class VoiceSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A human said who is heard in samples first <= n < end of a sound track.

    Where several people are heard, there is a span for each. person "" is somebody unknown.
    """

    stream: int
    first: int
    end: int
    person: str


class HeardVoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Samples first <= n < end of a track that may be heard: whose voice, and by which records."""

    stream: int
    first: int
    end: int
    person: str
    records: tuple[str, ...]


class Decided(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that humans and the register decided about a clip in a version.

    Attributes:
        shown: pieces whose heads are shown.
        heard: spans of the original sound that are heard.
        hand: masks that were drawn by hand.
        answers: questions, with their answers.
        spans: frames that are replaced.
    """

    shown: tuple[ShownPiece, ...] = ()
    heard: tuple[HeardVoice, ...] = ()
    hand: tuple[DrawMask, ...] = ()
    answers: tuple[Answered, ...] = ()
    spans: tuple[ReplaceSpan, ...] = ()


UNDECIDED = Decided()
"""Nobody decided anything: everybody is hidden."""
