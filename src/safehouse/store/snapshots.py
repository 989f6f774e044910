"""Sealed copies of a project's tables, so that opening need not replay every act.

Each says which acts it holds and which part of the journal they are. One that can't be read is
passed over: the journal alone is enough. One that does not fit the journal shows that the journal
was cut or changed.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from safehouse.errors import ProjectDamaged, ProjectUnwritable
from safehouse.store.atomic import write_whole
from safehouse.store.journal import Journal
from safehouse.store.sealing import Keys, NotOpened
from safehouse.store.working_copy import overwrite_file

__all__ = ["SNAPSHOTS", "Snapshot", "SnapshotHead", "Snapshots"]

SNAPSHOTS = "snapshots"
KEPT = 2
PURPOSE = "snapshot"


class SnapshotHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a snapshot says of itself, in the line before the database.

    Attributes:
        n: number of the last act in it.
        head: hash of that act.
        journal_end: where the journal ended then, in bytes.
        journal_sha256: digest of the journal up to there, as it lies on the disk.
        tables: number of the schema.
    """

    n: int
    head: str
    journal_end: int
    journal_sha256: str
    tables: int
    schema: str = "snapshot/1"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that fits the journal: its head, and the database as a file's bytes."""

    head: SnapshotHead
    database: bytes


class Snapshots:
    """The snapshots of a project, newest first; the two newest are kept."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys

    def write(self, head: SnapshotHead, database: bytes) -> None:
        """Write a snapshot whole, then overwrite and remove all but the newest two.

        Raises:
            ProjectUnwritable: the disk is full, gone, or fails; the journal has everything.
        """
        content = msgspec.json.encode(head) + b"\n" + database
        try:
            self._folder.mkdir(exist_ok=True)
            write_whole(self._folder / f"{head.n:010d}.age", self._keys.seal(PURPOSE, content))
            for path in self.paths()[KEPT:]:
                overwrite_file(path)
        except OSError as error:
            raise ProjectUnwritable(
                "the snapshot can't be written: the disk is full, gone, or fails",
                kept="every act; the journal has them all",
                next_step="make room on the disk",
            ) from error

    def paths(self) -> list[Path]:
        """Return the files of the snapshots, newest first."""
        return sorted(self._folder.glob("[0-9]*.age"), reverse=True)

    def read(self, journal: Journal) -> Snapshot | None:
        """Return the newest that can be read, or None.

        Raises:
            ProjectDamaged: the journal does not begin with what it was made of.
        """
        for path in self.paths():
            snapshot = self._read_one(path)
            if snapshot is None:
                continue
            if not fits(snapshot.head, journal):
                raise ProjectDamaged(
                    f"the journal was cut or changed: it is not what snapshot {path.stem} was of",
                    next_step="put the whole project back from a copy",
                )
            return snapshot
        return None

    def erase(self, but: int) -> None:
        """Overwrite and remove every snapshot but that of one number."""
        for path in self.paths():
            if path.stem != f"{but:010d}":
                overwrite_file(path)

    def _read_one(self, path: Path) -> Snapshot | None:
        with suppress(OSError, NotOpened, msgspec.MsgspecError):
            line, _, database = self._keys.open(PURPOSE, path.read_bytes()).partition(b"\n")
            return Snapshot(msgspec.json.decode(line, type=SnapshotHead), database)
        return None


def fits(head: SnapshotHead, journal: Journal) -> bool:
    """Return whether the journal begins with exactly what a snapshot was made of."""
    if head.journal_end > journal.end:
        return False
    return sha256_of(journal, head.journal_end) == head.journal_sha256


def sha256_of(journal: Journal, end: int) -> str:
    """Return the digest of the journal's first bytes, as they lie on the disk."""
    return hashlib.sha256(journal.raw(0, end)).hexdigest()
