"""Jobs for the tests of workers, in a module that every process finds by its name."""

import os
import re
import signal
import socket
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from safehouse import memory
from safehouse.errors import SourceBroken
from safehouse.jobs import analyse_job
from safehouse.model.acts import Comment, ConfirmPieces
from safehouse.store.project import Project, open_project
from safehouse.store.sealing import Keys, read_sealed_key


def double(number: int) -> int:
    return 2 * number


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_with(*args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise SourceBroken("it broke", kept="all", next_step="none")


def spin() -> None:
    while True:
        pass


def fill_memory() -> int:
    return len(bytearray(3 << 30))


def interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


LEFT: list[bytes] = []


def leave_pieces() -> None:
    pieces = [bytes(100_000) for _ in range(2000)]
    LEFT.append(bytes(90_000))
    del pieces


def resident_kb() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def freed_and_kept(size: int) -> tuple[int, int]:
    """Return how much resident memory grows by 100 MB of freed blocks below a kept one, kB.

    First as it is left when blocks from `size` on are taken apart, then after handing it back.
    """
    memory.take_apart_from(size)
    before = resident_kb()
    blocks = [bytearray(1 << 20) for _ in range(100)]
    kept = bytearray(1 << 10)
    del blocks
    grown = resident_kb() - before
    memory.give_back()
    assert len(kept) == 1 << 10
    return grown, resident_kb() - before


def most_kb() -> int:
    """Return the most memory that this process ever had, kB."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[0])


def memory_of_opening(folder: str, public: str, passphrase: str) -> int:
    """Return the most memory that this process ever had after it opened a key, kB."""
    read_sealed_key(Path(folder), public, passphrase)
    return most_kb()


def memory_of_sealing(size: int) -> tuple[int, int]:
    """Return how much memory it took to seal so many bytes, and to open them again, kB."""
    keys = Keys.generate()
    keys.open("x", keys.seal("x", b"warm"))
    content = bytes(size)
    before = most_kb()
    sealed = keys.seal("x", content)
    most_to_seal = most_kb() - before
    del content
    memory.give_back()
    Path("/proc/self/clear_refs").write_text("5")
    before = most_kb()
    assert len(keys.open("x", sealed)) == size
    return most_to_seal, most_kb() - before


def memory_of_analysis(source: str, out: str) -> int:
    """Return the most memory that this process ever had after it looked at a clip, kB."""
    analyse_job(source, "C0001", out, f"{out}.told")
    return most_kb()


def act_until_killed(folder: Path, tell: Connection, seed: int) -> None:
    """Do acts in a project for ever; tell number and hash of each once it is acknowledged."""
    rng = np.random.default_rng(seed)
    while True:
        with open_project(folder, who="op1") as film:
            for _ in range(int(rng.integers(1, 40))):
                _act_once(film, int(rng.integers(0, 12)))
                tell.send((film.version, film.head))


def _act_once(film: Project, what: int) -> None:
    if what == 0:
        film.snapshot()
    elif what == 1:
        film.put_faces([("C0001-A000", 5, bytes(range(128)) * 4)])
    elif what == 2:
        film.forget_faces()
    elif what == 3:
        film.undo()
    elif what == 4:
        film.redo()
    elif what == 5:
        film.act(Comment("C0001", 1, "one"), Comment("C0001", 2, "two"), Comment("C0001", 3, "x"))
    else:
        film.act(ConfirmPieces((f"C0001-A00{what % 3}",), ("P01", "P02", "")[what % 3]))
