"""The median of 3 x 3 samples, by the audit's own hand: what `camera_privacy` may change.

`render` takes OpenCV's; here the middle of nine is found by comparing pairs (Median finding
on a 3 x 3 grid, Graphics Gems, 1990), so that one bug can't hide in both.
"""

from typing import Any

import numpy as np

from safehouse.audit.draw import Bits
from safehouse.model.frame import Plane

__all__ = ["beside_bits", "median_of"]

PAIRS = (
    *((1, 2), (4, 5), (7, 8), (0, 1), (3, 4), (6, 7), (1, 2), (4, 5), (7, 8), (0, 3)),
    *((5, 8), (4, 7), (3, 6), (1, 4), (2, 5), (4, 7), (4, 2), (6, 4), (4, 2)),
)
"""Compared and put in order, one after another, these leave the median of nine at place 4."""


def median_of(plane: Plane, *, interlaced: bool) -> Plane:
    """Return a new plane of medians; beyond the edge its nearest sample stands."""
    if not interlaced or len(plane) < 2:
        return _medians(plane)
    out = plane.copy()
    for field in (0, 1):
        out[field::2] = _medians(plane[field::2])
    return out


def _medians(plane: Plane) -> Plane:
    wide = np.pad(plane, 1, mode="edge")
    rows, columns = plane.shape
    nine: list[Any] = [wide[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    for low, high in PAIRS:
        less, more = np.minimum(nine[low], nine[high]), np.maximum(nine[low], nine[high])
        nine[low], nine[high] = less, more
    middle: Plane = nine[4]
    return middle


def beside_bits(hidden: Bits, *, interlaced: bool) -> Bits:
    """Return the hidden samples and those whose medians have one of them among the nine."""
    reach = 2 if interlaced else 1
    wide = np.pad(hidden, ((reach, reach), (1, 1)))
    rows, columns = hidden.shape
    out = hidden.copy()
    for y in range(2 * reach + 1):
        for x in range(3):
            out |= wide[y : y + rows, x : x + columns]
    return out
