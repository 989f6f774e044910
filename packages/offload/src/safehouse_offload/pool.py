"""Processes for the files of one command: the library holds its interpreter for a whole file.

A process that dies is a failure of the command; when the command ends, its processes do.
"""

import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from ctypes import c_uint64
from typing import Any, TypeVar

from safehouse_offload.copying import Meter
from safehouse_offload.disk import Disk
from safehouse_offload.processes import end_with_parent, signals_held

__all__ = ["in_this_process", "run_in_processes"]

J = TypeVar("J")
R = TypeVar("R")
Do = Callable[[Disk, J, Meter], R]

POLL_S = 0.2
"""How often progress is looked at."""

_moved: Any = None
"""In a worker: the count of bytes that all workers moved."""


def in_this_process(do: Do[J, R], jobs: Iterable[J], disk: Disk, meter: Meter) -> Iterator[R]:
    """Yield what do returns for each job, in order."""
    for job in jobs:
        yield do(disk, job, meter)


def run_in_processes(
    do: Do[J, R], jobs: Iterable[J], workers: int, tell: Callable[[int], None]
) -> Iterator[R]:
    """Yield what do returns for each job, as they finish.

    Args:
        do: a function of a module, given a disk, the job and a meter.
        jobs: what can be sent to another process.
        workers: processes; each does one job at a time.
        tell: called about five times a second with the bytes moved so far.
    """
    moved: Any = multiprocessing.get_context("spawn").Value(c_uint64, 0, lock=False)
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(moved,),
    )
    try:
        yield from _results(pool, do, iter(jobs), workers, lambda: tell(moved.value))
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    tell(moved.value)


def _results(
    pool: ProcessPoolExecutor,
    do: Do[J, R],
    waiting: Iterator[J],
    workers: int,
    poll: Callable[[], None],
) -> Iterator[R]:
    running: set[Future[R]] = set()
    while True:
        while len(running) < 2 * workers:
            job = next(waiting, None)
            if job is None:
                break
            running.add(_submit(pool, do, job))
        if not running:
            return
        done, running = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()
        poll()


def _submit(pool: ProcessPoolExecutor, do: Do[J, R], job: J) -> "Future[R]":
    """Hand out a job; a process that starts here inherits that the stopping signals wait."""
    with signals_held():
        return pool.submit(_work, do, job)


def _begin(moved: Any) -> None:
    global _moved
    _moved = moved
    threading.Thread(target=end_with_parent, daemon=True).start()


def _work(do: Do[J, R], job: J) -> R:
    return do(Disk(), job, _count)


def _count(moved: int) -> None:
    """Add to the common count; without a lock, which a killed process could keep for ever."""
    _moved.value += moved
