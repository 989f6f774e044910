"""How well a head is attested, and where a weak one is not followed any farther. Pure."""

from bisect import bisect_left
from dataclasses import replace
from itertools import pairwise

from safehouse.analysis.settings import Settings
from safehouse.analysis.tracklet import Tracklet

__all__ = ["is_strong", "sections_of"]

STRONG = 0.6
"""Score of the best face of a head that is followed beyond its faces. Posters, bottles and coats of
arms of the benchmark's clips reach 0.59, labelled faces that can be recognised at least 0.63. A
weak head is hidden too, but only around where it is seen."""

CLEAR, FAINT = 0.4, 0.3
"""A faint face counts only within some time of a clear one; between the two, always."""

WELL, PATIENCE = 0.65, 3
"""On a head that was seen this well, faint faces count so many times longer: a person who turns
round shows 0.1 from behind, and a bottle shows that too."""


def is_strong(track: Tracklet) -> bool:
    """Return whether enough was seen to follow the head beyond its faces."""
    return track.best >= STRONG


def sections_of(track: Tracklet, settings: Settings) -> list[Tracklet]:
    """Return the parts of a tracklet that its clear faces attest.

    Faint faces far from every clear one are left out; a part ends where no face is left for
    longer than heads are bridged, a weak head's after its shortest lead.
    """
    strong = is_strong(track)
    reach = (
        settings.bridge * (PATIENCE if track.best >= WELL else 1)
        if strong
        else settings.lead * 2 // 3
    )
    clear = sorted(frame for frame, hit in track.hits.items() if hit.score >= CLEAR)
    kept = [
        frame
        for frame, hit in sorted(track.hits.items())
        if hit.score >= FAINT or _is_within(frame, clear, reach)
    ]
    parts: list[list[int]] = [[]]
    for frame, after in pairwise([*kept, -1]):
        parts[-1].append(frame)
        if after - frame > (settings.bridge if strong else settings.lead):
            parts.append([])
    return [_part(track, frames, strong=strong) for frames in parts if frames]


def _is_within(frame: int, others: list[int], reach: int) -> bool:
    """Return whether one of others, in order, is at most reach frames away."""
    at = bisect_left(others, frame - reach)
    return at < len(others) and others[at] <= frame + reach


def _part(track: Tracklet, frames: list[int], *, strong: bool) -> Tracklet:
    begins = frames[0] == track.first
    return replace(
        track,
        hits={frame: track.hits[frame] for frame in frames},
        lead=track.lead if begins else {},
        certain=strong,
    )
