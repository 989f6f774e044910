"""What an act changed, row by row, so that it can be taken back: the same way for every kind.

Triggers on every table note each row as it was before an act touched it first. What differs
afterwards is kept with the act. Undoing is an act of its own, which carries the rows to put back;
undoing an undo is redoing.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from safehouse.errors import NotUndoable
from safehouse.model.acts import Undo
from safehouse.store.undo_bounds import require_undoable

__all__ = [
    "Change",
    "Watcher",
    "find_redo",
    "find_undo",
    "keep_changes",
    "kind_of",
    "mark_undone",
]

NOT_WATCHED = frozenset({"act", "face"})
"""The history itself, and what no act makes."""

Row = dict[str, Any]
Change = tuple[str, str, Row | None, Row | None]
"""Table, key as JSON, what stood there before, what after: the columns that changed, or None."""


class Watcher:
    """Notes the rows that acts touch, as they were; for one database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._seen: dict[tuple[str, str], Row | None] = {}
        self._tables = {name: _columns(db, name) for name in _tables(db)}
        for table, columns in self._tables.items():
            db.create_function(f"note_{table}", -1, self._noter(table, columns))
            for statement in _triggers(table, columns):
                db.execute(statement)

    def begin(self) -> None:
        """Forget what was noted."""
        self._seen.clear()

    def changes(self) -> tuple[Change, ...]:
        """Return what differs from before, in the order in which it was touched."""
        found = []
        for (table, key), before in self._seen.items():
            after = self._read(table, key)
            if before is not None and after is not None:
                changed = {name for name in after if before[name] != after[name]}
                before, after = _only(before, changed), _only(after, changed)
            if before != after:
                found.append((table, key, before, after))
        return tuple(found)

    def undo_act(self, n: int) -> Undo:
        """Return the act that takes another back.

        Raises:
            NotUndoable: a row was changed by a later act, which would be undone too; or what it
                decided may not be taken back any more.
        """
        query = "SELECT inverse FROM act WHERE n = ?"
        inverse = json.loads(self._db.execute(query, (n,)).fetchone()[0])
        require_undoable(self._db, n, ((table, key) for table, key, _, _ in inverse))
        for table, key, _, after in inverse:
            if not _stands(self._read(table, key), after):
                raise NotUndoable(
                    "what that act decided was changed again since",
                    next_step="change it by hand; safehouse history lists what was done",
                )
        rows = ((table, key, _json(before)) for table, key, before, _ in reversed(inverse))
        return Undo(n, tuple(rows))

    def put_back(self, act: Undo) -> None:
        """Put the rows of an undo back.

        Raises:
            NotUndoable: something else needs a row that would go.
        """
        self._db.execute("PRAGMA defer_foreign_keys = ON")
        for table, key, row in act.rows:
            self._put_row(table, key, json.loads(row))
        if self._db.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise NotUndoable(
                "something decided since needs what would be undone",
                next_step="undo or change that first; safehouse history lists what was done",
            )

    def _read(self, table: str, key: str) -> Row | None:
        columns = self._columns(table)
        row = self._db.execute(
            f"SELECT * FROM {table} WHERE {columns.where}",  # noqa: S608 - names of our own tables
            json.loads(key),
        ).fetchone()
        return None if row is None else dict(zip(columns.names, row, strict=True))

    def _put_row(self, table: str, key: str, row: Row | None) -> None:
        columns, keys = self._columns(table), json.loads(key)
        if row is None:
            self._db.execute(f"DELETE FROM {table} WHERE {columns.where}", keys)  # noqa: S608
            return
        names = [name for name in columns.names if name in row]
        values = [row[name] for name in names]
        if self._read(table, key) is None:
            listed = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" for _ in names)
            self._db.execute(f"INSERT INTO {table} ({listed}) VALUES ({marks})", values)  # noqa: S608
        else:
            sets = ", ".join(f'"{name}" = ?' for name in names)
            self._db.execute(
                f"UPDATE {table} SET {sets} WHERE {columns.where}",  # noqa: S608
                [*values, *keys],
            )

    def _columns(self, table: str) -> "_Columns":
        """Return the columns of a table that acts change.

        Raises:
            NotUndoable: an undo of a damaged journal names another.
        """
        if table not in self._tables:
            raise NotUndoable("no such table", next_step="safehouse history --verify")
        return self._tables[table]

    def _noter(self, table: str, columns: "_Columns") -> Any:
        def note(*values: Any) -> None:
            keys, row = values[: len(columns.keys)], values[len(columns.keys) :]
            key = json.dumps(keys, ensure_ascii=False, separators=(",", ":"))
            before = dict(zip(columns.names, row, strict=True)) if row else None
            self._seen.setdefault((table, key), before)

        return note


class _Columns:
    """The columns of a table, and those of its primary key."""

    def __init__(self, rows: Sequence[sqlite3.Row]) -> None:
        self.names = [row[1] for row in rows]
        self.keys = [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]
        self.where = " AND ".join(f'"{name}" = ?' for name in self.keys)


def _tables(db: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [name for (name,) in map(tuple, db.execute(query)) if name not in NOT_WATCHED]


def _columns(db: sqlite3.Connection, table: str) -> _Columns:
    return _Columns(db.execute(f"PRAGMA table_info({table})").fetchall())


def _triggers(table: str, columns: _Columns) -> list[str]:
    """Return the triggers that note each row before it changes; a key that changes is two rows."""

    def note(row: str, *, whole: bool) -> str:
        names = [*columns.keys, *(columns.names if whole else ())]
        listed = ", ".join(f'{row}."{name}"' for name in names)
        return f"SELECT note_{table}({listed});"

    def trigger(event: str, body: str) -> str:
        return (
            f"CREATE TEMP TRIGGER note_{table}_{event} AFTER {event} ON main.{table} "
            f"BEGIN {body} END"
        )

    return [
        trigger("INSERT", note("new", whole=False)),
        trigger("DELETE", note("old", whole=True)),
        trigger("UPDATE", note("old", whole=True) + note("new", whole=False)),
    ]


def _only(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name in names}


def find_undo(db: sqlite3.Connection) -> int | None:
    """Return the last act that can be undone and is not; those of one call are undone together."""
    row = db.execute(
        "SELECT max(n) FROM act WHERE inverse IS NOT NULL AND kind <> 'Undo' AND undone_by IS NULL"
    ).fetchone()
    return None if row is None else row[0]


def find_redo(db: sqlite3.Connection) -> int | None:
    """Return the last undo that is not redone, unless something was done anew since."""
    row = db.execute(
        "SELECT max(u.n) FROM act u JOIN act a ON a.n = u.undoes AND a.kind <> 'Undo'"
        " WHERE u.kind = 'Undo' AND u.undone_by IS NULL AND u.n >"
        " (SELECT coalesce(max(n), 0) FROM act WHERE inverse IS NOT NULL AND kind <> 'Undo')"
    ).fetchone()
    return None if row is None else row[0]


def _stands(now: Row | None, after: Row | None) -> bool:
    """Return whether a row still has what an act left there."""
    if now is None or after is None:
        return now is None and after is None
    return all(now.get(name) == value for name, value in after.items())


def _json(row: Row | None) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def mark_undone(db: sqlite3.Connection, of: int, by: int) -> None:
    """Note that an act was undone; undoing an undo makes what it undid stand again."""
    db.execute("UPDATE act SET undone_by = ? WHERE n = ?", (by, of))
    db.execute(
        "UPDATE act SET undone_by = NULL WHERE n = (SELECT undoes FROM act WHERE n = ?)", (of,)
    )


def keep_changes(db: sqlite3.Connection, n: int, changes: Sequence[Change], depth: int) -> None:
    """Keep what a call changed with its last act, and forget that of calls long ago."""
    if not changes:
        return
    text = json.dumps(changes, ensure_ascii=False, separators=(",", ":"))
    db.execute("UPDATE act SET inverse = ? WHERE n = ?", (text, n))
    db.execute(
        "UPDATE act SET inverse = NULL WHERE n = (SELECT n FROM act WHERE inverse IS NOT NULL"
        " ORDER BY n DESC LIMIT 1 OFFSET ?)",
        (depth,),
    )


def kind_of(db: sqlite3.Connection, n: int) -> str:
    """Return the kind of an act; of an undo, of what it undid."""
    row = db.execute("SELECT kind, undoes FROM act WHERE n = ?", (n,)).fetchone()
    return str(row[0]) if row[1] is None else kind_of(db, row[1])
