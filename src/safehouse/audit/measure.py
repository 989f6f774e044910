"""How much of the original shows through a mask: statistics on arrays, without any reading.

Under a mask the film should hold the fill E; the person under it is O. For the film's picture F
the share of the original in a group of samples is the a that fits F - E = a (O - E) best:

    a = sum (F - E)(O - E) / sum (O - E)².

It is 0 where the mask is in the picture and 1 where the original shows. Groups are the rows, the
columns and the 8 x 8 tiles of a mask, and the mask as a whole, there on the means of tiles: a
codec takes away fine grain, which E has too, and a share of single samples would count that.
The thresholds and what they were measured on are in docs/audit.md.
"""

from dataclasses import dataclass
from typing import Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.draw import Bits
from safehouse.model.frame import Plane

__all__ = [
    "SPILL",
    "TILE",
    "Floats",
    "Through",
    "block_gap",
    "deep_bits",
    "has_bare_run",
    "through",
]

TILE = 8
"""Edge of a tile, samples: the transform block of the codecs; larger would dilute thin slivers."""

SPILL = 4
"""Depth at a mask's rim that shares leave out, luma px: codecs filter across block edges, and
what stands outside runs that far in (measured: 0.7 of it within 3 px at crf 28, 0.4 deeper)."""

OPEN_SHARE = 0.5
"""A row, column or tile with this share shows the original; clean films stay below 0.43."""

OPEN_CONTRAST = 12.0
"""Least root mean square of O - E in such a group, levels of 8 bits; below it is codec noise."""

OPEN_COUNT = 24
"""Fewest samples of such a group."""

BARE_COUNT, BARE_SPREAD = 24, 3.0
"""A run of so many hidden samples, equal to the original bit for bit, is a hole when the original
has at least this standard deviation in it; chance makes that once in 10^30 runs."""

Floats = NDArray[np.float32]
P = TypeVar("P", bound=NDArray[np.generic])


@dataclass(frozen=True, slots=True)
class Through:
    """What shows through one mask in one plane of one frame.

    Attributes:
        shown: largest share among rows, columns and tiles with contrast; 0 where none has any.
        kind: `row`, `column` or `tile`: where that was; "" where none has contrast.
        along: sum over tiles of (F - E)(O - E), tile means weighted with their samples.
        energy: sum over tiles of (O - E)², weighted likewise; along / energy is the mask's share.
        count: samples that were looked at.
    """

    shown: float
    kind: str
    along: float
    energy: float
    count: float

    @property
    def share(self) -> float:
        """The share of the original in the mask as a whole."""
        return self.along / self.energy if self.energy > 0 else 0.0

    @property
    def contrast(self) -> float:
        """Root mean square of O - E over the means of tiles, levels of 8 bits."""
        return float(np.sqrt(self.energy / self.count)) if self.count else 0.0


def deep_bits(hidden: Bits) -> Bits:
    """Return the hidden pixels that are more than SPILL px from a visible one.

    The frame's own edge is no rim: nothing visible lies beyond it.
    """
    edge = 2 * SPILL + 1
    core = cv2.erode(
        np.ascontiguousarray(hidden).view(np.uint8),
        np.ones((edge, edge), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=(1.0,),
    )
    return np.asarray(core, dtype=np.uint8).view(np.bool_)


def through(film: Plane, fill: Plane, original: Plane, bits: Bits, depth: int = 8) -> Through:
    """Return what shows through a mask.

    Args:
        film: F, shape (rows, columns).
        fill: E, the same.
        original: O, the same.
        bits: the mask's samples that count, same shape.
        depth: bits a sample of all three.
    """
    mask = _whole_tiles(bits.view(np.uint8))
    e = _whole_tiles(fill)
    d = _difference(_whole_tiles(original), e, mask)
    g = _difference(_whole_tiles(film), e, mask)
    energy, along = d * d, g * d
    level = 4.0 ** (8 - depth)
    least = OPEN_CONTRAST**2 / level
    weight = mask.astype(np.float32)
    shown, kind = 0.0, ""
    for name, total in (("row", _by_row), ("column", _by_column), ("tile", _by_tile)):
        n, power = total(weight), total(energy)
        clear = (n >= OPEN_COUNT) & (power >= least * n)
        if clear.any():
            best = float((total(along)[clear] / power[clear]).max())
            if not kind or best > shown:
                shown, kind = best, name
    n = _by_tile(weight)
    full = n >= TILE * TILE // 4
    count, d_sum, g_sum = n[full], _by_tile(d)[full], _by_tile(g)[full]
    share = d_sum / count
    return Through(
        shown,
        kind,
        float((share * g_sum).sum()) * level,
        float((share * d_sum).sum()) * level,
        float(count.sum()),
    )


def has_bare_run(fill: Plane, original: Plane, bits: Bits) -> bool:
    """Return whether a row, column or tile of hidden samples is the original's, bit for bit.

    It needs no trust in the code that made the fill: that code may have forgotten these samples.
    Rows and columns count where nine in ten of their hidden samples are equal, tiles where all are.
    """
    mask = _whole_tiles(bits.view(np.uint8))
    equal = _whole_tiles(((fill == original) & bits).view(np.uint8))
    weight, same = mask.astype(np.float32), equal.astype(np.float32)
    for total, part in ((_by_row, 0.9), (_by_column, 0.9), (_by_tile, 1.0)):
        k = total(same)
        whole = (k >= BARE_COUNT) & (k >= part * total(weight))
        if whole.any():
            value = _whole_tiles(original).astype(np.float32) * same
            mean = total(value)[whole] / k[whole]
            spread = total(value * value)[whole] / k[whole] - mean * mean
            if (spread >= BARE_SPREAD**2).any():
                return True
    return False


def block_gap(film: Plane, wanted: Plane, depth: int) -> Floats:
    """Return how far the means of 8 x 8 blocks are from what they should be, levels of 8 bits.

    Shape (rows // 8, columns // 8); a last block that is not whole is left out.
    """
    rows, columns = film.shape[0] // TILE, film.shape[1] // TILE
    if not rows or not columns:
        return np.zeros((0, 0), np.float32)
    parts = [
        cv2.resize(
            plane[: rows * TILE, : columns * TILE], (columns, rows), interpolation=cv2.INTER_AREA
        )
        for plane in (film, wanted)
    ]
    gap = np.abs(parts[0].astype(np.float32) - parts[1].astype(np.float32))
    return gap * np.float32(2.0 ** (8 - depth))


def _difference(left: Plane, right: Plane, mask: Plane) -> Floats:
    """Return left - right where mask is set, else 0."""
    return np.asarray(cv2.subtract(left, right, mask=mask, dtype=cv2.CV_32F), dtype=np.float32)


def _by_row(values: Floats) -> Floats:
    return np.asarray(cv2.reduce(values, 1, cv2.REDUCE_SUM), dtype=np.float32).ravel()


def _by_column(values: Floats) -> Floats:
    return np.asarray(cv2.reduce(values, 0, cv2.REDUCE_SUM), dtype=np.float32).ravel()


def _by_tile(values: Floats) -> Floats:
    """Return the sums over tiles, in one row; values come in whole tiles."""
    size = values.shape[1] // TILE, values.shape[0] // TILE
    mean = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return np.asarray(mean, dtype=np.float32).ravel() * np.float32(TILE * TILE)


def _whole_tiles(plane: P) -> P:
    """Return a plane with zeros added on the right and below, up to whole tiles."""
    more_y, more_x = -plane.shape[0] % TILE, -plane.shape[1] % TILE
    if not more_y and not more_x:
        return plane
    untyped: Any = plane
    grown = cv2.copyMakeBorder(untyped, 0, more_y, 0, more_x, cv2.BORDER_CONSTANT, value=(0.0,))
    return cast(P, grown)
