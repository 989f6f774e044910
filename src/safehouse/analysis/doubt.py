"""Spans that a person should look at: heads that were lost, or hardly seen at all. Pure."""

from collections.abc import Sequence
from math import hypot

from safehouse.analysis.course import course_of
from safehouse.analysis.join import Shot, is_leaving
from safehouse.model.box import Box
from safehouse.model.findings import Track, Unsure

__all__ = ["spans_of", "unsure_of"]

WEAK = 0.6
"""Best score of a track below which the whole of it is queued for a look."""

PLAIN = 0.4
"""Score at which a face was in plain view. When one that stayed where it was is lost from one frame
to the next, with no flow and no edge to leave by, the growing place is a guess, and the frame is
hidden whole."""

TINY = 20
"""Height of a head, px, below which it never hides a whole frame: nobody is told by so few."""

MOVES = 0.08
"""Speed of a head, in its sizes a frame, from which it went on behind something as it moved: the
lost place goes on with it, so that the frame need not be hidden whole."""

BEHIND = 0.15
"""Share of a lost head that another head must cover for the lost one to be behind it."""


def unsure_of(track: Track, shot: Shot, others: Sequence[Track]) -> list[Unsure]:
    """Return the spans of a track in which its place was not seen, or hardly.

    others are the tracks of the same shot; one that goes by in front explains a lost head.
    """
    found = []
    best = max(sample.score for sample in track.samples)
    for first, end in spans_of([s.frame for s in track.samples if s.source == "lost"]):
        gone = best >= WEAK and _vanished(track, first, shot)
        whole = gone and not _is_behind(track, first, others)
        why = "head lost from plain view" if whole else "head lost inside the shot"
        score = 1.0 if whole else 0.8
        found.append(Unsure(first, end, why, whole=whole, score=score, track=track.id))
    if best < WEAK:
        found.append(Unsure(track.first, track.end, "weak detection", score=0.5, track=track.id))
    return found


def spans_of(frames: list[int]) -> tuple[tuple[int, int], ...]:
    """Return runs of neighbouring frames as [first, end) pairs."""
    spans: list[tuple[int, int]] = []
    for frame in frames:
        if spans and spans[-1][1] == frame:
            spans[-1] = (spans[-1][0], frame + 1)
        else:
            spans.append((frame, frame + 1))
    return tuple(spans)


def _vanished(track: Track, first: int, shot: Shot) -> bool:
    """Return whether the head was in plain view in the frame before, with nowhere to go."""
    row = first - track.first - 1
    if row < 0:
        return False
    last = track.samples[row]
    plain = last.source == "seen" and last.score >= PLAIN and last.head.height >= TINY
    return plain and not is_leaving(_area(last.head), shot) and _stays(track, row)


def _stays(track: Track, row: int) -> bool:
    """Return whether a head was seen for some time in a row of a track, and was not on its way."""
    sights = [(s.frame, _area(s.head)) for s in track.samples[: row + 1] if s.source == "seen"]
    course = course_of(sights)
    head = track.samples[row].head
    return course is not None and hypot(*course) <= MOVES * head.area**0.5


def _is_behind(track: Track, first: int, others: Sequence[Track]) -> bool:
    """Return whether another head was in front of a head, or about to be, when it was lost."""
    head = track.samples[first - track.first - 1].head
    for other in others:
        if other.id == track.id:
            continue
        for frame in (first - 1, first):
            if other.first <= frame < other.end:
                front = other.samples[frame - other.first].head
                if front.intersect(head).area > BEHIND * head.area:
                    return True
    return False


def _area(box: Box) -> tuple[float, float, float, float]:
    return (box.x0, box.y0, box.x1, box.y1)
