"""Long jobs of the page, one after the other in a thread, with how far they are."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from safehouse.crash import as_failure
from safehouse.errors import SafehouseError

__all__ = ["Job", "Tell", "Teller", "Work"]

Tell = Callable[[str, int, int], None]
"""Called with a stage's name, how much is done, and how much there is (0: not known)."""

ENDED_MOST = 20
"""Clips of which a job tells what became of them; the last ones."""

KEPT_MOST = 50
"""Jobs that are remembered; the oldest finished ones are forgotten first."""


class _Stopped(Exception):
    """The user stopped the job."""


@dataclass(slots=True)
class Job:
    """One long job.

    Attributes:
        id: a number.
        name: what it does, in words without names.
        state: waits, runs, done, failed or stopped.
        clip, number, clips: the clip that it works on, its number from 1 on, of how many; clips 0
            where it is not about clips.
        ended: clips that it is done with, and what became of each, the last first.
        stage, done, total: how far it is in that clip; total 0 is not known.
        error: why it failed.
        result: what it gave.
        then: the page, below the base, that shows its result.
    """

    id: int
    name: str
    then: str
    state: Literal["waits", "runs", "done", "failed", "stopped"] = "waits"
    clip: str = ""
    number: int = 0
    clips: int = 0
    ended: list[tuple[str, str]] = field(default_factory=list)
    stage: str = ""
    done: int = 0
    total: int = 0
    error: SafehouseError | None = None
    result: Any = None
    stop: bool = False

    def facts(self) -> dict[str, Any]:
        """Return what a page tells of it."""
        error = self.error
        return {
            "id": self.id,
            "name": str(self.name),
            "state": self.state,
            "clip": self.clip,
            "number": self.number,
            "clips": self.clips,
            "ended": [list(row) for row in self.ended],
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "then": self.then,
            "error": error
            and {
                "error": error.id,
                "happened": error.happened,
                "kept": error.kept,
                "next": error.next_step,
            },
        }


@dataclass(frozen=True, slots=True)
class Teller:
    """Where a job tells how far it is; called like `Tell`. A job that was stopped ends there."""

    job: Job

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note how far a step is."""
        self._go_on()
        self.job.stage, self.job.done, self.job.total = stage, done, total

    def begins(self, clip: str, number: int, clips: int) -> None:
        """Note that work on a clip begins, the one of that number."""
        self._go_on()
        self.job.clip, self.job.number, self.job.clips = clip, number, clips

    def ended(self, clip: str, what: str) -> None:
        """Note what became of a clip."""
        self._go_on()
        self.job.ended = [(clip, what), *self.job.ended][:ENDED_MOST]
        self.job.stage, self.job.done, self.job.total = "", 0, 0

    def _go_on(self) -> None:
        if self.job.stop:
            raise _Stopped


@dataclass(slots=True)
class Work:
    """The jobs of one running page."""

    jobs: dict[int, Job] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="work")
    )

    def start(self, name: str, run: Callable[[Teller], Any], then: str = "/work") -> Job:
        """Return a new job; run is called with where to tell how far it is, in its turn."""
        with self._lock:
            job = Job(next(self._numbers), name, then)
            self.jobs[job.id] = job
            for old in [j.id for j in self.jobs.values() if j.state not in {"waits", "runs"}]:
                if len(self.jobs) > KEPT_MOST:
                    del self.jobs[old]
        self._pool.submit(_run, job, run)
        return job

    @property
    def running(self) -> list[Job]:
        """Jobs that are not finished, the running one first."""
        return [job for job in self.jobs.values() if job.state in {"waits", "runs"}]

    def stop_all(self) -> None:
        """Stop every job and wait for the running one to notice."""
        for job in self.running:
            job.stop = True
        self._pool.shutdown(cancel_futures=True)


def _run(job: Job, run: Callable[[Teller], Any]) -> None:
    if job.stop:
        job.state = "stopped"
        return
    job.state = "runs"

    try:
        job.result = run(Teller(job))
        job.state = "done"
    except _Stopped:
        job.state = "stopped"
    except SafehouseError as error:
        job.error, job.state = error, "failed"
    except Exception as error:  # noqa: BLE001 - a job's last boundary: told without values
        job.error, job.state = as_failure(error), "failed"
