"""Masks over time: every frame's head lies inside, whatever it does; margins only add."""

from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.model.shape import Ellipse, shape_at
from safehouse.plan.cover import covers, holds, inflate, keys_over
from safehouse.plan.margins import Oval
from safehouse.plan.smooth import smooth_outwards

px = st.floats(-50, 700, allow_nan=False)
half = st.floats(8, 200, allow_nan=False)
oval = st.tuples(px, px, half, half)
jumping = st.lists(oval, min_size=1, max_size=40)


@st.composite
def walking(draw: st.DrawFn) -> list[Oval]:
    """A head that walks with jitter."""
    count = draw(st.integers(1, 80))
    speed = draw(st.floats(-15, 15))
    noise = draw(st.lists(st.floats(-3, 3), min_size=count, max_size=count))
    return [(200 + speed * n + e, 150 + e, 40 + e, 55 - e) for n, e in enumerate(noise)]


@settings(max_examples=60, deadline=None)
@given(st.one_of(jumping, walking()))
def test_every_frame_lies_inside_the_masks_that_are_drawn(needed: list[Oval]) -> None:
    keys = keys_over(7, needed, smooth_outwards(needed))
    for row, own in enumerate(needed):
        shape = shape_at(keys, 7 + row)
        assert isinstance(shape, Ellipse)
        assert covers(shape, own)


@settings(max_examples=60, deadline=None)
@given(jumping)
def test_smoothing_only_adds(needed: list[Oval]) -> None:
    for calm, own in zip(smooth_outwards(needed), needed, strict=True):
        assert holds(calm, own) or holds(inflate(calm, own), own)


@given(oval, st.floats(1.03, 3))
def test_a_grown_oval_holds_itself(own: Oval, by: float) -> None:
    cx, cy, rx, ry = own
    assert holds((cx, cy, rx * by, ry * by), own)
    assert not holds(own, (cx, cy, rx * by, ry * by))


@given(oval, oval)
def test_inflating_holds_what_it_is_inflated_for(outer: Oval, inner: Oval) -> None:
    cx, cy, rx, ry = inflate(outer, inner)
    assert holds((cx, cy, rx * (1 + 1e-9), ry * (1 + 1e-9)), inner)
    assert rx >= outer[2]
    assert ry >= outer[3]


@given(walking())
def test_a_walk_needs_few_keys(needed: list[Oval]) -> None:
    keys = keys_over(0, needed, smooth_outwards(needed))
    assert len(keys) <= 2 + len(needed) // 2
