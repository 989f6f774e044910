"""Shapes over time: exact, between their keys, and never smaller than a straight line says."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.shape import Ellipse, Key, Polygon, Shape, Whole, shape_at

numbers = st.integers(-40_000, 40_000)
axes = st.integers(0, 40_000)
ellipses = st.builds(Ellipse, numbers, numbers, axes, axes)
triangles = st.builds(Polygon, st.tuples(*[st.tuples(numbers, numbers)] * 3))
squares = st.builds(Polygon, st.tuples(*[st.tuples(numbers, numbers)] * 4))
shapes: st.SearchStrategy[Shape] = st.one_of(ellipses, triangles, squares, st.just(Whole()))
frames = st.integers(-10, 500)


@st.composite
def key_lists(draw: st.DrawFn) -> tuple[Key, ...]:
    at = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=5)))
    return tuple(Key(frame, draw(shapes)) for frame in at)


@given(key_lists())
def test_a_key_holds_at_its_own_frame(keys: tuple[Key, ...]) -> None:
    assert [shape_at(keys, key.frame) for key in keys] == [key.shape for key in keys]


@given(key_lists(), st.integers(1, 1000))
def test_the_first_key_holds_before_and_the_last_after(keys: tuple[Key, ...], far: int) -> None:
    assert shape_at(keys, keys[0].frame - far) == keys[0].shape
    assert shape_at(keys, keys[-1].frame + far) == keys[-1].shape


@given(ellipses, ellipses, st.integers(1, 300), st.data())
def test_between_ellipses_every_number_is_the_straight_line_rounded(
    a: Ellipse, b: Ellipse, span: int, data: st.DataObject
) -> None:
    t = data.draw(st.integers(0, span))
    got = shape_at((Key(0, a), Key(span, b)), t)
    assert isinstance(got, Ellipse)
    part = Fraction(t, span)
    for name in ("cx", "cy"):
        exact = getattr(a, name) + (getattr(b, name) - getattr(a, name)) * part
        assert 0 <= exact - getattr(got, name) < 1
    for name in ("rx", "ry"):
        exact = getattr(a, name) + (getattr(b, name) - getattr(a, name)) * part
        assert 0 <= getattr(got, name) - exact < 1


@given(triangles, triangles, st.integers(1, 300), st.data())
def test_between_polygons_each_point_goes_straight(
    a: Polygon, b: Polygon, span: int, data: st.DataObject
) -> None:
    t = data.draw(st.integers(0, span))
    got = shape_at((Key(0, a), Key(span, b)), t)
    assert isinstance(got, Polygon)
    for start, end, now in zip(a.points, b.points, got.points, strict=True):
        for axis in (0, 1):
            exact = start[axis] + (end[axis] - start[axis]) * Fraction(t, span)
            assert 0 <= exact - now[axis] < 1


@given(ellipses, triangles, squares, st.integers(2, 300))
def test_between_kinds_the_earlier_key_holds(
    oval: Ellipse, three: Polygon, four: Polygon, span: int
) -> None:
    for a, b in ((oval, three), (three, four), (Whole(), oval), (four, Whole())):
        assert shape_at((Key(0, a), Key(span, b)), span - 1) == a


@given(key_lists(), frames)
def test_frames_far_apart_do_not_matter(keys: tuple[Key, ...], frame: int) -> None:
    before = [key for key in keys if key.frame <= frame][-1:]
    after = [key for key in keys if key.frame > frame][:1]
    near = tuple(before + after)
    assert shape_at(near, frame) == shape_at(keys, frame)
