"""The tables of an open project: a plain database, made of acts, thrown away at the end."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safehouse.errors import ActRefused, ProjectDamaged, ProjectUnwritable, SafehouseError
from safehouse.model.acts import Act, Undo
from safehouse.store import undoing
from safehouse.store.applying import UNDOABLE, apply_act
from safehouse.store.history import Entry, Record, check_entry, parse_act
from safehouse.store.migrating import migrate
from safehouse.store.working_copy import overwrite, overwrite_file

__all__ = ["Tables", "connect"]

PAGES = ("count", "size")

UNDO_DEPTH = 500
"""So many calls can be undone; of older ones, the rows that they changed are forgotten."""


class Tables:
    """The tables as they are after an act.

    Attributes:
        db: the connection.
        version: number of the last act.
        head: its hash.
        rows: notes which rows an act changes, and puts them back.
    """

    def __init__(self, path: Path, version: int, head: str) -> None:
        self.version = version
        self.head = head
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self.db = connect(path)
        try:
            migrate(self.db)
            self.rows = undoing.Watcher(self.db)
        except BaseException:
            self.db.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a transaction; it is committed at the end unless it was already, or taken back.

        Raises:
            ProjectUnwritable: there is no room for it.
            ActRefused: something that is needed is not there.
        """
        before = self.version, self.head
        try:
            self.db.execute("BEGIN IMMEDIATE")
            self.rows.begin()
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
                self.version, self.head = before
                self.db.execute("ROLLBACK")

    def apply(self, entries: tuple[Entry, ...], acts: Iterable[Act]) -> None:
        """Change the tables, and write the acts of one call into their own."""
        kinds = [self._apply_one(entry, act) for entry, act in zip(entries, acts, strict=True)]
        if set(kinds) <= UNDOABLE | {Undo.__name__}:
            undoing.keep_changes(self.db, entries[-1].n, self.rows.changes(), UNDO_DEPTH)
        self.version, self.head = entries[-1].n, entries[-1].hash

    def replay(self, record: Record) -> None:
        """Apply a record of the journal.

        Raises:
            ProjectDamaged: the chain does not hold, or an act does not fit those before it.
            ProjectNewer: it holds an act that this safehouse does not know.
        """
        previous = self.head
        for n, entry in enumerate(record.acts, self.version + 1):
            check_entry(entry, n, previous)
            previous = entry.hash
        acts = [parse_act(entry) for entry in record.acts]
        try:
            with self.transaction():
                self.apply(record.acts, acts)
        except ProjectUnwritable:
            raise
        except SafehouseError as error:
            raise ProjectDamaged(
                f"act {record.acts[0].n} of the history does not fit those before it",
                next_step="put the journal folder back from a copy of the project",
            ) from error

    def _apply_one(self, entry: Entry, act: Act) -> str:
        """Change the tables as an act says, and return its kind."""
        kind, undoes = type(act).__name__, None
        if isinstance(act, Undo):
            self.rows.put_back(act)
            undoes = act.of
        else:
            apply_act(self.db, act, entry.stamp)
        self.db.execute(
            "INSERT INTO act (n, at, who, kind, body, hash, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*entry.stamp, kind, bytes(entry.act), bytes.fromhex(entry.hash), undoes),
        )
        if undoes is not None:
            undoing.mark_undone(self.db, undoes, entry.n)
        return kind

    def changed_since(self, version: int, unseen: tuple[str, ...]) -> bool:
        """Return whether an act came after one, but for kinds that change nothing to be seen."""
        marks = ", ".join("?" for _ in unseen)
        query = f"SELECT 1 FROM act WHERE n > ? AND kind NOT IN ({marks})"  # noqa: S608 - marks
        return self.db.execute(query, (version, *unseen)).fetchone() is not None

    def last_of(self, kind: type[Act]) -> int:
        """Return the number of the last act of a kind, or 0."""
        query = "SELECT coalesce(max(n), 0) FROM act WHERE kind = ?"
        return int(self.db.execute(query, (kind.__name__,)).fetchone()[0])

    def compact(self) -> None:
        """Leave nothing of what was deleted in the database, its log, and the disk below both.

        A file that is cut leaves its end on the disk: what is cut off is overwritten before.

        Raises:
            ProjectUnwritable: there is no room for it, or the disk fails.
        """
        try:
            self.db.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
            self._empty_log()
            self.db.execute("VACUUM")
            count, size = (self.db.execute(f"PRAGMA page_{what}").fetchone()[0] for what in PAGES)
            with self._path.open("rb+") as file:
                overwrite(file, int(count) * int(size))
            self._empty_log()
            self.db.execute("PRAGMA wal_autocheckpoint = 1000").fetchall()
        except (sqlite3.OperationalError, OSError) as error:
            raise ProjectUnwritable(
                "what was deleted can't be overwritten: memory or disk is full, or fails",
                kept="every act; what was deleted is gone when the project was opened again",
                next_step="make room in memory or on the project's disk, then open it again",
            ) from error

    def _empty_log(self) -> None:
        """Bring what the write-ahead log holds into the database, overwrite the log, and cut it."""
        self.db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        with suppress(FileNotFoundError), self._log.open("rb+") as file:
            overwrite(file)
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def dump(self) -> bytes:
        """Return the tables as a file's bytes, with nothing of what was deleted.

        Raises:
            ProjectUnwritable: there is no room for it.
        """
        path = self._path.with_name("snapshot.db")
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
            with suppress(OSError):
                overwrite_file(path)

    def close(self) -> None:
        """Let go of the database; of its log, which SQLite removes, nothing stays on the disk."""
        try:
            log = self._log.open("rb+")
        except OSError:
            self.db.close()
            return
        with log, suppress(OSError):
            self.db.close()
            overwrite(log)


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a plain copy; no disk is waited for, since the journal has it all."""
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
