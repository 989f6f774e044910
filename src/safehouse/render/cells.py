"""The coarse grid on which a veil is worked out: which cells are hidden, and which hang together.

A cell is a square of luma pixels on a grid fixed to the frame, so that a fill does not swim when a
mask moves. A cell counts as seen only if all of it lies inside the frame and none of it is hidden.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame
from safehouse.render.raster import Bits, any_in_blocks

__all__ = ["BLOCK_PX", "Group", "cell_sums", "cells_of", "find_groups", "hidden_cells", "near_of"]

BLOCK_PX = 8
"""Masks that share or touch a square of this many luma px are filled together."""

MOST_IN_16_BITS = 257
"""Most samples of 8 bits whose sum has 16."""


@dataclass(frozen=True, slots=True)
class Group:
    """Masks that touch.

    Attributes:
        box: smallest box around them in px, on the grid of BLOCK_PX; may pass the frame's edge.
        own: None, or where other groups lie in the box: the blocks that are this group's own.
    """

    box: Box
    own: Bits | None


def find_groups(mask: Bits) -> list[Group]:
    """Return the groups of touching masks.

    `cv2.connectedComponentsWithStats` only labels: its result holds no arithmetic on samples.
    """
    blocks = any_in_blocks(mask, BLOCK_PX, BLOCK_PX)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        blocks.view(np.uint8), connectivity=8
    )
    marks, boxes = np.asarray(labels, np.int32), np.asarray(stats, np.int32)
    return [_group(marks, number, boxes[number]) for number in range(1, count)]


def _group(labels: NDArray[np.int32], number: int, stats: NDArray[np.int32]) -> Group:
    """Return the group with one label."""
    x0, y0, wide, tall = (int(value) for value in stats[:4])
    part = labels[y0 : y0 + tall, x0 : x0 + wide]
    own = part == number
    alone = not (own ^ (part != 0)).any()
    box = Box(x0 * BLOCK_PX, y0 * BLOCK_PX, (x0 + wide) * BLOCK_PX, (y0 + tall) * BLOCK_PX)
    return Group(box, None if alone else own)


def cells_of(box: Box, cell_px: int) -> Box:
    """Return the cells that a box in px touches, as a box in cells."""
    return Box(box.x0 // cell_px, box.y0 // cell_px, -(-box.x1 // cell_px), -(-box.y1 // cell_px))


def hidden_cells(frame: OriginalFrame, mask: Bits, chroma: Bits, cells: Box, cell_px: int) -> Bits:
    """Return which cells hold a hidden sample of any plane, or are not wholly in the frame.

    Args:
        frame: gives the layout.
        mask: hidden luma pixels.
        chroma: hidden chroma samples.
        cells: which cells, as a box in cells; may leave the frame.
        cell_px: side of a cell, a multiple of what a chroma sample covers.
    """
    layout = frame.layout
    inside = cells.clip(frame.width // cell_px, frame.height // cell_px)
    seen_rows = slice(inside.y0 - cells.y0, inside.y1 - cells.y0)
    seen_columns = slice(inside.x0 - cells.x0, inside.x1 - cells.x0)
    hidden = np.ones((cells.height, cells.width), np.bool_)
    part = any_in_blocks(_window(mask, inside, cell_px, cell_px), cell_px, cell_px)
    if frame.interlaced and layout.shift_y:
        rows, columns = cell_px >> layout.shift_y, cell_px >> layout.shift_x
        part |= any_in_blocks(_window(chroma, inside, rows, columns), rows, columns)
    hidden[seen_rows, seen_columns] = part
    return hidden


def _window(mask: Bits, cells: Box, rows: int, columns: int) -> Bits:
    """Return the samples of a box of cells of rows x columns samples."""
    return mask[cells.y0 * rows : cells.y1 * rows, cells.x0 * columns : cells.x1 * columns]


def near_of(own: Bits, depth: int) -> Bits:
    """Return the cells within depth rows and columns of own, and own."""
    near = own
    for _ in range(depth):
        tall = near.copy()
        tall[1:] |= near[:-1]
        tall[:-1] |= near[1:]
        near = tall.copy()
        near[:, 1:] |= tall[:, :-1]
        near[:, :-1] |= tall[:, 1:]
    return near


def cell_sums(samples: NDArray[Any], rows: int, columns: int) -> NDArray[np.int64]:
    """Return the sum of each cell of rows x columns samples.

    rows and columns are powers of two; the sides of samples are multiples of them.
    """
    tall = samples.shape[0] // rows
    kind = np.uint16 if samples.itemsize == 1 and rows <= MOST_IN_16_BITS else np.uint32
    sums = np.add.reduce(samples.reshape(tall, rows, samples.shape[1]), axis=1, dtype=kind)
    total: NDArray[np.int64] = sums.astype(np.int64)
    while columns > 1:
        total, columns = total[:, 0::2] + total[:, 1::2], columns // 2
    return total
