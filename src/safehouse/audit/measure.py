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
    "levels",
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


def levels(plane: Plane, depth: int) -> Floats:
    """Return samples as float32 in levels of 8 bits, whatever their depth."""
    return plane.astype(np.float32) * np.float32(2.0 ** (8 - depth))


def deep_bits(hidden: Bits) -> Bits:
    """Return the hidden pixels that are more than SPILL px from a visible one.

    The frame's own edge is no rim: nothing visible lies beyond it.
    """
    edge = 2 * SPILL + 1
    core = cv2.erode(
        hidden.view(np.uint8),
        np.ones((edge, edge), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=(1.0,),
    )
    return np.asarray(core, dtype=np.uint8).view(np.bool_)


def through(film: Floats, fill: Floats, original: Floats, bits: Bits) -> Through:
    """Return what shows through a mask.

    Args:
        film: F, shape (rows, columns), levels of 8 bits.
        fill: E, the same.
        original: O, the same.
        bits: the mask's samples that count, same shape.
    """
    weight = bits.astype(np.float32)
    d, g = (original - fill) * weight, (film - fill) * weight
    dd, gd = d * d, g * d
    shown, kind = 0.0, ""
    for name, n, energy, along in (
        ("row", weight.sum(1), dd.sum(1), gd.sum(1)),
        ("column", weight.sum(0), dd.sum(0), gd.sum(0)),
        ("tile", _tiles(weight), _tiles(dd), _tiles(gd)),
    ):
        clear = (n >= OPEN_COUNT) & (energy >= OPEN_CONTRAST**2 * n)
        if clear.any():
            best = float((along[clear] / energy[clear]).max())
            if not kind or best > shown:
                shown, kind = best, name
    n = _tiles(weight)
    full = n >= TILE * TILE // 4
    count, d_sum, g_sum = n[full], _tiles(d)[full], _tiles(g)[full]
    return Through(
        shown,
        kind,
        float((d_sum * g_sum / count).sum()),
        float((d_sum * d_sum / count).sum()),
        float(count.sum()),
    )


def has_bare_run(fill: Plane, original: Plane, bits: Bits) -> bool:
    """Return whether a row, column or tile of hidden samples is the original's, bit for bit.

    It needs no trust in the code that made the fill: that code may have forgotten these samples.
    Rows and columns count where nine in ten of their hidden samples are equal, tiles where all are.
    """
    equal = (fill == original) & bits
    if not equal.any():
        return False
    value = original.astype(np.float32) * equal
    squares = value * value
    weight, same = bits.astype(np.float32), equal.astype(np.float32)
    for n, k, s, ss, part in (
        (weight.sum(1), same.sum(1), value.sum(1), squares.sum(1), 0.9),
        (weight.sum(0), same.sum(0), value.sum(0), squares.sum(0), 0.9),
        (_tiles(weight), _tiles(same), _tiles(value), _tiles(squares), 1.0),
    ):
        whole = (k >= BARE_COUNT) & (k >= part * n)
        spread = ss[whole] / k[whole] - np.square(s[whole] / k[whole])
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


def _tiles(values: Floats) -> Floats:
    """Return the sums of values over tiles, in one row; the last tiles may be cut."""
    rows, columns = values.shape
    tall, wide = -(-rows // TILE), -(-columns // TILE)
    if (rows, columns) != (tall * TILE, wide * TILE):
        values = np.pad(values, ((0, tall * TILE - rows), (0, wide * TILE - columns)))
    mean = cv2.resize(values, (wide, tall), interpolation=cv2.INTER_AREA)
    return np.asarray(mean, dtype=np.float32).ravel() * np.float32(TILE * TILE)
