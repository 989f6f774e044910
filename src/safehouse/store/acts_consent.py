"""How acts about consent change a project's tables: records, states, links, second looks, slips.

Narrowing is taken as it comes. What widens is kept beside who recorded it, and counts when another
person has agreed to it.
"""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from safehouse.errors import (
    LinkRefused,
    NotSeconded,
    PersonUnknown,
    RecordRefused,
    RecordUnknown,
    SlipKnown,
)
from safehouse.model.acts import (
    Act,
    AnswerLink,
    ChangeState,
    ImportSlip,
    RecordConsent,
    SecondWidening,
)
from safehouse.model.consent import Record, StateChange
from safehouse.model.days import WRITE_DAYS, is_day
from safehouse.model.scopes import day_faults, way_out
from safehouse.model.text import escape
from safehouse.model.widening import earliest_day, is_proof, widens
from safehouse.store.stamp import Stamp

__all__ = ["APPLY", "require_person", "undoes_earlier"]

RECORD_ID = re.compile(r"R[0-9]{4,}")
CHANGE_ID = re.compile(r"S[0-9]{4,}")
LIST = "safehouse consent list"
NOBODY = "?"
"""Who took a risk back without a pseudonym: nobody can tell whether another person answers."""


def require_person(db: sqlite3.Connection, person: str) -> None:
    """Check that somebody has this id.

    Raises:
        PersonUnknown: nobody has.
    """
    if db.execute("SELECT 1 FROM person WHERE id = ?", (person,)).fetchone() is None:
        raise PersonUnknown(f"there is no person {escape(person)}", next_step=LIST)


def _record(db: sqlite3.Connection, act: RecordConsent, stamp: Stamp) -> None:
    record = act.record
    require_person(db, record.person)
    _require_new(db, "record", record.id, RECORD_ID)
    _require_day(record.given)
    if not record.traits:
        raise _refused("a record that says neither yes nor no to anything", "--face yes")
    if faults := day_faults(record.scope):
        raise _refused(escape(faults[0]), way_out(record.scope))
    db.execute(
        "INSERT INTO record (n, id, person, body, by) VALUES (?, ?, ?, ?, ?)",
        (_free_n(db, "record", stamp.n), record.id, record.person, _text(record), stamp.who),
    )


def _state(db: sqlite3.Connection, act: ChangeState, stamp: Stamp) -> None:
    """Take a change; a death that is dated ahead is of today: until then something could widen."""
    change = act.change
    require_person(db, change.person)
    _require_new(db, "state_change", change.id, CHANGE_ID)
    _require_day(change.day)
    if change.seconded_by:
        raise NotSeconded(
            "nobody seconds a change while it is recorded",
            next_step=f"another person: safehouse consent second {change.id}",
        )
    day = min(change.day, stamp.at[:10]) if change.state == "deceased" else change.day
    written = msgspec.structs.replace(change, by=stamp.who, day=day)
    db.execute(
        "INSERT INTO state_change (n, id, person, body, by) VALUES (?, ?, ?, ?, ?)",
        (_free_n(db, "state_change", stamp.n), change.id, change.person, _text(written), stamp.who),
    )


def _link(db: sqlite3.Connection, act: AnswerLink, stamp: Stamp) -> None:
    """Take an answer; a risk goes by way of `unanswered`, and then another person answers."""
    link = act.link
    for person in (link.person, link.other):
        require_person(db, person)
    if link.person == link.other:
        raise LinkRefused("a person can't be linked to herself", next_step="name the other person")
    row = db.execute(
        "SELECT answered, taken_back_by FROM link WHERE person = ? AND other = ?",
        (link.person, link.other),
    ).fetchone()
    before, taken_back_by = (row[0], row[1]) if row else ("", "")
    if link.answered == "unanswered" and (before == "risk" or taken_back_by == NOBODY):
        taken_back_by = stamp.who or NOBODY
    elif link.answered == "no risk" and (
        before == "risk"
        or (taken_back_by and stamp.who in {"", taken_back_by})
        or taken_back_by == NOBODY
    ):
        raise LinkRefused(
            "a risk was answered here before: one person takes it back, another one answers",
            next_step=f'safehouse consent link {link.person} {link.other} --answer "unanswered"',
        )
    db.execute(
        "INSERT INTO link VALUES (?, ?, ?, ?) ON CONFLICT (person, other) DO UPDATE SET "
        "answered = excluded.answered, taken_back_by = excluded.taken_back_by",
        (link.person, link.other, link.answered, taken_back_by),
    )


def _second(db: sqlite3.Connection, act: SecondWidening, stamp: Stamp) -> None:
    """Take a second person's agreement; a day that is too early becomes the earliest one.

    It is moved and not refused: what is in the history must be applied by later versions too,
    which may wait longer.
    """
    table = "state_change" if CHANGE_ID.fullmatch(act.record) else "record"
    row = db.execute(
        f"SELECT body, by, counts_from FROM {table} WHERE id = ?",  # noqa: S608 - one of two words
        (act.record,),
    ).fetchone()
    if row is None:
        raise RecordUnknown(
            f"no record and no change of state is called '{escape(act.record)}'", next_step=LIST
        )
    body = row[0]
    kind: type[Record | StateChange] = StateChange if table == "state_change" else Record
    value = msgspec.json.decode(body, type=kind)
    _require_second(value, row, stamp)
    said = value.day if isinstance(value, StateChange) else value.given
    again = isinstance(value, StateChange) or undoes_earlier(db, value)
    _require_day(act.counts_from)
    counts = max(act.counts_from, earliest_day(said, stamp.at[:10], again=again))
    db.execute(
        f"UPDATE {table} SET counts_from = ?, seconded_by = ? WHERE id = ?",  # noqa: S608
        (counts, stamp.who, act.record),
    )


def _require_second(value: Record | StateChange, row: sqlite3.Row, stamp: Stamp) -> None:
    """Check that this person may second this, and that it is something to be seconded."""
    if row[2]:
        raise NotSeconded(f"{value.id} was seconded already", next_step=LIST)
    asked_by = value.asked_by if isinstance(value, Record) else ""
    if not row[1]:
        raise NotSeconded(
            f"nobody said who recorded {value.id}, so nobody can be another person",
            next_step="record it again with --who NAME; then another person seconds it",
        )
    if not stamp.who or stamp.who in {row[1], asked_by}:
        raise NotSeconded(
            f"{value.id} takes a second person: not who recorded it, nor who asked",
            next_step=f"another person: safehouse consent second {value.id} --who NAME",
        )
    if isinstance(value, Record) and not widens(value):
        raise NotSeconded(f"{value.id} only narrows, and counts already", next_step=LIST)
    told = isinstance(value, Record) and value.how == "told"
    if told or not is_proof(value.proof_sha256):
        raise NotSeconded(
            f"{value.id} has no proof; it can only narrow",
            next_step="record it anew with --how and --proof FILE",
        )


def undoes_earlier(db: sqlite3.Connection, record: Record) -> bool:
    """Return whether a record's yes stands against an earlier no, or a change of state."""
    if db.execute("SELECT 1 FROM state_change WHERE person = ?", (record.person,)).fetchone():
        return True
    wanted = {trait for trait, yes in record.traits.items() if yes}
    rows = db.execute("SELECT body FROM record WHERE person = ?", (record.person,))
    refusals = (msgspec.json.decode(row[0], type=Record).traits for row in rows)
    return any(not yes and trait in wanted for traits in refusals for trait, yes in traits.items())


def _slip(db: sqlite3.Connection, act: ImportSlip, stamp: Stamp) -> None:
    del stamp
    if not is_proof(act.slip_sha256):
        raise _refused("a slip without a digest", "safehouse consent import SLIP")
    if db.execute("SELECT 1 FROM slip WHERE sha256 = ?", (act.slip_sha256,)).fetchone():
        raise SlipKnown("this slip was imported before", next_step=LIST)
    if db.execute("SELECT 1 FROM record WHERE id = ?", (act.record,)).fetchone() is None:
        raise RecordUnknown(f"there is no record {escape(act.record)}", next_step=LIST)
    db.execute("INSERT INTO slip VALUES (?, ?)", (act.slip_sha256, act.record))


def _require_new(db: sqlite3.Connection, table: str, id_: str, shape: "re.Pattern[str]") -> None:
    if not shape.fullmatch(id_):
        raise _refused(
            f"'{escape(id_)}' is no id of a record", "R0001 for records, S0001 for states"
        )
    found = db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,))  # noqa: S608 - own words
    if found.fetchone() is not None:
        raise _refused(f"{id_} is on record already; records are never changed", LIST)


def _require_day(day: str) -> None:
    if not is_day(day):
        raise _refused(f"'{escape(day)}' is no day", WRITE_DAYS)


def _free_n(db: sqlite3.Connection, table: str, n: int) -> int:
    """Return n, or the next number that is free: several records may come with one act."""
    last = db.execute(f"SELECT max(n) FROM {table}").fetchone()[0]  # noqa: S608 - own words
    return max(n, (last or 0) + 1)


def _refused(happened: str, next_step: str) -> RecordRefused:
    return RecordRefused(happened, next_step=next_step)


def _text(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()


APPLY: dict[type[Act], Callable[[sqlite3.Connection, Any, Stamp], None]] = {
    RecordConsent: _record,
    ChangeState: _state,
    AnswerLink: _link,
    SecondWidening: _second,
    ImportSlip: _slip,
}
"""Kind of act → what it does to the tables."""
