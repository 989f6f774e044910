"""What is measured of speech: 24 bands of power, a hundred times a second; no phase, no pitch."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BAND_COUNT",
    "BLOCK",
    "FFT",
    "FRAMES",
    "HOP",
    "RATE_HZ",
    "SILENT",
    "band_centres",
    "log_bands",
]

RATE_HZ = 16_000
"""Speech is measured and made at this rate; above 7.6 kHz nothing is kept."""

HOP = 160
"""Samples from one frame to the next: 10 ms. Frame t is centred on sample t * HOP."""

FRAMES = 120
"""Frames of a block: it divides by every length of cell in use."""

BLOCK = FRAMES * HOP
"""Samples of a block, 1.2 s. All work is done in blocks from the track's start, so that the result
does not depend on how the sound was handed over."""

WIN = 400
FFT = 512
BAND_COUNT = 24
LOWEST_HZ, HIGHEST_HZ = 80.0, 7600.0
FLOOR = 1e-7
"""Added to every power: a sixteenth of one step of 16 bits."""

SILENT = float(np.log(FLOOR)) + 1e-3
"""Mean of log bands that digital silence stays below."""

Floats = NDArray[np.float32]


def _edges_hz() -> NDArray[np.float64]:
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    return np.asarray(700 * (10 ** (np.linspace(low, high, BAND_COUNT + 2) / 2595) - 1))


def band_centres() -> NDArray[np.float64]:
    """Return the middle of each band, Hz, shape (24,); equal steps of mel (O'Shaughnessy 1987)."""
    return _edges_hz()[1:-1]


def _weights() -> Floats:
    """Return triangles of unit sum, shape (bins, bands)."""
    edges, bins = _edges_hz(), np.arange(FFT // 2 + 1) * RATE_HZ / FFT
    rise = (bins[:, None] - edges[None, :-2]) / np.diff(edges)[None, :-1]
    fall = (edges[None, 2:] - bins[:, None]) / np.diff(edges)[None, 1:]
    shape = np.clip(np.minimum(rise, fall), 0, None)
    return np.asarray(shape / shape.sum(axis=0), np.float32)


WEIGHTS = _weights()
WINDOW = np.asarray(np.hanning(WIN + 1)[:-1], np.float32)


def log_bands(blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield log power in bands, shape (FRAMES, 24), for each block of BLOCK samples.

    Frames at the very end see silence behind the last block.
    """
    half = WIN // 2
    before = np.zeros(half, np.float32)
    held: Floats | None = None
    for block in blocks:
        if held is not None:
            yield _measured(np.concatenate([before, held, block[:half]]))
            before = held[-half:]
        held = block
    if held is not None:
        yield _measured(np.concatenate([before, held, np.zeros(half, np.float32)]))


def _measured(samples: Floats) -> Floats:
    frames = np.lib.stride_tricks.sliding_window_view(samples, WIN)[:BLOCK:HOP]
    spectra = np.fft.rfft(frames * WINDOW, FFT, axis=1)
    power = np.asarray(spectra.real**2 + spectra.imag**2, np.float32)
    return np.asarray(np.log(power @ WEIGHTS + FLOOR), np.float32)
