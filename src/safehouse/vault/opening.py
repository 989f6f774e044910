"""Opens one object: the file is whole under its name, or not there at all."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from safehouse_offload.disk import Disk, write_all
from safehouse_offload.manifest import FileRow
from safehouse_offload.places import PARTIAL, new_name
from safehouse_offload.text import escape, name_of
from safehouse_offload.trailer import FILE, Trailer

from safehouse.vault.unseal import BadSeal, OtherKey, unseal

__all__ = ["NOWHERE", "OpenJob", "Opened", "open_one"]

NOWHERE = ""
"""A folder that is none: look whether it opens, and keep nothing."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """One object to be opened.

    Attributes:
        paths: its copies, to be tried in order.
        key: age private key.
        row: what the manifest says of it; None for one that no manifest names.
        folder: where its path on the card begins; NOWHERE to only look whether it opens.
    """

    paths: tuple[str, ...]
    key: str
    row: FileRow | None
    folder: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of one object.

    Attributes:
        row: what the manifest says of it.
        path: where it lies now; "" where it does not.
        trailer: what it says of itself.
        damage: what was wrong with copies, in words.
    """

    row: FileRow | None
    path: str
    trailer: Trailer | None
    damage: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Whether it opened."""
        return self.trailer is not None


def open_one(disk: Disk, job: OpenJob, meter: Callable[[int], None]) -> Opened:
    """Open one object from the first copy that is whole."""
    damage: list[str] = []
    for path in job.paths:
        try:
            return _open_copy(disk, job, path, meter, damage)
        except OtherKey:
            damage.append(f"{escape(path)}: damaged, or for another key")
        except BadSeal as error:
            damage.append(f"{escape(path)}: {error}")
        except OSError as error:
            damage.append(f"{escape(path)}: {(error.strerror or '?').lower()}")
    return Opened(job.row, "", None, tuple(damage or ["no copy of it is here"]))


def _open_copy(
    disk: Disk, job: OpenJob, path: str, meter: Callable[[int], None], damage: list[str]
) -> Opened:
    length = job.row.bytes if job.row else None
    if job.folder == NOWHERE:
        trailer = unseal(disk, path, job.key, _drop, content=length, meter=meter)
        return Opened(job.row, "", trailer, tuple(damage))
    partial = f"{job.folder}/.{new_name()}{PARTIAL}"
    try:
        trailer = _write_partial(disk, job, path, meter, partial)
        with _naming(job.folder):
            final = _free_path(job.folder, name_of(trailer.path))
            disk.rename(partial, final)
        disk.fsync_folder(str(Path(final).parent))
    finally:
        with suppress(OSError):
            disk.remove(partial)
    return Opened(job.row, final, trailer, tuple(damage))


@contextmanager
def _naming(folder: str) -> Iterator[None]:
    """Let one process at a time look for a free name and take it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write_partial(
    disk: Disk, job: OpenJob, path: str, meter: Callable[[int], None], partial: str
) -> Trailer:
    """Write the content to a file without a final name, and return its trailer when it is true."""
    handle = disk.create(partial)
    length = job.row.bytes if job.row else None

    def take(block: bytes) -> None:
        write_all(disk, handle, block)

    try:
        trailer = unseal(disk, path, job.key, take, content=length, meter=meter)
        os.ftruncate(handle, trailer.bytes)
        disk.fsync(handle)
    finally:
        disk.close(handle)
    if trailer.kind != FILE or (job.row and job.row.path != trailer.path):
        raise BadSeal("not the file that the manifest says")
    os.utime(partial, ns=(trailer.mtime_ns, trailer.mtime_ns))
    return trailer


def _drop(block: bytes) -> None:
    del block


def _free_path(folder: str, untrusted: str) -> str:
    """Return a path below folder where nothing is yet; nothing in untrusted leads out of it."""
    parts = [part for part in PurePosixPath(untrusted).parts if part not in {"/", "..", "."}]
    wanted = Path(folder, *(parts or ["unnamed"]))
    wanted.parent.mkdir(parents=True, exist_ok=True)
    path, number = wanted, 1
    while os.path.lexists(path):
        number += 1
        path = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    return str(path)
