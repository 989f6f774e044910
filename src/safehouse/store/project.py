"""A film project: everything that happened in it, sealed; open, its tables in memory.

Each act is applied to the tables, then sealed, appended to the journal and synced; only then it
counts. The tables are made from the journal again at every opening.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from safehouse.errors import ProjectKeyRefused, ProjectUnwritable, StaleWindow
from safehouse.model.acts import Act, ForgetFaces
from safehouse.store import undoing
from safehouse.store.faces import FACES, FaceFiles, FaceRow, insert_faces
from safehouse.store.folder import (
    RECIPIENT,
    Card,
    Passphrase,
    find_project,
    hold,
    make_folder,
    read_card,
    read_keys,
    require_held,
    sweep,
)
from safehouse.store.history import (
    Entry,
    Record,
    chain,
    genesis,
    head_words,
    parse_record,
    read_entries,
)
from safehouse.store.journal import JOURNAL, JOURNAL_FOLDER, Journal
from safehouse.store.migrating import latest
from safehouse.store.sealed_files import SealedFiles
from safehouse.store.sealing import Keys
from safehouse.store.snapshots import SNAPSHOTS, SnapshotHead, Snapshots, sha256_of
from safehouse.store.stamp import Stamp, now
from safehouse.store.tables import Tables
from safehouse.store.working_copy import WorkingCopy

__all__ = ["Project", "create_project", "find_project", "open_project"]

NOT_STALE = ("LookAtOriginal", "HearOriginal", "SetSetting")
"""Acts that change nothing that a page shows; a window is not stale because of them."""

SNAPSHOT_EVERY = 1 << 20
"""Bytes of journal after which a snapshot is due; never before the journal grew by one."""

SMALL = 16 << 20
"""Up to so many bytes a snapshot is cheap enough for every closing."""


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
        self.files = SealedFiles(folder / "sealed", keys, lambda: require_held(folder, held))
        self._keys = keys
        self._held = held
        self._closed = self._faces_new = False
        self._since = self._size = 0
        self._snapshots = Snapshots(folder / SNAPSHOTS, keys)
        self._faces = FaceFiles(folder / FACES, keys)
        self._copy = WorkingCopy(folder, keys.public)
        self.work = self._copy.folder / "work"
        with ExitStack() as undone:
            undone.callback(self._copy.close)
            self.work.mkdir()
            self._journal = Journal(folder / JOURNAL, keys)
            undone.callback(self._journal.close)
            self._tables = self._open_tables()
            undone.callback(self._tables.close)
            self.db = self._tables.db
            self._mend_faces()
            self._copy.remove_left()
            for name in ("sealed", JOURNAL_FOLDER, SNAPSHOTS, FACES):
                sweep(folder / name)
            undone.pop_all()

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_tables(self) -> Tables:
        """Make the tables out of the newest snapshot and what the journal has beyond it."""
        path = self._copy.folder / "project.db"
        version, head = 0, genesis(self.public_key)
        snapshot = self._snapshots.read(self._journal)
        if snapshot is not None:
            path.write_bytes(snapshot.database)
            self._since, self._size = snapshot.head.journal_end, len(snapshot.database)
            version, head = snapshot.head.n, snapshot.head.head
        tables = Tables(path, version, head)
        try:
            self.replay(tables, self._since)
        except BaseException:
            tables.close()
            raise
        return tables

    def replay(self, tables: Tables, start: int = 0) -> None:
        """Apply the journal's records from a byte on to tables."""
        for found in self._journal.read(start):
            tables.replay(parse_record(found.content))

    def _mend_faces(self) -> None:
        """Load embeddings that no snapshot has; finish forgetting where a crash cut it short."""
        forgotten = self._tables.last_of(ForgetFaces)
        with self._tables.transaction():
            self._faces_new = self._faces.load(self.db, forgotten)
        if any(int(path.stem) < forgotten for path in self._snapshots.paths()):
            self.forget_faces_storage(keep_new=True)

    @property
    def torn(self) -> Path | None:
        """Where a last record is kept that a crash tore, if this opening found one."""
        return self._journal.torn

    @property
    def version(self) -> int:
        """Number of the last act; pages send it back as what they have seen."""
        return self._tables.version

    @property
    def head(self) -> str:
        """Hash of the last act, which vouches for all before it; hexadecimal."""
        return self._tables.head

    def head_words(self) -> str:
        """Return the head as thirteen words, to be written on paper."""
        return head_words(self.head)

    def seal(self, text: str) -> str:
        """Return text sealed to the project, in base64; for names."""
        return self._keys.seal_text(text)

    def unseal(self, sealed: str) -> str:
        """Return what `seal` sealed.

        Raises:
            ProjectDamaged: it is not that of this project.
        """
        return self._keys.open_text(sealed)

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
            if acts:
                self._count(acts)
                self._snapshot_when_due()
            return self.version

    def _count(self, acts: tuple[Act, ...]) -> None:
        """Apply acts, write them into the journal, and commit, in this order."""
        first = Stamp(self.version + 1, self.clock(), self.who)
        entries = chain(self.head, first, acts)
        with self._tables.transaction():
            self._tables.apply(entries, acts)
            record = Record(tables=latest(), acts=entries)
            began = self._journal.append(msgspec.json.encode(record))
            try:
                self.db.execute("COMMIT")
            finally:
                if self.db.in_transaction:
                    self._journal.cut_back(began)

    def _require_open(self, expect: int | None) -> None:
        """Check that acts can be done, and that the window has seen what there is."""
        if self._closed:
            raise ProjectUnwritable("the project is closed", next_step="open it again")
        require_held(self.folder, self._held)
        if expect is not None and self._tables.changed_since(expect, NOT_STALE):
            raise StaleWindow(
                "something else was decided since this page was shown",
                next_step="look at what is there now, then decide again",
            )

    def undo(self, *, expect: int | None = None) -> str | None:
        """Take back the last call that can be and is not; return the kind of its last act.

        Raises:
            StaleWindow: something was decided since the version that was expected.
            NotUndoable: a later act changed the same.
        """
        return self._turn(undoing.find_undo, expect)

    def redo(self, *, expect: int | None = None) -> str | None:
        """Do again what was undone last, unless something was done anew since; return its kind.

        Raises:
            StaleWindow: something was decided since the version that was expected.
            NotUndoable: a later act changed the same.
        """
        return self._turn(undoing.find_redo, expect)

    def _turn(
        self, find: Callable[[sqlite3.Connection], int | None], expect: int | None
    ) -> str | None:
        with self.lock:
            self._require_open(expect)
            n = find(self.db)
            if n is None:
                return None
            self.act(self._tables.rows.undo_act(n))
            return undoing.kind_of(self.db, n)

    def put_faces(self, rows: Iterable[FaceRow]) -> None:
        """Keep embeddings (piece, frame, bytes), in place of those of the same pieces.

        They never go through the journal; a sealed file of their own, then a snapshot, keeps them.
        """
        given = list(rows)
        with self.lock:
            require_held(self.folder, self._held)
            self._faces.put(self.version, given)
            with self._tables.transaction():
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
                with self._tables.transaction():
                    self.db.execute("DELETE FROM face")
            self._tables.compact()
            self.snapshot()
            self._snapshots.erase(but=self.version)

    def snapshot(self) -> None:
        """Write a sealed copy of the tables, from which the next opening begins.

        Raises:
            ProjectUnwritable: the disk is full, gone, or fails; the journal has everything.
        """
        with self.lock:
            require_held(self.folder, self._held)
            database = self._tables.dump()
            end = self._journal.end
            head = SnapshotHead(
                n=self.version,
                head=self.head,
                journal_end=end,
                journal_sha256=sha256_of(self._journal, end),
                tables=latest(),
            )
            self._snapshots.write(head, database)
            self._since, self._size = end, len(database)
            self._faces.erase()
            self._faces_new = False

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
                self._tables.close()
                self._copy.close()
                self._journal.close()
                os.close(self._held)


def create_project(
    folder: Path, *, passphrase: str | None, recipient: str | None, unsealed: bool, who: str = ""
) -> Project:
    """Make a project in an empty or new folder, and return it open.

    Args:
        folder: where.
        passphrase: seals the private key, which then lies in the project; or
        recipient: an age public key; its owner keeps the private half, which opens it; or
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
    return _opened(folder, lambda: keys, who)


def open_project(
    folder: Path,
    *,
    passphrase: Passphrase | None = None,
    identity: Path | None = None,
    who: str = "",
) -> Project:
    """Return a project, open: its tables made from the newest snapshot and the journal.

    Whether it is free is looked at first: only then a passphrase is asked for and tried.

    Raises:
        ProjectMissing: there is none.
        ProjectBusy: another process has it open.
        ProjectKeyRefused: what was given does not open it.
        ProjectDamaged: a file of it is missing or was changed; nothing was opened.
        ProjectNewer: a newer safehouse wrote to it.
    """
    card = read_card(folder)
    return _opened(folder, lambda: read_keys(folder, card, passphrase, identity), who)


def _opened(folder: Path, keys: Callable[[], Keys], who: str) -> Project:
    held = hold(folder)
    try:
        return Project(folder.resolve(), keys(), who, held)
    except BaseException:
        os.close(held)
        raise
