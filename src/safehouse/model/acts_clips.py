"""Acts about clips: added, moved, analysed."""

from typing import Literal

import msgspec

from safehouse.model.act import Act

__all__ = ["AddClip", "AnalyseClip", "Custody", "FailClip", "MoveClip", "Piece", "Question"]


class Custody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a clip comes from, as its vault's manifest says: the card's id, and when sealed."""

    card: str
    sealed: str


class AddClip(Act, frozen=True, kw_only=True):
    """A clip was added by reference; origin `unknown` was sent in or smuggled: nobody consented.

    path is where the file lies; it may name a person and goes into no output. given_by is who
    handed it over, sealed with the project's key as base64, or "".
    """

    clip: str
    path: str
    sha256: str
    size_bytes: int
    mtime_ns: int
    origin: Literal["own", "unknown"] = "own"
    custody: Custody | None = None
    given_by: str = ""


class MoveClip(Act, frozen=True, kw_only=True):
    """The same file, by its digest, lies elsewhere, or is known to be of unknown origin by now.

    custody is what is known of it from there. origin `unknown` and given_by are as in `AddClip`; ""
    leaves them. Nothing makes a clip of unknown origin one of ours.
    """

    clip: str
    path: str
    mtime_ns: int
    custody: Custody | None = None
    origin: Literal["", "unknown"] = ""
    given_by: str = ""


class Piece(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A part of a track that shows one head without a doubt: what a person confirms.

    Attributes:
        id: `C0003-A012`; on screen, an appearance.
        track: id of the track in the findings.
        first, end: frames first <= f < end.
        why: `track` it begins with its track; `overlap` another head's region overlaps in it;
            `bridge` nothing of the head was seen in it; `jump` the face becomes another one in
            it; `after` it follows one of those; `long` it goes on, but would be too long.
        best: the frame that shows it best.
        box: head in that frame, px: x0, y0, x1, y1.
        area_frac: largest share of the frame's area that the head takes.
    """

    id: str
    track: str
    first: int
    end: int
    why: str
    best: int
    box: tuple[int, int, int, int]
    area_frac: float


class Question(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Something that a person has to decide.

    Attributes:
        id: `C0003-Q004`.
        kind: `begins` a face out of nothing; `lost` inside the shot; `weak` detection; `near` a
            guess of identity near the line; `large` a head over a third of the frame; `whole` the
            whole frame is hidden; `damaged` frames that could not be decoded; `unsure` else.
        first, end: frames first <= f < end.
        track: what it is about, or "".
        score: how much it needs a look; 1 first.
        why: plain words.
        waits: it is asked only when a human says who is there: while its head is hidden, as it is
            until then, nobody has to look.
    """

    id: str
    kind: Literal["begins", "lost", "weak", "near", "large", "whole", "damaged", "unsure"]
    first: int
    end: int
    track: str
    score: float
    why: str
    waits: bool = False


class AnalyseClip(Act, frozen=True, kw_only=True):
    """A clip was looked at; its findings lie sealed as `findings/CLIP.json`.

    Pieces and questions replace those of an earlier analysis; decisions about a piece with the
    same track, first and end stay.
    """

    clip: str
    findings_sha256: str
    width: int
    height: int
    rotation: int
    frames: int
    rate: str
    seconds: float
    shots: int
    sound_tracks: int
    pieces: tuple[Piece, ...]
    questions: tuple[Question, ...]


class FailClip(Act, frozen=True, kw_only=True):
    """A clip could not be read: the error's id, in words without names."""

    clip: str
    error: str
    words: str
