"""Times: exact at every rate, whatever the steps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.clip import parse_fraction, times_of

RATES = [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25), Fraction(60000, 1001)]


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(1, 10**5), max_size=60))
def test_times_survive_their_run_lengths(first: int, steps: list[int]) -> None:
    pts = [first + sum(steps[:n]) for n in range(len(steps) + 1)]
    times = times_of(pts, Fraction(1, 90000), 7)
    assert times.pts() == pts
    assert times.count == len(pts)
    assert all(run.step > 0 or run.count == 1 for run in times.runs)


def test_no_frames_have_no_times() -> None:
    assert times_of([], Fraction(1, 25), 1).count == 0


@given(st.sampled_from(RATES), st.integers(1, 5000))
def test_a_constant_rate_is_one_run_and_exact(rate: Fraction, count: int) -> None:
    base = 1 / rate
    times = times_of(list(range(count)), base, 1)
    assert len(times.runs) == 1
    assert parse_fraction(times.timebase) == base
    assert times.pts()[-1] * base == (count - 1) / rate


@given(st.lists(st.integers(-100, 100), min_size=2))
def test_times_that_do_not_increase_are_refused(pts: list[int]) -> None:
    if sorted(set(pts)) == pts:
        return
    with pytest.raises(ValueError, match="increase"):
        times_of(pts, Fraction(1, 25), 1)


@pytest.mark.parametrize("text", ["1/0", "x", "", "1/2/3"])
def test_what_is_no_fraction_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Fraction's own words differ by Python version
        parse_fraction(text)
