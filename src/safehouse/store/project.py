"""A film project: everything that happened in it, sealed; open, its tables in memory.

Each act is applied to the tables, then sealed, appended to the journal and synced; only then it
counts. The tables are made from the journal again at every opening.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import msgspec

from safehouse.errors import (
    ActRefused,
    ProjectDamaged,
    ProjectKeyRefused,
    ProjectUnwritable,
    StaleWindow,
)
from safehouse.model.acts import Act, ForgetFaces, Undo
from safehouse.store import undoing
from safehouse.store.applying import UNDOABLE, apply_act
from safehouse.store.faces import FACES, FaceFiles, FaceRow, insert_faces
from safehouse.store.folder import (
    RECIPIENT,
    Card,
    find_project,
    hold,
    make_folder,
    read_card,
    read_keys,
)
from safehouse.store.history import (
    Entry,
    Record,
    chain,
    check_entry,
    genesis,
    head_words,
    parse_act,
    parse_record,
    read_entries,
)
from safehouse.store.journal import JOURNAL, Journal
from safehouse.store.migrating import latest, migrate
from safehouse.store.sealed_files import SealedFiles
from safehouse.store.sealing import Keys, NotOpened
from safehouse.store.snapshots import SNAPSHOTS, SnapshotHead, Snapshots, sha256_of
from safehouse.store.stamp import Stamp
from safehouse.store.working_copy import WorkingCopy

__all__ = ["Project", "create_project", "find_project", "open_project"]

NOT_STALE = ("LookAtOriginal", "SetSetting")
"""Acts that change nothing that a page shows; a window is not stale because of them."""

SNAPSHOT_EVERY = 1 << 20
"""Bytes of journal after which a snapshot is due; never before the journal grew by one."""

SMALL = 16 << 20
"""Up to so many bytes a snapshot is cheap enough for every closing."""

UNDO_DEPTH = 500
"""So many acts can be undone; of older ones, the rows that they changed are forgotten."""


class Project:
    """An open project; a context manager, which closes it.

    Attributes:
        folder: where it lies.
        public_key: what everything is sealed to.
        who: pseudonym of the operator, for the history.
        work: plain scratch folder of this process, in memory where there is room; gone at closing.
        files: sealed files of the project.
        db: the tables; only modules of the store use it, holding `lock`.
        lock: held by every read and act, so that threads may share a project.
        clock: says what time it is, for the history.
    """

    def __init__(self, folder: Path, keys: Keys, who: str, held: int) -> None:
        self.folder = folder
        self.public_key = keys.public
        self.who = who
        self.lock = threading.RLock()
        self.clock: Callable[[], str] = now
        self.files = SealedFiles(folder / "sealed", keys)
        self._keys = keys
        self._held = held
        self._closed = False
        self._journal = Journal(folder / JOURNAL, keys)
        self._snapshots = Snapshots(folder / SNAPSHOTS, keys)
        self._faces = FaceFiles(folder / FACES, keys)
        self._copy = WorkingCopy(folder, keys.public)
        self.work = self._copy.folder / "work"
        try:
            self.work.mkdir()
            self._open_tables()
        except BaseException:
            self._copy.close()
            self._journal.close()
            raise

    def __enter__(self) -> "Project":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open_tables(self) -> None:
        self._since = 0
        self._size = 0
        self._version, self._head = 0, genesis(self.public_key)
        path = self._copy.folder / "project.db"
        snapshot = self._snapshots.read(self._journal)
        if snapshot is not None:
            path.write_bytes(snapshot.database)
            self._since, self._size = snapshot.head.journal_end, len(snapshot.database)
            self._version, self._head = snapshot.head.n, snapshot.head.head
        self.db = connect(path)
        migrate(self.db)
        self._watcher = undoing.Watcher(self.db)
        self._replay()
        self._mend_faces()
        self._copy.remove_left()

    def _replay(self) -> None:
        """Apply what the journal has beyond the snapshot."""
        for found in self._journal.read(self._since):
            record = parse_record(found.content)
            with self._transaction():
                previous = self._head
                for n, entry in enumerate(record.acts, self._version + 1):
                    check_entry(entry, n, previous)
                    previous = entry.hash
                self._apply(record.acts, [parse_act(entry) for entry in record.acts])

    def _mend_faces(self) -> None:
        """Load embeddings that no snapshot has; finish forgetting where a crash cut it short."""
        query = "SELECT coalesce(max(n), 0) FROM act WHERE kind = ?"
        forgotten = self.db.execute(query, (ForgetFaces.__name__,)).fetchone()[0]
        self._faces_new = self._faces.load(self.db, forgotten)
        if any(int(path.stem) < forgotten for path in self._snapshots.paths()):
            self.forget_faces_storage(keep_new=True)

    @property
    def version(self) -> int:
        """Number of the last act; pages send it back as what they have seen."""
        return self._version

    @property
    def head(self) -> str:
        """Hash of the last act, which vouches for all before it; hexadecimal."""
        return self._head

    def head_words(self) -> str:
        """Return the head as thirteen words, to be written on paper."""
        return head_words(self._head)

    def seal(self, text: str) -> str:
        """Return text sealed to the project, in base64; for names."""
        return self._keys.seal_text(text)

    def unseal(self, sealed: str) -> str:
        """Return what `seal` sealed.

        Raises:
            ProjectDamaged: it is not that of this project.
        """
        try:
            return self._keys.open_text(sealed)
        except NotOpened as error:
            raise ProjectDamaged(
                "a sealed name can't be opened with the project's key",
                next_step="put the journal folder back from a copy of the project",
            ) from error

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query, read while nobody writes."""
        with self.lock:
            return self.db.execute(query, tuple(values)).fetchall()

    def entries(self) -> tuple[Entry, ...]:
        """Return every act out of the journal itself, each held against the chain.

        Raises:
            ProjectDamaged: the chain does not hold.
        """
        with self.lock:
            return tuple(read_entries(self._journal, self.public_key))

    def act(self, *acts: Act, expect: int | None = None) -> int:
        """Do acts, all or none, and return the number of the last.

        Nothing lost: when this returns, the acts lie on the disk; when it raises, none counts.

        Args:
            acts: what happened.
            expect: the version that the operator saw.

        Raises:
            StaleWindow: something else was decided since.
            ProjectUnwritable: the disk is full, gone, or fails.
            SafehouseError: an act does not fit what is there.
        """
        with self.lock:
            self._require_open(expect)
            if not acts:
                return self._version
            with self._transaction():
                at = self._version + 1, self.clock(), self.who
                entries = chain(self._head, Stamp(*at), acts)
                before = self._version, self._head
                began = None
                try:
                    self._apply(entries, acts)
                    record = Record(tables=latest(), acts=entries)
                    began = self._journal.append(msgspec.json.encode(record))
                    self.db.execute("COMMIT")
                except BaseException:
                    self._version, self._head = before
                    if began is not None:
                        self._journal.cut_back(began)
                    raise
            self._snapshot_when_due()
            return self._version

    def _require_open(self, expect: int | None) -> None:
        """Check that acts can be done, and that the window has seen what there is."""
        if self._closed:
            raise ProjectUnwritable("the project is closed", next_step="open it again")
        if expect is not None and expect < self._version:
            marks = ", ".join("?" for _ in NOT_STALE)
            query = f"SELECT 1 FROM act WHERE n > ? AND kind NOT IN ({marks})"  # noqa: S608
            if self.db.execute(query, (expect, *NOT_STALE)).fetchone() is not None:
                raise StaleWindow(
                    "something else was decided since this page was shown",
                    next_step="look at what is there now, then decide again",
                )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Open a transaction; it is committed at the end unless it was already, or taken back."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            self._watcher.begin()
            yield
            if self.db.in_transaction:
                self.db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise ProjectUnwritable(
                "the open copy of the project can't be written: memory or disk is full",
                next_step="make room, then open the project again",
            ) from error
        except sqlite3.IntegrityError as error:
            raise ActRefused(
                "something that is needed is not in the project", next_step="safehouse status"
            ) from error
        finally:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    def _apply(self, entries: tuple[Entry, ...], acts: Iterable[Act]) -> None:
        """Change the tables, and write the acts into their own."""
        kinds = []
        for entry, act in zip(entries, acts, strict=True):
            kind, undoes = type(act).__name__, None
            if isinstance(act, Undo):
                undoing.put_back(self.db, act)
                undoes = act.of
            else:
                apply_act(self.db, act, entry.stamp)
            kinds.append(kind)
            row = (*entry.stamp, kind, bytes(entry.act), bytes.fromhex(entry.hash), undoes)
            columns = "n, at, who, kind, body, hash, undoes"
            self.db.execute(f"INSERT INTO act ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
            if undoes is not None:
                undoing.mark_undone(self.db, undoes, entry.n)
        if set(kinds) <= UNDOABLE | {"Undo"}:
            undoing.keep_changes(self.db, entries[-1].n, self._watcher.changes(), UNDO_DEPTH)
        self._version, self._head = entries[-1].n, entries[-1].hash

    def undo(self) -> str | None:
        """Take back the last call that can be and is not; return the kind of its last act.

        Raises:
            NotUndoable: a later act changed the same.
        """
        return self._turn(undoing.find_undo)

    def redo(self) -> str | None:
        """Do again what was undone last, unless something was done anew since; return its kind.

        Raises:
            NotUndoable: a later act changed the same.
        """
        return self._turn(undoing.find_redo)

    def _turn(self, find: Callable[[sqlite3.Connection], int | None]) -> str | None:
        with self.lock:
            n = find(self.db)
            if n is None:
                return None
            self.act(undoing.undo_act(self.db, n))
            return undoing.kind_of(self.db, n)

    def put_faces(self, rows: Iterable[FaceRow]) -> None:
        """Keep embeddings (piece, frame, bytes), in place of those of the same pieces.

        They never go through the journal; a sealed file of their own, then a snapshot, keeps them.
        """
        given = list(rows)
        with self.lock:
            self._faces.put(self._version, given)
            with self._transaction():
                insert_faces(self.db, given)
            self._faces_new = True

    def forget_faces(self) -> None:
        """Delete every embedding, so that no byte of one is left in the project's files."""
        with self.lock:
            self.act(ForgetFaces())
            self.forget_faces_storage()

    def forget_faces_storage(self, *, keep_new: bool = False) -> None:
        """Make what was deleted unreadable: tables, write-ahead log, snapshots, sealed files.

        keep_new leaves embeddings that were found after the forgetting.
        """
        with self.lock:
            if not keep_new:
                with self._transaction():
                    self.db.execute("DELETE FROM face")
            self.db.execute("VACUUM")
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.snapshot()
            self._snapshots.erase(but=self._version)

    def snapshot(self) -> None:
        """Write a sealed copy of the tables, from which the next opening begins.

        Raises:
            ProjectUnwritable: the disk is full, gone, or fails; the journal has everything.
        """
        with self.lock:
            database = self._dump()
            end = self._journal.end
            head = SnapshotHead(
                n=self._version,
                head=self._head,
                journal_end=end,
                journal_sha256=sha256_of(self._journal, end),
                tables=latest(),
            )
            self._snapshots.write(head, database)
            self._since, self._size = end, len(database)
            self._faces.erase()
            self._faces_new = False

    def _dump(self) -> bytes:
        """Return the tables as a file's bytes, with nothing of what was deleted."""
        path = self._copy.folder / "snapshot.db"
        path.unlink(missing_ok=True)
        try:
            self.db.execute("VACUUM INTO ?", (str(path),))
            return path.read_bytes()
        except (sqlite3.OperationalError, OSError) as error:
            raise ProjectUnwritable(
                "there is no room for a snapshot",
                kept="every act; the journal has them all",
                next_step="make room in memory or on the project's disk",
            ) from error
        finally:
            path.unlink(missing_ok=True)

    def _snapshot_when_due(self) -> None:
        if self._journal.end - self._since > max(SNAPSHOT_EVERY, self._size):
            with suppress(ProjectUnwritable):
                self.snapshot()

    def close(self) -> None:
        """Write a snapshot where it is cheap, and remove the plain copy. Closing twice is fine."""
        with self.lock:
            if self._closed:
                return
            self._closed = True
            grown = self._journal.end - self._since
            cheap = self._size <= SMALL or grown * 20 > self._size
            try:
                if not self._journal.broken and (self._faces_new or (grown and cheap)):
                    with suppress(ProjectUnwritable):
                        self.snapshot()
            finally:
                self.db.close()
                self._copy.close()
                self._journal.close()
                os.close(self._held)


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a plain copy; the disk is never waited for, the journal has it all."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    for setting in (
        "journal_mode = WAL",
        "synchronous = OFF",
        "secure_delete = ON",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "temp_store = MEMORY",
    ):
        db.execute(f"PRAGMA {setting}").fetchall()
    return db


def create_project(
    folder: Path, *, passphrase: str | None, recipient: str | None, unsealed: bool, who: str = ""
) -> Project:
    """Make a project in an empty or new folder, and return it open.

    Args:
        folder: where.
        passphrase: seals the private key, which then lies in the project; or
        recipient: an age public key, whose private half its owner keeps: nothing can be done in
            the project before it is opened with that; or
        unsealed: the private key lies beside, for tests.
        who: pseudonym of the operator.

    Raises:
        ProjectExists: something is there.
        ProjectUnwritable: it can't be written.
        ProjectKeyRefused: recipient is no age public key.
    """
    keys = Keys.generate()
    if recipient is not None:
        keys = Keys(recipient)
        if not RECIPIENT.fullmatch(recipient):
            raise ProjectKeyRefused(
                "not an age public key",
                kept="nothing was written",
                next_step="--to age1…, as age-keygen prints it",
            )
    key: Literal["identity", "beside", "passphrase"]
    key = "identity" if recipient else "beside" if unsealed else "passphrase"
    make_folder(folder, Card(public_key=keys.public, key=key), keys, passphrase)
    return _opened(folder, keys, who)


def open_project(
    folder: Path, *, passphrase: str | None = None, identity: Path | None = None, who: str = ""
) -> Project:
    """Return a project, open: its tables made from the newest snapshot and the journal.

    Raises:
        ProjectMissing: there is none.
        ProjectBusy: another process has it open.
        ProjectKeyRefused: what was given does not open it.
        ProjectDamaged: a file of it is missing or was changed; nothing was opened.
        ProjectNewer: a newer safehouse wrote to it.
    """
    card = read_card(folder)
    return _opened(folder, read_keys(folder, card, passphrase, identity), who)


def _opened(folder: Path, keys: Keys, who: str) -> Project:
    held = hold(folder)
    try:
        return Project(folder.resolve(), keys, who, held)
    except BaseException:
        os.close(held)
        raise
