"""A project whose process is killed at any moment: what was acknowledged is there, and in a chain.

`make damage` kills 200 times; `make check` fewer.
"""

import hashlib
import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

import errands
import numpy as np
import pytest
from small_projects import add, analyse, new, state

from safehouse.model.acts import DescribePerson
from safehouse.model.consent import Person
from safehouse.store.project import Project, open_project
from safehouse.store.working_copy import _memory

ROUNDS = 200 if os.environ.get("SAFEHOUSE_FAULTS") == "all" else 12
LONGEST_S = 0.15
"""From the first acknowledged act to the kill, at most."""

PROCESSES = multiprocessing.get_context("spawn")


def begun(folder: Path) -> None:
    with new(folder) as film:
        people = [DescribePerson(Person(id=name)) for name in ("P01", "P02")]
        film.act(add(1), analyse(1), *people)


def killed(folder: Path, seed: int, after_s: float) -> list[tuple[int, str]]:
    """Let a process do acts, kill it, and return what it had acknowledged."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=errands.act_until_killed, args=(folder, theirs, seed))
    process.start()
    theirs.close()
    assert ours.poll(20), "no act was acknowledged"
    process.join(after_s)
    process.kill()
    process.join()
    return received(ours)


def received(pipe: Connection) -> list[tuple[int, str]]:
    found = []
    while True:
        try:
            found.append(pipe.recv())
        except EOFError:
            return found


def plain_copies(public_key: str) -> list[Path]:
    """Return the folders in memory that hold anything of a project."""
    mark = hashlib.sha256(public_key.encode()).hexdigest()[:16]
    found = (path for place in _memory() for path in place.glob(f"safehouse-{mark}-*"))
    return [path for path in found if any(path.iterdir())]


def hash_of(film: Project, n: int) -> str:
    return str(film.rows("SELECT hash FROM act WHERE n = ?", (n,))[0][0].hex())


@pytest.mark.slow
@pytest.mark.long
def test_killed_at_random_points_it_keeps_every_acknowledged_act(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    begun(folder)
    rng = np.random.default_rng(200)
    acknowledged = dict[int, str]()
    for round_ in range(ROUNDS):
        told = killed(folder, round_, float(rng.uniform(0, LONGEST_S)))
        acknowledged.update(told)
        last = max(acknowledged)
        with open_project(folder, who="op1") as film:
            assert plain_copies(film.public_key) == [film.work.parent]
            assert last <= film.version <= last + 3, "one call of three acts may be on its way"
            assert all(hash_of(film, n) == digest for n, digest in told)
            assert film.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert film.db.execute("PRAGMA foreign_key_check").fetchone() is None
            before = state(film)
    assert len(acknowledged) > 2 * ROUNDS
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    with open_project(folder, who="op1") as film:
        assert {e.n: e.hash for e in film.entries()}.items() >= acknowledged.items()
        after = state(film)
        assert {**after, "face": []} == {**before, "face": []}
