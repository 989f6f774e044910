"""Which pixels and samples a plan hides in a frame, in exact integer arithmetic.

`audit` draws the same shapes with code of its own, so that a mistake here is found there.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from safehouse.errors import PlanMismatch
from safehouse.model.frame import PlaneLayout
from safehouse.model.plan import Look, Mask, Plan, Region
from safehouse.model.shape import SUBPIXEL, Ellipse, Polygon, Shape, shape_at

__all__ = ["Bits", "chroma_mask", "draw_shapes", "look_mask_of", "mask_of"]

Bits = NDArray[np.bool_]
"""A mask, shape (rows, columns), True where hidden."""

CENTRE = SUBPIXEL // 2
"""Offset of a pixel's centre from its left and top edge, in 1/16 px."""

Span = tuple[int, int, int]
"""Pixels x0 <= x < x1 of row y, as (y, x0, x1)."""


def mask_of(plan: Plan, frame: int) -> Bits:
    """Return the mask of a frame: True where the plan hides, shape (height, width).

    Under `reveal-only` everything is hidden but the regions; masks win over regions.

    Raises:
        PlanMismatch: the plan's clip has no picture.
    """
    width, height = _size_of(plan)
    hidden = draw_shapes(_shapes(plan.masks, frame), width, height)
    if plan.mode == "reveal-only":
        hidden |= ~draw_shapes(_shapes(plan.regions, frame), width, height)
    return hidden


def look_mask_of(plan: Plan, frame: int, look: Look) -> Bits:
    """Return where the plan asks for one look, shape (height, width).

    A mask without a look of its own has the plan's, and so has what `reveal-only` hides beyond
    the masks. Where masks of several looks overlap, the place is in each of their results.
    """
    width, height = _size_of(plan)
    chosen = [mask for mask in plan.masks if (mask.look or plan.look) == look]
    hidden = draw_shapes(_shapes(chosen, frame), width, height)
    if plan.mode == "reveal-only" and plan.look == look:
        hidden |= ~draw_shapes(_shapes(plan.regions, frame), width, height)
    return hidden


def chroma_mask(mask: Bits, layout: PlaneLayout, *, interlaced: bool) -> Bits:
    """Return the mask of a chroma plane: a sample is hidden once one luma pixel it covers is.

    In woven 4:2:0 a chroma row covers luma rows of its own field, while many decoders and cameras
    pair neighbouring rows; for interlaced frames a sample is hidden if either reading says so.

    Args:
        mask: luma mask, shape (height, width).
        layout: the frame's; RGB and grey have no subsampled plane and give mask back.
        interlaced: two fields woven into one picture.

    Returns:
        Shape (ceil(height / 2^shift_y), ceil(width / 2^shift_x)).
    """
    sx, sy = layout.shift_x, layout.shift_y
    columns = _any_in_blocks(mask.T, sx).T
    hidden = _any_in_blocks(columns, sy)
    if interlaced and sy:
        for field in (0, 1):
            hidden[field::2] |= _any_in_blocks(columns[field::2], sy)[: len(hidden[field::2])]
    return hidden


def draw_shapes(shapes: Iterable[Shape], width: int, height: int) -> Bits:
    """Return the union of shapes, shape (height, width); parts beyond the frame are cut off."""
    hidden = np.zeros((height, width), np.bool_)
    for shape in shapes:
        for y, x0, x1 in _spans(shape, width, height):
            hidden[y, x0:x1] = True
    return hidden


def _size_of(plan: Plan) -> tuple[int, int]:
    """Return width and height of the plan's clip, px."""
    video = plan.clip.video
    if video is None:
        raise PlanMismatch(
            f"the plan's clip {plan.clip.id} has no picture",
            next_step="make the plan again from this clip's findings",
        )
    return video.width, video.height


def _shapes(rows: Iterable[Mask | Region], frame: int) -> list[Shape]:
    """Return the shapes that are there in a frame."""
    return [shape_at(row.keys, frame) for row in rows if row.first <= frame < row.end]


def _any_in_blocks(mask: Bits, shift: int) -> Bits:
    """Return for each block of 2^shift rows (the last may be shorter) whether any row has it."""
    for _ in range(shift):
        halved = mask[0::2].copy()
        halved[: len(mask) // 2] |= mask[1::2]
        mask = halved
    return mask


@lru_cache(maxsize=512)
def _spans(shape: Shape, width: int, height: int) -> tuple[Span, ...]:
    """Return the rows of a shape inside the frame; spans may overlap."""
    if isinstance(shape, Ellipse):
        return tuple(_clipped(_ellipse_spans(shape, height), width))
    if isinstance(shape, Polygon):
        return tuple(_clipped(_polygon_spans(shape.points, height), width))
    return tuple((y, 0, width) for y in range(height))


def _clipped(rows: Iterable[tuple[int, int, int]], width: int) -> Iterable[Span]:
    """Yield pixel spans from rows (y, left, right) whose ends are inclusive, in 1/16 px."""
    for y, left, right in rows:
        x0 = max(0, -((CENTRE - left) // SUBPIXEL))
        x1 = min(width, (right - CENTRE) // SUBPIXEL + 1)
        if x0 < x1:
            yield y, x0, x1


def _rows(top: int, bottom: int, height: int) -> range:
    """Return the rows whose centres lie in top <= Y <= bottom, 1/16 px, inside the frame."""
    first = max(0, -((CENTRE - top) // SUBPIXEL))
    return range(first, min(height, (bottom - CENTRE) // SUBPIXEL + 1))


def _ellipse_spans(oval: Ellipse, height: int) -> Iterable[tuple[int, int, int]]:
    """Yield the rows of an oval by the plan format's rule; an axis of 0 is taken as 1/16 px."""
    rx, ry = max(1, oval.rx), max(1, oval.ry)
    for y in _rows(oval.cy - ry, oval.cy + ry, height):
        dy = SUBPIXEL * y + CENTRE - oval.cy
        half = isqrt(rx * rx * (ry * ry - dy * dy) // (ry * ry))
        yield y, oval.cx - half, oval.cx + half


def _polygon_spans(
    points: Sequence[tuple[int, int]], height: int
) -> Iterable[tuple[int, int, int]]:
    """Yield the rows of a polygon: between its crossings, and on its edges."""
    edges = list(pairwise([*points, points[0]]))
    ys = [y for _, y in points]
    for y in _rows(min(ys), max(ys), height):
        at = SUBPIXEL * y + CENTRE
        crossings = sorted(_crossing(a, b, at) for a, b in edges if (a[1] <= at) != (b[1] <= at))
        for (_, left), (right, _) in zip(crossings[::2], crossings[1::2], strict=True):
            yield y, left, right
        for a, b in edges:
            if a[1] == at:
                yield y, a[0], a[0]
            if a[1] == at == b[1]:
                yield y, min(a[0], b[0]), max(a[0], b[0])


def _crossing(a: tuple[int, int], b: tuple[int, int], at: int) -> tuple[int, int]:
    """Return where the edge a-b crosses the line Y = at, rounded down and up.

    Only centres on whole units matter, so the two roundings hold all that the fraction tells.
    """
    run, rise = (at - a[1]) * (b[0] - a[0]), b[1] - a[1]
    return a[0] + run // rise, a[0] - (-run // rise)
