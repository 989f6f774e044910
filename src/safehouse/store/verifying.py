"""Whether the tables of an open project are what its history makes of them.

Opening begins from a snapshot, and whoever has the key could have sealed another one: with a
consent that nobody gave, while the history stays whole. So all of it is replayed, and compared.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from safehouse.errors import ProjectDamaged
from safehouse.model.acts import AnyAct
from safehouse.model.consent import Person, Record, StateChange
from safehouse.store.history import genesis
from safehouse.store.project import Project
from safehouse.store.tables import Tables
from safehouse.store.working_copy import remove_plain

__all__ = ["require_tables"]

EXACT = "act"
"""The table of acts, which are kept as they were written, byte for byte."""

BODIES: dict[str, object] = {
    "record": Record,
    "state_change": StateChange,
    "pending_description": Person,
}
"""Tables whose documents are no acts, and of what they are."""

APART = frozenset({"face"})
"""Tables that are no part of the history: embeddings, which can be forgotten."""


def require_tables(project: Project) -> None:
    """Check that replaying the whole history gives the tables that are open.

    Raises:
        ProjectDamaged: it does not; a table was edited.
    """
    with project.lock:
        folder = project.work / "replayed"
        folder.mkdir()
        try:
            tables = Tables(folder / "replayed.db", 0, genesis(project.public_key))
            try:
                project.replay(tables)
                differing = _differing(project.db, tables.db)
            finally:
                tables.close()
        finally:
            remove_plain(folder)
    if differing:
        raise ProjectDamaged(
            f"the history does not make what the tables hold: {', '.join(differing)} was edited",
            kept="the history, which is whole; nothing was changed",
            next_step="remove the folder snapshots from the project, and verify again: its tables "
            "are then made from the history alone",
        )


def _differing(here: sqlite3.Connection, there: sqlite3.Connection) -> list[str]:
    names = sorted({*_names(here), *_names(there)} - APART)
    return [name for name in names if not _is_same(here, there, name)]


def _names(db: sqlite3.Connection) -> Iterator[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return (str(row[0]) for row in db.execute(query))


def _plain(table: str, row: tuple[object, ...]) -> str:
    """Return a row as it is compared: what an older safehouse wrote has today's defaults too."""
    if table == EXACT:
        return repr(row)
    return repr(tuple(_filled(table, value) for value in row))


def _filled(table: str, value: object) -> object:
    if not isinstance(value, str | bytes) or value[:1] not in ("{", b"{"):
        return value
    kind: Any = BODIES.get(table, AnyAct)
    try:
        return msgspec.json.encode(msgspec.json.decode(value, type=kind))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return value


def _is_same(here: sqlite3.Connection, there: sqlite3.Connection, name: str) -> bool:
    """Return whether a table is there twice, with the same rows in any order."""
    query = f'SELECT * FROM "{name}"'  # noqa: S608 - a name out of the schema
    try:
        one, other = (
            sorted(_plain(name, tuple(row)) for row in db.execute(query)) for db in (here, there)
        )
    except sqlite3.OperationalError:
        return False
    return one == other
