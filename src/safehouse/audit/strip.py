"""The strip of a report's page: who is hidden when, a lane for each appearance of a head."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from safehouse.model.clip import VideoStream, parse_fraction
from safehouse.model.plan import Plan
from safehouse.model.words import Said, say

__all__ = ["LANE_HEIGHT", "LANE_LEFT", "STRIP_WIDTH", "Lane", "lanes_of", "ticks_of", "time_code"]

LANES_MOST = 60
"""Lanes of the strip; the tracks beyond are counted in words."""

STRIP_WIDTH, LANE_HEIGHT, LANE_LEFT = 1000, 18, 90

REASONS = {
    "head": say("followed"),
    "lost": say("lost, and hidden where it can be"),
    "unsure": say("nobody can say where"),
    "corrupt": say("the frame can't be decoded"),
    "hand": say("drawn by hand"),
}
"""Why a mask is there, in words."""


class Bar(NamedTuple):
    """A bar of the strip: place and width in the strip's units, kind, and words for a reader."""

    x: float
    width: float
    kind: str
    words: str


class Lane(NamedTuple):
    """A lane of the strip: a track's id, its top, and its bars."""

    name: str
    y: int
    bars: tuple[Bar, ...]


def lanes_of(plan: Plan) -> tuple[tuple[Lane, ...], int]:
    """Return the lanes of the strip, and how many more there would be."""
    rows = list(_tracks(plan).items())
    lanes = (Lane(n, at * LANE_HEIGHT, tuple(bars)) for at, (n, bars) in enumerate(rows))
    return tuple(lanes)[:LANES_MOST], max(0, len(rows) - LANES_MOST)


def _tracks(plan: Plan) -> dict[str, list[Bar]]:
    """Return the bars of each track, and of masks that follow none, by name."""
    count = plan.clip.video.times.count if plan.clip.video else 0
    rows: dict[str, list[Bar]] = {}
    wide = (STRIP_WIDTH - LANE_LEFT) / max(1, count)
    for mask in sorted(plan.masks, key=lambda m: m.first):
        whole = mask.why in {"unsure", "corrupt"}
        name = mask.track or (say("whole picture") if whole else mask.id)
        first, end = max(0, mask.first), min(mask.end, count)
        bar = Bar(
            round(LANE_LEFT + first * wide, 2),
            round(max(1.5, (end - first) * wide), 2),
            mask.why,
            _words(name, first, end - 1, REASONS[mask.why]),
        )
        rows.setdefault(name, []).append(bar)
    for place in plan.shown:
        name = place.track or place.piece
        first, end = max(0, place.first), min(place.end, count)
        words = say(
            "{name}: {person} is shown by consent in frames {first} to {last}",
            name=name,
            person=place.person,
            first=first,
            last=end - 1,
        )
        x, long = LANE_LEFT + first * wide, max(1.5, (end - first) * wide)
        rows.setdefault(name, []).append(Bar(round(x, 2), round(long, 2), "shown", words))
    return rows


def _words(name: str, first: int, last: int, why: str) -> Said:
    return say(
        "{name}: hidden in frames {first} to {last} ({why})",
        name=name,
        first=first,
        last=last,
        why=why,
    )


def ticks_of(video: VideoStream | None) -> Sequence[tuple[float, str]]:
    """Return places and times of the strip's scale: begin, quarters and end."""
    if video is None:
        return ()
    count = video.times.count
    wide = STRIP_WIDTH - LANE_LEFT
    return tuple(
        (round(LANE_LEFT + wide * n / 4, 1), time_code(video, count * n // 4)) for n in range(5)
    )


def time_code(video: VideoStream | None, frame: int) -> str:
    """Return a frame's time on screen as h:mm:ss.mmm, from its exact pts."""
    if video is None or not video.times.count:
        return "-"
    at = max(0, frame)
    for run in video.times.runs:
        if at < run.count:
            pts = run.first + run.step * at
            break
        at -= run.count
    else:
        last = video.times.runs[-1]
        pts = last.first + last.step * (last.count - 1) + video.times.last_duration
    ms = int(Fraction(pts) * parse_fraction(video.times.timebase) * 1000)
    sign, ms = ("-" if ms < 0 else ""), abs(ms)
    return f"{sign}{ms // 3600000}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
