"""Looks at pictures: the whole frame, again larger and turned, and closely at one place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.detect import FaceDetector, Look, faces_of
from safehouse.analysis.picture import Small, cut_out, fit_size, shrink, to_rgb
from safehouse.analysis.places import Area, Hit, nearness, overlap
from safehouse.model.clip import Colour
from safehouse.model.frame import OriginalFrame, PlaneLayout

__all__ = ["Looker", "Sizes", "choose_sizes", "merge_hits"]

CLOSE = 192
"""Side of the picture for a close look, px."""

CLOSE_HEADS = 2.6
"""How many heads wide the area of a close look is; the face then is about 50 px high."""

NEAR = 0.9
"""How far, in head sizes, a face found by a close look may be from the place looked at."""

SAME = 0.35
"""Overlap from which faces of two looks at one frame are one."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Longer sides of the pictures that the detector sees, px.

    Attributes:
        usual: of every look.
        again: of the sampled looks, upright.
        turned: of the sampled looks at the turned picture.
    """

    usual: int
    again: tuple[int, ...]
    turned: int


def choose_sizes(width: int, height: int, longest: int = 0) -> Sizes:
    """Return the sizes that fit a clip: small clips larger, large clips at half their size."""
    side = max(width, height)
    usual = longest or (960 if side > 900 else 672)
    return Sizes(usual, (320, min(2 * usual, max(1280, side), 1920)), 448)


class Looker:
    """Looks at the frames of one clip.

    Args:
        detector: the detector.
        sizes: of the pictures.
        low: score from which a face is told.
        layout, colour: of the clip's frames.
    """

    def __init__(
        self,
        detector: FaceDetector,
        sizes: Sizes,
        low: float,
        layout: PlaneLayout,
        colour: Colour,
    ) -> None:
        self._detector = detector
        self._sizes = sizes
        self._low = low
        self._layout = layout
        self._colour = colour

    def start(self, small: Small) -> Look:
        """Begin a look at a whole frame."""
        return self._start(small, 0)

    def finish(self, look: Look) -> list[Hit]:
        """Return the faces of a look, best first."""
        return faces_of(self._detector.finish(look.request), 0, look, self._low)

    def again(self, frame: OriginalFrame) -> list[Hit]:
        """Return the faces that smaller, larger and turned pictures of a frame show."""
        shape = (frame.width, frame.height)
        looks = [(shrink(frame, fit_size(*shape, side)), 0) for side in self._sizes.again]
        small = shrink(frame, fit_size(*shape, self._sizes.turned))
        looks += [(small, turn) for turn in (1, 2, 3)]
        return merge_hits([hit for one in looks for hit in self.finish(self._start(*one))])

    def close(self, source: OriginalFrame | Small, head: Area, turn: int) -> Hit | None:
        """Return the best face near the place where a head should be, or None."""
        side = CLOSE_HEADS * max(head[2] - head[0], head[3] - head[1])
        x, y = (head[0] + head[2] - side) / 2, (head[1] + head[3] - side) / 2
        area = (x, y, x + side, y + side)
        rgb = to_rgb(cut_out(source, area, CLOSE), self._layout, self._colour)
        per = side / CLOSE
        request = self._detector.start(_turned(rgb, turn)[None])
        look = Look(request, (CLOSE, CLOSE), per, per, x, y, turn)
        near = [hit for hit in self.finish(look) if nearness(hit.head, head) < NEAR]
        return max(near, key=lambda hit: hit.score, default=None)

    def _start(self, small: Small, turn: int) -> Look:
        rgb = to_rgb(small.planes, self._layout, self._colour)
        size = (small.planes.shape[2], small.planes.shape[1])
        request = self._detector.start(_turned(rgb, turn)[None])
        return Look(request, size, small.per_x, small.per_y, turn=turn)


def merge_hits(hits: list[Hit]) -> list[Hit]:
    """Return hits of several looks at one frame, each face once, upright before turned."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.turn != 0, -hit.score)):
        if all(overlap(hit.face, other.face) < SAME for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: -hit.score)


def _turned(rgb: NDArray[np.float32], turn: int) -> NDArray[np.float32]:
    """Return a (3, h, w) picture turned by quarter turns counter-clockwise."""
    return np.ascontiguousarray(np.rot90(rgb, turn, axes=(1, 2)))
