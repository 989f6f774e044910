"""Worker processes: where hostile files are decoded, with limits, off the network.

Only light modules are imported here, so that a worker can leave the network before any library
starts a thread. A worker that dies is an error about the clip it worked on, never the end of a job.
"""

import multiprocessing
import os
import resource
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from safehouse_offload.processes import end_with_parent, signals_held

from safehouse import memory, offline
from safehouse.errors import EnvironmentLacks, SourceCrashed

__all__ = ["Limits", "Workers"]

POLL_S = 0.2
"""How often progress is looked at while a job runs; longer makes the bar jump."""

ONE_THREAD = {"OPENCV_FOR_THREADS_NUM": "1", "OPENBLAS_NUM_THREADS": "1"}
"""There is a process for each core already: more threads only wait for each other."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use.

    Attributes:
        memory_bytes: address space; models and threads map several GB without touching them.
        job_cpu_s: CPU seconds for one job; a decoder in an endless loop ends there.
    """

    memory_bytes: int = 16 << 30
    job_cpu_s: int = 6 * 3600


def _begin(limits: Limits) -> None:
    """Start a worker: no telemetry, no network, a memory limit. Runs before any other import."""
    offline.block_telemetry()
    offline.block_network()
    os.environ |= ONE_THREAD
    offline.limit_process(limits.memory_bytes, resource.RLIM_INFINITY)
    threading.Thread(target=end_with_parent, daemon=True).start()


def _run_job(limits: Limits, job: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Return job(*args), with the CPU limit set anew for this job."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + limits.job_cpu_s
    offline.limit_process(limits.memory_bytes, allowed)
    try:
        return job(*args)
    finally:
        memory.give_back()


def _crashed() -> SourceCrashed:
    return SourceCrashed(
        "the process that read this file died or passed its limits",
        next_step="safehouse inspect the file; if it plays elsewhere, copy it with another program",
    )


def _no_process(error: OSError) -> EnvironmentLacks:
    return EnvironmentLacks(
        f"no worker process can be started: {os.strerror(error.errno or 0).lower()}",
        next_step="safehouse doctor; check /dev/shm and the limits of processes and open files",
    )


@dataclass(slots=True)
class Workers:
    """A pool of processes for the clips of one command.

    Any `concurrent.futures.Executor` of processes can take the place of the default pool; it then
    starts its processes itself and is not shut down here.

    Args:
        count: number of processes.
        limits: what each may use.
        executor: another executor, such as a cluster's.
    """

    count: int
    limits: Limits = field(default_factory=Limits)
    executor: Executor | None = None
    _own: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close(kill=kind is not None)

    def run(
        self, job: Callable[..., Any], *args: Any, poll: Callable[[], None] | None = None
    ) -> Any:
        """Return what job(*args) returns in a worker; poll is called while it runs.

        Raises:
            SourceCrashed: the worker died.
        """
        return next(iter(self.run_all(job, [args], poll=poll)))[1]

    def run_alone(
        self, job: Callable[..., Any], *args: Any, poll: Callable[[], None] | None = None
    ) -> Any:
        """Return what job(*args) returns in a process of its own, which ends with it.

        What the job loaded then takes no memory from those that follow. Another executor decides
        that for itself.

        Raises:
            SourceCrashed: the process died.
        """
        if self.executor is not None:
            return self.run(job, *args, poll=poll)
        with Workers(1, self.limits) as own:
            return own.run(job, *args, poll=poll)

    def run_all(
        self,
        job: Callable[..., Any],
        calls: Iterable[tuple[Any, ...]],
        poll: Callable[[], None] | None = None,
    ) -> Iterator[tuple[int, Any]]:
        """Yield (number of the call, result) for each call, as they finish.

        At most two calls a process are handed out ahead, so memory stays flat.

        Raises:
            SourceCrashed: a worker died; the others' unfinished calls are dropped.
        """
        waiting = iter(enumerate(calls))
        running: dict[Future[Any], int] = {}
        try:
            while True:
                self._hand_out(job, waiting, running)
                if not running:
                    return
                done, _ = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
                if poll is not None:
                    poll()
        except (BrokenProcessPool, MemoryError):
            self._close(kill=True)
            raise _crashed() from None
        finally:
            for future in running:
                future.cancel()

    def _hand_out(
        self,
        job: Callable[..., Any],
        waiting: Iterator[tuple[int, tuple[Any, ...]]],
        running: dict[Future[Any], int],
    ) -> None:
        while len(running) < 2 * self.count:
            call = next(waiting, None)
            if call is None:
                return
            number, args = call
            try:
                with signals_held():
                    running[self._pool().submit(_run_job, self.limits, job, args)] = number
            except OSError as error:
                raise _no_process(error) from error

    def _pool(self) -> Executor:
        if self.executor is not None:
            return self.executor
        if self._own is None:
            self._own = ProcessPoolExecutor(
                self.count,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self.limits,),
            )
        return self._own

    def _close(self, *, kill: bool) -> None:
        own, self._own = self._own, None
        if own is None:
            return
        if kill:
            for process in list((own._processes or {}).values()):
                process.kill()
        own.shutdown(wait=True, cancel_futures=True)
