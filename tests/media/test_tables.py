"""Sample tables read back as written, in one form only, also beyond 4 GiB."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.media.boxes import Box, BoxError, find_all
from safehouse.media.tables import (
    Tables,
    chunk_ranges,
    composition_times,
    format_tables,
    media_duration,
    read_tables,
    sample_ranges,
)


def tables_of(sizes: list[int], durations: list[int], offsets: list[int], base: int) -> Tables:
    """Return tables with one sample a chunk and no runs merged."""
    count = len(sizes)
    ones = np.ones(count, np.int64)
    places = base + np.append(0, np.cumsum(sizes))[:-1]
    return Tables(
        durations=np.stack([ones, np.array(durations, np.int64)], axis=1),
        offsets=np.stack([ones, np.array(offsets, np.int64)], axis=1),
        sync=np.array([1], np.int64),
        chunks_of=np.stack([np.arange(1, count + 1), ones, ones], axis=1),
        sample_size=0,
        sizes=np.array(sizes, np.int64),
        count=count,
        chunk_offsets=places.astype(np.int64),
    )


samples = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 3), st.integers(-5, 5)), min_size=1, max_size=30
)


@settings(max_examples=80, deadline=None)
@given(samples, st.sampled_from([36, (1 << 32) - 40, 1 << 33]))
def test_tables_read_back_with_the_same_times_and_places(
    rows: list[tuple[int, int, int]], base: int
) -> None:
    sizes, durations, offsets = (list(column) for column in zip(*rows, strict=True))
    tables = tables_of(sizes, durations, offsets, base)
    boxes = format_tables(tables)
    again = read_tables(Box(b"stbl", b"", boxes))
    assert format_tables(again) == boxes
    assert composition_times(again).tolist() == composition_times(tables).tolist()
    assert [part.tolist() for part in sample_ranges(again)] == [
        part.tolist() for part in sample_ranges(tables)
    ]
    assert [part.tolist() for part in chunk_ranges(again)] == [
        part.tolist() for part in sample_ranges(tables)
    ]
    assert media_duration(again) == sum(durations)
    far = int(tables.chunk_offsets[-1]) > 0xFFFFFFFF
    assert bool(find_all(boxes, b"co64")) == far
    assert bool(find_all(boxes, b"stco")) != far


def test_tables_that_contradict_each_other_are_refused() -> None:
    good = format_tables(tables_of([4, 5], [1, 1], [0, 0], 36))
    other = format_tables(tables_of([4, 5, 6], [1, 1, 1], [0, 0, 0], 36))
    for kind in (b"stts", b"stsz", b"stco"):
        mixed = tuple(
            next(box for box in (other if box.kind == kind else good) if box.kind == old)
            for box in good
            for old in (box.kind,)
        )
        with pytest.raises(BoxError):
            read_tables(Box(b"stbl", b"", mixed))


def test_table_of_another_length_than_it_says_is_refused() -> None:
    boxes = format_tables(tables_of([4, 5], [1, 1], [0, 0], 36))
    for number, box in enumerate(boxes):
        longer = (*boxes[:number], Box(box.kind, box.payload + bytes(4)), *boxes[number + 1 :])
        with pytest.raises(BoxError):
            read_tables(Box(b"stbl", b"", longer))
