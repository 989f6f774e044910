"""How much of the original shows through a mask: statistics on arrays, without any reading.

Under a mask the film should hold the fill E; the person under it is O. For the film's picture F
the share of the original in a group of samples is the a that fits F - E = a (O - E) best:

    a = sum (F - E)(O - E) / sum (O - E)².

It is 0 where the mask is in the picture and 1 where the original shows. Groups are the rows, the
columns and the 8 x 8 tiles of a mask, and the mask as a whole, there on the means of tiles: a
codec takes away fine grain, which E has too, and a share of single samples would count that.
The thresholds and what they were measured on are in docs/audit.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.draw import Bits
from safehouse.model.frame import Plane

__all__ = [
    "SPILL",
    "TILE",
    "Floats",
    "Planes",
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

BARE_PART = 0.9
"""Part of a row's or column's hidden samples that must be equal."""

Floats = NDArray[np.float32]
F = TypeVar("F", np.float32, np.float64)
N = TypeVar("N", np.float32, np.float64, np.int32)
Planes = Sequence[Plane]


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


def through(film: Planes, fill: Planes, original: Planes, bits: Bits, depth: int) -> list[Through]:
    """Return what shows through a mask in each of some planes of one shape.

    Args:
        film: F of each plane, shape (rows, columns).
        fill: E, the same.
        original: O, the same.
        bits: the mask's samples that count, same shape, alike in all planes.
        depth: bits a sample of all.
    """
    count = len(film)
    layers = _layers(4 * count + 1, bits.shape, np.float32)
    d, g, weight = layers[:count], layers[count : 2 * count], layers[2 * count]
    high, wide = bits.shape
    weight[:high, :wide] = bits
    kind = np.int16 if depth <= 8 else np.int32
    for n, e in enumerate(fill):
        d[n, :high, :wide] = np.subtract(original[n], e, dtype=kind)
        g[n, :high, :wide] = np.subtract(film[n], e, dtype=kind)
    layers[: 2 * count] *= weight
    np.multiply(d, d, out=layers[2 * count + 1 : 3 * count + 1])
    np.multiply(d, g, out=layers[3 * count + 1 :])
    lines, tiles = _sums(layers, 2 * count)
    n, power, along = lines[0], lines[1 : count + 1], lines[count + 1 :]
    level = 4.0 ** (8 - depth)
    clear = (n >= OPEN_COUNT) & (power >= OPEN_CONTRAST**2 / level * n)
    shares = np.full_like(power, -np.inf)
    np.divide(along, power, out=shares, where=clear)
    means = _tile_means(tiles, count, level)
    return [
        Through(*_most(shares[p], layers.shape), *(float(x) for x in means[p]))
        for p in range(count)
    ]


def _most(shares: Floats, shape: tuple[int, ...]) -> tuple[float, str]:
    """Return the largest share of rows, columns and tiles, and which of them has it."""
    at = int(shares.argmax())
    if shares[at] == -np.inf:
        return 0.0, ""
    kind = "row" if at < shape[1] else ("column" if at < shape[1] + shape[2] else "tile")
    return float(shares[at]), kind


def _tile_means(tiles: Floats, count: int, level: float) -> list[tuple[Any, Any, Any]]:
    """Return along, energy and count over the means of tiles, for each plane."""
    n = tiles[2 * count]
    full = n >= TILE * TILE // 4
    some = n[full]
    d, g = tiles[:count, full], tiles[count : 2 * count, full]
    share = d / some
    along, energy = (share * g).sum(axis=1) * level, (share * d).sum(axis=1) * level
    return [(along[p], energy[p], some.sum()) for p in range(count)]


def has_bare_run(fill: Planes, original: Planes, bits: Bits) -> bool:
    """Return whether a row, column or tile of hidden samples is the original's, bit for bit.

    It needs no trust in the code that made the fill: that code may have forgotten these samples.
    Rows and columns count where nine in ten of their hidden samples are equal, tiles where all are.
    All planes have the shape of bits.
    """
    n = _bit_sums(bits)
    high, wide = bits.shape
    ends = -(-high // TILE) * TILE + -(-wide // TILE) * TILE
    least = np.maximum(n * BARE_PART, BARE_COUNT)
    least[ends:] = np.maximum(n[ends:], BARE_COUNT)
    for e, o in zip(fill, original, strict=True):
        same = (e == o) & bits
        whole = _bit_sums(same) >= least
        if whole.any() and _is_spread(o, same, whole):
            return True
    return False


def _bit_sums(bits: Bits) -> NDArray[np.int64]:
    """Return how many bits are set in each row, column and tile, as `_sums` orders them."""
    high, wide = (-(-size // TILE) * TILE for size in bits.shape)
    if bits.shape != (high, wide) or not bits.flags.c_contiguous:
        grown = np.empty((high, wide), np.bool_)
        grown[: bits.shape[0], : bits.shape[1]] = bits
        grown[bits.shape[0] :] = False
        grown[:, bits.shape[1] :] = False
        bits = grown
    eights = np.bitwise_count(bits.view(np.uint64))
    rows = np.add.reduce(eights, axis=1, dtype=np.int64)
    tiles = np.add.reduce(eights.reshape(-1, TILE, wide // TILE), axis=1, dtype=np.uint8)
    tall = np.add.reduce(bits.view(np.uint8).reshape(-1, TILE, wide), axis=1, dtype=np.uint8)
    columns = np.add.reduce(tall, axis=0, dtype=np.int64)
    return np.concatenate((rows, columns, tiles.ravel()))


def _is_spread(original: Plane, same: Bits, whole: Bits) -> bool:
    """Return whether the equal samples of one of the runs that are whole differ from each other."""
    values = original[same]
    if int(values.max()) - int(values.min()) < 2 * BARE_SPREAD:
        return False  # no run can have a larger standard deviation than half of its range
    layers = _layers(3, same.shape, np.float64)
    high, wide = same.shape
    layers[0, :high, :wide] = same
    layers[1, :high, :wide] = original * same
    np.multiply(layers[1], layers[1], out=layers[2])
    k, value, square = _sums(layers, 0)[0][:, whole]
    mean = value / k
    return bool((square / k - mean * mean >= BARE_SPREAD**2).any())


def block_gap(film: Plane, wanted: Plane, depth: int) -> Floats:
    """Return how far the means of 8 x 8 blocks are from what they should be, levels of 8 bits.

    Shape (rows // 8, columns // 8); a last block that is not whole is left out.
    """
    rows, columns = film.shape[0] // TILE, film.shape[1] // TILE
    if not rows or not columns:
        return np.zeros((0, 0), np.float32)
    kind = np.uint16 if depth <= 8 else np.uint32
    tall = [
        np.add.reduce(
            plane[: rows * TILE, : columns * TILE].reshape(rows, TILE, -1), axis=1, dtype=kind
        ).astype(np.int32)
        for plane in (film, wanted)
    ]
    gap: Floats = np.abs(_by_eights(tall[0] - tall[1])).astype(np.float32)
    return gap * np.float32(2.0 ** (8 - depth) / TILE**2)


def _by_eights(values: NDArray[N]) -> NDArray[N]:
    """Return the sums of each eight neighbours in the last axis."""
    for _ in range(3):
        values = values[..., 0::2] + values[..., 1::2]
    return values


def _layers(count: int, shape: tuple[int, ...], kind: type[F]) -> NDArray[F]:
    """Return room for layers of a shape, not yet filled, grown to whole tiles by zeros."""
    high, wide = -(-shape[0] // TILE) * TILE, -(-shape[1] // TILE) * TILE
    room = np.empty((count, high, wide), kind)
    room[:, shape[0] :] = 0
    room[:, :, shape[1] :] = 0
    return room


def _sums(layers: NDArray[F], lines_from: int) -> tuple[NDArray[F], NDArray[F]]:
    """Return sums over parts of layers, shape (layers, parts).

    The first are those of rows, columns and tiles in a line, for the layers from lines_from on;
    the second those of tiles, for all.
    """
    count, high, wide = layers.shape
    tall = np.add.reduce(layers.reshape(count, high // TILE, TILE, wide), axis=2)
    tiles = _by_eights(tall).reshape(count, -1)
    rows = np.einsum("nij->ni", layers[lines_from:])
    columns = np.add.reduce(tall[lines_from:], axis=1)
    return np.concatenate((rows, columns, tiles[lines_from:]), axis=1), tiles
