"""Pictures for the detector: a frame's own planes, made small, 8 bits, still Y, Cb, Cr."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.places import Area
from safehouse.model.clip import Colour
from safehouse.model.frame import OriginalFrame, Plane, PlaneLayout

__all__ = ["Small", "cut_out", "cut_plane", "fit_size", "shrink", "to_rgb"]

U8 = NDArray[np.uint8]

STEP = 32
"""The detector's input is a multiple of this many px on each side."""


@dataclass(frozen=True, slots=True)
class Small:
    """One frame made small.

    Attributes:
        index: number of the frame.
        planes: shape (3, h, w) uint8: Y, Cb, Cr, or G, B, R of an RGB source.
        per_x, per_y: px of the coded frame that one px of this picture covers.
    """

    index: int
    planes: U8
    per_x: float
    per_y: float


def fit_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return (w, h), multiples of 32 with the longer side near longest, of the frame's shape."""
    scale = longest / max(width, height)
    return tuple(max(STEP, round(side * scale / STEP) * STEP) for side in (width, height))  # type: ignore[return-value]  # two sides


def shrink(frame: OriginalFrame, size: tuple[int, int]) -> Small:
    """Return the frame's planes at size (w, h), 8 bits a sample; chroma 128 where there is none."""
    wide, tall = size
    planes = np.full((3, tall, wide), 128, dtype=np.uint8)
    for number, plane in enumerate(frame.planes):
        planes[number] = _resize(_eight_bits(plane, frame.layout), size)
    return Small(frame.index, planes, frame.width / wide, frame.height / tall)


def to_rgb(planes: U8, layout: PlaneLayout, colour: Colour) -> NDArray[np.float32]:
    """Return (3, h, w) float32 RGB, 0 … 255, of (3, h, w) planes as `shrink` makes them."""
    if layout.kind == "rgb":
        return planes[[2, 0, 1]].astype(np.float32)
    matrix, offset = _yuv_matrix(layout, colour)
    flat = planes.reshape(3, -1).astype(np.float32)
    rgb = matrix @ flat + offset[:, None]
    return np.clip(rgb, 0, 255, out=rgb).reshape(planes.shape)


def _yuv_matrix(
    layout: PlaneLayout, colour: Colour
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the matrix and offset from Y'CbCr to R'G'B', ITU-R BT.601, BT.709 or BT.2020."""
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


def _resize(plane: Plane, size: tuple[int, int]) -> U8:
    if (plane.shape[1], plane.shape[0]) == size:
        return np.asarray(plane, dtype=np.uint8)
    smaller = plane.shape[1] > size[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(plane), size, interpolation=how))


def cut_out(source: OriginalFrame | Small, area: Area, side: int) -> U8:
    """Return an area of a picture as (3, side, side) uint8; beyond the frame its edge goes on."""
    planes = np.full((3, side, side), 128, dtype=np.uint8)
    if isinstance(source, Small):
        for number in range(3):
            planes[number] = cut_plane(
                source.planes[number], area, (source.per_x, source.per_y), (side, side)
            )
        return planes
    for number, plane in enumerate(source.planes):
        per = (source.width / plane.shape[1], source.height / plane.shape[0])
        cut = cut_plane(plane, area, per, (side, side))
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
    how = cv2.INTER_AREA if inside.shape[1] > size[0] else cv2.INTER_LINEAR
    whole = cv2.copyMakeBorder(np.ascontiguousarray(inside), *out, cv2.BORDER_REPLICATE)
    return _kept_depth(cv2.resize(whole, size, interpolation=how))


def _kept_depth(array: Any) -> Plane:
    if array.dtype == np.uint16:
        return np.asarray(array, dtype=np.uint16)
    return np.asarray(array, dtype=np.uint8)
