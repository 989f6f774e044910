"""How acts about versions change a project's tables: added, rendered, watched, delivered, out."""

import re
import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from safehouse.errors import UsageError, VersionUnknown
from safehouse.model.acts import (
    Act,
    AddCopy,
    AddScreening,
    AddVersion,
    Deliver,
    RecordRender,
    RecordWatch,
)
from safehouse.model.days import WRITE_DAYS
from safehouse.model.text import escape
from safehouse.store.stamp import Stamp

__all__ = ["APPLY", "VERSION_NAME"]

VERSION_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""What a version may be called: it becomes a folder's name."""

KEPT = "the project is as it was; nothing was changed"


def _refused(happened: str, next_step: str) -> UsageError:
    return UsageError(happened, kept=KEPT, next_step=next_step)


def _add_version(db: sqlite3.Connection, act: AddVersion, stamp: Stamp) -> None:
    del stamp
    if not VERSION_NAME.fullmatch(act.version):
        raise _refused(
            f"'{escape(act.version)}' can't be a version's name",
            "use small letters, digits and hyphens: festival-cut",
        )
    if act.day:
        _require_day(act.day)
    for country in act.territories:
        if not re.fullmatch("[A-Z]{2}", country):
            raise _refused(f"'{escape(country)}' is no country's code", "--territory FR")
    for clip in act.clips:
        _require_clip(db, clip)
    db.execute(
        "INSERT INTO version VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        (act.version, _text(act)),
    )


def _record_render(db: sqlite3.Connection, act: RecordRender, stamp: Stamp) -> None:
    _require_version(db, act.version)
    _require_clip(db, act.clip)
    db.execute(
        "INSERT INTO render VALUES (?, ?, ?, ?) ON CONFLICT (version, clip) "
        "DO UPDATE SET n = excluded.n, body = excluded.body",
        (act.version, act.clip, stamp.n, _text(act)),
    )


def _record_watch(db: sqlite3.Connection, act: RecordWatch, stamp: Stamp) -> None:
    _require_version(db, act.version)
    for clip, digest in act.films:
        row = db.execute(
            "SELECT body FROM render WHERE version = ? AND clip = ?", (act.version, clip)
        ).fetchone()
        if row is None or msgspec.json.decode(row[0], type=RecordRender).film_sha256 != digest:
            raise _refused(
                f"what was watched as {clip} is not what is rendered now", "watch it again"
            )
    db.execute(
        "INSERT INTO watch VALUES (?, ?, ?, ?, ?)",
        (stamp.n, act.version, stamp.who, stamp.at, _text(act)),
    )


def _deliver(db: sqlite3.Connection, act: Deliver, stamp: Stamp) -> None:
    _require_version(db, act.version)
    db.execute(
        "INSERT INTO delivery VALUES (?, ?, ?, ?)", (stamp.n, act.version, stamp.at, _text(act))
    )


def _add_copy(db: sqlite3.Connection, act: AddCopy, stamp: Stamp) -> None:
    del stamp
    _require_version(db, act.version)
    _require_day(act.since)
    _require_delivery(db, act.delivery, act.version)
    row = db.execute("SELECT version FROM copy WHERE id = ?", (act.copy,)).fetchone()
    if row is not None and row[0] != act.version:
        raise _refused(f"copy {escape(act.copy)} is of another version", "safehouse copies list")
    db.execute(
        "INSERT INTO copy VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "place = excluded.place, holder = excluded.holder, since = excluded.since, "
        "gone = excluded.gone, delivery = excluded.delivery",
        (act.copy, act.version, act.where, act.to, act.since, int(act.gone), act.delivery),
    )


def _add_screening(db: sqlite3.Connection, act: AddScreening, stamp: Stamp) -> None:
    _require_version(db, act.version)
    _require_day(act.day)
    _require_delivery(db, act.delivery, act.version)
    db.execute(
        "INSERT INTO screening VALUES (?, ?, ?, ?, ?)",
        (stamp.n, act.version, act.where, act.day, act.delivery),
    )


def _require_version(db: sqlite3.Connection, name: str) -> None:
    if db.execute("SELECT 1 FROM version WHERE id = ?", (name,)).fetchone() is None:
        raise VersionUnknown(
            f"no version is called '{escape(name)}'", next_step="safehouse version list"
        )


def _require_clip(db: sqlite3.Connection, clip: str) -> None:
    if db.execute("SELECT 1 FROM clip WHERE id = ?", (clip,)).fetchone() is None:
        raise _refused(f"there is no clip {escape(clip)}", "safehouse clips")


def _require_delivery(db: sqlite3.Connection, name: str, version: str) -> None:
    """Check that a delivery is one of a version; "" is one that nobody knows."""
    number = re.fullmatch(r"D(\d{4,9})", name)
    offset = int(number[1]) - 1 if number else -1
    query = "SELECT version FROM delivery ORDER BY n LIMIT ? OFFSET ?"
    row = db.execute(query, (int(offset >= 0), max(0, offset))).fetchone()
    if name and (row is None or row[0] != version):
        raise _refused(
            f"'{escape(name)}' is no delivery of {version}", "safehouse copies deliveries"
        )


def _require_day(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise _refused(f"'{escape(day)}' is no day", WRITE_DAYS) from error


def _text(act: Act) -> str:
    return msgspec.json.encode(act).decode()


APPLY: dict[type[Act], Callable[[sqlite3.Connection, Any, Stamp], None]] = {
    AddVersion: _add_version,
    RecordRender: _record_render,
    RecordWatch: _record_watch,
    Deliver: _deliver,
    AddCopy: _add_copy,
    AddScreening: _add_screening,
}
"""Kind of act → what it does to the tables."""
