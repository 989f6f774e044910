"""Joins tracklets of a shot into appearances with a place in every frame. Pure."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Literal

from safehouse.analysis.course import Course, course_of, moved_on
from safehouse.analysis.places import Area, mix, nearness
from safehouse.analysis.settings import Settings
from safehouse.analysis.steady import steady
from safehouse.analysis.tracklet import Spot, Tracklet

__all__ = ["Place", "Shot", "fill", "is_leaving", "join_tracklets"]

NEAR = 0.8
"""How near, in head sizes, two tracklets' places in one frame must come to be one head."""

SHORT = 12
"""Frames of a gap over which a head is expected to go on as it moved, where flow lost it."""

LOST = 8
"""Frames that a lost head's place grows before it ends."""

GROWTH = 0.03
"""Growth of a lost head's place on each side, in head sizes a frame: after eight it is
1.6 times as large; heads that are gone farther by then are what the span for review is for."""

ANYWHERE = 0.1
"""The same for a head that was seen too briefly to tell where it is going."""

BRIEF = 4
"""Frames covered before a first or after a last hit in any case: where flow leads nowhere, where
the head leaves the frame, or where it is weakly attested."""


Source = Literal["seen", "flow", "bridge", "lead", "lost"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A shot: frames first <= f < end of a film of width x height px."""

    first: int
    end: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a head is in one frame; source and score as in `findings/1`."""

    frame: int
    head: Area
    face: Area | None
    score: float
    source: Source


def join_tracklets(tracklets: list[Tracklet], settings: Settings) -> list[Tracklet]:
    """Return the tracklets of one shot, joined where one goes on as another."""
    tracklets = sorted(tracklets, key=lambda track: track.first)
    firsts = [track.first for track in tracklets]
    costs = []
    for a, before in enumerate(tracklets):
        near = (
            bisect_right(firsts, before.last),
            bisect_right(firsts, before.last + settings.bridge),
        )
        for b in range(*near):
            if a != b:
                after = tracklets[b]
                gap = after.first - before.last
                apart = _apart(before, after)
                if apart < NEAR:
                    costs.append((apart + gap / settings.bridge, a, b))
    follows: dict[int, int] = {}
    taken: set[int] = set()
    for _, a, b in sorted(costs):
        if a not in follows and b not in taken:
            follows[a] = b
            taken.add(b)
    return [_chain(tracklets, follows, n) for n in range(len(tracklets)) if n not in taken]


def _apart(before: Tracklet, after: Tracklet) -> float:
    """Return how near the end of one tracklet comes to the beginning of another."""
    first = Spot(after.hits[after.first].head, after.hits[after.first].face, 1.0)
    last = before.hits[before.last]
    here = before.carried | {before.last: Spot(last.head, last.face, 1.0)}
    there = after.lead | {after.first: first}
    common = [nearness(here[f].head, there[f].head) for f in here.keys() & there.keys()]
    if after.first - before.last <= SHORT:
        common.append(nearness(before.expect(after.first).head, first.head))
    return min(common, default=9.0)


def _chain(tracklets: list[Tracklet], follows: dict[int, int], at: int) -> Tracklet:
    whole = tracklets[at]
    while at in follows:
        at = follows[at]
        after = tracklets[at]
        whole = Tracklet(
            whole.number,
            whole.hits | after.hits,
            whole.carried | after.carried,
            after.lead | whole.lead,
            certain=True,
            stopped=after.stopped,
        )
    return whole


def fill(track: Tracklet, shot: Shot, settings: Settings) -> list[Place]:
    """Return the place of a head in every frame from before its first to after its last hit."""
    track = _steadied(track)
    frames = sorted(track.hits)
    places = _before(track, shot, settings)
    for n, frame in enumerate(frames):
        hit = track.hits[frame]
        places.append(Place(frame, hit.head, hit.face, hit.score, "seen"))
        if n + 1 < len(frames):
            places += _between(track, frame, frames[n + 1])
    return places + _after(track, shot, settings)


def _steadied(track: Tracklet) -> Tracklet:
    """Return a tracklet with steady hits, and what flow carried on from each as steady as it."""
    hits = steady(track.hits)
    frames = sorted(hits)

    def off(frame: int) -> Area:
        (a, b, c, d), (e, f, g, h) = hits[frame].head, track.hits[frame].head
        return (a - e, b - f, c - g, d - h)

    carried = {
        frame: _shifted(spot, off(frames[max(bisect_left(frames, frame) - 1, 0)]))
        for frame, spot in track.carried.items()
    }
    lead = {frame: _shifted(spot, off(frames[0])) for frame, spot in track.lead.items()}
    return replace(track, hits=hits, carried=carried, lead=lead)


def _shifted(spot: Spot, by: Area) -> Spot:
    x0, y0, x1, y1 = (side + off for side, off in zip(spot.head, by, strict=True))
    return replace(spot, head=(x0, y0, x1, y1))


def _before(track: Tracklet, shot: Shot, settings: Settings) -> list[Place]:
    first = track.first
    hit = track.hits[first]
    least = max(shot.first, first - (settings.lead if track.certain else settings.lead // 2))
    places: list[Place] = []
    frame = first - 1
    while frame >= least and frame in track.lead:
        spot = track.lead[frame]
        places.append(Place(frame, spot.head, spot.face, hit.score, "lead"))
        frame -= 1
    last = places[-1].head if places else hit.head
    course = _course(track, places, back=True)
    for steps in range(1, _brief(settings) - len(places) + 1):
        if frame < shot.first:
            break
        head = moved_on(last, course, steps, _growth(track, course))
        places.append(Place(frame, head, None, hit.score, "lost"))
        frame -= 1
    return places[::-1]


def _course(track: Tracklet, led: list[Place], *, back: bool) -> Course | None:
    """Return how a head moves where it is lost; a weak one's points and places tell nothing."""
    if not track.certain:
        return None
    sights = [(frame, hit.head) for frame, hit in sorted(track.hits.items())]
    way = sights[: 2 * LOST][::-1] if back else sights[-2 * LOST :]
    return course_of([*way, *((place.frame, place.head) for place in led)])


def _growth(track: Tracklet, course: Course | None) -> float:
    """Return how much a lost head's place grows in a frame; a weak one's does not."""
    if not track.certain:
        return 0.0
    return GROWTH if course else ANYWHERE


def _brief(settings: Settings) -> int:
    """Return BRIEF, or fewer where few frames are much time."""
    return min(BRIEF, max(2, settings.lead // 3))


def _between(track: Tracklet, first: int, last: int) -> list[Place]:
    """Return the places between two hits: flow, bent to end at the second, or a straight line."""
    a, b = track.hits[first], track.hits[last]
    score = (a.score + b.score) / 2
    carried = all(frame in track.carried for frame in range(first + 1, last))
    end = track.carried.get(last, track.carried.get(last - 1)) if carried else None
    places = []
    for frame in range(first + 1, last):
        t = (frame - first) / (last - first)
        head, face = mix(a.head, b.head, t), mix(a.face, b.face, t)
        source: Source = "bridge"
        if end is not None and nearness(end.head, b.head) < NEAR:
            spot = track.carried[frame]
            head = _bend(spot.head, end.head, b.head, t)
            face = _bend(spot.face, end.face, b.face, t)
            source = "flow"
        places.append(Place(frame, head, face, score, source))
    return places


def _bend(at: Area, end: Area, wanted: Area, t: float) -> Area:
    """Return a place on a path, bent so that its end comes to where it is wanted."""
    x0, y0, x1, y1 = (p + t * (w - e) for p, e, w in zip(at, end, wanted, strict=True))
    return (x0, y0, x1, y1)


def _after(track: Tracklet, shot: Shot, settings: Settings) -> list[Place]:
    last = track.last
    hit = track.hits[last]
    most = min(shot.end, last + 1 + (settings.lead if track.certain else settings.lead // 2))
    places: list[Place] = []
    head, frame = hit.head, last + 1
    while frame < most and frame in track.carried:
        spot = track.carried[frame]
        head = spot.head
        places.append(Place(frame, head, spot.face, hit.score, "lead"))
        frame += 1
    brief = is_leaving(head, shot) or not track.certain
    longest = _brief(settings) if brief else LOST
    course = _course(track, places, back=False)
    for steps, lost in enumerate(range(frame, min(frame + longest, most)), 1):
        place = moved_on(head, course, steps, _growth(track, course))
        places.append(Place(lost, place, None, hit.score, "lost"))
    return places


def is_leaving(head: Area, shot: Shot) -> bool:
    """Return whether a third of a head is outside the frame: there it can go."""
    wide, tall = (head[2] - head[0]) / 3, (head[3] - head[1]) / 3
    return (
        head[0] < -wide
        or head[1] < -tall
        or head[2] > shot.width + wide
        or head[3] > shot.height + tall
    )
