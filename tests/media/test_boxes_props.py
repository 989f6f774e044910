"""Boxes read back as written, and bytes that are no boxes are refused in words."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.media.boxes import (
    MAX_DEPTH,
    PLAIN_PARENTS,
    Box,
    BoxError,
    find_one,
    format_box,
    format_boxes,
    parse_boxes,
    read_payload,
    read_spans,
)

leaf_kinds = st.binary(min_size=4, max_size=4).filter(lambda kind: kind not in PLAIN_PARENTS)
leaves = st.tuples(leaf_kinds, st.binary(max_size=40)).map(lambda pair: Box(*pair))
rows = st.recursive(
    st.lists(leaves, max_size=4).map(tuple),
    lambda inner: st.lists(
        st.builds(
            lambda kind, row: Box(kind, b"", row), st.sampled_from(sorted(PLAIN_PARENTS)), inner
        ),
        max_size=4,
    ).map(tuple),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(rows)
def test_boxes_read_back_as_written(boxes: tuple[Box, ...]) -> None:
    assert parse_boxes(format_boxes(boxes)) == boxes


@settings(max_examples=100, deadline=None)
@given(st.lists(leaves, max_size=5).map(tuple))
def test_spans_of_a_file_are_its_boxes(boxes: tuple[Box, ...]) -> None:
    data = format_boxes(boxes)
    handle = io.BytesIO(data)
    spans = tuple(read_spans(handle, 0, len(data)))
    assert [span.kind for span in spans] == [box.kind for box in boxes]
    assert [read_payload(handle, span, 100) for span in spans] == [box.payload for box in boxes]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_are_boxes_or_refused(data: bytes) -> None:
    for read in (
        lambda: parse_boxes(data),
        lambda: tuple(read_spans(io.BytesIO(data), 0, len(data))),
    ):
        try:
            read()
        except BoxError:
            continue


def spans_of(data: bytes) -> "list[tuple[bytes, int, int]]":
    found = read_spans(io.BytesIO(data), 0, len(data))
    return [(span.kind, span.payload, span.end) for span in found]


def test_large_size_and_size_to_the_end() -> None:
    large = b"\0\0\0\1mdat" + (20).to_bytes(8, "big") + b"abcd"
    assert spans_of(large) == [(b"mdat", 16, 20)]
    assert spans_of(b"\0\0\0\0mdatxyz") == [(b"mdat", 8, 11)]


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\7free",
        b"\0\0\0\x10free",
        b"\0\0\0\1mdat\0\0\0\0\0\0\0\x0f",
        b"\0\0\0\1mdat\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0",
    ],
)
def test_sizes_that_lie_are_refused(data: bytes) -> None:
    with pytest.raises(BoxError):
        spans_of(data)


def test_nesting_has_a_limit() -> None:
    box = Box(b"free")
    for _ in range(MAX_DEPTH + 2):
        box = Box(b"moov", b"", (box,))
    with pytest.raises(BoxError, match="deeper"):
        parse_boxes(format_box(box))


def test_payload_over_its_limit_is_refused() -> None:
    data = format_box(Box(b"moov", bytes(50)))
    span = next(iter(read_spans(io.BytesIO(data), 0, len(data))))
    with pytest.raises(BoxError, match="larger"):
        read_payload(io.BytesIO(data), span, 40)


def test_box_that_is_missing_or_twice_there_is_an_error() -> None:
    with pytest.raises(BoxError, match="0 boxes 'moov'"):
        find_one((Box(b"free"),), b"moov")
    with pytest.raises(BoxError, match="2 boxes 'free'"):
        find_one((Box(b"free"), Box(b"free")), b"free")
