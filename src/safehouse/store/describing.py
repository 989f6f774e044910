"""A person's description: what narrows counts at once, what opens something takes two people."""

import sqlite3

import msgspec

from safehouse.model.consent import Person
from safehouse.model.days import WAITING_DAYS, day_after
from safehouse.model.widening import person_widens
from safehouse.store.stamp import Stamp

__all__ = ["description_counts"]


def description_counts(
    db: sqlite3.Connection, before: Person | None, after: Person, stamp: Stamp
) -> bool:
    """Return whether a description counts now, and remember it where it does not yet.

    One that opens something (a lower risk, a child who becomes an adult, one fewer to hide from)
    counts when a second person gives the same one, after the waiting time. Any other counts now,
    and takes back what was waiting.
    """
    if before is None or not person_widens(before, after):
        db.execute("DELETE FROM pending_description WHERE person = ?", (after.id,))
        return True
    row = db.execute(
        "SELECT body, by, day FROM pending_description WHERE person = ?", (after.id,)
    ).fetchone()
    today = stamp.at[:10]
    same = row is not None and msgspec.json.decode(row[0], type=Person) == after
    if row is not None and same:
        if stamp.who not in {"", row[1]} and day_after(row[2], WAITING_DAYS) <= today:
            db.execute("DELETE FROM pending_description WHERE person = ?", (after.id,))
            return True
        return False
    db.execute(
        "INSERT OR REPLACE INTO pending_description VALUES (?, ?, ?, ?)",
        (after.id, msgspec.json.encode(after).decode(), stamp.who, today),
    )
    return False
