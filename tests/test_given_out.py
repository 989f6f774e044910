"""What is out is written down, each copy and screening with the delivery that it is of."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from small_projects import again, new

from safehouse.errors import UsageError, VersionUnknown
from safehouse.given_out import (
    add_copy,
    add_screening,
    call_back,
    choose_delivery,
    correct_copy,
    shown_out,
)
from safehouse.model.acts import AddCopy, AddScreening, AddVersion, Deliver
from safehouse.store.project import Project
from safehouse.store.reading_versions import read_copies, read_deliveries, read_screenings

CUT = "festival-cut"


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Project]:
    """Two versions, of which one was delivered on two days, and in between the other."""
    with new(tmp_path / "film") as project:
        project.act(AddVersion(version=CUT, medium="festival"))
        project.act(AddVersion(version="web", medium="online"))
        for day, version, who in (("01", CUT, "P01"), ("02", "web", "P02"), ("03", CUT, "P03")):
            project.clock = lambda day=day: f"2026-10-{day}T12:00:00Z"
            project.act(Deliver(version=version, films=(), head="x", shows=((who, "face"),)))
        project.clock = lambda: "2026-10-09T12:00:00Z"
        yield project


def test_deliveries_are_counted_over_all_versions(film: Project) -> None:
    assert [row.id for row in read_deliveries(film)] == ["D0001", "D0002", "D0003"]
    assert [(row.id, row.day) for row in read_deliveries(film, CUT)] == [
        ("D0001", "2026-10-01"),
        ("D0003", "2026-10-03"),
    ]


@pytest.mark.parametrize(
    ("day", "said", "meant"),
    [
        ("2026-10-09", "", "D0003"),
        ("2026-10-03", "", "D0003"),
        ("2026-10-02", "", "D0001"),
        ("2026-09-30", "", ""),
        ("2026-10-09", "D0001", "D0001"),
        ("2026-10-09", "2026-10-01", "D0001"),
        ("2026-10-09", "unknown", ""),
    ],
)
def test_unsaid_it_is_the_newest_that_was_out_by_then(
    film: Project, day: str, said: str, meant: str
) -> None:
    assert choose_delivery(film, CUT, day, said) == meant


@pytest.mark.parametrize("said", ["D0002", "D0009", "2026-10-02", "D1", "newest"])
def test_a_delivery_of_another_version_or_of_none_is_refused(film: Project, said: str) -> None:
    with pytest.raises(UsageError):
        add_copy(film, CUT, "a", "b", delivery=said)
    with pytest.raises(UsageError):
        add_screening(film, CUT, "a", "2027-01-01", said)
    assert read_copies(film) == ()
    assert read_screenings(film) == ()


def test_a_day_with_two_deliveries_is_not_guessed_at(film: Project) -> None:
    film.clock = lambda: "2026-10-03T15:00:00Z"
    film.act(Deliver(version=CUT, films=(), head="x"))
    with pytest.raises(UsageError, match="2 deliveries"):
        choose_delivery(film, CUT, "2026-10-09", "2026-10-03")
    assert choose_delivery(film, CUT, "2026-10-03") == "D0004"


@pytest.mark.parametrize("delivery", ["D0002", "D0000", "D0004", "x"])
def test_a_journal_takes_no_copy_of_a_delivery_that_is_not_there(
    film: Project, delivery: str
) -> None:
    copy = AddCopy(copy="K1", version=CUT, where="a", to="b", since="2026-10-09", delivery=delivery)
    with pytest.raises(UsageError):
        film.act(copy)
    with pytest.raises(UsageError):
        film.act(AddScreening(version=CUT, where="a", day="2026-10-09", delivery=delivery))


def test_what_is_out_is_written_down_and_called_back(film: Project) -> None:
    one = add_copy(film, CUT, "Festival A", "office", "2026-10-09")
    two = add_copy(film, CUT, "B", "archive", "2026-10-02")
    call_back(film, one.copy)
    assert [(row.copy, row.gone, row.delivery) for row in read_copies(film)] == [
        ("K0001", True, "D0003"),
        ("K0002", False, "D0001"),
    ]
    assert read_copies(film, CUT)[1] == two
    assert read_copies(film, "other") == ()
    add_screening(film, CUT, "Lyon", "2027-03-14")
    assert [(row.where, row.day, row.delivery) for row in read_screenings(film, CUT)] == [
        ("Lyon", "2027-03-14", "D0003")
    ]
    with pytest.raises(UsageError):
        call_back(film, "K0009")
    with pytest.raises(UsageError):
        add_screening(film, CUT, "Lyon", "14.3.2027")
    with pytest.raises(VersionUnknown):
        add_copy(film, "other", "a", "b")


def test_of_which_delivery_a_copy_is_can_be_put_right(film: Project) -> None:
    copy = add_copy(film, CUT, "Festival A", "office", "2026-10-09")
    assert correct_copy(film, copy.copy, "D0001").delivery == "D0001"
    assert read_copies(film) == (msgspec.structs.replace(copy, delivery="D0001"),)
    with pytest.raises(UsageError):
        correct_copy(film, copy.copy, "D0002")
    assert correct_copy(film, copy.copy, "unknown").delivery == ""


def test_what_is_out_is_told_delivery_by_delivery(film: Project) -> None:
    assert shown_out(film) == {
        f"{CUT} D0001": (("P01", "face"),),
        "web D0002": (("P02", "face"),),
        f"{CUT} D0003": (("P03", "face"),),
    }
    add_copy(film, CUT, "a", "b", delivery="unknown")
    assert shown_out(film)[f"{CUT} ?"] == (("P01", "face"), ("P03", "face"))


def test_a_screening_that_is_to_come_shows_nobody_anything_yet(film: Project) -> None:
    add_screening(film, CUT, "a", "2999-01-01", "unknown")
    assert f"{CUT} ?" not in shown_out(film)
    add_screening(film, CUT, "a", "2020-01-01")
    assert f"{CUT} ?" in shown_out(film)


def test_copies_of_a_journal_that_knew_no_deliveries_are_of_an_unknown_one(
    film: Project, tmp_path: Path
) -> None:
    film.act(AddCopy(copy="K1", version=CUT, where="a", to="b", since="2026-10-09"))
    film.close()
    for path in (tmp_path / "film" / "snapshots").iterdir():
        path.unlink()
    with again(tmp_path / "film") as film:
        assert [row.delivery for row in read_copies(film)] == [""]
        assert [row.id for row in read_deliveries(film)] == ["D0001", "D0002", "D0003"]
