"""Pictures for the detector: a frame's own planes, made small, 8 bits, still Y, Cb, Cr."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.places import Area
from safehouse.model.clip import Colour
from safehouse.model.frame import OriginalFrame, Plane, PlaneLayout

__all__ = [
    "Fit",
    "Small",
    "coarse_size",
    "cut_out",
    "cut_plane",
    "fit_size",
    "lean",
    "make_coarse",
    "rgb_rule",
    "shrink",
]

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

STEP = 32
"""The detector's input is a multiple of this many px on each side."""


LARGER, LEAST = 4, 128
"""How many times larger a frame is made at most, and the longer side that it may always have."""


@dataclass(frozen=True, slots=True)
class Small:
    """One frame made small.

    Attributes:
        index: number of the frame.
        planes: shape (3, h, w) uint8: Y, Cb, Cr, or G, B, R of an RGB source; black beyond the
            frame's own px at the right and below.
        per_x, per_y: px of the coded frame that one px of this picture covers.
    """

    index: int
    planes: U8
    per_x: float
    per_y: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How a frame is made small: to wide x tall px, in a picture of size (w, h)."""

    wide: int
    tall: int
    size: tuple[int, int]


def fit_size(width: int, height: int, longest: int, *, square: bool = False) -> Fit:
    """Return how a frame fits into a picture whose longer side is near longest, in steps of 32 px.

    A whole number of source px for each px is taken where that comes near: it is ten times as fast.
    Tiny frames are made LARGER times as large at most: what is not there can't be seen.
    """
    side = max(width, height)
    longest = min(longest, max(LARGER * side, LEAST))
    factor = max(1, round(side / longest))
    scale = 1 / factor if 0.85 < side / factor / longest < 1.15 else longest / side
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    whole = (_up(wide), _up(tall))
    return Fit(wide, tall, (max(whole), max(whole)) if square else whole)


def _up(side: int) -> int:
    return -(-side // STEP) * STEP


def shrink(frame: OriginalFrame, fit: Fit) -> Small:
    """Return the frame's planes made small, 8 bits a sample; chroma 128 where there is none."""
    wide, tall = fit.size
    planes = np.full((3, tall, wide), 128, dtype=np.uint8)
    planes[0] = 0
    for number, plane in enumerate(frame.planes):
        own = _resize(plane, (fit.wide, fit.tall))
        planes[number, : fit.tall, : fit.wide] = _eight_bits(own, frame.layout)
    return Small(frame.index, planes, frame.width / fit.wide, frame.height / fit.tall)


def coarse_size(rows: int, columns: int, times: int) -> tuple[int, int]:
    """Return the (h, w) of a picture of (rows, columns) px that is made so many times smaller."""
    return _up(max(1, round(rows / times))), _up(max(1, round(columns / times)))


def make_coarse(small: Small, times: int) -> Small:
    """Return a small picture made so many times smaller again, black beyond its own px."""
    _, rows, columns = small.planes.shape
    wide, tall = max(1, round(columns / times)), max(1, round(rows / times))
    planes = np.full((3, *coarse_size(rows, columns, times)), 128, dtype=np.uint8)
    planes[0] = 0
    for number in range(3):
        own = cv2.resize(small.planes[number], (wide, tall), interpolation=cv2.INTER_AREA)
        planes[number, :tall, :wide] = own
    return Small(small.index, planes, small.per_x * columns / wide, small.per_y * rows / tall)


def lean(planes: U8, middle: tuple[float, float], turn: float, side: int, scale: float) -> U8:
    """Return a picture turned about a point by quarter turns counter-clockwise, black around it.

    Args:
        planes: shape (3, h, w).
        middle: x, y in the picture; comes to the middle of the result.
        turn: quarter turns, any number.
        side: of the square result, px.
        scale: px of the result for one of the picture.
    """
    rule = np.array(cv2.getRotationMatrix2D(middle, 90 * turn, scale), dtype=np.float64)
    rule[:, 2] += np.array([side / 2 - middle[0], side / 2 - middle[1]])
    turned = np.empty((3, side, side), dtype=np.uint8)
    for number in range(3):
        empty = 128 if number else 0
        turned[number] = cv2.warpAffine(planes[number], rule, (side, side), borderValue=empty)
    return turned


def rgb_rule(layout: PlaneLayout, colour: Colour) -> tuple[F32, F32]:
    """Return the matrix (3, 3) and offset (3,) from planes, as `shrink` makes them, to RGB 0 … 255.

    Y'CbCr by ITU-R BT.601, BT.709 or BT.2020, as the clip is tagged; BT.601 where it is not.
    """
    if layout.kind == "rgb":
        return np.eye(3, dtype=np.float32)[[2, 0, 1]], np.zeros(3, dtype=np.float32)
    weights = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}
    kr, kb = weights.get(colour.matrix, (0.299, 0.114))
    kg = 1 - kr - kb
    y, c, black = (1.0, 1.0, 0.0) if layout.full_range else (255 / 219, 255 / 224, 16.0)
    matrix = np.array(
        [
            [y, 0, 2 * (1 - kr) * c],
            [y, -2 * (1 - kb) * kb / kg * c, -2 * (1 - kr) * kr / kg * c],
            [y, 2 * (1 - kb) * c, 0],
        ],
        dtype=np.float32,
    )
    return matrix, -matrix @ np.array([black, 128, 128], dtype=np.float32)


def _eight_bits(plane: Plane, layout: PlaneLayout) -> Plane:
    return plane if layout.depth <= 8 else (plane >> (layout.depth - 8)).astype(np.uint8)


def _resize(plane: Plane, size: tuple[int, int]) -> Plane:
    if (plane.shape[1], plane.shape[0]) == size:
        return plane
    half = (plane.shape[1], plane.shape[0]) == (2 * size[0], 2 * size[1])
    smaller = plane.shape[1] > size[0] and not half
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return _kept_depth(cv2.resize(np.ascontiguousarray(plane), size, interpolation=how))


def cut_out(source: OriginalFrame | Small, area: Area, size: tuple[int, int]) -> U8:
    """Return an area of a picture as (3, h, w) uint8 of size (w, h); beyond it its edge goes on."""
    planes = np.full((3, size[1], size[0]), 128, dtype=np.uint8)
    if isinstance(source, Small):
        for number in range(3):
            planes[number] = cut_plane(
                source.planes[number], area, (source.per_x, source.per_y), size
            )
        return planes
    for number, plane in enumerate(source.planes):
        per = (source.width / plane.shape[1], source.height / plane.shape[0])
        cut = cut_plane(plane, area, per, size)
        planes[number] = _eight_bits(cut, source.layout)
    return planes


def cut_plane(plane: Plane, area: Area, per: tuple[float, float], size: tuple[int, int]) -> Plane:
    """Return an area, px of the frame, of a plane whose samples cover per px, at size (w, h)."""
    rows, columns = plane.shape
    x0, x1 = round(area[0] / per[0]), max(round(area[0] / per[0]) + 1, round(area[2] / per[0]))
    y0, y1 = round(area[1] / per[1]), max(round(area[1] / per[1]) + 1, round(area[3] / per[1]))
    inside = plane[max(y0, 0) : max(y1, 1), max(x0, 0) : max(x1, 1)]
    if inside.size == 0:
        return np.zeros((size[1], size[0]), dtype=np.uint8)
    out = (max(-y0, 0), max(y1 - rows, 0), max(-x0, 0), max(x1 - columns, 0))
    how = cv2.INTER_AREA if inside.shape[1] > 2 * size[0] else cv2.INTER_LINEAR
    whole = cv2.copyMakeBorder(np.ascontiguousarray(inside), *out, cv2.BORDER_REPLICATE)
    return _kept_depth(cv2.resize(whole, size, interpolation=how))


def _kept_depth(array: Any) -> Plane:
    if array.dtype == np.uint16:
        return np.asarray(array, dtype=np.uint16)
    return np.asarray(array, dtype=np.uint8)
