"""How acts about who is who change a project's tables: guesses, and what a human said."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from safehouse.errors import MergeRefused, PersonUnknown, UsageError
from safehouse.model.acts import (
    Act,
    ConfirmPieces,
    DescribePerson,
    ForgetFaces,
    LockPicture,
    MarkNotPerson,
    MergePeople,
    NamePerson,
    SplitPerson,
    SuggestPieces,
)
from safehouse.model.consent import Person
from safehouse.model.text import escape
from safehouse.store.describing import counting_description
from safehouse.store.stamp import Stamp
from safehouse.store.waiting import ask_waiting

__all__ = ["APPLY", "PICTURE_LOCKED", "near_question"]

PICTURE_LOCKED = "picture_locked"
"""Setting that is `true` while the picture is locked."""

KEPT = "the project is as it was; nothing was changed"


def _describe(db: sqlite3.Connection, act: DescribePerson, stamp: Stamp) -> None:
    before = _person(db, act.person.id)
    if before is None:
        _require_new_id(act.person.id)
    person = counting_description(db, before, act.person, stamp) if before else act.person
    merged_into = before.merged_into if before else ""
    _write(db, msgspec.structs.replace(person, merged_into=merged_into))


def _name(db: sqlite3.Connection, act: NamePerson, stamp: Stamp) -> None:
    del stamp
    _require_person(db, act.person)
    db.execute("DELETE FROM name WHERE person = ?", (act.person,))
    if act.sealed_name:
        db.execute("INSERT INTO name VALUES (?, ?)", (act.person, act.sealed_name))


def _suggest(db: sqlite3.Connection, act: SuggestPieces, stamp: Stamp) -> None:
    """Take guesses; what a human said of a piece stays."""
    del stamp
    for person in dict.fromkeys(row.person for row in act.rows):
        if _person(db, person) is None:
            _require_new_id(person)
            _write(db, Person(id=person))
    where = {row.person: _merged(db, row.person) for row in act.rows}
    for row in act.rows:
        _require_piece(db, row.piece)
        db.execute(
            "UPDATE piece SET suggested = ?, distance = ? "
            "WHERE id = ? AND person IS NULL AND not_person = 0",
            (where[row.person], row.distance, row.piece),
        )
    db.executemany(
        "INSERT INTO question (id, clip, kind, first, end, track, score, why) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET why = excluded.why, "
        "score = excluded.score",
        [
            (q.id, q.id.partition("-")[0], q.kind, q.first, q.end, q.track, q.score, q.why)
            for q in act.questions
        ],
    )


def _confirm(db: sqlite3.Connection, act: ConfirmPieces, stamp: Stamp) -> None:
    _require_pieces(db, act.pieces)
    if act.person:
        person = _require_person(db, act.person)
        if person.merged_into:
            raise MergeRefused(
                f"{act.person} turned out to be {person.merged_into}",
                next_step=f"confirm them as {person.merged_into}",
            )
    for piece in act.pieces:
        db.execute(
            "UPDATE piece SET person = ?, not_person = 0 WHERE id = ?", (act.person or None, piece)
        )
        _answer_near(db, piece, stamp, answered=bool(act.person))
    for clip in sorted({piece.partition("-")[0] for piece in act.pieces}):
        ask_waiting(db, clip)


def _not_person(db: sqlite3.Connection, act: MarkNotPerson, stamp: Stamp) -> None:
    _require_pieces(db, act.pieces)
    for piece in act.pieces:
        if act.is_person:
            db.execute("UPDATE piece SET not_person = 0 WHERE id = ?", (piece,))
        else:
            db.execute("UPDATE piece SET not_person = 1, person = NULL WHERE id = ?", (piece,))
        _answer_near(db, piece, stamp, answered=not act.is_person)


def _answer_near(db: sqlite3.Connection, piece: str, stamp: Stamp, *, answered: bool) -> None:
    """Answer the question whether a guess is right, by what a human said of its piece."""
    db.execute(
        "UPDATE question SET answer = ?, decided_by = ? WHERE id = ? AND kind = 'near'",
        ("accept" if answered else "open", stamp.who if answered else "", near_question(piece)),
    )


def near_question(piece: str) -> str:
    """Return the id of the question about a guess of a piece: `C0003-A012` → `C0003-N012`."""
    clip, _, number = piece.partition("-A")
    return f"{clip}-N{number}"


def _merge(db: sqlite3.Connection, act: MergePeople, stamp: Stamp) -> None:
    """Give a person's appearances, voice and masks to another one; the records stay as they are."""
    del stamp
    person = _require_person(db, act.person)
    _require_person(db, act.into)
    if act.person == act.into or act.person in _chain(db, act.into):
        raise MergeRefused(
            f"{act.person} and {act.into} are one person already",
            next_step="name two people",
        )
    if person.merged_into:
        raise MergeRefused(
            f"{act.person} turned out to be {person.merged_into} before",
            next_step=f"merge {person.merged_into}, or undo that first",
        )
    into = _merged(db, act.into)
    db.execute("UPDATE person SET merged_into = ? WHERE id = ?", (into, act.person))
    for table, column in (
        ("piece", "person"),
        ("piece", "suggested"),
        ("voice", "person"),
        ("mask", "person"),
    ):
        db.execute(
            f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 - our own words
            (into, act.person),
        )


def _split(db: sqlite3.Connection, act: SplitPerson, stamp: Stamp) -> None:
    _require_person(db, act.person)
    _require_pieces(db, act.pieces)
    if _person(db, act.new) is not None:
        raise UsageError(
            f"there is a {escape(act.new)} already", kept=KEPT, next_step="split into a new person"
        )
    _require_new_id(act.new)
    others = [
        piece
        for piece in act.pieces
        if act.person
        not in db.execute("SELECT person, suggested FROM piece WHERE id = ?", (piece,)).fetchone()[
            :
        ]
    ]
    if others:
        raise UsageError(
            f"{escape(others[0])} is not {act.person}'s",
            kept=KEPT,
            next_step=f"safehouse people list {act.person}",
        )
    _write(db, Person(id=act.new))
    for piece in act.pieces:
        db.execute(
            "UPDATE piece SET person = NULL, suggested = ?, distance = NULL WHERE id = ?",
            (act.new, piece),
        )
        _answer_near(db, piece, stamp, answered=False)


def _forget(db: sqlite3.Connection, act: ForgetFaces, stamp: Stamp) -> None:
    del act, stamp
    db.execute("DELETE FROM face")


def _lock(db: sqlite3.Connection, act: LockPicture, stamp: Stamp) -> None:
    del stamp
    db.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (PICTURE_LOCKED, "true" if act.locked else "false"),
    )


def _person(db: sqlite3.Connection, person: str) -> Person | None:
    row = db.execute("SELECT * FROM person WHERE id = ?", (person,)).fetchone()
    if row is None:
        return None
    values = {name: row[name] for name in Person.__struct_fields__}
    hidden_from = msgspec.json.decode(row["hidden_from"])
    return msgspec.convert({**values, "hidden_from": hidden_from}, type=Person)


def _write(db: sqlite3.Connection, person: Person) -> None:
    db.execute(
        "INSERT INTO person (id, role, hidden_from, risk, age, merged_into) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET role = excluded.role, "
        "hidden_from = excluded.hidden_from, risk = excluded.risk, age = excluded.age",
        (
            person.id,
            person.role,
            msgspec.json.encode(person.hidden_from).decode(),
            person.risk,
            person.age,
            person.merged_into,
        ),
    )


def _merged(db: sqlite3.Connection, person: str) -> str:
    """Return who a person turned out to be, to the end of the chain."""
    return _chain(db, person)[-1]


def _chain(db: sqlite3.Connection, person: str) -> list[str]:
    """Return a person and whoever she was merged into, one after the other."""
    chain = [person]
    while True:
        found = _person(db, chain[-1])
        if found is None or not found.merged_into or found.merged_into in chain:
            return chain
        chain.append(found.merged_into)


def _require_person(db: sqlite3.Connection, person: str) -> Person:
    found = _person(db, person)
    if found is None:
        raise PersonUnknown(
            f"there is no person {escape(person)}", next_step="safehouse people list"
        )
    return found


def _require_new_id(person: str) -> None:
    """Refuse an id that is none: it could say who somebody is."""
    if not (person[:1] == "P" and person[1:].isdecimal() and 2 <= len(person[1:]) <= 6):
        raise UsageError(
            f"'{escape(person)}' can't be a person's id", kept=KEPT, next_step="use P01, P02 …"
        )


def _require_pieces(db: sqlite3.Connection, pieces: Iterable[str]) -> None:
    rows: Sequence[str] = tuple(pieces)
    if not rows:
        raise UsageError("no appearance was named", kept=KEPT, next_step="name at least one")
    for piece in rows:
        _require_piece(db, piece)


def _require_piece(db: sqlite3.Connection, piece: str) -> None:
    if db.execute("SELECT 1 FROM piece WHERE id = ?", (piece,)).fetchone() is None:
        raise UsageError(
            f"there is no appearance {escape(piece)}",
            kept=KEPT,
            next_step="safehouse people list; a clip that is analysed again gets new ones",
        )


APPLY: dict[type[Act], Callable[[sqlite3.Connection, Any, Stamp], None]] = {
    DescribePerson: _describe,
    NamePerson: _name,
    SuggestPieces: _suggest,
    ConfirmPieces: _confirm,
    MarkNotPerson: _not_person,
    MergePeople: _merge,
    SplitPerson: _split,
    ForgetFaces: _forget,
    LockPicture: _lock,
}
"""Kind of act → what it does to the tables."""
