"""How closely analysis looks; every number with its reason."""

from dataclasses import dataclass, replace
from typing import Literal

from safehouse.model.clip import VideoStream, parse_fraction

__all__ = ["Settings", "at_pace"]

USUAL = (20, 40)
"""Frames a second for which the defaults are made."""

BELIEVED = (2, 480)
"""Frames a second that are believed; some containers name their clock's rate instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be chosen about looking; the defaults are what `docs/finding.md` measures.

    Attributes:
        low: score from which a face is kept while neighbouring frames support it.
        sure: score from which a face alone makes a head certain; below it, several are needed.
        every: look at the whole picture in every n-th frame; 0 takes 1 for small pictures and 3
            for large ones (1 and 2 gave the same cover of every labelled face, at more time).
        precision: `bf16`, `f32`, or `auto`: BF16 where the CPU has it.
        longest: longer side of the picture that the detector sees, px; 0 chooses by the clip.
        threads: threads of the detector; 0 takes all cores.
        lead: frames that are covered before a head's first and after its last hit, at most.
        bridge: frames between two hits of one head that are covered in any case.
        again: frames between two closer looks: at a quarter of the picture, larger; after all
            four, at the turned picture.
    """

    low: float = 0.08
    sure: float = 0.4
    every: int = 0
    precision: Literal["auto", "f32", "bf16"] = "auto"
    longest: int = 0
    threads: int = 0
    lead: int = 15
    bridge: int = 50
    again: int = 12


def at_pace(settings: Settings, video: VideoStream) -> Settings:
    """Return settings for the clip's rate: spans that are times, told in frames.

    A head moves three times as far from frame to frame at 10 frames a second as at 30, and is
    gone three times as early.
    """
    rate = parse_fraction(video.rate)
    if USUAL[0] <= rate <= USUAL[1] or not BELIEVED[0] <= rate <= BELIEVED[1]:
        return settings
    pace = float(rate) / 30
    return replace(
        settings,
        every=settings.every or (1 if rate < USUAL[0] else 0),
        lead=max(4, round(settings.lead * pace)),
        bridge=max(8, round(settings.bridge * pace)),
        again=max(4, round(settings.again * pace)),
    )
