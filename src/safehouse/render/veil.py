"""The veil: a smooth fill from the ring outside the masks, under grain like the film's own.

All arithmetic is on integers: a sample is worked on as 14 bits whatever its depth. Nothing under
any mask is read: rings consist of cells without one hidden sample (`cells.hidden_cells`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame, Plane, PlaneLayout
from safehouse.render.cells import (
    BLOCK_PX,
    Group,
    cell_sums,
    cells_of,
    find_groups,
    hidden_cells,
    near_of,
)
from safehouse.render.grain import Strength, block_detail, grain_field, strength_of
from safehouse.render.raster import Bits
from safehouse.render.smooth import FULL_BITS, fill_smoothly, level_unit, tame_ring, upsample
from safehouse.render.solid import nominal_range, solid_tone

__all__ = ["Canvas", "draw_veil"]

WORK_BITS = 14
"""Bits of the fill and the grain."""

CELL_BITS = 20
"""Bits of the coarse grid."""

FINEST_ROWS = 270
"""A frame has cells small enough for this many rows; finer ones show the ring's texture."""

MOST_CELLS = 112
"""Longest side of a group in cells; a larger one has larger cells."""

RING_CELLS = (3, 6)
"""Least and greatest depth of a ring, cells; thinner ones make the fill restless, thicker ones cost
time. In between it is an eighth of the group's longer side."""

RING_BLOCKS = 2
"""Depth of the ring that grain is measured in, blocks of `cells.BLOCK_PX`."""

MOST_BLOCKS = 160
"""Grain is measured in at most this many blocks of a ring, evenly chosen."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A frame in the making.

    Attributes:
        frame: the original.
        planes: writable, of the frame's shapes; only hidden samples are written.
        mask: what is hidden of the luma plane, in every look.
        chroma: the same for chroma planes.
        seed: the plan's grain seed.
    """

    frame: OriginalFrame
    planes: tuple[Plane, ...]
    mask: Bits
    chroma: Bits
    seed: int

    def shifts(self, plane: int) -> tuple[int, int]:
        """Return how often a plane's rows and columns are halved against luma."""
        layout = self.frame.layout
        return (layout.shift_y, layout.shift_x) if plane else (0, 0)


@dataclass(frozen=True, slots=True)
class _Grid:
    """A group's cells.

    Attributes:
        box: the cells that the group touches, as a box in cells.
        area: the cells that are worked on; holds the box and its ring.
        cell_px: side of a cell in luma px.
        weights: how much of each ring cell is seen, of 2^FULL_BITS; shape (rows, columns).
        values: the mean of what is seen, 20 bits, shape (planes, rows, columns).
    """

    box: Box
    area: Box
    cell_px: int
    weights: NDArray[np.int64]
    values: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Fill:
    """A group's fill: 14 bits, shape (planes, rows, columns), on cells from one before its box."""

    cells: NDArray[np.uint16]
    box: Box
    cell_px: int


def draw_veil(canvas: Canvas) -> None:
    """Draw a veil over everything hidden, in place.

    The result is a function of the frame's samples that are not hidden, the masks, the frame's
    number and the seed. Where no whole cell beside a mask is seen, the solid tone stands.
    """
    groups = find_groups(canvas.mask)
    fills = _fills([_grid(canvas, group) for group in groups])
    strengths = _strengths(canvas, groups)
    for group, fill, strength in zip(groups, fills, strengths, strict=True):
        for number, how in enumerate(strength):
            _paint(canvas, group, number, fill, how)


def _cell_px(frame: OriginalFrame, group: Group) -> int:
    """Return the side of a cell in luma px: a power of two that suits frame and group."""
    cell = max(2, 1 << frame.layout.shift_x, 1 << frame.layout.shift_y)
    longest = max(group.box.width, group.box.height)
    while cell * FINEST_ROWS < frame.height or longest > MOST_CELLS * cell:
        cell *= 2
    return cell


def _grid(canvas: Canvas, group: Group) -> _Grid:
    """Return the cells of a group and its ring."""
    cell_px = _cell_px(canvas.frame, group)
    box = cells_of(group.box, cell_px)
    depth = min(max(max(box.width, box.height) // 8, RING_CELLS[0]), RING_CELLS[1])
    area = _padded(box.grow(depth + 1, depth + 1))
    values, counts = _seen_means(canvas, area, cell_px)
    near = near_of(_inside(counts < cell_px * cell_px, area, box), depth)
    weights = (counts << FULL_BITS) // (cell_px * cell_px) * near
    ring = weights > 0
    tamed = tame_ring(values, ring) if ring.any() else values
    return _Grid(box, area, cell_px, weights, tamed)


def _inside(hidden: Bits, area: Box, box: Box) -> Bits:
    """Return the hidden cells of an area that lie in a box."""
    own = np.zeros_like(hidden)
    rows = slice(box.y0 - area.y0, box.y1 - area.y0)
    columns = slice(box.x0 - area.x0, box.x1 - area.x0)
    own[rows, columns] = hidden[rows, columns]
    return own


def _fills(grids: list[_Grid]) -> list[_Fill | None]:
    """Return the fill of each grid, or None where nothing beside it is seen.

    Grids of one size are worked on together, which changes no value.
    """
    fills: list[_Fill | None] = [None] * len(grids)
    sizes: dict[tuple[int, ...], list[int]] = {}
    for at, grid in enumerate(grids):
        if grid.weights.any():
            sizes.setdefault(grid.values.shape, []).append(at)
    for members in sizes.values():
        values = np.stack([grids[at].values for at in members])
        weights = np.stack([grids[at].weights for at in members])[:, None]
        filled = fill_smoothly(values, weights)
        filled >>= CELL_BITS - WORK_BITS
        cells = filled.astype(np.uint16)
        for at, part in zip(members, cells, strict=True):
            fills[at] = _cropped(grids[at], part)
    return fills


def _cropped(grid: _Grid, cells: NDArray[np.uint16]) -> _Fill:
    """Return the part of an area's fill that the group needs."""
    near = grid.box.grow(1, 1)
    rows = slice(near.y0 - grid.area.y0, near.y1 - grid.area.y0)
    columns = slice(near.x0 - grid.area.x0, near.x1 - grid.area.x0)
    return _Fill(cells[:, rows, columns], near, grid.cell_px)


def _padded(box: Box) -> Box:
    """Return a box of cells grown to a grid of the frame that can be halved often."""
    unit = level_unit(max(box.width, box.height))
    return Box(
        box.x0 // unit * unit,
        box.y0 // unit * unit,
        -(-box.x1 // unit) * unit,
        -(-box.y1 // unit) * unit,
    )


def _seen_means(
    canvas: Canvas, area: Box, cell_px: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the means of what is seen of each cell, and how many luma pixels are.

    Means have 20 bits and shape (planes, rows, columns). Cells that lack a seen sample in any
    plane, or pass the frame's edge, count as unseen.
    """
    frame = canvas.frame
    inside = area.clip(frame.width // cell_px, frame.height // cell_px)
    rows = slice(inside.y0 - area.y0, inside.y1 - area.y0)
    columns = slice(inside.x0 - area.x0, inside.x1 - area.x0)
    values = np.zeros((len(frame.planes), area.height, area.width), np.int64)
    counts = np.zeros((2, area.height, area.width), np.int64)
    for number, plane in enumerate(frame.planes):
        down, across = canvas.shifts(number)
        tall, wide = cell_px >> down, cell_px >> across
        part = (
            slice(inside.y0 * tall, inside.y1 * tall),
            slice(inside.x0 * wide, inside.x1 * wide),
        )
        seen = ~(canvas.chroma if number else canvas.mask)[part]
        kind = min(number, 1)
        if number < 2:
            counts[kind, rows, columns] = cell_sums(seen, tall, wide)
        sums = cell_sums(plane[part] * seen, tall, wide) << CELL_BITS - frame.layout.depth
        values[number, rows, columns] = sums // np.maximum(counts[kind, rows, columns], 1)
    if len(frame.planes) > 1:
        counts[0] *= counts[1] > 0
    return values, counts[0]


def _strengths(canvas: Canvas, groups: list[Group]) -> list[list[Strength]]:
    """Return the grain of each plane in the ring of each group."""
    frame = canvas.frame
    rings = [_ring_blocks(canvas, group) for group in groups]
    ends = np.cumsum([len(rows) for rows, _ in rings])
    rows = np.concatenate([rows for rows, _ in rings])
    columns = np.concatenate([columns for _, columns in rings])
    details = [_details(canvas, number, rows, columns) for number in range(len(frame.planes))]
    return [
        [strength_of(part[end - len(ring[0]) : end], frame.layout.depth) for part in details]
        for ring, end in zip(rings, ends, strict=True)
    ]


def _ring_blocks(canvas: Canvas, group: Group) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the seen blocks beside a group, evenly thinned."""
    box = cells_of(group.box, BLOCK_PX)
    area = box.grow(RING_BLOCKS, RING_BLOCKS)
    hidden = hidden_cells(canvas.frame, canvas.mask, canvas.chroma, area, BLOCK_PX)
    rows, columns = np.nonzero(near_of(_inside(hidden, area, box), RING_BLOCKS) & ~hidden)
    chosen = slice(None, None, len(rows) // MOST_BLOCKS + 1)
    return rows[chosen] + area.y0, columns[chosen] + area.x0


def _details(
    canvas: Canvas, number: int, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.int32]:
    """Return the detail of a plane in some blocks of the frame."""
    plane = canvas.frame.planes[number]
    down, across = canvas.shifts(number)
    tall, wide = BLOCK_PX >> down, BLOCK_PX >> across
    whole_rows, whole_columns = plane.shape[0] // tall, plane.shape[1] // wide
    whole = plane[: whole_rows * tall, : whole_columns * wide]
    blocks = whole.reshape(whole_rows, tall, whole_columns, wide)[rows, :, columns, :]
    return block_detail(blocks)


def _paint(
    canvas: Canvas, group: Group, number: int, fill: _Fill | None, strength: Strength
) -> None:
    """Draw the hidden samples of a group in one plane."""
    plane = canvas.planes[number]
    down, across = canvas.shifts(number)
    box = Box(
        group.box.x0 >> across, group.box.y0 >> down, group.box.x1 >> across, group.box.y1 >> down
    ).clip(plane.shape[1], plane.shape[0])
    rows, columns = slice(box.y0, box.y1), slice(box.x0, box.x1)
    where = (canvas.chroma if number else canvas.mask)[rows, columns]
    if group.own is not None:
        own = group.own.repeat(BLOCK_PX >> down, axis=0).repeat(BLOCK_PX >> across, axis=1)
        where = where & own[: box.height, : box.width]
    if fill is None:
        np.copyto(plane[rows, columns], solid_tone(canvas.frame.layout, number), where=where)
        return
    key = (canvas.seed, canvas.frame.index, number)
    samples = grain_field(key, (box.x0, box.y0, box.x1, box.y1), strength)
    samples += _samples(fill, number, box, down, across)
    np.copyto(plane[rows, columns], _coded(canvas.frame.layout, number, samples), where=where)


def _samples(fill: _Fill, number: int, box: Box, down: int, across: int) -> NDArray[np.int16]:
    """Return the fill of one plane for a box of its samples, 14 bits."""
    tall, wide = fill.cell_px >> down, fill.cell_px >> across
    samples = upsample(fill.cells[number], tall, wide)
    top, left = box.y0 - fill.box.y0 * tall, box.x0 - fill.box.x0 * wide
    return samples[top : top + box.height, left : left + box.width].view(np.int16)


def _coded(layout: PlaneLayout, number: int, samples: NDArray[np.int16]) -> Plane:
    """Return samples of 14 bits as codes of a plane, rounded, inside its nominal range."""
    low, high = nominal_range(layout, number)
    drop = WORK_BITS - layout.depth
    if drop < 0:
        wide = samples.astype(np.int32)
        wide <<= -drop
        return np.minimum(np.maximum(wide, low), high).astype(np.uint16)
    samples += np.int16(1 << drop >> 1)
    samples >>= drop
    np.maximum(samples, np.int16(low), out=samples)
    np.minimum(samples, np.int16(high), out=samples)
    return samples.astype(np.uint8) if layout.depth == 8 else samples.astype(np.uint16)
