"""What attackers hear first: mel spectra, where speech is, and cepstra; no code of voices."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOP", "RATE_HZ", "cepstra", "level", "mel_power", "spoken"]

Floats = NDArray[np.float32]

RATE_HZ = 16_000
HOP, WIN, MELS = 160, 400, 40
GRAIN = 480
"""Samples over which it is decided whether somebody speaks: 30 ms."""

TARGET_DBFS, RANGE_DB = -30.0, 35.0
SPREAD = 3
"""Grains kept on each side of speech."""


def _slaney(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    above = 15 + np.log(np.maximum(hz, 1e-9) / 1000) / (np.log(6.4) / 27)
    return np.where(hz >= 1000, above, hz * 3 / 200)


def _filters() -> Floats:
    """Return librosa's mel filters of unit area (Slaney 1998), shape (bins, MELS)."""
    top = float(_slaney(np.array([RATE_HZ / 2]))[0])
    mels = np.linspace(0, top, MELS + 2)
    edges = np.where(mels >= 15, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)), mels * 200 / 3)
    bins = np.linspace(0, RATE_HZ / 2, WIN // 2 + 1)[:, None]
    rise = (bins - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins) / np.diff(edges)[1:]
    height = np.maximum(0, np.minimum(rise, fall)) * 2 / (edges[2:] - edges[:-2])
    return np.asarray(height, np.float32)


FILTERS = _filters()
WINDOW = np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WIN) / WIN), np.float32)


def _frames(samples: Floats) -> Floats:
    padded = np.pad(samples, WIN // 2)
    return np.lib.stride_tricks.sliding_window_view(padded, WIN)[::HOP]


def mel_power(samples: Floats) -> Floats:
    """Return power in 40 mel bands each 10 ms, shape (frames, 40)."""
    spectra = np.fft.rfft(_frames(samples) * WINDOW, axis=1)
    return np.asarray(spectra.real**2 + spectra.imag**2, np.float32) @ FILTERS


def level(samples: Floats) -> Floats:
    """Return log root mean square each 10 ms, shape (frames,)."""
    power = (_frames(samples).astype(np.float64) ** 2).mean(axis=1)
    return np.asarray(0.5 * np.log(power + 1e-10), np.float32)


def spoken(samples: Floats) -> Floats:
    """Return the samples in which somebody speaks, raised to one loudness.

    Grains within RANGE_DB of the loud ones and their neighbours; all of them where that leaves
    less than a second.
    """
    loud = float(np.sqrt((samples.astype(np.float64) ** 2).mean())) + 1e-9
    raised = samples * np.float32(max(1.0, 10 ** (TARGET_DBFS / 20) / loud))
    whole = raised[: len(raised) // GRAIN * GRAIN].reshape(-1, GRAIN)
    if len(whole) < 2 * SPREAD:
        return raised
    db = 10 * np.log10((whole.astype(np.float64) ** 2).mean(axis=1) + 1e-12)
    near = db > np.quantile(db, 0.95) - RANGE_DB
    kept = np.convolve(near, np.ones(2 * SPREAD + 1), "same") > 0
    left = whole[kept].reshape(-1)
    return np.asarray(left if len(left) > RATE_HZ else raised, np.float32)


def _cosines(count: int) -> Floats:
    at = (np.arange(MELS) + 0.5) * np.pi / MELS
    rows = np.cos(np.arange(count)[:, None] * at) * np.sqrt(2 / MELS)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows.T, np.float32)


def cepstra(samples: Floats, count: int = 24) -> Floats:
    """Return mel cepstra each 10 ms, shape (frames, count)."""
    return np.asarray(np.log(mel_power(samples) + 1e-6) @ _cosines(count), np.float32)
