"""Which pixels and samples a plan hides in a frame, in exact integer arithmetic.

`audit` draws the same shapes with code of its own, so that a mistake here is found there.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from safehouse.errors import PlanMismatch
from safehouse.model.frame import PlaneLayout
from safehouse.model.plan import Look, Mask, Plan, Region
from safehouse.model.shape import SUBPIXEL, Ellipse, Polygon, Shape, shape_at

__all__ = ["Bits", "any_in_blocks", "chroma_mask", "draw_shapes", "look_mask_of", "mask_of"]

Bits = NDArray[np.bool_]
"""A mask, shape (rows, columns), True where hidden."""

CENTRE = SUBPIXEL // 2
"""Offset of a pixel's centre from its left and top edge, in 1/16 px."""

EXACT_HALF_AXIS = 1 << 15
"""Half-axes below this, 1/16 px, give products below 2^60 and roots that float64 rounds rightly."""

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
    if not sx and not sy:
        return mask
    hidden = any_in_blocks(mask, 1 << sy, 1 << sx)
    if interlaced and sy:
        for field in (0, 1):
            rows = hidden[field::2]
            rows |= any_in_blocks(mask[field::2], 1 << sy, 1 << sx)[: len(rows)]
    return hidden


def any_in_blocks(mask: Bits, rows: int, columns: int) -> Bits:
    """Return for each block of rows x columns pixels whether any is set; last ones may be short.

    rows and columns are powers of two. Bytes of a row are compared eight at a time.
    """
    height, width = mask.shape
    tall, wide = -(-height // rows), -(-width // columns)
    padded = mask
    if (height, width) != (tall * rows, wide * columns) or not mask.flags.c_contiguous:
        padded = np.zeros((tall * rows, wide * columns), np.bool_)
        padded[:height, :width] = mask
    merged = padded[0::rows].copy()
    for row in range(1, rows):
        merged |= padded[row::rows]
    if columns > 8:
        return any_in_blocks(merged.view(np.uint64) != 0, 1, columns // 8)
    kind = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}[columns]
    return np.asarray(merged.view(kind) != 0)


def draw_shapes(shapes: Iterable[Shape], width: int, height: int) -> Bits:
    """Return the union of shapes, shape (height, width); parts beyond the frame are cut off."""
    hidden = np.zeros((height, width), np.bool_)
    for shape in shapes:
        if isinstance(shape, Ellipse):
            _draw_ellipse(hidden, shape)
        elif isinstance(shape, Polygon):
            for y, x0, x1 in _polygon_spans(shape.points, width, height):
                hidden[y, x0:x1] = True
        else:
            hidden[:] = True
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


def _draw_ellipse(hidden: Bits, oval: Ellipse) -> None:
    """Add an oval to a mask, by the plan format's rule."""
    rx, ry = abs(oval.rx), abs(oval.ry)
    if not rx or not ry:
        _draw_flat_ellipse(hidden, oval)
        return
    rows = _centres(oval.cy - ry, oval.cy + ry, hidden.shape[0])
    columns = _centres(oval.cx - rx, oval.cx + rx, hidden.shape[1])
    if not rows or not columns:
        return
    offset = SUBPIXEL * rows.start + CENTRE - oval.cy
    halves = _half_widths(rx, ry, offset, len(rows))[:, None]
    across = np.arange(len(columns), dtype=np.int64) * SUBPIXEL
    across += SUBPIXEL * columns.start + CENTRE - oval.cx
    hidden[rows.start : rows.stop, columns.start : columns.stop] |= np.abs(across) <= halves


def _draw_flat_ellipse(hidden: Bits, oval: Ellipse) -> None:
    """Add an oval with a half-axis of 0, which no plan may hold: by the rule's letter, a line."""
    height, width = hidden.shape
    rows = _centres(oval.cy, oval.cy, height) if oval.rx else range(height)
    columns = _centres(oval.cx, oval.cx, width) if oval.ry else range(width)
    hidden[rows.start : rows.stop, columns.start : columns.stop] = True


@lru_cache(maxsize=64)
def _half_widths(rx: int, ry: int, offset: int, count: int) -> NDArray[np.int64]:
    """Return an oval's half width in count rows, the first one's centre offset below its centre.

    All in 1/16 px; half widths are rounded down, which loses no pixel's centre.
    """
    square = rx * rx
    rows = range(offset, offset + SUBPIXEL * count, SUBPIXEL)
    if max(rx, ry) < EXACT_HALF_AXIS:
        below = np.arange(rows.start, rows.stop, SUBPIXEL, dtype=np.int64)
        squares = square * (ry * ry - below * below) // (ry * ry)
        return np.asarray(np.sqrt(squares), np.int64)
    halves = [isqrt(square * (ry * ry - dy * dy) // (ry * ry)) for dy in rows]
    return np.array(halves, np.int64)


def _centres(first: int, last: int, size: int) -> range:
    """Return the pixels of 0 … size - 1 whose centres lie from first to last, 1/16 px."""
    start = max(0, -((CENTRE - first) // SUBPIXEL))
    return range(start, max(start, min(size, (last - CENTRE) // SUBPIXEL + 1)))


@lru_cache(maxsize=64)
def _polygon_spans(
    points: tuple[tuple[int, int], ...], width: int, height: int
) -> tuple[Span, ...]:
    """Return the pixels of a polygon inside the frame; spans may overlap."""
    ys = [y for _, y in points]
    spans = []
    for y in _centres(min(ys), max(ys), height):
        for left, right in _polygon_row(points, SUBPIXEL * y + CENTRE):
            x = _centres(left, right, width)
            if x:
                spans.append((y, x.start, x.stop))
    return tuple(spans)


def _polygon_row(points: tuple[tuple[int, int], ...], at: int) -> Iterable[tuple[int, int]]:
    """Yield what the line Y = at has of a polygon: between its crossings, and on its edges."""
    edges = list(pairwise([*points, points[0]]))
    crossings = sorted(_crossing(a, b, at) for a, b in edges if (a[1] <= at) != (b[1] <= at))
    for (_, left), (right, _) in zip(crossings[::2], crossings[1::2], strict=True):
        yield left, right
    for a, b in edges:
        if a[1] == at:
            yield a[0], a[0]
        if a[1] == at == b[1]:
            yield min(a[0], b[0]), max(a[0], b[0])


def _crossing(a: tuple[int, int], b: tuple[int, int], at: int) -> tuple[int, int]:
    """Return where the edge a-b crosses the line Y = at, rounded down and up.

    Only centres on whole units matter, so the two roundings hold all that the fraction tells.
    """
    run, rise = (at - a[1]) * (b[0] - a[0]), b[1] - a[1]
    return a[0] + run // rise, a[0] - (-run // rise)
