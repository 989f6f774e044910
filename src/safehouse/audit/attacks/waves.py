"""What of the original's wave is left: correlation and coherence at all lags, and mains hum.

Each measure is compared with the same measure against sound that has nothing to do with it. Hum:
the mains' 50 or 60 Hz drift by thousandths, everywhere in a grid alike, so that its drift tells
where and when sound was recorded (Grigoras 2005). It is tracked at the mains and its multiples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Hum", "coherence", "hum_likeness", "hum_track", "likeness"]

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

SEGMENT = 1024
"""Samples over which coherence is measured; segments overlap by half."""

SLOW_HZ = 2000
"""Rate to which sound is brought before hum is looked for: multiples to 1 kHz stay."""

SPAN_S, STEP_S = 16, 4
"""Length of sound that one point of a track is measured on, and from point to point."""

REACH_HZ = 0.25
"""How far the mains drift at most."""

HIGHEST_HZ = 1000
POINTS = 101
"""Frequencies that are tried within reach."""


def likeness(protected: Floats, original: Floats) -> float:
    """Return the largest correlation of two sounds over all lags, 0 … 1; both of shape (n,).

    Both are whitened first (Knapp and Carter 1976), so that speech is not like all other speech.
    """
    size = 1 << (len(protected) + len(original)).bit_length()
    one, other = (np.fft.rfft(_calm(x), size) for x in (protected, original))
    one, other = (x / (np.abs(x) + 1e-3 * np.abs(x).mean() + 1e-12) for x in (one, other))
    power = np.sqrt((np.abs(one) ** 2).sum() * (np.abs(other) ** 2).sum()) + 1e-12
    found = np.fft.irfft(one * np.conj(other), size) * (size / 2)
    return float(np.abs(found).max() / power)


def coherence(protected: Floats, original: Floats) -> float:
    """Return how steady the phase between two sounds of shape (n,) is, 0 … 1, at the best lag.

    It is the magnitude-squared coherence of segments, each frequency of each counting alike: loud
    syllables at the same time are no leak of a wave. Sounds that have nothing to do with each
    other have about 1 / segments.
    """
    size = 1 << (len(protected) + len(original)).bit_length()
    one, other = (np.fft.rfft(_calm(x), size) for x in (protected, original))
    cross = one * np.conj(other)
    found = np.fft.irfft(cross / (np.abs(cross) + 1e-12), size)
    lag = int(np.abs(found).argmax())
    lag = lag - size if lag > size // 2 else lag
    first, second = (protected[lag:], original) if lag >= 0 else (protected, original[-lag:])
    count = min(len(first), len(second))
    if count < 8 * SEGMENT:
        first, second, count = protected, original, min(len(protected), len(original))
    one, other = (_phases(x[:count]) for x in (first, second))
    both = one * np.conj(other)
    return float(
        np.mean(np.abs(both.mean(axis=0)) ** 2 / ((np.abs(both) ** 2).mean(axis=0) + 1e-9))
    )


def _calm(samples: Floats) -> Doubles:
    made = np.asarray(samples, np.float64)
    return made - made.mean() if len(made) else made


def _phases(samples: Floats) -> NDArray[np.complex128]:
    """Return the spectrum of each segment with magnitudes of 1; 0 in silence."""
    padded = np.pad(samples, (0, max(0, SEGMENT - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, SEGMENT)[:: SEGMENT // 2]
    spectra = np.fft.rfft(frames * np.hanning(SEGMENT), axis=1)
    return np.asarray(spectra / np.maximum(np.abs(spectra), 1e-7))


@dataclass(frozen=True)
class Hum:
    """A track of mains hum.

    Attributes:
        mains_hz: 50 or 60.
        drift_hz: shape (points,), how far the mains are from that, every STEP_S seconds.
        height_db: how far the hum stands out of what is around it.
    """

    mains_hz: int
    drift_hz: Doubles
    height_db: float


def hum_track(samples: Floats, rate_hz: int, mains_hz: int) -> Hum:
    """Return the drift that fits the mains and its multiples to 1 kHz best, point by point.

    Sound shorter than SPAN_S gives a track without points.
    """
    slow = _slowed(samples, rate_hz)
    span, step = SPAN_S * SLOW_HZ, STEP_S * SLOW_HZ
    drifts = np.linspace(-REACH_HZ, REACH_HZ, POINTS)
    found, heights = [], []
    for first in range(0, len(slow) - span + 1, step):
        power = np.abs(np.fft.rfft(slow[first : first + span] * np.hanning(span), 4 * span)) ** 2
        fit = _comb(power, mains_hz, drifts)
        best = int(fit.argmax())
        found.append(drifts[best])
        heights.append(fit[best] - np.median(fit))
    height = 10 / np.log(10) * float(np.median(heights)) if heights else 0.0
    return Hum(mains_hz, np.asarray(found, np.float64), height)


def _comb(power: Doubles, mains_hz: int, drifts: Doubles) -> Doubles:
    """Return the mean log power at the multiples of each drifted mains, relative to around them."""
    grain = SLOW_HZ / 2 / (len(power) - 1)
    log = np.log(power + 1e-20)
    rows = []
    for multiple in range(1, HIGHEST_HZ // mains_hz):
        at = (multiple * (mains_hz + drifts) / grain).round().astype(int)
        rows.append(log[at] - np.median(log[at]))
    return np.asarray(np.mean(rows, axis=0))


def _slowed(samples: Floats, rate_hz: int) -> Doubles:
    """Return sound at 2 kHz; what is above 1 kHz is cut off in the spectrum."""
    spectrum = np.fft.rfft(_calm(samples))
    count = round(len(samples) * SLOW_HZ / rate_hz)
    kept = spectrum[: count // 2 + 1]
    return np.asarray(np.fft.irfft(kept, count) * (count / max(1, len(samples))))


def hum_likeness(track: Hum, drift_hz: Doubles) -> float:
    """Return how a track's drift correlates with another's, -1 … 1; 0 where one stands still."""
    count = min(len(track.drift_hz), len(drift_hz))
    one, other = track.drift_hz[:count], np.asarray(drift_hz[:count])
    if count < 3 or one.std() < 1e-9 or other.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
