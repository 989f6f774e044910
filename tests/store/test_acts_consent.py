"""The register in a project: narrowing is taken as it comes, widening takes a second person."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from registers import change, person, record

from safehouse.errors import (
    LinkRefused,
    NotSeconded,
    PersonUnknown,
    RecordRefused,
    RecordUnknown,
    SafehouseError,
    SlipKnown,
)
from safehouse.model.acts import (
    Act,
    AnswerLink,
    ChangeState,
    DescribePerson,
    ImportSlip,
    RecordConsent,
    SecondWidening,
)
from safehouse.model.consent import Link, Person, Record, StateChange
from safehouse.store import acts_consent, acts_people
from safehouse.store.stamp import Stamp

TABLES = Path(acts_consent.__file__).parent / "migrations" / "0001.up.sql"
APPLY = {**acts_people.APPLY, **acts_consent.APPLY}
TODAY = "2026-11-21"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A project's tables with P07 and P08."""
    made = sqlite3.connect(":memory:")
    made.row_factory = sqlite3.Row
    made.executescript(TABLES.read_text())
    made.execute("PRAGMA foreign_keys = ON")
    for id_ in ("P07", "P08"):
        apply(made, DescribePerson(person(id_)))
    yield made
    made.close()


def apply(db: sqlite3.Connection, act: Act, who: str = "anna", day: str = TODAY) -> None:
    APPLY[type(act)](db, act, Stamp(1, f"{day}T12:00:00Z", who))


def counting(db: sqlite3.Connection, id_: str, table: str = "record") -> str:
    asked = f"SELECT counts_from FROM {table} WHERE id = ?"  # noqa: S608 - our own words
    day: str = db.execute(asked, (id_,)).fetchone()[0]
    return day


def described(db: sqlite3.Connection) -> Person:
    row = db.execute("SELECT * FROM person WHERE id = 'P07'").fetchone()
    return msgspec.convert(
        {**dict(row), "hidden_from": msgspec.json.decode(row["hidden_from"])}, type=Person
    )


def test_a_record_is_kept_as_it_was_said_and_by_whom(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record()))
    row = db.execute("SELECT * FROM record").fetchone()
    assert msgspec.json.decode(row["body"], type=Record) == record()
    assert (row["by"], row["counts_from"]) == ("anna", "")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"person": "P99"}, PersonUnknown),
        ({"id_": "7"}, RecordRefused),
        ({"given": "21.11.2026"}, RecordRefused),
        ({"traits": {}}, RecordRefused),
        ({"scope": {"until": "2026-13-01"}}, RecordRefused),
        ({"scope": {"valid_from": "2026-12-01", "until": "2026-11-01"}}, RecordRefused),
    ],
)
def test_a_record_that_can_not_be_is_refused(
    db: sqlite3.Connection, given: dict[str, str], error: type[SafehouseError]
) -> None:
    with pytest.raises(error):
        apply(db, RecordConsent(record(**given)))
    assert db.execute("SELECT count(*) FROM record").fetchone()[0] == 0


def test_a_record_is_never_changed(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record()))
    with pytest.raises(RecordRefused, match="never changed"):
        apply(db, RecordConsent(record(traits={"voice": True})))


def test_several_records_may_come_with_one_act(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record()))
    apply(db, RecordConsent(record("R0002")))
    assert [row[0] for row in db.execute("SELECT id FROM record ORDER BY n")] == ["R0001", "R0002"]


def test_a_first_yes_has_waited_since_it_was_said(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record(given="2026-11-20")))
    apply(db, SecondWidening("R0001", TODAY), who="ben")
    assert counting(db, "R0001") == "2026-11-23"
    apply(db, RecordConsent(record("R0002")))
    apply(db, SecondWidening("R0002", TODAY), who="ben")
    assert counting(db, "R0002") == TODAY
    apply(db, RecordConsent(record("R0003")))
    apply(db, SecondWidening("R0003", "2027-01-01"), who="ben")
    assert counting(db, "R0003") == "2027-01-01"


def test_a_yes_against_an_earlier_no_waits_from_the_second_look_on(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record(traits={"face": False}, given="2026-09-01")))
    apply(db, RecordConsent(record("R0002")))
    apply(db, SecondWidening("R0002", "2026-11-23"), who="ben")
    assert counting(db, "R0002") == "2026-11-24"


@pytest.mark.parametrize("who", ["anna", "A1", ""])
def test_nobody_seconds_what_they_recorded_or_asked(db: sqlite3.Connection, who: str) -> None:
    apply(db, RecordConsent(record(asked_by="A1")))
    with pytest.raises(NotSeconded):
        apply(db, SecondWidening("R0001", "2026-12-01"), who=who)
    assert counting(db, "R0001") == ""


def test_only_what_widens_and_has_proof_is_seconded_once(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record(traits={"face": False})))
    apply(db, RecordConsent(record("R0002", proof_sha256="")))
    apply(db, RecordConsent(record("R0003", how="told")))
    apply(db, RecordConsent(record("R0004", traits={"voice": True})))
    for id_ in ("R0001", "R0002", "R0003"):
        with pytest.raises(NotSeconded):
            apply(db, SecondWidening(id_, "2026-12-01"), who="ben")
    apply(db, SecondWidening("R0004", "2026-12-01"), who="ben")
    with pytest.raises(NotSeconded, match="already"):
        apply(db, SecondWidening("R0004", "2026-12-01"), who="cleo")
    with pytest.raises(RecordUnknown):
        apply(db, SecondWidening("R0099", "2026-12-01"), who="ben")


def test_a_change_of_state_says_who_recorded_it_and_is_seconded_later(
    db: sqlite3.Connection,
) -> None:
    back = change("given", "2026-11-01", id="S0001", by="somebody", proof_sha256="ab" * 32)
    with pytest.raises(NotSeconded):
        apply(db, ChangeState(msgspec.structs.replace(back, seconded_by="ben")))
    apply(db, ChangeState(back))
    assert db.execute("SELECT by FROM state_change").fetchone()[0] == "anna"
    assert '"by":"anna"' in db.execute("SELECT body FROM state_change").fetchone()[0]
    with pytest.raises(NotSeconded):
        apply(db, SecondWidening("S0001", "2026-12-01"), who="anna")
    with pytest.raises(RecordRefused):
        apply(db, SecondWidening("S0001", "soon"), who="ben")
    apply(db, SecondWidening("S0001", TODAY), who="ben")
    assert counting(db, "S0001", "state_change") == "2026-11-24"


def test_a_change_of_state_of_nobody_or_on_no_day_is_refused(db: sqlite3.Connection) -> None:
    with pytest.raises(PersonUnknown):
        apply(db, ChangeState(change("withdrawn", id="S0001", person="P99")))
    with pytest.raises(RecordRefused):
        apply(db, ChangeState(change("withdrawn", "today", id="S0001")))


def test_a_risk_is_taken_back_by_one_and_answered_by_another(db: sqlite3.Connection) -> None:
    def answer(words: str, who: str) -> None:
        apply(db, AnswerLink(Link(person="P07", other="P08", answered=words)), who)  # type: ignore[arg-type]

    answer("unanswered", "anna")
    answer("no risk", "anna")
    answer("risk", "anna")
    for who in ("anna", "ben"):
        with pytest.raises(LinkRefused):
            answer("no risk", who)
    answer("unanswered", "anna")
    with pytest.raises(LinkRefused):
        answer("no risk", "anna")
    answer("no risk", "ben")
    assert db.execute("SELECT answered FROM link").fetchone()[0] == "no risk"


def test_nobody_is_linked_to_herself_or_to_nobody(db: sqlite3.Connection) -> None:
    with pytest.raises(LinkRefused):
        apply(db, AnswerLink(Link(person="P07", other="P07")))
    with pytest.raises(PersonUnknown):
        apply(db, AnswerLink(Link(person="P07", other="P99")))


def test_a_slip_is_imported_once(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record()))
    apply(db, ImportSlip("ab" * 32, "R0001"))
    with pytest.raises(SlipKnown):
        apply(db, ImportSlip("ab" * 32, "R0001"))
    with pytest.raises(RecordUnknown):
        apply(db, ImportSlip("cd" * 32, "R0099"))
    with pytest.raises(RecordRefused):
        apply(db, ImportSlip("soon", "R0001"))


def test_a_description_that_opens_something_takes_two_people_and_time(
    db: sqlite3.Connection,
) -> None:
    apply(db, DescribePerson(person(risk="high", hidden_from=("state",))))
    assert described(db).risk == "high"
    open_ = DescribePerson(person(risk="none"))
    apply(db, open_, "anna", "2026-11-21")
    apply(db, open_, "ben", "2026-11-22")
    apply(db, open_, "anna", "2026-11-30")
    assert (described(db).risk, described(db).hidden_from) == ("high", ("state",))
    apply(db, open_, "ben", "2026-11-24")
    assert (described(db).risk, described(db).hidden_from) == ("none", ())


def test_a_narrower_description_counts_at_once_and_ends_what_was_waiting(
    db: sqlite3.Connection,
) -> None:
    apply(db, DescribePerson(person(age="child")))
    apply(db, DescribePerson(person(age="adult")), "anna", "2026-11-21")
    apply(db, DescribePerson(person(age="child", risk="high")), "cleo", "2026-11-22")
    assert (described(db).age, described(db).risk) == ("child", "high")
    apply(db, DescribePerson(person(age="adult", risk="high")), "ben", "2026-11-30")
    assert described(db).age == "child"


def test_an_answer_is_not_opened_by_taking_it_back_first(db: sqlite3.Connection) -> None:
    apply(db, DescribePerson(person(age="child", risk="high")))
    apply(db, DescribePerson(person(age="unknown", risk="unanswered")))
    apply(db, DescribePerson(person()))
    assert (described(db).age, described(db).risk) == ("child", "high")


def test_what_narrows_beside_something_that_opens_counts_at_once(db: sqlite3.Connection) -> None:
    apply(db, DescribePerson(person(risk="high")))
    both = DescribePerson(person(risk="none", age="child", hidden_from=("known",), role="crew"))
    apply(db, both, "anna", "2026-11-21")
    found = described(db)
    assert (found.risk, found.age, found.hidden_from) == ("high", "child", ("known",))
    apply(db, both, "ben", "2026-11-24")
    found = described(db)
    assert (found.risk, found.age, found.hidden_from) == ("none", "child", ("known",))
    assert found.role == "crew"


def test_somebody_to_hide_from_is_added_while_another_waits_to_go(db: sqlite3.Connection) -> None:
    apply(db, DescribePerson(person(hidden_from=("state",))))
    apply(db, DescribePerson(person(hidden_from=("known",))))
    assert set(described(db).hidden_from) == {"state", "known"}


def test_a_death_is_not_dated_ahead(db: sqlite3.Connection) -> None:
    apply(db, ChangeState(change("deceased", "2027-11-21", id="S0001")))
    apply(db, ChangeState(change("detained", "2027-11-21", id="S0002")))
    rows = db.execute("SELECT body FROM state_change ORDER BY n")
    days = [msgspec.json.decode(row[0], type=StateChange).day for row in rows]
    assert days == [TODAY, "2027-11-21"]


def test_what_nobody_put_a_pseudonym_to_has_no_second_person(db: sqlite3.Connection) -> None:
    apply(db, RecordConsent(record()), who="")
    with pytest.raises(NotSeconded, match="nobody said who recorded"):
        apply(db, SecondWidening("R0001", "2026-12-01"), who="anna")
    apply(db, RecordConsent(record("R0002")), who="anna")
    apply(db, SecondWidening("R0002", "2026-12-01"), who="ben")
    assert (counting(db, "R0001"), counting(db, "R0002")) == ("", "2026-12-01")


@pytest.mark.parametrize("nobody", ["", "operator"])
def test_a_description_without_a_pseudonym_waits_for_nobody(
    db: sqlite3.Connection, nobody: str
) -> None:
    apply(db, DescribePerson(person(risk="high")))
    open_ = DescribePerson(person(risk="none"))
    apply(db, open_, nobody, "2026-11-21")
    apply(db, open_, "anna", "2026-11-24")
    assert described(db).risk == "high"
    apply(db, open_, nobody, "2026-11-28")
    apply(db, open_, "ben", "2026-11-27")
    assert described(db).risk == "none"


@pytest.mark.parametrize(("first", "second"), [("", ""), ("", "anna"), ("anna", "")])
def test_a_risk_is_not_answered_by_who_may_have_taken_it_back(
    db: sqlite3.Connection, first: str, second: str
) -> None:
    link = Link(person="P07", other="P08", answered="risk")
    apply(db, AnswerLink(link), "anna")
    back = msgspec.structs.replace(link, answered="unanswered")
    apply(db, AnswerLink(back), first)
    with pytest.raises(LinkRefused):
        apply(db, AnswerLink(msgspec.structs.replace(link, answered="no risk")), second)
    apply(db, AnswerLink(back), "anna")
    apply(db, AnswerLink(msgspec.structs.replace(link, answered="no risk")), "ben")
    assert db.execute("SELECT answered FROM link").fetchone()[0] == "no risk"
