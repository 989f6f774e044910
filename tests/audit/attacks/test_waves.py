"""Correlation, coherence and hum find what is there, and nothing where nothing is."""

import numpy as np
import pytest
from numpy.typing import NDArray
from saying import disguised, sentence

from safehouse.audit.attacks.waves import coherence, hum_likeness, hum_track, likeness

RATE_HZ = 16_000
Floats = NDArray[np.float32]


def noise(seconds: float, seed: int) -> Floats:
    draw = np.random.default_rng(seed)
    return draw.normal(0, 0.1, round(seconds * RATE_HZ)).astype(np.float32)


def drift_of(seconds: float, seed: int) -> NDArray[np.float64]:
    """How far the mains are off, Hz, at each sample: a slow walk within a tenth of a hertz."""
    draw = np.random.default_rng(seed)
    knots = np.cumsum(draw.normal(0, 0.03, int(seconds / 8) + 2))
    knots = 0.1 * np.sin(knots * 4)
    return np.interp(np.arange(round(seconds * RATE_HZ)) / RATE_HZ / 8, range(len(knots)), knots)


def hum(seconds: float, seed: int, mains_hz: int = 50) -> Floats:
    """Mains hum with nine multiples, as the drift makes it."""
    phase = 2 * np.pi * np.cumsum(mains_hz + drift_of(seconds, seed)) / RATE_HZ
    parts = [np.sin(k * phase + k) / k for k in range(1, 11)]
    return (0.05 * np.sum(parts, axis=0)).astype(np.float32)


def at_points(drift: NDArray[np.float64]) -> NDArray[np.float64]:
    """A drift as a track has it: the mean of 16 s every 4 s."""
    span, step = 16 * RATE_HZ, 4 * RATE_HZ
    return np.array([drift[k : k + span].mean() for k in range(0, len(drift) - span + 1, step)])


def test_a_copy_is_found_however_late_and_soft() -> None:
    original = sentence(4.0)[0]
    late = np.concatenate([np.zeros(3000, np.float32), original * 0.1]) + noise(4.1875, 0) * 0.01
    strange = max(likeness(late, noise(4.0, seed)) for seed in range(11, 16))
    assert likeness(late, original) > 3 * strange
    assert coherence(late, original) > 3 * coherence(late, noise(4.0, 1))


def test_the_disguise_is_as_unlike_the_original_as_other_sound() -> None:
    original = sentence(6.0)[0]
    made = disguised(original[None])[0]
    others = [sentence(6.0, pitch_hz=90.0 + 17 * k)[0] for k in range(5)]
    others = [np.roll(other, 20_000 + 3_000 * k) for k, other in enumerate(others)]
    assert likeness(made, original) < 1.5 * max(likeness(made, other) for other in others)
    assert coherence(made, original) < 1.5 * max(coherence(made, other) for other in others)


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_planted_hum_is_tracked(mains_hz: int) -> None:
    sound = hum(120, 1, mains_hz) + noise(120, 2) * 0.3
    track = hum_track(sound, RATE_HZ, mains_hz)
    assert hum_likeness(track, at_points(drift_of(120, 1))) > 0.85
    assert track.height_db > 6
    assert hum_track(noise(120, 3), RATE_HZ, mains_hz).height_db < 6


def test_after_the_disguise_the_drift_is_at_chance() -> None:
    """Among drifts that have nothing to do with it, the planted one does not stand out."""
    seconds = 160.0
    speech = np.tile(sentence(8.0)[0], 20)
    original = speech + hum(seconds, 5)
    made = disguised(original[None])[0]
    assert hum_likeness(hum_track(original, RATE_HZ, 50), at_points(drift_of(seconds, 5))) > 0.8
    track = hum_track(made, RATE_HZ, 50)
    strange = [abs(hum_likeness(track, at_points(drift_of(seconds, s)))) for s in range(10, 60)]
    own = abs(hum_likeness(track, at_points(drift_of(seconds, 5))))
    assert own <= np.quantile(strange, 0.95)


def test_short_sound_has_no_track() -> None:
    assert len(hum_track(noise(3.0, 0), RATE_HZ, 50).drift_hz) == 0
