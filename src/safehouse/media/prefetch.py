"""Runs an iterator ahead of its user, in one thread."""

from collections.abc import Iterator
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeVar

__all__ = ["prefetch"]

T = TypeVar("T")
WAIT_S = 0.1


def prefetch(source: Iterator[T], ahead: int) -> Iterator[T]:
    """Yield what source yields, up to ahead items before they are asked for.

    An exception of source is raised where its next item would have come. The thread has ended
    when this iterator ends or is closed.
    """
    ready: Queue[tuple[T | None, BaseException | None]] = Queue(ahead)
    stop = Event()
    worker = Thread(target=_fill, args=(source, ready, stop), daemon=True)
    worker.start()
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                if isinstance(error, StopIteration):
                    return
                raise error
            yield item  # type: ignore[misc]  # an item comes without an error
    finally:
        stop.set()
        while worker.is_alive():
            _drain(ready)
            worker.join(WAIT_S)


def _fill(
    source: Iterator[T], ready: Queue[tuple[T | None, BaseException | None]], stop: Event
) -> None:
    error: BaseException = StopIteration()
    try:
        for item in source:
            ready.put((item, None))
            if stop.is_set():
                break
    except BaseException as raised:  # noqa: BLE001  # it is raised again in the user's thread
        error = raised
    ready.put((None, error))


def _drain(ready: Queue[tuple[T | None, BaseException | None]]) -> None:
    try:
        while True:
            ready.get_nowait()
    except Empty:
        return
