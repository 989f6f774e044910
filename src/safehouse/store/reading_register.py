"""The register as it is in a project: everything on record, in the order of recording."""

import datetime
import sqlite3

import msgspec

from safehouse.errors import PersonUnknown, RecordUnknown, RegisterEdited
from safehouse.model.consent import Link, Person, Record, Register, StateChange
from safehouse.model.text import escape
from safehouse.model.widening import earliest_day, widens
from safehouse.store.acts_consent import undoes_earlier
from safehouse.store.project import Project

__all__ = [
    "Widening",
    "counts_from",
    "knows_slip",
    "next_id",
    "open_widenings",
    "pending_descriptions",
    "read_name",
    "read_person",
    "read_register",
    "today_of",
]

TABLES = {"P": "person", "R": "record", "S": "state_change"}
WIDE_STATES = frozenset({"given", "narrowed", "provisional"})


class Widening(msgspec.Struct, frozen=True, kw_only=True):
    """A record or change of state that waits for a second person.

    Attributes:
        id, person: `R0012`, `P07`.
        by: who recorded it, and so can't second it.
        opens: what it would open: traits, or a state.
    """

    id: str
    person: str
    by: str
    opens: tuple[str, ...]


def today_of() -> str:
    """Return today's day in UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def read_register(project: Project, *, today: str = "") -> Register:
    """Return everything on record.

    Raises:
        RegisterEdited: the tables hold what safehouse never writes.
    """
    with project.lock:
        try:
            return _read(project.db, today or today_of())
        except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
            raise RegisterEdited(
                "the register holds what safehouse never writes",
                kept="nothing was changed; until it is mended nobody is shown",
                next_step="safehouse history --verify",
            ) from error


def _read(db: sqlite3.Connection, today: str) -> Register:
    records = list(db.execute("SELECT id, body, counts_from FROM record ORDER BY n"))
    changes = list(
        db.execute("SELECT id, body, counts_from, seconded_by FROM state_change ORDER BY n")
    )
    links = db.execute("SELECT person, other, answered FROM link ORDER BY person, other")
    return Register(
        people=tuple(_person(row) for row in db.execute("SELECT * FROM person ORDER BY id")),
        records=tuple(_same(msgspec.json.decode(row[1], type=Record), row[0]) for row in records),
        changes=tuple(_change(row) for row in changes),
        links=tuple(
            msgspec.convert({"person": a, "other": b, "answered": c}, Link) for a, b, c in links
        ),
        seconded={row[0]: row[2] for row in (*records, *changes) if row[2]},
        today=today,
        seen=str(db.execute("SELECT coalesce(max(at), '') FROM act").fetchone()[0])[:10],
    )


def _same(record: Record, id_: str) -> Record:
    if record.id != id_:
        raise ValueError("a record under another id")
    return record


def _change(row: sqlite3.Row) -> StateChange:
    change = msgspec.json.decode(row[1], type=StateChange)
    return msgspec.structs.replace(change, seconded_by=row[3])


def _person(row: sqlite3.Row) -> Person:
    values = {name: row[name] for name in Person.__struct_fields__}
    return msgspec.convert(
        {**values, "hidden_from": msgspec.json.decode(row["hidden_from"])}, type=Person
    )


def read_person(project: Project, person: str) -> Person:
    """Return how a person is described.

    Raises:
        PersonUnknown: nobody has this id.
    """
    with project.lock:
        row = project.db.execute("SELECT * FROM person WHERE id = ?", (person,)).fetchone()
    if row is None:
        raise PersonUnknown(
            f"there is no person {escape(person)}", next_step="safehouse consent list"
        )
    return _person(row)


def read_name(project: Project, person: str) -> str:
    """Return a person's real name, unsealed; "" where none is known."""
    with project.lock:
        row = project.db.execute("SELECT sealed FROM name WHERE person = ?", (person,)).fetchone()
    return project.unseal(row[0]) if row is not None and row[0] else ""


def next_id(project: Project, letter: str) -> str:
    """Return the first free id after all that are taken: `P07`, `R0012` or `S0003`."""
    table, digits = TABLES[letter], 2 if letter == "P" else 4
    with project.lock:
        rows = project.db.execute(f"SELECT id FROM {table}")  # noqa: S608 - one of three words
        taken = [int(row[0][1:]) for row in rows if row[0][1:].isdecimal()]
    return f"{letter}{max(taken, default=0) + 1:0{digits}d}"


def open_widenings(project: Project) -> tuple[Widening, ...]:
    """Return what waits for a second person, oldest first."""
    found = []
    with project.lock:
        for row in project.db.execute("SELECT * FROM record WHERE counts_from = '' ORDER BY n"):
            record = msgspec.json.decode(row["body"], type=Record)
            if widens(record) and record.how != "told" and record.proof_sha256:
                opens = tuple(trait for trait, yes in record.traits.items() if yes)
                found.append(
                    Widening(id=row["id"], person=row["person"], by=row["by"], opens=opens)
                )
        for row in project.db.execute(
            "SELECT * FROM state_change WHERE counts_from = '' ORDER BY n"
        ):
            change = msgspec.json.decode(row["body"], type=StateChange)
            if change.state in WIDE_STATES and change.proof_sha256:
                found.append(
                    Widening(
                        id=row["id"], person=row["person"], by=row["by"], opens=(change.state,)
                    )
                )
    return tuple(found)


def counts_from(project: Project, id_: str, *, today: str = "") -> str:
    """Return the first day on which a widening may count, if it is seconded today.

    Raises:
        RecordUnknown: there is no such record or change of state.
    """
    table = TABLES["S" if id_.startswith("S") else "R"]
    with project.lock:
        row = project.db.execute(
            f"SELECT body FROM {table} WHERE id = ?",  # noqa: S608 - one of two words
            (id_,),
        ).fetchone()
        if row is None:
            raise RecordUnknown(
                f"no record and no change of state is called '{escape(id_)}'",
                next_step="safehouse consent list",
            )
        now = today or today_of()
        if table == "state_change":
            change = msgspec.json.decode(row[0], type=StateChange)
            return earliest_day(change.day, now, again=True)
        record = msgspec.json.decode(row[0], type=Record)
        return earliest_day(record.given, now, again=undoes_earlier(project.db, record))


def pending_descriptions(project: Project) -> dict[str, tuple[Person, str, str]]:
    """Return the descriptions that would open something: person → as it would be, by whom, day."""
    with project.lock:
        rows = project.db.execute("SELECT person, body, by, day FROM pending_description")
        return {row[0]: (msgspec.json.decode(row[1], type=Person), row[2], row[3]) for row in rows}


def knows_slip(project: Project, sha256: str) -> bool:
    """Return whether a sealed slip was imported before."""
    with project.lock:
        found = project.db.execute("SELECT 1 FROM slip WHERE sha256 = ?", (sha256,)).fetchone()
    return found is not None
