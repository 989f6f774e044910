"""A head that is out of sight goes on as it moved; the place holds where it can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.analysis.course import FASTEST, course_of, moved_on
from safehouse.analysis.places import Area, inside, move

HEAD: Area = (100.0, 100.0, 140.0, 150.0)


def sights(dx: float, dy: float = 0.0, count: int = 6, first: int = 10) -> list[tuple[int, Area]]:
    return [(first + n, move(HEAD, dx * n, dy * n)) for n in range(count)]


def test_a_course_is_told_by_the_last_sights_either_way() -> None:
    assert course_of(sights(5, -2)) == pytest.approx((5, -2))
    assert course_of([(-frame, area) for frame, area in sights(5, -2)]) == pytest.approx((5, -2))
    turned = sights(-20, count=9, first=-40) + sights(3)
    assert course_of(turned) == pytest.approx((3, 0))


def test_two_sights_tell_no_course() -> None:
    assert course_of(sights(5, count=2)) is None


def test_a_course_faster_than_heads_go_is_not_believed() -> None:
    x, _ = course_of(sights(500)) or (0, 0)
    assert x == pytest.approx(FASTEST * (40 * 50) ** 0.5)


@given(st.floats(-30, 30), st.floats(-30, 30), st.integers(1, 8), st.floats(0.5, 1.2))
def test_the_place_holds_a_head_that_goes_on_nearly_as_it_did(
    dx: float, dy: float, steps: int, share: float
) -> None:
    place = moved_on(HEAD, (dx, dy), steps, 0.03)
    there = move(HEAD, share * dx * steps, share * dy * steps)
    assert inside(there, place) > 0.999


def test_without_a_course_the_place_grows_evenly() -> None:
    x0, y0, x1, y1 = moved_on(HEAD, None, 3, 0.1)
    assert (x0, y0, x1, y1) == pytest.approx((88, 85, 152, 165))
