"""A synthetic room tone: noise with a spectrum that comes from unprotected sound alone.

The noise is made of overlapping pieces on a fixed grid, each from the seed and its own number, so
a sample does not depend on where a block begins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.render.grain import mix_all

__all__ = ["BANDS_HZ", "FIXED", "Bed", "BedMeter", "bed_samples"]

BANDS_HZ = tuple(31.25 * 2 ** (n / 3) for n in range(28))
"""Middles of the third-octave bands, 31 Hz … 16 kHz."""

PIECE_S = 0.08
"""Length of a piece of noise, s; the next begins at its half."""

FIXED = tuple(-66.0 - 1.2 * n for n in range(28))
"""Levels of the bed where no sound may be measured: a quiet room, near -58 dB under full scale."""

QUIET = 0.2
"""Share of the measured pieces, the quietest in each band, that count as room tone."""

LOUDEST_DB, FAINTEST_DB = -45.0, -100.0
"""No band of a bed is louder or fainter."""

ENOUGH = 8
"""Fewest measured pieces that make a bed: 0.3 s."""


@dataclass(frozen=True, slots=True)
class Bed:
    """A room tone: the level of each band, dB under full scale, and the seed of its noise."""

    levels_db: tuple[float, ...] = FIXED
    seed: int = 0


def bed_samples(bed: Bed, rate_hz: int, first: int, count: int) -> NDArray[np.float32]:
    """Return samples first … first + count of a bed, shape (count,)."""
    half = _half(rate_hz)
    shape = _spectrum(bed, rate_hz, 2 * half)
    window = np.sin(np.pi * (np.arange(2 * half) + 0.5) / (2 * half))
    start = first // half - 1
    pieces = (first + count) // half - start + 1
    laid = np.zeros((pieces + 1) * half)
    for number in range(pieces):
        at = number * half
        laid[at : at + 2 * half] += _piece(bed.seed, start + number, shape) * window
    skip = first - start * half
    return laid[skip : skip + count].astype(np.float32)


def _half(rate_hz: int) -> int:
    return max(16, round(PIECE_S * rate_hz / 2))


def _piece(seed: int, number: int, shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one piece of noise: the spectrum's size, and phases of its own number."""
    seeds = np.array([seed & 0xFFFFFFFF, seed >> 32, number & 0xFFFFFFFF], np.uint64)
    key = np.uint32(0)
    for word in seeds.astype(np.uint32):
        key = mix_all(np.array([key ^ word], np.uint32))[0]
    turns = mix_all(np.arange(len(shape), dtype=np.uint32) ^ key) / 2.0**32
    return np.fft.irfft(shape * np.exp(2j * np.pi * turns), 2 * (len(shape) - 1))


def _spectrum(bed: Bed, rate_hz: int, size: int) -> NDArray[np.float64]:
    """Return the size of each bin of a piece, so that each band has its level (RMS)."""
    bins = np.arange(size // 2 + 1) * rate_hz / size
    level = np.interp(np.log2(np.maximum(bins, 1.0)), np.log2(BANDS_HZ), bed.levels_db)
    width = np.maximum(bins * (2 ** (1 / 6) - 2 ** (-1 / 6)), rate_hz / size)
    share = np.minimum(1.0, (rate_hz / size) / width)
    sizes = np.asarray(10 ** (level / 20) * np.sqrt(share) * size / np.sqrt(2.0))
    sizes[(bins < BANDS_HZ[0]) | (bins > min(BANDS_HZ[-1], 0.45 * rate_hz))] = 0.0
    return sizes


class BedMeter:
    """Measures a room tone on the unprotected samples of a track.

    Of each band the quiet moments count, so that steps and river stay out of it.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate = rate_hz
        self._size = 2 * _half(rate_hz)
        self._rows: list[NDArray[np.float32]] = []
        edges = np.array([m * 2**side for m in BANDS_HZ for side in (-1 / 6, 1 / 6)]).reshape(-1, 2)
        bins = np.arange(self._size // 2 + 1) * rate_hz / self._size
        self._bands = [
            np.flatnonzero((bins >= low) & (bins < high))
            if high - low >= rate_hz / self._size
            else np.array([round((low + high) / 2 * self._size / rate_hz)])
            for low, high in edges
        ]

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take whole pieces of samples, shape (channels, n), all of them unprotected."""
        mono = np.nan_to_num(samples.astype(np.float64).mean(axis=0), posinf=0.0, neginf=0.0)
        window = np.hanning(self._size + 1)[:-1]
        for at in range(0, len(mono) - self._size + 1, self._size):
            power = np.abs(np.fft.rfft(mono[at : at + self._size] * window)) ** 2
            power *= 2.0 / (self._size * float((window**2).sum()))
            self._rows.append(
                np.array(
                    [power[b[b < len(power)]].sum() if b.size else 0.0 for b in self._bands],
                    np.float32,
                )
            )

    def bed(self, seed: int) -> Bed:
        """Return the bed; the fixed one where too little was measured."""
        if len(self._rows) < ENOUGH:
            return Bed(FIXED, seed)
        powers = np.quantile(np.stack(self._rows), QUIET, axis=0)
        levels = 10 * np.log10(np.maximum(powers, 1e-20))
        kept = np.clip(np.round(levels), FAINTEST_DB, LOUDEST_DB)
        return Bed(tuple(float(level) for level in kept), seed)
