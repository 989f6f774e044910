"""Of any sound: the same bytes however it is cut, its length, within bounds, and a key decides."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from saying import KEY, disguised, sentence

FEW = settings(max_examples=12, deadline=None)
SPOKEN = sentence(3.0)


@FEW
@given(st.integers(37, 60_000), st.sampled_from([11_025, 16_000, 48_000]))
def test_how_it_is_cut_has_no_influence(block: int, rate_hz: int) -> None:
    assert np.array_equal(disguised(SPOKEN, rate_hz, block=block), disguised(SPOKEN, rate_hz))


@FEW
@given(st.integers(0, 40_000), st.integers(8_000, 192_000))
def test_as_many_samples_come_out(count: int, rate_hz: int) -> None:
    assert disguised(SPOKEN[:, :count], rate_hz).shape == (1, min(count, SPOKEN.shape[1]))


@FEW
@given(st.binary(min_size=16, max_size=40))
def test_another_key_is_another_voice(key: bytes) -> None:
    made = disguised(SPOKEN, key=key)
    assert np.array_equal(made, disguised(SPOKEN, key=key))
    assert key == KEY or not np.array_equal(made, disguised(SPOKEN))


@FEW
@given(st.integers(0, 2**32 - 1), st.floats(1e-9, 1e9))
def test_any_noise_gives_sound_within_bounds(seed: int, gain: float) -> None:
    noise = np.random.default_rng(seed).normal(0, gain, (1, 20_000)).astype(np.float32)
    made = disguised(noise)
    assert np.isfinite(made).all()
    assert np.abs(made).max() <= 1


@FEW
@given(st.integers(-5, 5))
def test_the_original_as_a_wave_has_no_influence(turn: int) -> None:
    """Turned upside down, it is the same: no phase goes on."""
    sign = np.float32(1 if turn % 2 else -1)
    assert np.array_equal(disguised(SPOKEN * sign), disguised(SPOKEN))
