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
    return _level(values * weights, weights, EDGE_GAIN_BITS)


def _level(weighted: Cells, weights: Cells, gain_bits: int) -> Cells:
    """Return the fill on one level, from values times weights and weights."""
    near, near_weights = _blur(weighted), _blur(weights)
    own = _divided(near, near_weights)
    rows, columns = weighted.shape[-2:]
    if rows % 2 or columns % 2 or min(rows, columns) <= 2:
        total = weighted.sum(axis=(-2, -1), keepdims=True)
        deeper = total // weights.sum(axis=(-2, -1), keepdims=True)
    else:
        deeper = _from_coarser(weighted, weights)
    share = np.minimum(1 << FULL_BITS, near_weights >> 4 - gain_bits)
    own -= deeper
    own *= share
    own >>= FULL_BITS
    own += deeper
    return own


def _from_coarser(weighted: Cells, weights: Cells) -> Cells:
    """Return the fill of the next coarser level on this level's grid."""
    sums, sums_weights = _halve(weighted), _halve(weights)
    coarse = _divided(sums, sums_weights)
    coarse_weights = np.minimum(1 << FULL_BITS, sums_weights >> 5)
    coarse *= coarse_weights
    filled = _level(coarse, coarse_weights, GAIN_BITS)
    return double_rows(double_rows(filled).swapaxes(-1, -2)).swapaxes(-1, -2)


def _divided(weighted: Cells, weights: Cells) -> Cells:
    """Return weighted over weights; 0 where there is no weight."""
    result = weighted * ((1 << RECIPROCAL_BITS) // np.maximum(weights, 1))
    result >>= RECIPROCAL_BITS
    return np.asarray(result, np.int64)


def _blur(cells: Cells) -> Cells:
    """Return cells under the kernel 1-2-1 in both directions, undivided; 0 beyond the edge."""
    tall = 2 * cells
    tall[..., 1:, :] += cells[..., :-1, :]
    tall[..., :-1, :] += cells[..., 1:, :]
    both = 2 * tall
    both[..., 1:] += tall[..., :-1]
    both[..., :-1] += tall[..., 1:]
    return both


def _halve(cells: Cells) -> Cells:
    """Return half as many rows and columns, kernel 1-3-3-1, undivided; 0 beyond the edge."""
    even, odd = cells[..., 0::2, :], cells[..., 1::2, :]
    rows = 3 * (even + odd)
    rows[..., 1:, :] += odd[..., :-1, :]
    rows[..., :-1, :] += even[..., 1:, :]
    left, right = rows[..., 0::2], rows[..., 1::2]
    both = 3 * (left + right)
    both[..., 1:] += right[..., :-1]
    both[..., :-1] += left[..., 1:]
    return both


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


def upsample(cells: NDArray[np.uint16], rows: int, columns: int) -> NDArray[np.uint16]:
    """Return each cell of 14 bits as rows x columns samples, smoothly, cell centres in place.

    rows and columns are powers of two.
    """
    while rows > 1:
        cells, rows = double_rows(cells), rows // 2
    while columns > 1:
        cells, columns = double_rows(cells.T).T, columns // 2
    return cells
