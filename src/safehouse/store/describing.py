"""A person's description: what narrows counts at once, what opens something takes two people."""

import sqlite3

import msgspec

from safehouse.model.consent import Person
from safehouse.model.days import WAITING_DAYS, day_after
from safehouse.model.widening import UNNAMED, person_widens
from safehouse.store.stamp import Stamp

__all__ = ["counting_description"]


def counting_description(
    db: sqlite3.Connection, before: Person, after: Person, stamp: Stamp
) -> Person:
    """Return what of a description counts now, and remember what of it does not yet.

    One that opens something (a lower risk, a child who becomes an adult, one fewer to hide from)
    counts when a second person gives the same one, after the waiting time; one that nobody put a
    pseudonym to waits for none. What narrows in it counts now all the same. Any other counts now,
    and takes back what was waiting.
    """
    if not person_widens(before, after):
        db.execute("DELETE FROM pending_description WHERE person = ?", (after.id,))
        return after
    row = db.execute(
        "SELECT body, by, day FROM pending_description WHERE person = ?", (after.id,)
    ).fetchone()
    today = stamp.at[:10]
    named = row is not None and row[1] not in UNNAMED
    if named and msgspec.json.decode(row[0], type=Person) == after:
        if stamp.who not in UNNAMED | {row[1]} and day_after(row[2], WAITING_DAYS) <= today:
            db.execute("DELETE FROM pending_description WHERE person = ?", (after.id,))
            return after
        return _narrowed(before, after)
    db.execute(
        "INSERT OR REPLACE INTO pending_description VALUES (?, ?, ?, ?)",
        (after.id, msgspec.json.encode(after).decode(), stamp.who, today),
    )
    return _narrowed(before, after)


def _narrowed(before: Person, after: Person) -> Person:
    """Return a description with all that another one narrows, and nothing that it opens."""
    opened = person_widens(before, after)
    return msgspec.structs.replace(
        after,
        risk=before.risk if "risk" in opened else after.risk,
        age=before.age if "age" in opened else after.age,
        hidden_from=tuple(dict.fromkeys((*before.hidden_from, *after.hidden_from))),
    )
