"""A voice that never was: drawn from the crowd by a key that nobody keeps."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.voices.bands import BAND_COUNT, FFT, RATE_HZ, band_centres
from safehouse.voices.units import Units

__all__ = ["PseudoVoice", "chance", "draw_voice"]

Floats = NDArray[np.float32]

PITCH_HZ = (85.0, 190.0)
TRACT = (0.92, 1.09)
"""How much longer or shorter the vocal tract is than the crowd's."""

TILT = 0.5
"""Most that the highest band is raised or lowered against the lowest, nepers of power."""

RMS = 0.05
"""Of speech of mean loudness: -26 dBFS."""

DONORS = 3
"""Voices of the crowd whose colour is mixed."""


@dataclass(frozen=True, slots=True)
class PseudoVoice:
    """How a pseudo-voice says each unit.

    Attributes:
        pitch_hz: the pitch around which it stays.
        shapes: shape (units, 24), log power in bands; units of mean loudness have RMS.
        to_bins: shape (24, bins), draws bands out over a spectrum, where its vocal tract has them.
    """

    pitch_hz: float
    shapes: Floats
    to_bins: Floats


def chance(key: bytes, purpose: str) -> np.random.Generator:
    """Return the randomness that a key gives for one purpose."""
    seed = hashlib.blake2b(purpose.encode(), key=hashlib.sha512(key).digest()).digest()
    return np.random.Generator(np.random.Philox(int.from_bytes(seed[:16], "big")))


def draw_voice(units: Units, key: bytes) -> PseudoVoice:
    """Return the pseudo-voice of a key: another pitch, colour, tract and sounds for each."""
    draw = chance(key, "voice")
    share = draw.dirichlet(np.ones(DONORS))
    donors = draw.choice(len(units.means), DONORS, replace=False)
    member = draw.integers(0, units.members.shape[1], len(units.members))
    said = units.members[np.arange(len(member)), member]
    tilt = np.linspace(-TILT, TILT, BAND_COUNT) * draw.uniform(-1, 1)
    shapes = said * (share @ units.spreads[donors]) + share @ units.means[donors] + tilt
    shapes -= shapes.mean(axis=1, keepdims=True)
    to_bins = _to_bins(band_centres() * draw.uniform(*TRACT))
    power = np.exp(shapes @ to_bins).mean(axis=1)
    low, high = np.log(PITCH_HZ)
    return PseudoVoice(
        float(np.exp(draw.uniform(low, high))),
        np.asarray(shapes - (np.log(power).mean() - 2 * np.log(RMS)), np.float32),
        to_bins,
    )


def _to_bins(centres_hz: NDArray[np.float64]) -> Floats:
    bins = np.arange(FFT // 2 + 1) * RATE_HZ / FFT
    rows = [np.interp(bins, centres_hz, row) for row in np.eye(BAND_COUNT)]
    return np.asarray(np.stack(rows), np.float32)
