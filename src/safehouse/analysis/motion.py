"""Where a place goes from one frame to the next, by dense optical flow around it.

DIS flow (Kroeger et al., 2016, arXiv:1603.03590), forwards and backwards: a point counts only when
it comes back to where it began, as in MedianFlow (Kalal et al., 2010).
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.picture import Small, cut_plane
from safehouse.analysis.places import Area, move, stretch

__all__ = ["carry", "flow_between"]

PATCH = 96
"""Side of the picture patch that is compared, px; the head fills about 40 of them."""

AROUND = 0.7
"""How much the patch reaches beyond the head, in head sizes: the fastest motion it can follow."""

COMES_BACK = 1.5
"""Largest error of a point that went there and back, px of the patch."""

GRID = 12
"""Points in a row of the grid over the head."""

FLOW: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)


def carry(area: Area, here: Small, there: Small) -> tuple[Area, float]:
    """Return where the area of one frame lies in a neighbouring frame, and how sure that is.

    The second number is the share of points that come back, 0 … 1; at 0 the area is unmoved.
    """
    wide = stretch(area, AROUND)
    a, b = _patch(here, wide), _patch(there, wide)
    if a is None or b is None:
        return area, 0.0
    forth, back = flow_between(a, b), flow_between(b, a)
    start = _points()
    middle = start + _sample(forth, start)
    end = middle + _sample(back, middle)
    good = np.hypot(*(end - start).T) < COMES_BACK
    good &= (middle >= 0).all(axis=1) & (middle < PATCH).all(axis=1)
    share = float(np.mean(good))
    if share < 0.1:
        return area, 0.0
    step = np.median(middle[good] - start[good], axis=0)
    per_x, per_y = (wide[2] - wide[0]) / PATCH, (wide[3] - wide[1]) / PATCH
    scale = _scale(start[good], middle[good])
    return move(area, float(step[0]) * per_x, float(step[1]) * per_y, scale), share


def flow_between(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return for each px of a how far it moved to where it is in b: (h, w, 2) float32, x and y."""
    flow = FLOW.calc(np.ascontiguousarray(a), np.ascontiguousarray(b), None)
    return np.asarray(flow, dtype=np.float32)


def _points() -> NDArray[np.float64]:
    """Return the grid over the middle of the head, (n, 2) x, y in px of the patch."""
    inside = PATCH / (1 + 2 * AROUND)
    at = PATCH / 2 + (np.arange(GRID) - (GRID - 1) / 2) / GRID * inside * 0.85
    return np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)


def _sample(flow: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float64]:
    at = np.clip(np.rint(points), 0, PATCH - 1).astype(int)
    return np.asarray(flow[at[:, 1], at[:, 0]], dtype=np.float64)


def _scale(start: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    """Return how much the points spread, at most 4 % in a frame."""
    before = np.abs(start - np.median(start, axis=0)).sum(axis=1)
    after = np.abs(end - np.median(end, axis=0)).sum(axis=1)
    far = before > PATCH / 12
    if far.sum() < GRID:
        return 1.0
    return float(np.clip(np.median(after[far] / before[far]), 0.96, 1.04))


def _patch(small: Small, area: Area) -> NDArray[np.uint8] | None:
    """Return the luma of an area as PATCH x PATCH px; beyond the frame its edge goes on."""
    if min((area[2] - area[0]) / small.per_x, (area[3] - area[1]) / small.per_y) < 4:
        return None
    patch = cut_plane(small.planes[0], area, (small.per_x, small.per_y), (PATCH, PATCH))
    return np.asarray(patch, dtype=np.uint8)
