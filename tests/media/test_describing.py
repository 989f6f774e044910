"""Descriptions: rotation, mirror and rate as the film has them."""

from fractions import Fraction

import pytest

from safehouse.media.describing import believable_rate, rotation_of

ONE = 1 << 16


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        ((), (0, False)),
        ((ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), (0, False)),
        ((0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30), (-90, False)),
        ((0, -ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), (90, False)),
        ((-ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), (180, False)),
        ((-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), (0, True)),
        ((ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), (180, True)),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0), (0, False)),
    ],
)
def test_display_matrix_is_a_turn_and_a_mirror(
    matrix: tuple[int, ...], turned: tuple[int, bool]
) -> None:
    assert rotation_of(matrix) == turned


def test_rate_that_the_times_deny_is_measured() -> None:
    times = [33 * n for n in range(100)]
    assert believable_rate(Fraction(1000), times, Fraction(1, 1000)) == Fraction(1000, 33)
    assert believable_rate(Fraction(30), times, Fraction(1, 1000)) == 30
