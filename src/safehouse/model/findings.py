"""`findings/1`: what analysis saw in a clip, frame by frame. It may be wrong; it keeps scores."""

from typing import Literal

import msgspec

from safehouse.model.box import Box
from safehouse.model.clip import Clip

__all__ = ["Detector", "Findings", "Sample", "Track", "Unsure"]

SCHEMA = "findings/1"


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a head is in one frame, and how that is known.

    Attributes:
        frame: frame number.
        head: the head with hair, ears and chin, px; may leave the frame.
        score: the detector's score 0 … 1, or that of the neighbouring hits for the other sources.
        source: `seen` by a detector in this frame; `flow` carried by optical flow; `bridge` between
            two hits; `lead` before the first or after the last hit; `lost` a growing place where
            the head can be.
        face: the detector's face box, where there is one.
    """

    frame: int
    head: Box
    score: float
    source: Literal["seen", "flow", "bridge", "lead", "lost"]
    face: Box | None = None


class Track(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One appearance of one head inside one shot: a sample for every frame first <= f < end."""

    id: str
    first: int
    end: int
    samples: tuple[Sample, ...]


class Unsure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span to be looked at by a person.

    Attributes:
        first, end: frames first <= f < end.
        why: plain words: `head lost inside the shot`, `weak detection`, `decode error`.
        whole: nobody can say where the head is: the whole frame is hidden.
        score: how much it needs a look, 0 … 1; 1 first.
        track: the track it is about, or "".
    """

    first: int
    end: int
    why: str
    whole: bool = False
    score: float = 1.0
    track: str = ""


class Detector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the clip was looked at, so that the same findings can be made again."""

    name: str
    sha256: str
    precision: str
    width: int
    height: int
    every: int


class Findings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that analysis says of a clip; schema `findings/1`.

    Attributes:
        shots: first frame of each shot; the first is 0.
        corrupt: frames with a decode error, as [first, end) pairs.
        key_frames: frames at which decoding can begin exactly, as checked by decoding there.
    """

    schema: Literal["findings/1"] = "findings/1"
    clip: Clip
    shots: tuple[int, ...]
    tracks: tuple[Track, ...]
    unsure: tuple[Unsure, ...]
    corrupt: tuple[tuple[int, int], ...]
    key_frames: tuple[int, ...]
    detector: Detector
