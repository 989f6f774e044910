"""Who is who: guesses decide nothing, what a human said stays, and nobody is merged in a circle."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
    Question,
    SplitPerson,
    Suggestion,
    SuggestPieces,
)
from safehouse.model.consent import Person
from safehouse.store import acts_people
from safehouse.store.acts_people import APPLY, near_question
from safehouse.store.stamp import Stamp

TABLES = Path(acts_people.__file__).parent / "migrations" / "0001.up.sql"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A project's tables with one clip, six pieces in it, and P01 to P03."""
    made = sqlite3.connect(":memory:")
    made.row_factory = sqlite3.Row
    made.executescript(TABLES.read_text())
    made.execute("PRAGMA foreign_keys = ON")
    made.execute(
        "INSERT INTO clip (id, path, sha256, size_bytes, mtime_ns, origin) "
        "VALUES ('C0001', 'x', 'y', 1, 1, 'own')"
    )
    made.executemany(
        "INSERT INTO piece (id, clip, track, first, end, why, best, box, area_frac) "
        "VALUES (?, 'C0001', ?, 0, 9, 'track', 1, '[0,0,9,9]', 0.1)",
        [(f"C0001-A{n:03d}", f"T{n:04d}") for n in range(1, 7)],
    )
    for n in (1, 2, 3):
        apply(made, DescribePerson(Person(id=f"P0{n}")))
    yield made
    made.close()


def apply(db: sqlite3.Connection, act: Act, who: str = "anna") -> None:
    APPLY[type(act)](db, act, Stamp(1, "2026-11-21T12:00:00Z", who))


def piece(db: sqlite3.Connection, number: int) -> tuple[Any, Any, int]:
    row = db.execute(
        "SELECT person, suggested, not_person FROM piece WHERE id = ?", (f"C0001-A{number:03d}",)
    ).fetchone()
    return tuple(row)  # type: ignore[return-value]


def guess(number: int, person: str) -> Suggestion:
    return Suggestion(f"C0001-A{number:03d}", person, 0.3)


def confirm(db: sqlite3.Connection, person: str, *numbers: int) -> None:
    apply(db, ConfirmPieces(tuple(f"C0001-A{n:03d}" for n in numbers), person))


def test_a_guess_adds_people_and_confirms_nobody(db: sqlite3.Connection) -> None:
    apply(db, SuggestPieces((guess(1, "P01"), guess(2, "P09"))))
    assert piece(db, 1) == (None, "P01", 0)
    assert piece(db, 2) == (None, "P09", 0)
    assert db.execute("SELECT risk FROM person WHERE id = 'P09'").fetchone()[0] == "unanswered"


def test_a_guess_never_changes_what_a_human_said(db: sqlite3.Connection) -> None:
    confirm(db, "P01", 1)
    apply(db, MarkNotPerson(("C0001-A002",)))
    apply(db, SuggestPieces((guess(1, "P02"), guess(2, "P02"))))
    assert piece(db, 1) == ("P01", None, 0)
    assert piece(db, 2) == (None, None, 1)


def test_confirming_and_taking_it_back(db: sqlite3.Connection) -> None:
    apply(db, SuggestPieces((guess(1, "P02"),)))
    confirm(db, "P01", 1, 2)
    assert (piece(db, 1)[0], piece(db, 2)[0]) == ("P01", "P01")
    confirm(db, "", 1)
    assert piece(db, 1) == (None, "P02", 0)


def test_what_shows_no_person_is_nobodys(db: sqlite3.Connection) -> None:
    confirm(db, "P01", 1)
    apply(db, MarkNotPerson(("C0001-A001",)))
    assert piece(db, 1) == (None, None, 1)
    apply(db, MarkNotPerson(("C0001-A001",), is_person=True))
    assert piece(db, 1) == (None, None, 0)


def test_a_question_about_a_guess_is_answered_by_what_is_said_of_its_piece(
    db: sqlite3.Connection,
) -> None:
    question = Question("C0001-N001", "near", 0, 9, "T0001", 0.5, "may be P01")
    assert near_question("C0001-A001") == question.id
    apply(db, SuggestPieces((guess(1, "P01"),), (question,)))

    def answer() -> str:
        return str(db.execute("SELECT answer FROM question").fetchone()[0])

    assert answer() == "open"
    confirm(db, "P02", 1)
    assert answer() == "accept"
    confirm(db, "", 1)
    assert answer() == "open"


def test_merged_people_have_one_set_of_appearances(db: sqlite3.Connection) -> None:
    confirm(db, "P02", 1)
    apply(db, SuggestPieces((guess(2, "P02"),)))
    apply(db, MergePeople("P02", "P01"))
    assert piece(db, 1)[0] == "P01"
    assert piece(db, 2)[1] == "P01"
    apply(db, MergePeople("P01", "P03"))
    apply(db, SuggestPieces((guess(4, "P02"),)))
    assert piece(db, 4)[1] == "P03", "a guess follows whoever they turned out to be"


@pytest.mark.parametrize(("person", "into"), [("P01", "P01"), ("P01", "P02"), ("P02", "P03")])
def test_nobody_is_merged_into_herself_nor_in_a_circle_nor_twice(
    db: sqlite3.Connection, person: str, into: str
) -> None:
    apply(db, MergePeople("P02", "P01"))
    with pytest.raises(MergeRefused):
        apply(db, MergePeople(person, into))


def test_nothing_is_confirmed_as_somebody_who_was_merged_or_is_not_there(
    db: sqlite3.Connection,
) -> None:
    apply(db, MergePeople("P02", "P01"))
    with pytest.raises(MergeRefused, match="P01"):
        confirm(db, "P02", 1)
    with pytest.raises(PersonUnknown):
        confirm(db, "P77", 1)
    with pytest.raises(UsageError):
        confirm(db, "P01", 99)
    with pytest.raises(UsageError):
        apply(db, ConfirmPieces((), "P01"))


def test_pieces_that_are_split_off_are_guesses_of_a_new_person(db: sqlite3.Connection) -> None:
    confirm(db, "P01", 1, 2)
    apply(db, SuggestPieces((guess(3, "P01"),)))
    apply(db, SplitPerson("P01", ("C0001-A001", "C0001-A003"), "P04"))
    assert piece(db, 1) == (None, "P04", 0)
    assert piece(db, 2)[0] == "P01"
    assert piece(db, 3) == (None, "P04", 0)
    with pytest.raises(UsageError):
        apply(db, SplitPerson("P01", ("C0001-A002",), "P03"))
    with pytest.raises(UsageError):
        apply(db, SplitPerson("P01", ("C0001-A004",), "P05"))


@pytest.mark.parametrize("name", ["Maria", "P", "P1x", "", "P7", "P12345678", "../P07"])
def test_no_id_can_be_a_name(db: sqlite3.Connection, name: str) -> None:
    with pytest.raises(UsageError):
        apply(db, DescribePerson(Person(id=name)))
    with pytest.raises(UsageError):
        apply(db, SuggestPieces((guess(1, name),)))


def test_describing_anew_keeps_who_they_turned_out_to_be(db: sqlite3.Connection) -> None:
    apply(db, MergePeople("P02", "P01"))
    apply(db, DescribePerson(Person(id="P02", risk="high", hidden_from=("state",))))
    row = db.execute("SELECT * FROM person WHERE id = 'P02'").fetchone()
    assert (row["risk"], row["hidden_from"], row["merged_into"]) == ("high", '["state"]', "P01")


def test_one_alone_never_lowers_a_risk(db: sqlite3.Connection) -> None:
    apply(db, DescribePerson(Person(id="P02", risk="high")))
    apply(db, DescribePerson(Person(id="P02", risk="none")))
    assert db.execute("SELECT risk FROM person WHERE id = 'P02'").fetchone()[0] == "high"


def test_a_name_is_kept_sealed_and_forgotten(db: sqlite3.Connection) -> None:
    apply(db, NamePerson("P01", "c2VhbGVk"))
    assert db.execute("SELECT sealed FROM name").fetchone()[0] == "c2VhbGVk"
    apply(db, NamePerson("P01", ""))
    assert db.execute("SELECT count(*) FROM name").fetchone()[0] == 0
    with pytest.raises(PersonUnknown):
        apply(db, NamePerson("P77", "c2VhbGVk"))


def test_forgotten_faces_are_gone_and_people_stay(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO face VALUES ('C0001-A001', 1, x'00')")
    confirm(db, "P01", 1)
    apply(db, LockPicture())
    apply(db, ForgetFaces())
    assert db.execute("SELECT count(*) FROM face").fetchone()[0] == 0
    assert piece(db, 1)[0] == "P01"
    assert db.execute("SELECT value FROM setting").fetchone()[0] == "true"
