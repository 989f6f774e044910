"""The disguise's promises: length, time, quiet, and nothing of the original's wave."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from saying import KEY, disguised, reader, sentence

from safehouse.voices.bands import FRAMES
from safehouse.voices.disguise import disguise
from safehouse.voices.synth import Said, joined

RATE_HZ = 16_000
Floats = NDArray[np.float32]


def loudness(samples: Floats, rate_hz: int = RATE_HZ) -> Floats:
    """Root mean square of each 10 ms."""
    hop = rate_hz // 100
    whole = samples[: len(samples) // hop * hop].reshape(-1, hop)
    return np.sqrt((whole.astype(np.float64) ** 2).mean(axis=1)).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000, 192_000])
def test_every_rate_gives_exactly_its_samples(rate_hz: int) -> None:
    samples = sentence(2.3, rate_hz)
    made = disguised(samples, rate_hz)
    assert made.shape == samples.shape
    assert made.dtype == np.float32
    assert 0.005 < np.sqrt((made**2).mean()) < 0.3
    assert np.abs(made).max() <= 1


@pytest.mark.parametrize("count", [0, 1, 159, 160, 19_199, 19_200, 19_201])
def test_short_tracks_have_their_length_too(count: int) -> None:
    assert disguised(sentence(2.0)[:, :count]).shape == (1, count)


def test_no_samples_no_channel_no_sound() -> None:
    assert list(disguise(reader(np.zeros((1, 0), np.float32)), RATE_HZ, 1, 0, KEY)) == []


def test_a_track_that_ends_early_ends_in_silence() -> None:
    samples = sentence(2.0)
    made = np.concatenate(
        list(disguise(reader(samples), RATE_HZ, 1, 4 * samples.shape[1], KEY)), axis=1
    )
    assert made.shape == (1, 4 * samples.shape[1])
    assert np.abs(made[:, 2 * samples.shape[1] :]).max() < 1e-6


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_words_stay_where_they_were(rate_hz: int) -> None:
    """Better than 40 ms: the envelopes fit best at no more than 20 ms of lag."""
    samples = sentence(6.0, rate_hz)
    before = loudness(samples[0], rate_hz)
    after = loudness(disguised(samples, rate_hz)[0], rate_hz)
    lags = range(-12, 13)
    fits = [float(np.corrcoef(before[20:-20], np.roll(after, lag)[20:-20])[0, 1]) for lag in lags]
    assert abs(lags[int(np.argmax(fits))]) <= 2


def test_silence_stays_silence() -> None:
    assert not disguised(np.zeros((1, 40_000), np.float32)).any()


def test_what_is_softer_than_speech_is_not_kept() -> None:
    """Between sentences nothing is heard: no bed, no room."""
    gap = np.random.default_rng(0).normal(0, 1e-3, (1, 2 * RATE_HZ)).astype(np.float32)
    samples = np.concatenate([sentence(2.0) + gap, gap, sentence(2.0) + gap], axis=1)
    quiet = disguised(samples)[0, 2 * RATE_HZ + 4000 : 4 * RATE_HZ - 4000]
    assert np.abs(quiet).max() < 1e-6


@pytest.mark.parametrize("hz", [50, 60, 440])
def test_a_steady_tone_is_no_speech(hz: int) -> None:
    tone = 0.3 * np.sin(2 * np.pi * hz * np.arange(5 * RATE_HZ) / RATE_HZ)
    assert np.abs(disguised(tone[None].astype(np.float32))).max() < 1e-6


def _broken() -> Iterator[tuple[str, Floats]]:
    speech = sentence(2.0)
    odd = speech.copy()
    odd[0, 100:110], odd[0, 500], odd[0, 900] = np.nan, np.inf, -np.inf
    yield "not numbers", odd
    yield "far too loud", speech * 1e30
    yield "clipped", np.clip(speech * 100, -1, 1)
    yield "off zero", speech + 0.7
    yield "noise", np.random.default_rng(1).normal(0, 1, speech.shape).astype(np.float32)


@pytest.mark.parametrize(("name", "samples"), list(_broken()), ids=[n for n, _ in _broken()])
def test_broken_sound_gives_sound_within_bounds(name: str, samples: Floats) -> None:
    made = disguised(samples)
    assert np.isfinite(made).all(), name
    assert np.abs(made).max() <= 1


def test_channels_are_disguised_by_themselves_with_one_voice() -> None:
    one, other = sentence(3.0), sentence(3.0)[:, ::-1]
    both = np.concatenate([one, one, np.zeros_like(one), other])
    made = disguised(both)
    assert np.array_equal(made[0], made[1])
    assert np.array_equal(made[0], disguised(one)[0])
    assert not made[2].any()
    assert not np.array_equal(made[0], made[3])


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        list(disguise(reader(sentence(1.0)), RATE_HZ, 1, RATE_HZ, b"short"))


def test_there_are_no_clicks() -> None:
    """No sample jumps farther than the pulses of the voice do, at the gate's edges either."""
    made = disguised(sentence(4.0))[0]
    loud = loudness(made)
    edges = np.flatnonzero((loud[1:] > 0) & (loud[:-1] == 0))
    assert all(loud[at + 1] < 0.5 * loud.max() for at in edges)


def test_short_pauses_are_filled_and_long_ones_are_not() -> None:
    """How somebody stops between sounds is a habit; where nobody speaks, nothing is heard."""
    gates = np.concatenate([np.ones(20), np.zeros(15), np.ones(30), np.zeros(40), np.ones(15)])
    blocks = [Said(np.zeros((FRAMES, 24), np.float32), gates.astype(np.float32))] * 3
    filled = np.concatenate([said.gate for said in joined(blocks)])
    expected = np.tile(gates, 3)
    for first in (20, 140, 260):
        expected[first : first + 15] = 1
    assert np.array_equal(filled, expected)


@pytest.mark.parametrize("late", range(0, 40, 7))
def test_pauses_across_blocks_are_the_same(late: int) -> None:
    whole = np.roll(np.repeat([1.0, 0.0, 1.0, 0.0], [60, 17, 60, 103]), late).astype(np.float32)
    made = [Said(np.zeros((FRAMES, 24), np.float32), part) for part in np.split(whole, 2)]
    filled = np.concatenate([said.gate for said in joined(made)])
    assert filled.sum() == 137
