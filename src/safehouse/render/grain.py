"""Regenerated grain: noise like the film's own, made from a seed and the frame's number.

The strength comes from the ring around a mask, in two bands: detail between neighbouring samples,
and between neighbouring pairs of samples (lossy codecs take the first and leave the second).
"""

from dataclasses import dataclass
from functools import lru_cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from safehouse.model.frame import Plane

__all__ = ["Strength", "block_detail", "grain_field", "mix_all", "strength_of"]

Noise = NDArray[np.int16]

TILE = 512
"""Side of a noise tile, samples; it repeats beyond, shifted anew in every frame."""

SIGMA = 32
"""Standard deviation of both noise tiles."""

STRONGEST = 120
"""Largest strength, in 1/8 of an 8-bit code; keeps all products within 16 bits."""


@dataclass(frozen=True, slots=True)
class Strength:
    """Standard deviation of the grain in its fine and its coarser band, in 1/8 of an 8-bit code."""

    fine: int
    coarse: int


def grain_field(
    key: tuple[int, int, int], place: tuple[int, int, int, int], how: Strength
) -> Noise:
    """Return grain in 1/64 of an 8-bit code for a window of a plane.

    Args:
        key: the plan's grain seed, the frame's number, the plane's number.
        place: x0, y0, x1, y1 of the window in samples of the plane; the grain at a sample does not
            depend on the window.
        how: strength.
    """
    fine, coarse = _tiles(key[0])
    shift = _mix(_mix(_mix(key[0] & 0xFFFFFFFF) ^ (key[1] & 0xFFFFFFFF)) ^ key[2])
    dx, dy = shift % TILE, shift // TILE % TILE
    x0, y0, x1, y1 = place
    window = (x0 + dx, y0 + dy, x1 + dx, y1 + dy)
    noise = _cut(fine, window) * np.int16(how.fine)
    noise += _cut(coarse, window) * np.int16(how.coarse)
    noise >>= 2
    return noise


def block_detail(blocks: Plane) -> NDArray[np.int32]:
    """Return the mean absolute detail of each block in both bands, in 1/64 of a code.

    Args:
        blocks: shape (n, rows, columns), rows and columns multiples of 2; the second band needs 4.

    Returns:
        Shape (n, 2).
    """
    quads = blocks.astype(np.int32)
    result = np.zeros((len(blocks), 2), np.int32)
    for band in (0, 1):
        a, b = quads[:, 0::2, 0::2], quads[:, 0::2, 1::2]
        c, d = quads[:, 1::2, 0::2], quads[:, 1::2, 1::2]
        detail = np.abs(a - b - c + d)
        count = max(1, detail.shape[1] * detail.shape[2])
        result[:, band] = (detail.sum(axis=(1, 2)) << (6 - 2 * band)) // count
        quads = a + b + c + d
        if min(quads.shape[1:]) < 2:
            result[:, 1] = result[:, 0]
            break
    return result


def strength_of(details: NDArray[np.int32], depth: int) -> Strength:
    """Return the strength of grain whose detail is that of the calmer blocks, three in eight.

    Texture and edges have more detail than grain, so the calmer blocks hold mostly grain.

    Args:
        details: shape (n, 2), from `block_detail`.
        depth: bits a sample.
    """
    if not len(details):
        return Strength(2, 0)
    first, second = _calm_mean(details)
    (f1, f2), (c1, c2) = _responses()
    determinant = f1 * c2 - f2 * c1
    unit = (8 * SIGMA) ** 2
    fine = max(0, (first * first * c2 - second * second * c1) * unit // determinant)
    coarse = max(0, (second * second * f1 - first * first * f2) * unit // determinant)
    scale, floor = depth - 8, 2 if depth == 8 else 0
    return Strength(
        min(STRONGEST, max(floor, isqrt(fine) >> scale)),
        min(STRONGEST, isqrt(coarse) >> scale),
    )


def _calm_mean(details: NDArray[np.int32]) -> tuple[int, int]:
    """Return the mean detail of the calmer blocks, three in eight, in each band."""
    calm = -(-3 * len(details) // 8)
    lowest = np.partition(details, calm - 1, axis=0)[:calm].sum(axis=0)
    return int(lowest[0]) // calm, int(lowest[1]) // calm


def _cut(tile: Noise, window: tuple[int, int, int, int]) -> Noise:
    """Return a window of the endlessly repeated tile."""
    x0, y0, x1, y1 = window
    wide, tall = x1 - x0, y1 - y0
    x0, y0 = x0 % TILE, y0 % TILE
    if x0 + wide <= tile.shape[1] and y0 + tall <= tile.shape[0]:
        return tile[y0 : y0 + tall, x0 : x0 + wide]
    whole = np.empty((tall, wide), tile.dtype)
    for top in range(0, tall, TILE):
        for left in range(0, wide, TILE):
            part = whole[top : top + TILE, left : left + TILE]
            part[:] = tile[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]]
    return whole


@lru_cache(maxsize=2)
def _tiles(seed: int) -> tuple[Noise, Noise]:
    """Return the fine and the coarser noise of a seed, laid out 2 x 2 so that cuts are views."""
    counter = np.arange(TILE * TILE, dtype=np.uint32).reshape(TILE, TILE)
    bits = mix_all(counter ^ np.uint32(_mix(seed & 0xFFFFFFFF)))
    white = np.full(bits.shape, -510, np.int32)
    for byte in range(4):
        white += (bits >> np.uint32(8 * byte)).astype(np.int32) & 255
    fine = _scaled(16 * white - _soften(white))
    soft = _soften(np.roll(white, (TILE // 2, TILE // 3), (0, 1)))
    coarse = _scaled(256 * soft - _soften(_soften(soft)))
    return np.tile(fine, (2, 2)), np.tile(coarse, (2, 2))


def _soften(noise: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return noise times 16 under the kernel 1-2-1 in both directions; the edges wrap."""
    for axis in (0, 1):
        noise = 2 * noise + np.roll(noise, 1, axis) + np.roll(noise, -1, axis)
    return noise


def _scaled(noise: NDArray[np.int32]) -> Noise:
    """Return noise with mean 0 and a standard deviation of SIGMA, within -127 … 127."""
    wide = noise.astype(np.int64)
    deviation = max(1, isqrt(int((wide * wide).sum()) // wide.size))
    return np.clip((wide * (2 * SIGMA) + deviation) // (2 * deviation), -127, 127).astype(np.int16)


@lru_cache(maxsize=1)
def _responses() -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the squared detail in both bands of the fine, and of the coarser noise."""
    pairs = []
    for tile in _tiles(0):
        blocks = (tile[:TILE, :TILE] + 128).astype(np.uint8).reshape(TILE // 8, 8, TILE // 8, 8)
        details = block_detail(blocks.swapaxes(1, 2).reshape(-1, 8, 8))
        first, second = _calm_mean(details)
        pairs.append((first * first, second * second))
    return pairs[0], pairs[1]


def _mix(value: int) -> int:
    """Return 32 well-mixed bits of 32 bits.

    Source: Chris Wellons, hash-prospector, `lowbias32` (public domain).
    """
    value = (value ^ value >> 16) * 0x7FEB352D & 0xFFFFFFFF
    value = (value ^ value >> 15) * 0x846CA68B & 0xFFFFFFFF
    return value ^ value >> 16


def mix_all(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return `_mix` of each value; products wrap at 32 bits."""
    values = (values ^ values >> np.uint32(16)) * np.uint32(0x7FEB352D)
    values = (values ^ values >> np.uint32(15)) * np.uint32(0x846CA68B)
    return values ^ values >> np.uint32(16)
