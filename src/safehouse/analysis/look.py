"""Looks at pictures: the whole frame, again larger and turned, and closely at one place."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.detect import FaceDetector, Look, faces_of
from safehouse.analysis.picture import (
    Fit,
    Small,
    coarse_size,
    cut_out,
    fit_size,
    lean,
    make_coarse,
    shrink,
)
from safehouse.analysis.places import Area, Hit, inside, nearness, stretch
from safehouse.model.frame import OriginalFrame

__all__ = ["COARSE", "TILES", "Looker", "choose_longest", "combine", "merge_hits"]

CLOSE = 192
"""Side of the picture for a close look, px."""

WIDE = 272
"""Side of the picture out of which a leaning one of CLOSE px is cut, px."""

LEANS = 0.4
"""Score from which a face counts that only a leaning picture shows."""

CLOSE_HEADS = 2.6
"""How many heads wide the area of a close look is; the face then is about 50 px high."""

NEAR = 0.9
"""How far, in head sizes, a face found by a close look may be from the place looked at."""

TILES, TILE = 4, 0.56
"""Tiles of a frame for larger looks, and the share of each side that one covers: a small face at a
seam lies whole in a neighbour. The tiles are as many px as the whole frame usually is."""

TURNED = 576
"""Longer side of the small picture that is looked at upright and turned, px."""

COARSE = 3
"""How much smaller the second look at a whole frame is."""

LARGE_FACE = 0.15
"""Height of a face from which the second look counts, in shorter sides of the frame."""

ALONE = 0.35
"""Score from which a face counts that the second look alone saw. From 0.25 on, and with doubts
multiplied where both looks saw something, a bottle and a shoulder were hidden too."""

PLACED = 0.3
"""Score from which the usual look knows better than the second where a face lies."""

PART = 0.6
"""Share of a face that lies in another for it to be a part of that."""

FEATURE, WITHIN, WHOLLY = 0.6, 0.65, 0.9
"""A box of one look is a part of a face, not a face before it, where it lies WITHIN that face by
this share of its own area and scores under FEATURE of its score, or lies WHOLLY within it."""

SAME = 0.6
"""How near, in face sizes, faces of two looks at one frame are one; people cheek to cheek are in
one look, where only overlap counts."""


def choose_longest(width: int, height: int, longest: int = 0) -> int:
    """Return the longer side of the usual picture: small clips larger, large clips at half."""
    return longest or (960 if max(width, height) > 900 else 672)


class Looker:
    """Looks at the frames of one clip.

    Args:
        detector: the detector.
        fit: of the usual picture.
        low: score from which a face is told.
    """

    def __init__(self, detector: FaceDetector, fit: Fit, low: float) -> None:
        self._detector = detector
        self._fit = fit
        self._low = low
        wide, tall = fit.size
        detector.prepare((tall, wide), coarse_size(tall, wide, COARSE), (CLOSE, CLOSE))

    def start(self, small: Small, turn: int = 0) -> tuple[Look, Look]:
        """Begin two looks at a whole frame, turned by quarter turns counter-clockwise.

        The second is at a third of the size: large faces that are soft, by compression or noise,
        are seen better the smaller they are.
        """
        return self._begin(small, turn), self._begin(make_coarse(small, COARSE), turn)

    def finish(self, looks: tuple[Look, Look]) -> list[Hit]:
        """Return the faces of two looks at a whole frame, best first."""
        fine, coarse = (self._end(look) for look in looks)
        least = LARGE_FACE * min(
            looks[0].size[0] * looks[0].per_x, looks[0].size[1] * looks[0].per_y
        )
        return combine(fine, [hit for hit in coarse if hit.face[3] - hit.face[1] >= least])

    def _begin(self, small: Small, turn: int) -> Look:
        size = (small.planes.shape[2], small.planes.shape[1])
        request = self._detector.start(_turned(small.planes, turn))
        return Look(request, size, small.per_x, small.per_y, turn=turn)

    def _end(self, look: Look) -> list[Hit]:
        return faces_of(self._detector.finish(look.request), look, self._low)

    def tiles(self, frame: OriginalFrame, numbers: Sequence[int], turn: int = 0) -> list[Hit]:
        """Return the faces in some of the TILES overlapping tiles of a frame, seen larger."""
        looks = [self._start_tile(frame, number, turn) for number in numbers]
        return merge_hits(*(self._end(look) for look in looks))

    def turned(self, frame: OriginalFrame) -> list[list[Hit]]:
        """Return the faces that a small picture of a frame shows in each of the four turns."""
        small = shrink(frame, self._square(frame))
        looks = [self._begin(small, turn) for turn in range(4)]
        return [self._end(look) for look in looks]

    def leaning(self, frame: OriginalFrame, turns: Sequence[float]) -> list[Hit]:
        """Return the faces seen well in a small picture of a frame that is turned to lean."""
        fit = self._square(frame)
        small = shrink(frame, fit)
        side, middle = fit.size[0], (fit.wide / 2, fit.tall / 2)
        scale = min(1.0, side * 2**0.5 / (fit.wide + fit.tall))
        looks = []
        for turn in turns:
            request = self._detector.start(lean(small.planes, middle, turn, side, scale))
            per_x, per_y = small.per_x / scale, small.per_y / scale
            left, top = frame.width / 2 - side / 2 * per_x, frame.height / 2 - side / 2 * per_y
            looks.append(Look(request, (side, side), per_x, per_y, left, top, turn))
        found = [[hit for hit in self._end(look) if hit.score >= LEANS] for look in looks]
        return merge_hits(*found)

    def _square(self, frame: OriginalFrame) -> Fit:
        return fit_size(frame.width, frame.height, TURNED, square=True)

    def _start_tile(self, frame: OriginalFrame, number: int, turn: int) -> Look:
        """Begin a look at a corner of the frame, as large as the usual picture of it all."""
        wide, tall = frame.width * TILE, frame.height * TILE
        left = (frame.width - wide) * (number % 2)
        top = (frame.height - tall) * (number // 2)
        fit = self._fit
        planes = cut_out(frame, (left, top, left + wide, top + tall), fit.size)
        request = self._detector.start(_turned(planes, turn))
        per = (wide / fit.size[0], tall / fit.size[1])
        return Look(request, fit.size, *per, left, top, turn)

    def close(self, source: OriginalFrame | Small, head: Area, turn: float) -> Hit | None:
        """Return the best face near the place where a head should be, or None."""
        side = CLOSE_HEADS * max(head[2] - head[0], head[3] - head[1])
        x, y = (head[0] + head[2] - side) / 2, (head[1] + head[3] - side) / 2
        area = (x, y, x + side, y + side)
        per = side / CLOSE
        if turn % 1:
            wide = stretch(area, (WIDE / CLOSE - 1) / 2)
            planes = cut_out(source, wide, (WIDE, WIDE))
            planes = lean(planes, (WIDE / 2, WIDE / 2), turn, CLOSE, 1)
        else:
            planes = _turned(cut_out(source, area, (CLOSE, CLOSE)), round(turn))
        request = self._detector.start(planes)
        look = Look(request, (CLOSE, CLOSE), per, per, x, y, turn)
        near = [hit for hit in self._end(look) if nearness(hit.head, head) < NEAR]
        return max(near, key=lambda hit: hit.score, default=None)


def combine(fine: list[Hit], coarse: list[Hit]) -> list[Hit]:
    """Return the faces of two looks at one frame at two sizes, best first.

    A face that both saw has the better score; it lies where the fine look saw it, unless that
    hardly did.
    """
    kept = list(fine)
    for hit in coarse:
        same = [at for at, other in enumerate(kept) if nearness(hit.face, other.face) <= SAME]
        if not same:
            if hit.score >= ALONE:
                kept.append(hit)
            continue
        at = min(same, key=lambda n: nearness(hit.face, kept[n].face))
        other = kept[at]
        there = other if other.score >= min(PLACED, hit.score) else hit
        kept[at] = replace(there, score=max(hit.score, other.score))
    return _whole_faces(sorted(kept, key=lambda hit: -hit.score))


def _whole_faces(hits: list[Hit]) -> list[Hit]:
    """Return hits, best first, without those that are a mouth or a cheek of a face seen well.

    Nobody is bared by that: what lies inside a face is hidden with it.
    """
    kept: list[Hit] = []
    for hit in hits:
        if not any(_is_feature(hit, other) for other in kept):
            kept.append(hit)
    return kept


def _is_feature(hit: Hit, face: Hit) -> bool:
    share = inside(hit.face, face.face)
    return share > WHOLLY or (share > WITHIN and hit.score < FEATURE * face.score)


def merge_hits(*looks: list[Hit]) -> list[Hit]:
    """Return the hits of several looks at one frame, each face once, best first.

    Of one face seen in one turn the earlier look counts, and of one seen in two turns the better
    hit: a face that lies is seen badly by a look that takes it to stand.
    """
    kept: list[Hit] = []
    for hits in looks:
        before = list(kept)
        for hit in hits:
            same = [other for other in before if nearness(hit.face, other.face) <= SAME]
            worse = [o for o in same if o.turn != hit.turn and o.score < hit.score]
            if len(worse) == len(same) and not _is_part(hit, before):
                kept = [other for other in kept if other not in worse]
                kept.append(hit)
    return sorted(kept, key=lambda hit: -hit.score)


def _is_part(hit: Hit, others: list[Hit]) -> bool:
    """Return whether a face is a part of one that an earlier look saw better, as a tile cuts it."""
    return any(other.score >= hit.score and inside(hit.face, other.face) > PART for other in others)


def _turned(planes: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """Return a (3, h, w) picture turned by quarter turns counter-clockwise."""
    return np.ascontiguousarray(np.rot90(planes, turn, axes=(1, 2)))
