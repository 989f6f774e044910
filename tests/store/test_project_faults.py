"""A disk that fails at any write or sync: what was acknowledged is there, what failed is not."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_projects import acts, again, begin, new
from test_project import crash

from safehouse.errors import ProjectError
from safehouse.model.acts import Comment
from safehouse.store.project import Project

STEPS = 3


class NthFails:
    """Lets the N-th call to write or sync fail, and counts the calls."""

    def __init__(self, real: Callable[..., int | None], n: int, code: int) -> None:
        self.real, self.n, self.code, self.calls = real, n, code, 0

    def __call__(self, handle: int, *rest: bytes) -> int | None:
        self.calls += 1
        if self.calls != self.n:
            return self.real(handle, *rest)
        if rest:
            self.real(handle, rest[0][: len(rest[0]) // 2])
        raise OSError(self.code, os.strerror(self.code))


def work(film: Project) -> tuple[list[str], list[str]]:
    """Do what a project does; return the notes that were acknowledged, and those that failed."""
    done: list[str] = []
    failed: list[str] = []
    for step in range(STEPS):
        try:
            film.act(Comment("C0001", step, f"{step}"), Comment("C0001", step, f"{step} too"))
        except ProjectError:
            failed.append(f"{step}")
        else:
            done.append(f"{step}")
        for other in (film.snapshot, lambda n=step: film.files.put(f"plans/{n}.json", b"plan")):
            try:
                other()
            except ProjectError:
                continue
    return done, failed


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("name", ["write", "fsync"])
def test_a_disk_that_fails_once_loses_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    n = calls = 0
    while n <= calls:
        n += 1
        folder = tmp_path / f"{name}-{n}"
        with new(folder) as film:
            begin(film)
        film = again(folder)
        with monkeypatch.context() as patch:
            fails = NthFails(getattr(os, name), n, code)
            patch.setattr(os, name, fails)
            done, failed = work(film)
        calls = fails.calls
        assert len(done) + len(failed) == STEPS
        assert len(failed) <= (1 if code == errno.ENOSPC and name == "write" else STEPS)
        crash(film)
        with again(folder) as film:
            kept = [row[0] for row in film.rows("SELECT text FROM comment ORDER BY n")]
            assert kept == [text for step in done for text in (step, f"{step} too")]
            assert acts(film).count("Comment") == len(kept)
    assert n > STEPS, "the fault was never met"
