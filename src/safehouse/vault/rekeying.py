"""Seals everything in old vaults again, to another key, into new vaults; the old are only read.

What comes out of an old object goes from the library's hand into the library's hand: 64 KiB at a
time, in memory. Nothing new has a name before all of the old object was authentic.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from errno import ECANCELED
from queue import Full, Queue

from safehouse_offload import __version__
from safehouse_offload.card import CardFile, Problem
from safehouse_offload.committing import commit, entry_of
from safehouse_offload.copying import Copied, Failed, FileJob, Meter, copy_from
from safehouse_offload.disk import Disk
from safehouse_offload.ledger import Ledger
from safehouse_offload.manifest import FileRow, Manifest
from safehouse_offload.mhl import history
from safehouse_offload.offload import vaults_held
from safehouse_offload.seal import CardFailed, CopyFailed
from safehouse_offload.spans import Take
from safehouse_offload.text import name_of
from safehouse_offload.trailer import FILE, Trailer

from safehouse.vault.catalogue import Catalogue
from safehouse.vault.unseal import BadSeal, OtherKey, unseal

__all__ = ["RekeyJob", "RekeyOrder", "Rekeyed", "Result", "RunRekey", "rekey", "rekey_one"]

AHEAD = 16
"""Blocks of 64 KiB that the opening side may be ahead of the sealing side."""

WAIT_S = 0.1
"""How soon either side notices that the other gave up."""


@dataclass(frozen=True, slots=True)
class RekeyJob:
    """One object to be sealed again.

    Attributes:
        name: of the old object.
        paths: its copies, to be tried in order.
        key: the old private key, as age writes it.
        row: what the manifest says of it, or it of itself where none does.
        file: where it goes.
    """

    name: str
    paths: tuple[str, ...]
    key: str
    row: FileRow
    file: FileJob


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one object: its old name, and its copies in the new vaults."""

    name: str
    done: Copied | Failed


RunRekey = Callable[[list[RekeyJob]], Iterator[Result]]


@dataclass(frozen=True, slots=True)
class RekeyOrder:
    """What goes where: the old vaults' catalogue and key, new vaults, new age recipients."""

    old: Catalogue
    key: str
    vaults: tuple[str, ...]
    to: tuple[str, ...]


@dataclass(slots=True)
class Rekeyed:
    """What came of it.

    Attributes:
        files, bytes: what is in the new vaults.
        cards: manifests that were written.
        left_out: number of files that were destroyed on purpose, whose names end here.
        resumed: files that an earlier run had done.
        problems: what no copy gives, in words; paths as they are.
        proven: every comparison was with a device and not with memory.
        root: digest of the last list that was written; "" when none was.
    """

    files: int = 0
    bytes: int = 0
    cards: int = 0
    left_out: int = 0
    resumed: int = 0
    problems: list[Problem] = field(default_factory=list)
    proven: bool = True
    root: str = ""


def rekey(disk: Disk, order: RekeyOrder, run: RunRekey) -> Rekeyed:
    """Seal everything that the old key opens to the new recipients.

    Nothing lost: old vaults are only read. New vaults hold no list of what was not compared. A run
    that stops goes on where it was.

    Raises:
        VaultBusy: another program is writing to a new vault.
        CopyFailed: a new vault can't be written; what is done is not done again.
    """
    made = Rekeyed(problems=[Problem("", words) for words in order.old.damage])
    with vaults_held(disk, order.vaults):
        ledger = Ledger.begin(disk, order.vaults)
        done = _seal_all(ledger, run, _jobs(disk, order, ledger, made), made)
        for manifest in order.old.manifests:
            _write_again(disk, order, manifest, done, made)
        if not made.problems:
            ledger.end()
    return made


def _jobs(disk: Disk, order: RekeyOrder, ledger: Ledger, made: Rekeyed) -> list[RekeyJob]:
    """Return a job for each object that was not destroyed on purpose."""
    old, jobs = order.old, []
    rows = {row.object: row for manifest in old.manifests for row in manifest.files}
    made.left_out = len(set(rows) & old.gone)
    for name in [*(name for name in rows if name not in old.gone), *old.loose]:
        row = rows.get(name) or _row_of_loose(disk, order, name)
        if row is None:
            made.problems.append(Problem("", "a file of an offload that did not finish: damaged"))
            continue
        file = CardFile(name_of(row.path), row.bytes, row.mtime_ns)
        salt, before = ledger.known(file)
        made.resumed += before is not None
        to_do = FileJob("", file, order.vaults, order.to, salt, before)
        jobs.append(RekeyJob(name, tuple(old.paths(name)), order.key, row, to_do))
    return jobs


def _row_of_loose(disk: Disk, order: RekeyOrder, name: str) -> FileRow | None:
    """Return what an object that no manifest names says of itself."""
    for path in order.old.paths(name):
        try:
            one = unseal(disk, path, order.key, _drop)
        except (BadSeal, OtherKey, OSError):
            continue
        return FileRow(one.path, one.bytes, one.mtime_ns, one.sha256, one.xxh64, name)
    return None


def _drop(block: bytes) -> None:
    del block


def _seal_all(
    ledger: Ledger, run: RunRekey, jobs: list[RekeyJob], made: Rekeyed
) -> dict[str, Copied]:
    """Return the new copies of each object, by its old name."""
    done: dict[str, Copied] = {}
    for result in run(jobs):
        if isinstance(result.done, Failed):
            if result.done.copy is not None:
                raise _copy_failed(result.done)
            made.problems.append(Problem(result.done.file.path, result.done.what))
            continue
        ledger.add(result.done.file, result.done.sealed)
        done[result.name] = result.done
        made.files += 1
        made.bytes += result.done.file.bytes
        made.proven &= result.done.proven
    return done


def _copy_failed(failed: Failed) -> CopyFailed:
    return CopyFailed(failed.copy or 0, OSError(failed.errno, failed.what))


def _write_again(
    disk: Disk, order: RekeyOrder, old: Manifest, done: dict[str, Copied], made: Rekeyed
) -> None:
    """Write a manifest anew, with the new objects' names, and its list."""
    rows = tuple(
        replace(row, object=done[row.object].sealed.name) for row in old.files if row.object in done
    )
    lost = [row for row in old.files if row.object not in done and row.object not in order.old.gone]
    if lost and not rows:
        return
    left_out = len(rows) < len(old.files)
    manifest = replace(
        old,
        complete=old.complete and not lost,
        files=rows,
        problems=(*old.problems, *(Problem(row.path, "no copy of it opened") for row in lost)),
        takes=_takes_of(old.takes, {row.path for row in rows}),
        mhl=history(rows, _time(old.ended), __version__) if left_out else old.mhl,
    )
    objects = [entry_of(done[row.object].sealed) for row in old.files if row.object in done]
    made.root, proven = commit(disk, manifest, objects, order.vaults, order.to)
    made.proven &= proven
    made.cards += 1


def _takes_of(old: tuple[Take, ...], there: set[str]) -> tuple[Take, ...]:
    """Return the takes without the names of files that are left out."""
    kept = [replace(take, paths=tuple(p for p in take.paths if p in there)) for take in old]
    return tuple(take for take in kept if take.paths and len(take.paths) + len(take.missing) > 1)


def _time(text: str) -> datetime:
    """Return a manifest's time; 1970 for one that is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def rekey_one(disk: Disk, job: RekeyJob, meter: Meter) -> Result:
    """Seal one object again, out of the first of its copies that is whole."""
    result: Copied | Failed = Failed(job.file.file, "no copy of it is here", None, 0)
    for path in job.paths:
        result = copy_from(disk, job.file, meter, _OldObject(disk, job, path, meter))
        if isinstance(result, Copied) or result.copy is not None:
            break
    return Result(job.name, result)


@dataclass(frozen=True, slots=True)
class _OldObject:
    """The content of an old object."""

    disk: Disk
    job: RekeyJob
    path: str
    meter: Meter

    def blocks(self) -> Generator[bytes, None, None]:
        """Yield the content; the end comes only when all of the object was authentic."""
        handed = _Handed(self.job.row.bytes)
        thread = threading.Thread(target=self._open_into, args=[handed], daemon=True)
        thread.start()
        try:
            yield from handed.taken()
        finally:
            handed.stopped.set()
            thread.join()
        if handed.error is not None:
            raise handed.error

    def _open_into(self, handed: "_Handed") -> None:
        row = self.job.row
        try:
            trailer = unseal(
                self.disk, self.path, self.job.key, handed.give, content=row.bytes, meter=self.meter
            )
            if (trailer.kind, trailer.path, trailer.sha256) != (FILE, row.path, row.sha256):
                raise BadSeal("not the file that the manifest says")
        except OtherKey:
            handed.error = CardFailed(0, "damaged, or for another key")
        except BadSeal as error:
            handed.error = CardFailed(0, str(error))
        except OSError as error:
            handed.error = CardFailed(error.errno, error.strerror)
        except BaseException as error:  # noqa: BLE001 - raised again where the work was begun
            handed.error = error
        finally:
            handed.end()

    def again(self) -> Trailer:
        """Return what the manifest says: it was sealed by the key's owner, and compared then."""
        row = self.job.row
        return Trailer(FILE, row.path, row.bytes, row.mtime_ns, row.sha256, row.xxh64)


class _Handed:
    """Blocks on their way from the thread that opens to the one that seals; none is the end."""

    def __init__(self, content: int) -> None:
        self.error: BaseException | None = None
        self.stopped = threading.Event()
        self._blocks: Queue[bytes] = Queue(AHEAD)
        self._left = content

    def give(self, block: bytes) -> None:
        """Hand on what belongs to the content; zeros and trailer end here."""
        part = block[: self._left]
        self._left -= len(part)
        if part:
            self._put(part)

    def end(self) -> None:
        """Say that nothing more comes."""
        with suppress(OSError):
            self._put(b"")

    def _put(self, part: bytes) -> None:
        while not self.stopped.is_set():
            try:
                self._blocks.put(part, timeout=WAIT_S)
            except Full:
                continue
            return
        raise OSError(ECANCELED, "stopped")

    def taken(self) -> Iterator[bytes]:
        """Yield blocks until the other side ended."""
        while block := self._blocks.get():
            yield block
