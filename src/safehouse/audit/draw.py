"""Which pixels a plan hides, drawn by the audit's own hand.

`render` draws the same shapes with other code: shared code would share the bug. Here every pixel
centre is put into the inequality of docs/plan-format.md; the few that floating point can't decide
are decided in whole numbers.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from safehouse.model.box import Box
from safehouse.model.plan import Plan
from safehouse.model.shape import SUBPIXEL, Ellipse, Polygon, Shape, Whole, shape_at

__all__ = ["Bits", "chroma_bits", "hidden_bits", "mask_places", "shape_bits"]

Bits = NDArray[np.bool_]
"""Pixels or samples, shape (rows, columns); True where hidden."""

DOUBT = 1e-9
"""Distance from the outline, relative, within which float64 (error < 1e-14) is not trusted."""


def hidden_bits(plan: Plan, frame: int, *, corrupt: bool = False) -> Bits:
    """Return the pixels that the plan hides in a frame, shape (height, width), True where hidden.

    A corrupt frame is hidden whole. Under `reveal-only` all is hidden but the regions; a mask wins
    over a region.

    Raises:
        ValueError: the plan's clip has no picture.
    """
    width, height = _size(plan)
    if corrupt:
        return np.ones((height, width), dtype=np.bool_)
    bits = np.zeros((height, width), dtype=np.bool_)
    if plan.mode == "reveal-only":
        for region in plan.regions:
            if region.first <= frame < region.end:
                _add(bits, shape_at(region.keys, frame))
        bits = ~bits
    for mask in plan.masks:
        if mask.first <= frame < mask.end:
            _add(bits, shape_at(mask.keys, frame))
    return bits


def mask_places(plan: Plan, frame: int) -> list[tuple[str, Box, Bits]]:
    """Return id, box inside the frame and pixels of that box for every mask of a frame.

    Masks that lie wholly outside the frame are left out.
    """
    width, height = _size(plan)
    places = []
    for mask in plan.masks:
        if mask.first <= frame < mask.end:
            box, bits = shape_bits(shape_at(mask.keys, frame), width, height)
            if bits.any():
                places.append((mask.id, box, bits))
    return places


def chroma_bits(bits: Bits, shift_x: int, shift_y: int, *, interlaced: bool = False) -> Bits:
    """Return the chroma samples that are hidden: those that cover at least one hidden pixel.

    Where two fields are woven into one picture, a chroma row may belong to luma rows of its own
    field or to its neighbours: a sample is hidden when either reading says so.
    """
    out = _any_of(bits, shift_x, shift_y)
    if interlaced and shift_y:
        out = out.copy()
        for field in (0, 1):
            own = _any_of(bits[field::2], shift_x, shift_y)
            rows = out[field::2]
            rows |= own[: len(rows)]
    return out


def _any_of(bits: Bits, shift_x: int, shift_y: int) -> Bits:
    """Return for each block of 2^shift_y x 2^shift_x pixels whether any is set."""
    if not shift_x and not shift_y:
        return bits
    high, wide = 1 << shift_y, 1 << shift_x
    rows, columns = bits.shape
    if rows % high or columns % wide:
        grown = np.zeros((rows + -rows % high, columns + -columns % wide), np.bool_)
        grown[:rows, :columns] = bits
        bits = grown
    merged = bits[0::high]
    for y in range(1, high):
        merged = merged | bits[y::high]
    out = merged[:, 0::wide]
    for x in range(1, wide):
        out = out | merged[:, x::wide]
    return out


@lru_cache(maxsize=64)
def shape_bits(shape: Shape, width: int, height: int) -> tuple[Box, Bits]:
    """Return the part of the frame around a shape, and the shape's pixels in it (read-only)."""
    box = _bounds(shape, width, height)
    if isinstance(shape, Whole):
        bits = np.ones((box.height, box.width), dtype=np.bool_)
    else:
        x = np.arange(box.x0, box.x1, dtype=np.int64) * SUBPIXEL + SUBPIXEL // 2
        y = np.arange(box.y0, box.y1, dtype=np.int64) * SUBPIXEL + SUBPIXEL // 2
        bits = _in_ellipse(shape, x, y) if isinstance(shape, Ellipse) else _in_polygon(shape, x, y)
    bits.flags.writeable = False
    return box, bits


def _size(plan: Plan) -> tuple[int, int]:
    if plan.clip.video is None:
        raise ValueError("a clip without a picture has no masks")
    return plan.clip.video.width, plan.clip.video.height


def _add(bits: Bits, shape: Shape) -> None:
    """Put a shape's pixels into bits, in place."""
    box, part = shape_bits(shape, bits.shape[1], bits.shape[0])
    bits[box.y0 : box.y1, box.x0 : box.x1] |= part


def _bounds(shape: Shape, width: int, height: int) -> Box:
    """Return a box of whole pixels that holds every pixel of a shape, clipped to the frame."""
    if isinstance(shape, Whole) or (isinstance(shape, Ellipse) and not (shape.rx and shape.ry)):
        return Box(0, 0, width, height)
    if isinstance(shape, Ellipse):
        xs, ys = (
            (shape.cx - shape.rx, shape.cx + shape.rx),
            (shape.cy - shape.ry, shape.cy + shape.ry),
        )
    else:
        xs = min(p[0] for p in shape.points), max(p[0] for p in shape.points)
        ys = min(p[1] for p in shape.points), max(p[1] for p in shape.points)
    px = SUBPIXEL
    return Box(xs[0] // px, ys[0] // px, xs[1] // px + 1, ys[1] // px + 1).clip(width, height)


def _in_ellipse(oval: Ellipse, x: NDArray[np.int64], y: NDArray[np.int64]) -> Bits:
    """Return which centres (x, y), 1/16 px, lie inside or on the oval: exact."""
    u, v = x - oval.cx, y - oval.cy
    if not (oval.rx and oval.ry):
        return np.asarray(
            ((u == 0) | (oval.ry == 0))[None, :] & ((v == 0) | (oval.rx == 0))[:, None]
        )
    far = np.square(u / oval.rx)[None, :] + np.square(v / oval.ry)[:, None]
    bits = np.asarray(far <= 1.0)
    far -= 1.0
    unsure = np.abs(far, out=far) < DOUBT
    for row, column in np.argwhere(unsure) if unsure.any() else ():
        a, b = int(u[column]) * oval.ry, int(v[row]) * oval.rx
        bits[row, column] = a * a + b * b <= (oval.rx * oval.ry) ** 2
    return bits


def _in_polygon(polygon: Polygon, x: NDArray[np.int64], y: NDArray[np.int64]) -> Bits:
    """Return which centres lie inside by the even-odd rule, or on an edge: exact."""
    odd = np.zeros((len(y), len(x)), dtype=np.bool_)
    on_edge = np.zeros_like(odd)
    points = polygon.points
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        side = (x[None, :] - x0) * (y1 - y0) - (y[:, None] - y0) * (x1 - x0)
        odd ^= (side < 0) & ((y0 <= y) & (y < y1))[:, None]
        in_box = ((y0 <= y) & (y <= y1))[:, None] & ((min(x0, x1) <= x) & (x <= max(x0, x1)))[
            None, :
        ]
        on_edge |= (side == 0) & in_box
    return odd | on_edge
