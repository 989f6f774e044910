"""Acts of a reviewer: answers, masks by hand, voices, notes."""

from typing import Literal

from safehouse.model.act import Act
from safehouse.model.shape import Key

__all__ = [
    "Comment",
    "Decide",
    "DrawMask",
    "EraseMask",
    "HandOver",
    "HearOriginal",
    "LookAtOriginal",
    "NoteContent",
    "ReplaceSpan",
    "SetSetting",
    "SignShot",
    "VoiceIs",
]


class Decide(Act, frozen=True):
    """A human answered a question.

    `accept` what is suggested; `hide` the whole frame there; `nothing` is seen there; `open` takes
    the answer back.
    """

    question: str
    answer: Literal["accept", "hide", "nothing", "open"]


class DrawMask(Act, frozen=True, kw_only=True):
    """A place hidden by hand in first <= f < end, added or drawn anew; kind says what of."""

    clip: str
    mask: str
    first: int
    end: int
    keys: tuple[Key, ...]
    kind: Literal["head", "tattoo", "sign", "child", "window", "mirror", "other"] = "other"
    person: str = ""


class EraseMask(Act, frozen=True):
    """A mask that was drawn by hand is taken away."""

    clip: str
    mask: str


class ReplaceSpan(Act, frozen=True, kw_only=True):
    """Frames first <= f < end are replaced by a slate, or the protected frame before them stays."""

    clip: str
    first: int
    end: int
    by: Literal["slate", "still", "nothing"]


class VoiceIs(Act, frozen=True, kw_only=True):
    """A human says who is heard in a span of a sound track, s * rate samples; person "" nobody."""

    clip: str
    stream: int
    first: int
    end: int
    person: str


class Comment(Act, frozen=True):
    """A note at a frame."""

    clip: str
    frame: int
    text: str


class NoteContent(Act, frozen=True):
    """What a shot holds that a colleague should be prepared for."""

    clip: str
    first: int
    end: int
    text: str


class HandOver(Act, frozen=True):
    """A clip is for a colleague, by pseudonym, to review; "" for anybody."""

    clip: str
    to: str


class LookAtOriginal(Act, frozen=True):
    """An operator looked at unprotected frames."""

    clip: str
    first: int
    end: int


class HearOriginal(Act, frozen=True):
    """An operator heard unprotected samples first <= n < end of a sound track."""

    clip: str
    stream: int
    first: int
    end: int


class SignShot(Act, frozen=True):
    """A shot was reviewed by a human."""

    clip: str
    first: int
    end: int


class SetSetting(Act, frozen=True):
    """A setting of the review page, such as a key; value is JSON."""

    name: str
    value: str
