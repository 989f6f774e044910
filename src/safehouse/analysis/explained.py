"""Why a head was lost, where the findings tell it: nobody has to look there. Pure.

A lost head has a cover that grows; what a person is asked is whether it is still there beyond its
cover. That is told without a look when it came through the frame's edge or from behind another
head, lies under another head's cover, or passed behind another head and came back. That it was lost
at the edge, or at the end of its shot, tells nothing: people stay there, half in the picture.
"""

from bisect import bisect_right
from collections.abc import Mapping

from safehouse.analysis.pieces import overlaps_of
from safehouse.model.box import Box
from safehouse.model.findings import Findings, Sample, Track

__all__ = ["EDGE", "Scene", "first_seen"]

EDGE = 0.35
"""Distance of a head from the frame's edge, in its own size, from which it came through the edge
between two looks."""

SOON = 3
"""Frames from a cut within which a head was there from the cut on."""

BACK = 12
"""Frames after a lost place within which a head that passed behind another one comes back."""

INSIDE = 0.95
"""Share of a lost place that must lie in another head that is in sight to be under its cover."""


class Scene:
    """A clip's findings, asked why a head is lost in them."""

    def __init__(self, findings: Findings) -> None:
        """Read the findings."""
        self.findings = findings
        self.tracks: Mapping[str, Track] = {track.id: track for track in findings.tracks}
        self.behind = {name: set(rows) for name, rows in overlaps_of(findings.tracks).items()}

    def is_told(self, name: str, first: int, end: int) -> bool:
        """Return whether it is told why a track is lost in frames first <= f < end."""
        track = self.tracks.get(name)
        if track is None or not self._is_lost(track, first, end):
            return False
        if self._is_under(track, first, end):
            return True
        if first == track.first:
            return end < track.end and self._came(track, first_seen(track))
        return end == track.end and self._is_back(track, first)

    def is_told_to_begin(self, track: Track) -> bool:
        """Return whether a track begins with its shot, at the edge, or from behind another head."""
        seen = first_seen(track)
        shot = self.findings.shots[max(0, bisect_right(self.findings.shots, seen.frame) - 1)]
        soon = seen.frame < shot + SOON + self.findings.detector.every
        return soon or self._came(track, seen)

    def _came(self, track: Track, seen: Sample) -> bool:
        """Return whether a head that is first seen came from behind another, or the edge."""
        return seen.frame in self.behind[track.id] or self.is_at_edge(seen.head)

    def is_at_edge(self, head: Box) -> bool:
        """Return whether a head is so near the frame's edge that it came through it."""
        video = self.findings.clip.video
        if video is None:
            return False
        grown = head.grow(round(EDGE * head.width), round(EDGE * head.height))
        return not Box(0, 0, video.width, video.height).contains(grown)

    def _is_lost(self, track: Track, first: int, end: int) -> bool:
        rows = track.samples[first - track.first : end - track.first]
        inside = track.first <= first < end <= track.end
        return inside and all(sample.source == "lost" for sample in rows)

    def _is_under(self, track: Track, first: int, end: int) -> bool:
        """Return whether a lost place lies inside one head that is in sight, in all its frames."""
        for other in self.findings.tracks:
            if other.id == track.id or other.first > first or other.end < end:
                continue
            own = track.samples[first - track.first : end - track.first]
            front = other.samples[first - other.first : end - other.first]
            if all(_holds(a, b) for a, b in zip(front, own, strict=True)):
                return True
        return False

    def _is_back(self, track: Track, first: int) -> bool:
        """Return whether a head that was lost behind another one begins again beside it."""
        if not self.behind[track.id].intersection(range(first - 1, first + 1)):
            return False
        place = track.samples[-1].head
        for other in self.findings.tracks:
            if other.id != track.id and first <= other.first <= track.end + BACK:
                seen = first_seen(other).head
                if seen.intersect(place).area > seen.area / 2:
                    return True
        return False


def first_seen(track: Track) -> Sample:
    """Return the first sample in which a detector saw the head."""
    return next((s for s in track.samples if s.source == "seen"), track.samples[0])


def _holds(front: Sample, lost: Sample) -> bool:
    inside = front.head.intersect(lost.head).area
    return front.source in {"seen", "flow"} and inside >= INSIDE * lost.head.area
