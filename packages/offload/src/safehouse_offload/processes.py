"""What worker processes have in common: when they start, and when they end.

Only light modules of the standard library are imported here: a worker reads this before any other.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

__all__ = ["STOPS", "end_with_parent", "signals_held"]

STOPS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals that stop a command."""


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, even by kill -9."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold the signals that stop a command while a process is started, which inherits this.

    So no worker is left half started, and none writes a trace when the whole group gets Ctrl-C:
    the command itself ends its workers. Python's resource tracker lets the signals through when it
    starts, so it is started first; it ignores Ctrl-C itself, but a closed terminal would end it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
