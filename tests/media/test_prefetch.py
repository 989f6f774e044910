"""Reading ahead: the same items in the same order, errors in their place, no thread left."""

import threading
from collections.abc import Iterator

import pytest

from safehouse.media.prefetch import prefetch


def failing(count: int) -> Iterator[int]:
    yield from range(count)
    raise ValueError("broken")


def test_items_come_in_order() -> None:
    assert list(prefetch(iter(range(100)), 4)) == list(range(100))


def test_error_comes_after_the_items_before_it() -> None:
    items = prefetch(failing(3), 2)
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_closing_midway_ends_the_thread() -> None:
    before = threading.active_count()
    items = prefetch(iter(range(10_000)), 4)
    assert next(items) == 0
    items.close()
    assert threading.active_count() == before
