"""The tables of a project, brought from one number of the schema to another, up and down."""

import re
import sqlite3
from pathlib import Path

from safehouse.errors import ProjectNewer

__all__ = ["MIGRATIONS", "latest", "migrate", "schema_of"]

MIGRATIONS = Path(__file__).parent / "migrations"


def latest(folder: Path = MIGRATIONS) -> int:
    """Return the newest number of the schema that this safehouse knows."""
    return max(int(path.name[:4]) for path in folder.glob("[0-9][0-9][0-9][0-9].up.sql"))


def schema_of(db: sqlite3.Connection) -> int:
    """Return the number of the schema that a database has; 0 is empty."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, to: int | None = None, folder: Path = MIGRATIONS) -> None:
    """Bring a database to a number of the schema, each step whole or not at all.

    Raises:
        ProjectNewer: the database has a newer schema than this safehouse knows.
    """
    newest = latest(folder)
    goal = newest if to is None else to
    if schema_of(db) > newest:
        raise ProjectNewer(
            f"the project has schema {schema_of(db)}; this safehouse knows {newest}",
            next_step="open it with the safehouse that wrote it, or a newer one",
        )
    while (now := schema_of(db)) != goal:
        step, then = (f"{now + 1:04d}.up", now + 1) if now < goal else (f"{now:04d}.down", now - 1)
        _run(db, (folder / f"{step}.sql").read_text(encoding="utf-8"), then)


def _run(db: sqlite3.Connection, script: str, then: int) -> None:
    """Run one step; foreign keys are looked at when all of it is done."""
    text = re.sub(r"^\s*--.*$", "", script, flags=re.MULTILINE)
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        db.executescript(f"BEGIN IMMEDIATE; {text}; PRAGMA user_version = {then}; COMMIT")
    except BaseException:
        if db.in_transaction:
            db.rollback()
        raise
    finally:
        db.execute("PRAGMA foreign_keys = ON")
