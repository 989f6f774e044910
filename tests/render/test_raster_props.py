"""Masks: exactly the pixels that the plan's rules name."""

from fractions import Fraction
from itertools import pairwise

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import layouts, mask_at, mask_lists, plan_for, plane_shape, shapes_near, sides

from safehouse.model.frame import PlaneLayout
from safehouse.model.plan import Region
from safehouse.model.shape import Ellipse, Key, Polygon, Shape
from safehouse.render.raster import any_in_blocks, chroma_mask, draw_shapes, look_mask_of, mask_of


def covers(shape: Shape, x: int, y: int) -> bool:
    """The plan format's rule for one pixel, by the letter."""
    px, py = 16 * x + 8, 16 * y + 8
    if isinstance(shape, Ellipse):
        dx, dy = px - shape.cx, py - shape.cy
        return (dx * shape.ry) ** 2 + (dy * shape.rx) ** 2 <= (shape.rx * shape.ry) ** 2
    if isinstance(shape, Polygon):
        return in_polygon(shape.points, px, py)
    return True


def in_polygon(points: tuple[tuple[int, int], ...], px: int, py: int) -> bool:
    inside = False
    for (ax, ay), (bx, by) in pairwise([*points, points[0]]):
        turn = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
        between = min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by)
        if turn == 0 and between:
            return True
        if (ay > py) != (by > py) and px < ax + Fraction((py - ay) * (bx - ax), by - ay):
            inside = not inside
    return inside


@given(st.integers(1, 24), st.integers(1, 24), st.data())
def test_a_pixel_is_hidden_exactly_when_the_rule_says_so(
    width: int, height: int, data: st.DataObject
) -> None:
    shape = data.draw(shapes_near(width, height))
    expected = [[covers(shape, x, y) for x in range(width)] for y in range(height)]
    assert draw_shapes([shape], width, height).tolist() == expected


@given(st.integers(1, 12), st.integers(1, 12), st.tuples(*[st.integers(-99, 300)] * 2))
def test_ovals_without_width_or_height_follow_the_letter_of_the_rule(
    width: int, height: int, centre: tuple[int, int]
) -> None:
    for axes in ((0, 0), (0, 50), (50, 0)):
        oval = Ellipse(*centre, *axes)
        expected = [[covers(oval, x, y) for x in range(width)] for y in range(height)]
        assert draw_shapes([oval], width, height).tolist() == expected


@given(sides, sides, st.data())
def test_hide_and_reveal_only_are_each_others_opposite(
    width: int, height: int, data: st.DataObject
) -> None:
    shapes = data.draw(st.lists(shapes_near(width, height), max_size=3))
    masks = [mask_at(shape, f"M{n:04d}") for n, shape in enumerate(shapes)]
    regions = tuple(Region(mask.id, 0, 10, mask.keys) for mask in masks)
    hidden = mask_of(plan_for((width, height), masks), 3)
    shown = msgspec.structs.replace(plan_for((width, height)), mode="reveal-only", regions=regions)
    assert (mask_of(shown, 3) == ~hidden).all()
    both = msgspec.structs.replace(shown, masks=tuple(masks))
    assert mask_of(both, 3).all()


@given(sides, sides, st.data())
def test_the_looks_together_are_the_mask(width: int, height: int, data: st.DataObject) -> None:
    plan = plan_for((width, height), data.draw(mask_lists(width, height)))
    union = look_mask_of(plan, 5, "veil") | look_mask_of(plan, 5, "solid")
    assert (union == mask_of(plan, 5)).all()


@given(sides, sides, st.integers(0, 5), st.integers(6, 9))
def test_a_mask_is_there_from_its_first_frame_to_the_one_before_its_end(
    width: int, height: int, first: int, end: int
) -> None:
    whole = msgspec.structs.replace(
        mask_at(Polygon(((-99, -99), (99999, -99), (99999, 99999), (-99, 99999)))),
        first=first,
        end=end,
        keys=(Key(0, Ellipse(0, 0, 99999, 99999)),),
    )
    plan = plan_for((width, height), [whole])
    assert [bool(mask_of(plan, n).all()) for n in range(10)] == [
        first <= n < end for n in range(10)
    ]


@given(sides, sides, layouts, st.booleans(), st.data())
@settings(max_examples=60)
def test_a_chroma_sample_is_hidden_once_a_luma_pixel_it_covers_is(
    width: int, height: int, layout: PlaneLayout, woven: bool, data: st.DataObject
) -> None:
    mask = draw_shapes([data.draw(shapes_near(width, height))], width, height)
    hidden = chroma_mask(mask, layout, interlaced=woven)
    assert hidden.shape == plane_shape(layout, (width, height), 1 if layout.kind == "yuv" else 0)
    rows, columns = 1 << layout.shift_y, 1 << layout.shift_x
    for y, x in zip(*np.nonzero(mask), strict=True):
        assert hidden[y // rows, x // columns]
        if woven:
            field, in_field = y % 2, y // 2
            row = 2 * (in_field // rows) + field if rows > 1 else y
            assert row >= len(hidden) or hidden[row, x // columns]
    if not woven:
        assert not hidden.any() or mask.any()
        grown = hidden.repeat(rows, 0).repeat(columns, 1)[:height, :width]
        assert any_in_blocks(grown & mask, rows, columns).sum() == hidden.sum()


@given(sides, sides, st.data())
def test_growing_a_shape_only_adds_hidden_pixels(
    width: int, height: int, data: st.DataObject
) -> None:
    small = data.draw(
        st.builds(Ellipse, *[st.integers(-500, 1500)] * 2, *[st.integers(1, 900)] * 2)
    )
    more = data.draw(st.integers(0, 300)), data.draw(st.integers(0, 300))
    large = Ellipse(small.cx, small.cy, small.rx + more[0], small.ry + more[1])
    before, after = (draw_shapes([shape], width, height) for shape in (small, large))
    assert not (before & ~after).any()
