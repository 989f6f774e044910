"""Follows heads through a shot, frame by frame, as far as faces and flow lead."""

from collections import deque
from collections.abc import Iterable
from itertools import count

import numpy as np

from safehouse.analysis.look import Looker
from safehouse.analysis.motion import carry
from safehouse.analysis.picture import Small
from safehouse.analysis.places import Area, Hit, inside, move, nearness, nearness_of
from safehouse.analysis.settings import Settings
from safehouse.analysis.tracklet import Spot, Tracklet
from safehouse.model.frame import OriginalFrame

__all__ = ["Follower"]

NEAR_STRONG, NEAR_WEAK = 0.9, 0.6
"""How far from its expected place a face may be taken for a head, in head sizes: one seen well, and
one seen badly. Larger numbers join strangers, smaller ones lose fast heads; a lost head is found
again by flow and by a close look."""

WELL = 0.3
"""Score of a face seen well."""

AGREES = 0.35
"""Share of flow points that must come back; below it the head is lost."""

MOST_GROWTH = 1.5
"""How much flow may grow or shrink a head after its last hit before it is lost."""

RECALL = 8
"""Best hits of an uncertain head whose scores are added up."""

GIVE_UP = 3
"""Looks in a row without a hit after which an uncertain tracklet ends."""

HOPE = 0.25
"""Best score from which an uncertain head is carried by flow once; others have only their place."""

CLOSE_LOOKS = 4
"""Close looks in one step at most: bounds the time on a crowd; who missed longest waits longest."""


WITHIN = 0.7
"""Share of a face that lies in another face for the two to be one."""


BIG, BIG_SURE, BIG_HITS = 0.35, 0.75, 3
"""A face taller than BIG shorter sides of the picture is seen in look after look, or is none: it
becomes certain by one score of BIG_SURE, or by BIG_HITS hits that saw it well."""


class Follower:
    """Keeps the tracklets of the shot under way, and a short memory of its frames.

    Args:
        looker: looks closely where a head is missing.
        settings: see there.
        size: (width, height) of the coded frame.
    """

    def __init__(self, looker: Looker, settings: Settings, size: tuple[int, int]) -> None:
        self.ended: list[Tracklet] = []
        self._looker = looker
        self._settings = settings
        self._size = size
        self._active: list[Tracklet] = []
        self._ring: deque[Small] = deque(maxlen=settings.lead + 10)
        self._numbers = count(1)

    def remember(self, small: Small) -> None:
        """Take the next frame of the shot into the memory."""
        self._ring.append(small)

    def step(self, frame: OriginalFrame, hits: list[Hit]) -> None:
        """Follow every head into a frame that was looked at."""
        left = self._match(frame.index, hits)
        lost = [track for track in self._active if track.last != frame.index]
        for track in lost:
            self._carry_on(track, frame.index)
        left = self._match_carried(frame.index, lost, left)
        missing = [t for t in lost if t.last != frame.index]
        self._look_closely(frame, [t for t in missing if t.certain or t.leans])
        self._look_leaning(frame)
        self._active += [Tracklet(next(self._numbers), {frame.index: hit}) for hit in left]
        for track in self._active:
            self._judge(track, frame.index)
        self._drop(frame.index)

    def end_shot(self) -> None:
        """Close every tracklet and forget the frames: a cut comes."""
        self.ended += [track for track in self._active if track.certain]
        self._active = []
        self._ring.clear()

    def _match(self, index: int, hits: list[Hit]) -> list[Hit]:
        """Give hits to heads near their expected places, certain heads first; return the others."""
        expected = {t.number: t.expect(index).head for t in self._active}
        pairs = _pairs(self._active, hits, expected)
        return _assign(index, self._active, hits, pairs)

    def _match_carried(self, index: int, lost: list[Tracklet], hits: list[Hit]) -> list[Hit]:
        places = {t.number: t.carried[index].head for t in lost if index in t.carried}
        there = [t for t in lost if t.number in places]
        return _assign(index, there, hits, _pairs(there, hits, places))

    def _carry_on(self, track: Tracklet, index: int) -> None:
        """Follow a head that was not found by flow, frame by frame, up to this frame."""
        track.missed += 1
        if track.stopped or not (track.certain or (track.missed == 1 and track.best >= HOPE)):
            return
        at, spot = track.spot()
        for here, there in _steps(self._ring, at, index):
            spot = _carried(spot, here, there)
            if spot.agree < AGREES or not _is_like(spot, track.hits[track.last]):
                track.stopped = True
                return
            track.carry(there.index, spot)

    def _look_closely(self, frame: OriginalFrame, lost: list[Tracklet]) -> None:
        waiting = sorted(lost, key=lambda track: track.missed)
        for track in waiting[:CLOSE_LOOKS]:
            spot = track.carried.get(frame.index)
            place = spot.head if spot else track.expect(frame.index).head
            hit = self._looker.close(frame, place, track.turn)
            if hit is not None and not self._is_taken(hit, frame.index):
                track.see(frame.index, hit)

    def _look_leaning(self, frame: OriginalFrame) -> None:
        """Look again, in their own turn, at heads that lean and were hardly seen upright."""
        index = frame.index
        faint = [t for t in self._active if t.last == index and t.leans and _is_faint(t, index)]
        for track in faint[:CLOSE_LOOKS]:
            found = self._looker.close(frame, track.hits[index].head, track.turn)
            if found is not None and found.score > track.hits[index].score:
                track.see_better(index, found)

    def _is_taken(self, hit: Hit, index: int) -> bool:
        return any(
            nearness(hit.face, track.hits[index].face) < 0.5
            or inside(hit.face, track.hits[index].face) > WITHIN
            for track in self._active
            if index in track.hits
        )

    def _judge(self, track: Tracklet, index: int) -> None:
        """Make a tracklet certain once enough was seen, and look back to before its first hit."""
        if track.certain or track.last != index:
            return
        sure = self._settings.sure
        if track.best < sure:
            return
        big = any(self._is_big(hit) for hit in track.hits.values())
        several = sum(sorted(hit.score for hit in track.hits.values())[-RECALL:]) >= 2 * sure
        several &= not big or sum(hit.score >= WELL for hit in track.hits.values()) >= BIG_HITS
        if several or track.best >= (BIG_SURE if big else 1.5 * sure):
            track.certain = True
            self._look_back(track)

    def _is_big(self, hit: Hit) -> bool:
        return hit.face[3] - hit.face[1] > BIG * min(self._size)

    def _look_back(self, track: Tracklet) -> None:
        """Carry a head backwards from its first hit, with close looks while they find it."""
        first = track.first
        hit = track.hits[first]
        spot = Spot(hit.head, hit.face, 1.0)
        misses = 0
        for here, there in _steps(self._ring, first, first - self._settings.lead):
            spot = _carried(spot, here, there)
            if spot.agree < AGREES or not _is_like(spot, hit):
                return
            track.lead[there.index] = spot
            if misses > 1:
                continue
            found = self._looker.close(there, spot.head, hit.turn)
            misses += found is None
            if found is not None and not self._is_taken(found, there.index):
                track.see_before(there.index, found)
                spot = Spot(found.head, found.face, 1.0)

    def _drop(self, index: int) -> None:
        """End the tracklets that were missing too long, or that left the frame."""
        for track in list(self._active):
            missing = index - track.last
            longest = self._settings.lead if track.stopped else self._settings.bridge
            gone = missing > longest if track.certain else track.missed >= GIVE_UP
            if gone or self._has_left(track) or self._is_another(track, index):
                self._active.remove(track)
                if track.certain:
                    self.ended.append(track)

    def _is_another(self, track: Tracklet, index: int) -> bool:
        """Return whether a missing head is where another one's face was just seen.

        It is the same head, or behind that one and hidden with it: when it comes out, it is found
        and looked back at.
        """
        if track.last == index:
            return False
        face = track.spot()[1].face
        return any(
            inside(face, other.hits[index].face) > WITHIN
            for other in self._active
            if other is not track and other.certain and other.last == index
        )

    def _has_left(self, track: Tracklet) -> bool:
        """Return whether the middle of a missing head is outside the frame."""
        if not track.missed:
            return False
        x0, y0, x1, y1 = track.spot()[1].face
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        return not (0 <= x < self._size[0] and 0 <= y < self._size[1])


def _is_faint(track: Tracklet, index: int) -> bool:
    hit = track.hits[index]
    return hit.score < WELL and hit.turn != track.turn


def _pairs(
    tracks: list[Tracklet], hits: list[Hit], places: dict[int, Area]
) -> list[tuple[float, int, int]]:
    """Return (cost, tracklet's row, hit's row) of all that may belong together, best first."""
    if not tracks or not hits:
        return []
    apart = nearness_of([places[track.number] for track in tracks], [hit.head for hit in hits])
    scores = np.array([hit.score for hit in hits])
    limit = np.where(scores >= WELL, NEAR_STRONG, NEAR_WEAK)
    certain = np.array([track.certain for track in tracks], dtype=np.float64)
    cost = apart - scores[None] - certain[:, None]
    rows, columns = np.nonzero(apart < limit[None])
    return sorted((float(cost[r, c]), int(r), int(c)) for r, c in zip(rows, columns, strict=True))


def _assign(
    index: int, tracks: list[Tracklet], hits: list[Hit], pairs: Iterable[tuple[float, int, int]]
) -> list[Hit]:
    """Give hits to tracklets, best pair first; return the hits that nobody took."""
    rows: set[int] = set()
    columns: set[int] = set()
    for _, row, column in pairs:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            tracks[row].see(index, hits[column])
    return [hit for column, hit in enumerate(hits) if column not in columns]


def _steps(ring: Iterable[Small], at: int, to: int) -> list[tuple[Small, Small]]:
    """Return pairs of neighbouring frames from frame at to frame to, either way, as remembered."""
    by_index = {small.index: small for small in ring}
    way = 1 if to > at else -1
    pairs = []
    for frame in range(at, to, way):
        if frame not in by_index or frame + way not in by_index:
            break
        pairs.append((by_index[frame], by_index[frame + way]))
    return pairs


def _carried(spot: Spot, here: Small, there: Small) -> Spot:
    """Return the place of a head in the neighbouring frame."""
    head, agree = carry(spot.head, here, there)
    a, b = spot.head, head
    scale = (b[2] - b[0]) / max(a[2] - a[0], 1e-6)
    dx = (b[0] + b[2] - a[0] - a[2]) / 2
    dy = (b[1] + b[3] - a[1] - a[3]) / 2
    face = move(spot.face, 0, 0, scale)
    ax, ay = (a[0] + a[2]) / 2, (a[1] + a[3]) / 2
    fx, fy = (face[0] + face[2]) / 2, (face[1] + face[3]) / 2
    return Spot(head, move(face, dx + (scale - 1) * (fx - ax), dy + (scale - 1) * (fy - ay)), agree)


def _is_like(spot: Spot, hit: Hit) -> bool:
    """Return whether flow kept the size of a head: it drifts on the background where it did not."""
    ratio = (spot.head[2] - spot.head[0]) / max(hit.head[2] - hit.head[0], 1e-6)
    return 1 / MOST_GROWTH < ratio < MOST_GROWTH
