"""Frame times: exact where the container has them, and always increasing."""

from fractions import Fraction

from safehouse.media.frame_times import FrameClock


def test_own_times_pass_unchanged() -> None:
    clock = FrameClock(Fraction(1, 24000), Fraction(24000, 1001))
    assert [clock.time_of(t) for t in (-1001, 0, 1001, 5000)] == [-1001, 0, 1001, 5000]
    assert clock.exact


def test_stream_without_times_gets_those_of_its_rate() -> None:
    clock = FrameClock(Fraction(1, 90000), Fraction(30000, 1001))
    assert [clock.time_of(None) for _ in range(4)] == [0, 3003, 6006, 9009]
    assert clock.generated == 4
    assert not clock.exact


def test_rate_that_does_not_fit_the_units_does_not_drift() -> None:
    clock = FrameClock(Fraction(1, 1000), Fraction(30))
    assert [clock.time_of(None) for _ in range(31)][30] == 1000


def test_repeated_time_moves_behind_its_forerunner() -> None:
    clock = FrameClock(Fraction(1, 25), Fraction(25))
    assert [clock.time_of(t) for t in (0, 0, 0, 5)] == [0, 1, 2, 5]
    assert clock.moved == 2
