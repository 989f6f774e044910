"""Copies one file of a card for certain: sealed, read back from each device, card read again."""

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import xxhash

from safehouse_offload.card import CardFile, read_file
from safehouse_offload.disk import Disk
from safehouse_offload.lists import Entry
from safehouse_offload.pending import PendingEntry, content_mark
from safehouse_offload.places import new_name, object_path
from safehouse_offload.seal import CardFailed, CopyFailed, Sealed, seal
from safehouse_offload.text import named
from safehouse_offload.trailer import FILE, Trailer

__all__ = ["Copied", "Failed", "FileJob", "Meter", "Source", "copy_file", "copy_from", "read_back"]

Meter = Callable[[int], None]
"""Told how many bytes were moved."""

SEALING = "reading the card and sealing"
AGAIN = "reading the card again"


@dataclass(frozen=True, slots=True)
class FileJob:
    """What a process needs to copy one file.

    Attributes:
        root: the card.
        vaults: folders, one for each copy.
        to: age recipients.
        salt: of the state.
        resume: what an offload that was stopped had already done of this file.
    """

    root: str
    file: CardFile
    vaults: tuple[str, ...]
    to: tuple[str, ...]
    salt: bytes
    resume: PendingEntry | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that lies in every vault, compared with what the devices and the card hold.

    Attributes:
        proven: every byte that was compared came from a device and not from memory.
        seconds: how long each part took.
    """

    file: CardFile
    sealed: Sealed
    proven: bool
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that is not copied: why, and whose fault it was.

    Attributes:
        copy: number of the vault that failed; None when it was the card.
        errno: the system's number; 0 where something reads differently than it was written.
    """

    file: CardFile
    what: str
    copy: int | None
    errno: int


class Source(Protocol):
    """Where a file's content comes from."""

    def blocks(self) -> Generator[bytes, None, None]:
        """Yield the content.

        Raises:
            CardFailed: it can't be read.
        """

    def again(self) -> Trailer:
        """Return what the content is, by another way than the first read.

        Raises:
            CardFailed: it can't be read.
        """


@dataclass(slots=True)
class _Run:
    """One job under way: what every step needs."""

    disk: Disk
    job: FileJob
    meter: Meter
    source: Source
    proven: bool = True
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[part] = self.seconds.get(part, 0.0) + time.monotonic() - began


def copy_file(disk: Disk, job: FileJob, meter: Meter) -> Copied | Failed:
    """Return the copies of a card's file, or why there are none; what failed leaves nothing."""
    card = _OnCard(disk, job, meter)
    result = copy_from(disk, job, meter, card)
    return (
        replace(result, proven=card.proven and result.proven)
        if isinstance(result, Copied)
        else result
    )


def copy_from(disk: Disk, job: FileJob, meter: Meter, source: Source) -> Copied | Failed:
    """Return the copies of what a source gives, or why there are none."""
    run = _Run(disk, job, meter, source)
    try:
        sealed = _resumed(run) or _sealed_anew(run)
    except CardFailed as error:
        return Failed(job.file, _words(error), None, error.errno or 0)
    except CopyFailed as error:
        return Failed(job.file, _words(error), error.copy, error.errno or 0)
    return Copied(job.file, sealed, run.proven, run.seconds)


def _words(error: OSError) -> str:
    return (error.strerror or "unknown failure").lower()


def _resumed(run: _Run) -> Sealed | None:
    """Return what a stopped offload had done, compared again; None where it must be done anew."""
    done = run.job.resume
    if done is None:
        return None
    paths = [object_path(vault, done.entry.name) for vault in run.job.vaults]
    try:
        _compare_copies(run, done.entry, paths)
    except CopyFailed:
        return None
    trailer = _again(run)
    if content_mark(run.job.salt, trailer.sha256) != done.content:
        return None
    return Sealed(done.entry.name, done.entry.bytes, done.entry.sha256, trailer)


def _sealed_anew(run: _Run) -> Sealed:
    disk, job = run.disk, run.job
    name = new_name()
    paths = [object_path(vault, name) for vault in job.vaults]
    for copy, path in enumerate(paths):
        try:
            disk.make_folder(path.rpartition("/")[0])
        except OSError as error:
            raise CopyFailed(copy, error) from error
    about = Trailer(FILE, named(job.file.path), 0, job.file.mtime_ns, "", "")
    with run.timed(SEALING), closing(run.source.blocks()) as content:
        sealed = seal(disk, content, about, paths, job.to)
    try:
        _compare_copies(run, Entry(name, sealed.bytes, sealed.sha256), paths)
        if _again(run) != sealed.trailer:
            raise CardFailed(0, "reads differently the second time")
    except OSError:
        _remove(disk, paths)
        raise
    return sealed


def _again(run: _Run) -> Trailer:
    with run.timed(AGAIN):
        return run.source.again()


def _compare_copies(run: _Run, entry: Entry, paths: Sequence[str]) -> None:
    for copy, path in enumerate(paths):
        with run.timed(f"reading back from {run.job.vaults[copy]}"):
            run.proven &= read_back(run.disk, entry, path, copy, run.meter)


def read_back(disk: Disk, entry: Entry, path: str, copy: int, meter: Meter) -> bool:
    """Compare what a device holds with what was written; return whether it came from the device.

    Raises:
        CopyFailed: it differs, or can't be read.
    """
    digest, count = hashlib.sha256(), 0

    def take(block: memoryview) -> None:
        nonlocal count
        digest.update(block)
        count += len(block)
        meter(len(block))

    try:
        proven = disk.read_cold(path, take)
    except OSError as error:
        raise CopyFailed(copy, error) from error
    if (count, digest.hexdigest()) != (entry.bytes, entry.sha256):
        raise CopyFailed(copy, OSError(0, "reads back differently than it was written"))
    return proven


@dataclass(slots=True)
class _OnCard:
    """A file on the card, read twice."""

    disk: Disk
    job: FileJob
    meter: Meter
    proven: bool = True

    def blocks(self) -> Generator[bytes, None, None]:
        with closing(read_file(self.disk, self.job.root, self.job.file)) as blocks:
            for block in blocks:
                self.meter(len(block))
                yield block

    def again(self) -> Trailer:
        file, count = self.job.file, 0
        strong, quick = hashlib.sha256(), xxhash.xxh64()

        def take(block: memoryview) -> None:
            nonlocal count
            strong.update(block)
            quick.update(block)
            count += len(block)
            self.meter(len(block))

        try:
            self.proven &= self.disk.read_cold(f"{self.job.root}/{file.path}", take)
        except OSError as error:
            raise CardFailed(error.errno, error.strerror) from error
        return Trailer(
            FILE, named(file.path), count, file.mtime_ns, strong.hexdigest(), quick.hexdigest()
        )


def _remove(disk: Disk, paths: Sequence[str]) -> None:
    for path in paths:
        try:
            disk.remove(path)
        except OSError:
            continue
