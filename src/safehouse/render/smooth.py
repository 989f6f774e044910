"""Smooth fill of a hole from its ring, in exact integers.

The ring's values are pulled down a pyramid of ever coarser grids, each a weighted mean of the finer
one, and pushed back up: a cell near the ring takes the mean of the ring beside it, one deeper in
the mean of more of the ring (S. Gortler and others, The Lumigraph, 1996, section 4.3). Laplace's
equation was tried first: it leaves a dark or bright rim, since its slope is steepest at the edge.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["FULL_BITS", "double_rows", "fill_smoothly", "level_unit", "tame_ring", "upsample"]

Cells = NDArray[np.int64]
Rows = TypeVar("Rows", NDArray[np.int64], NDArray[np.uint16])

COARSEST = 4
"""The coarsest grid has at most twice as many cells on its longer side."""

FULL_BITS = 12
"""Bits of a weight; a cell with 2^12 is as sure as one of the ring."""

EDGE_GAIN_BITS = 2
"""log2 of how much more the finest level's own mean counts than its weight; less shows an edge."""

GAIN_BITS = 1
"""The same of the coarser levels; more lets single stripes of the ring flicker far inside."""

RECIPROCAL_BITS = 40
"""Bits of 1 / weight; a value has 20, so products stay below 2^61. Fewer darken the fill."""

FENCE_LEAST = 1 << 17
"""Least distance of a fence: an eighth of the range, so that only lamps and the like are odd."""


def level_unit(longest: int) -> int:
    """Return the power of two that both sides of a grid should be multiples of."""
    return 1 << max(0, (longest // COARSEST).bit_length() - 1)


def tame_ring(values: Cells, ring: NDArray[np.bool_]) -> Cells:
    """Return the values of a ring with its odd ones brought nearer to the others; 0 elsewhere.

    Odd ones, such as a lamp beside a head, end at the fences of J. W. Tukey (Exploratory Data
    Analysis, 1977), one and a half times the middle half's range beyond it, and `FENCE_LEAST` more.

    Args:
        values: shape (planes, rows, columns), 20 bits.
        ring: shape (rows, columns), at least one cell.
    """
    ranked = np.sort(values[:, ring], axis=1)
    count = ranked.shape[1]
    lower, upper = ranked[:, count // 4], ranked[:, (3 * count) // 4]
    reach = (upper - lower) * 3 // 2 + FENCE_LEAST
    low, high = lower - reach, upper + reach
    return np.clip(values, low[:, None, None], high[:, None, None]) * ring


def fill_smoothly(values: Cells, weights: Cells) -> Cells:
    """Return values with every cell beyond the ring filled smoothly from it.

    Args:
        values: shape (..., planes, rows, columns), 0 … 2^20; not read where the weight is 0.
        weights: shape (..., 1, rows, columns), 0 … 2^FULL_BITS: how much of a cell is seen; at
            least one cell of each has some.

    Returns:
        The same shape as values; ring cells become means of their neighbourhood in the ring.
    """
    return _level(np.concatenate((values * weights, weights), axis=-3), EDGE_GAIN_BITS)


def _level(cells: Cells, gain_bits: int) -> Cells:
    """Return the fill on one level, from values times weights, and weights as the last plane."""
    near = _blur(cells)
    own = _divided(near)
    rows, columns = cells.shape[-2:]
    if rows % 2 or columns % 2 or min(rows, columns) <= 2:
        total = cells.sum(axis=(-2, -1), keepdims=True)
        deeper = total[..., :-1, :, :] // total[..., -1:, :, :]
    else:
        deeper = _from_coarser(near)
    share = near[..., -1:, :, :] >> 4 - gain_bits
    np.minimum(share, 1 << FULL_BITS, out=share)
    own -= deeper
    own *= share
    own >>= FULL_BITS
    own += deeper
    return own


def _from_coarser(near: Cells) -> Cells:
    """Return the fill of the next coarser level on this level's grid, from its blurred cells.

    Sums of 2 x 2 blurred cells are sums of the cells under the kernel 1-3-3-1.
    """
    tall = near[..., 0::2, :] + near[..., 1::2, :]
    sums = tall[..., 0::2] + tall[..., 1::2]
    weights = np.minimum(1 << FULL_BITS, sums[..., -1:, :, :] >> 5)
    filled = _level(np.concatenate((_divided(sums) * weights, weights), axis=-3), GAIN_BITS)
    return double_rows(_double_columns(filled))


def _divided(cells: Cells) -> Cells:
    """Return all planes but the last over the last; 0 where that is 0.

    A quotient of whole numbers in float64 differs from the next one above by far more than it is
    rounded by here, so that its whole part is exact, on every CPU.
    """
    weights = np.maximum(cells[..., -1:, :, :], 1).astype(np.float64)
    reciprocals = np.floor(float(1 << RECIPROCAL_BITS) / weights).astype(np.int64)
    result = cells[..., :-1, :, :] * reciprocals
    result >>= RECIPROCAL_BITS
    return result


def _blur(cells: Cells) -> Cells:
    """Return cells under the kernel 1-2-1 in both directions, undivided; 0 beyond the edge."""
    rows, columns = cells.shape[-2:]
    wide = np.zeros((*cells.shape[:-2], rows + 2, columns + 2), cells.dtype)
    wide[..., 1:-1, 1:-1] = cells
    for _ in range(2):
        wide = wide[..., 1:, :] + wide[..., :-1, :]
    for _ in range(2):
        wide = wide[..., 1:] + wide[..., :-1]
    return wide


def double_rows(cells: Rows) -> Rows:
    """Return twice as many rows, each between its two nearest old ones, 3 to 1."""
    shape = (*cells.shape[:-2], 2 * cells.shape[-2], cells.shape[-1])
    result = np.empty(shape, cells.dtype)
    thrice = 3 * cells + cells.dtype.type(2)
    np.add(thrice[..., 1:, :], cells[..., :-1, :], out=result[..., 2::2, :])
    np.add(thrice[..., :-1, :], cells[..., 1:, :], out=result[..., 1:-1:2, :])
    result[..., 0, :] = cells[..., 0, :] << 2
    result[..., -1, :] = cells[..., -1, :] << 2
    result >>= 2
    return result


def _double_columns(cells: Rows) -> Rows:
    """Return twice as many columns, as `double_rows` does; in C order, which later steps read."""
    turned = np.ascontiguousarray(cells.swapaxes(-1, -2))
    return np.ascontiguousarray(double_rows(turned).swapaxes(-1, -2))


def upsample(cells: NDArray[np.uint16], rows: int, columns: int) -> NDArray[np.uint16]:
    """Return each cell of 14 bits as rows x columns samples, smoothly, cell centres in place.

    rows and columns are powers of two.
    """
    while columns > 1:
        cells, columns = _double_columns(cells), columns // 2
    while rows > 1:
        cells, rows = double_rows(cells), rows // 2
    return cells
