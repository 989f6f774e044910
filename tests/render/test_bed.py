"""Room tone: as loud as it should be, the same from any sample on, of unprotected sound alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.render.bed import BANDS_HZ, FIXED, Bed, BedMeter, bed_samples

rates = st.sampled_from([8_000, 44_100, 48_000])


def level(samples: np.ndarray) -> float:
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean()))


@settings(max_examples=20, deadline=None)
@given(rates, st.integers(0, 1 << 63), st.integers(0, 200_000), st.integers(1, 9_000))
def test_a_sample_does_not_depend_on_where_a_block_begins(
    rate: int, seed: int, first: int, count: int
) -> None:
    bed = Bed(FIXED, seed)
    whole = bed_samples(bed, rate, first, count)
    cut = count // 3
    parts = [bed_samples(bed, rate, first, cut), bed_samples(bed, rate, first + cut, count - cut)]
    assert np.array_equal(whole, np.concatenate(parts))


@pytest.mark.parametrize("rate", [8_000, 48_000, 192_000])
def test_the_fixed_bed_is_faint_steady_and_the_same_at_every_rate(rate: int) -> None:
    samples = bed_samples(Bed(), rate, 0, 4 * rate)
    parts = [level(part) for part in np.split(samples, 8)]
    assert -64 < level(samples) < -57
    assert max(parts) - min(parts) < 1.5
    assert np.abs(samples).max() < 0.01


def test_two_seeds_are_two_noises() -> None:
    one, two = (bed_samples(Bed(FIXED, seed), 48_000, 0, 960_000) for seed in (1, 2))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.05


def test_a_bed_has_the_spectrum_that_was_measured() -> None:
    rng = np.random.default_rng(5)
    hiss = np.diff(rng.normal(size=480_001)).astype(np.float32) * np.float32(0.003)
    meter = BedMeter(48_000)
    meter.add(hiss[None])
    measured = meter.bed(3)
    again = BedMeter(48_000)
    again.add(bed_samples(measured, 48_000, 0, 480_000)[None])
    middle = slice(8, len(BANDS_HZ) - 2)
    near = np.subtract(again.bed(3).levels_db, measured.levels_db)[middle]
    assert np.abs(near).max() <= 3
    assert measured.levels_db != FIXED


def test_too_little_sound_gives_the_fixed_bed() -> None:
    meter = BedMeter(48_000)
    meter.add(np.ones((2, 9_000), np.float32))
    assert meter.bed(1) == Bed(FIXED, 1)


def test_broken_samples_give_a_bed_within_bounds() -> None:
    meter = BedMeter(8_000)
    bad = np.full((1, 16_000), np.inf, np.float32)
    bad[0, ::3] = np.nan
    meter.add(bad)
    meter.add(np.ones((1, 16_000), np.float32))
    made = bed_samples(meter.bed(0), 8_000, 0, 8_000)
    assert np.isfinite(made).all()
    assert np.abs(made).max() < 0.5


def test_a_tone_in_the_room_is_not_in_the_bed() -> None:
    at = np.arange(480_000) / 48_000
    hum = (0.01 * np.sin(2 * np.pi * 50.02 * at)).astype(np.float32)
    meter = BedMeter(48_000)
    meter.add(hum[None])
    made = bed_samples(meter.bed(0), 48_000, 0, 480_000).astype(np.float64)
    assert abs(np.corrcoef(made, hum)[0, 1]) < 0.05
    power = np.abs(np.fft.rfft(made)) ** 2
    assert power[500] < 50 * np.median(power[450:560])
