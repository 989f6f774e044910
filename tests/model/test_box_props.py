"""Boxes: clipping and growing never lose a covered pixel."""

from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.box import Box, union_box

numbers = st.integers(-200, 200)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
sizes = st.integers(0, 100)


def pixels(box: Box) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box.x0, box.x1) for y in range(box.y0, box.y1)}


small = st.integers(-4, 12)
small_boxes = st.builds(Box, small, small, small, small)


@given(small_boxes, st.integers(0, 8), st.integers(0, 8))
def test_clip_keeps_every_covered_pixel_of_the_frame(box: Box, width: int, height: int) -> None:
    frame = pixels(Box(0, 0, width, height))
    assert pixels(box.clip(width, height)) == pixels(box) & frame


@given(boxes, sizes, sizes)
def test_grow_only_adds(box: Box, dx: int, dy: int) -> None:
    assert box.grow(dx, dy).contains(box)


@given(small_boxes, sizes, sizes, st.integers(1, 8), st.integers(1, 8))
def test_expand_first_clip_last_covers_more(
    box: Box, dx: int, dy: int, width: int, height: int
) -> None:
    late = box.grow(dx, dy).clip(width, height)
    early = box.clip(width, height).grow(dx, dy).clip(width, height)
    if box.width and box.height and box.intersect(Box(0, 0, width, height)).area:
        assert late.contains(early)


@given(small_boxes, small_boxes)
def test_intersect_is_the_common_pixels(a: Box, b: Box) -> None:
    assert pixels(a.intersect(b)) == pixels(a) & pixels(b)


@given(st.lists(boxes, min_size=1))
def test_union_contains_each(rows: list[Box]) -> None:
    assert all(union_box(rows).contains(row) for row in rows)


def test_union_of_none_is_empty() -> None:
    assert union_box([]).area == 0


@given(boxes)
def test_area_is_the_number_of_pixels(box: Box) -> None:
    assert box.area == max(0, box.x1 - box.x0) * max(0, box.y1 - box.y0)
