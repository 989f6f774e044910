"""A withdrawal: everything that shows the person is listed, and nothing of them shows any more."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from registers import PROOF, person, record
from small_projects import add, analyse, confirm, new, suggest

from safehouse.consent.standing import state_of
from safehouse.errors import PersonUnknown
from safehouse.model.acts import (
    Act,
    AddCopy,
    AddScreening,
    AddVersion,
    ChangeState,
    ConfirmPieces,
    Deliver,
    DescribePerson,
    DrawMask,
    MergePeople,
    Piece,
    RecordConsent,
    RecordRender,
    SecondWidening,
    VoiceIs,
)
from safehouse.model.consent import StateChange
from safehouse.model.shape import Key, Polygon
from safehouse.store.project import Project
from safehouse.store.reading_register import read_register, today_of
from safehouse.store.reading_versions import read_version
from safehouse.version_states import rulings_of, states
from safehouse.withdrawing import take_down, touched, touched_lines, withdraw

CUT = "festival-cut"


def render(clip: str, *shows: str, version: str = CUT) -> RecordRender:
    return RecordRender(
        version=version,
        clip=clip,
        file=f"renders/{version}/{clip}.mov",
        film_sha256="a" * 64,
        plan_sha256="b" * 64,
        report_sha256="c" * 64,
        inputs_sha256="d" * 64,
        held=False,
        shows=tuple((who, "face", ("R0001",)) for who in shows),
    )


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Project]:
    """Three clips; P01 confirmed in one, guessed in another, and shown in a version that is out."""
    with new(tmp_path / "film", who="anna") as project:
        for number in (1, 2, 3):
            project.act(add(number), analyse(number))
        project.act(*(DescribePerson(person(id_)) for id_ in ("P01", "P02", "P03")))
        project.act(RecordConsent(record("R0001", "P01")), RecordConsent(record("R0002", "P02")))
        project.who = "ben"
        project.act(SecondWidening("R0001", "2999-01-01"))
        project.who = "anna"
        project.act(confirm(1), suggest(2), ConfirmPieces(("C0001-A001",), "P01"))
        project.act(
            VoiceIs(clip="C0003", stream=0, first=0, end=48_000, person="P01"),
            AddVersion(version=CUT, medium="festival"),
            AddVersion(version="web", medium="online", planned="2027-02"),
            render("C0001", "P01", "P02"),
            render("C0002", "P02"),
        )
        yield project


def deliver(film: Project) -> None:
    film.act(
        Deliver(version=CUT, films=(), head="x", shows=(("P01", "face"), ("P02", "face"))),
        copy("K1", "D0001", where="Festival A", to="office"),
        copy("K2", "D0001", where="B", to="desk", gone=True),
        AddScreening(version=CUT, where="Hall", day="2999-01-01", delivery="D0001"),
        AddScreening(version=CUT, where="Old hall", day="2020-01-01", delivery="D0001"),
    )


def copy(id_: str, delivery: str = "", **given: object) -> AddCopy:
    made = AddCopy(
        copy=id_, version=CUT, where=f"place {id_}", to="x", since="2026-10-01", delivery=delivery
    )
    return msgspec.structs.replace(made, **given)


def test_everything_that_shows_or_lets_hear_somebody_is_listed(film: Project) -> None:
    deliver(film)
    found = touched(film, "P01")
    assert [(one.clip, one.confirmed, one.guessed, one.heard) for one in found.clips] == [
        ("C0001", 2, 0, 0),
        ("C0002", 0, 1, 0),
        ("C0003", 0, 0, 1),
    ]
    assert found.clips[0].seen == ((0.0, 0.8),)
    assert [(one.version, one.clip) for one in found.renders] == [(CUT, "C0001")]
    assert found.versions == (CUT,)
    assert len(found.delivered) == 1
    assert [one.copy for one in found.copies] == ["K1", "K2"]
    text = "\n".join(touched_lines(found))
    for words in ("C0001: 2 confirmed", "C0002: 1 guessed", "heard in 1 spans", "Festival A"):
        assert words in text


def test_listing_changes_nothing(film: Project) -> None:
    version = film.version
    touched(film, "P01")
    assert film.version == version
    with pytest.raises(PersonUnknown):
        touched(film, "P99")
    with pytest.raises(PersonUnknown):
        withdraw(film, "P99")
    assert film.version == version


def test_from_then_on_nothing_shows_and_films_that_show_them_are_wrong(film: Project) -> None:
    withdraw(film, "P01")
    rulings = rulings_of(film, read_version(film, CUT))
    assert not any(one.allowed for (who, _), one in rulings.items() if who == "P01")
    assert rulings["P01", "face"].why == "withdrawn"
    found = {one.clip: one.state for one in states(film, CUT)}
    assert found["C0001"] == "wrong"


def test_whoever_compares_versions_learns_who_was_newly_hidden(film: Project) -> None:
    deliver(film)
    words = "\n".join(touched_lines(touched(film, "P01")))
    assert "P01: face is shown in festival-cut D0001, and hidden now" in words
    assert "web (2027-02)" in words
    assert touched(film, "P03").comparison.people != ("P03",)


def test_the_take_down_list_names_nobody_and_asks_only_who_holds_a_copy(film: Project) -> None:
    deliver(film)
    text = take_down(touched(film, "P01"))
    assert "To office (Festival A)" in text
    assert "Hall: please do not show" in text
    assert "desk" not in text
    assert "Old hall" not in text
    for word in ("P01", "face", "withdr", "consent"):
        assert word not in text


def test_a_delivery_that_nobody_wrote_copies_of_is_named(film: Project) -> None:
    film.act(Deliver(version=CUT, films=(), head="x", shows=(("P01", "face"),)))
    assert "nobody wrote down who holds it" in take_down(touched(film, "P01"))


def twice(film: Project) -> None:
    """The first delivery showed P01, in one clip of two; the second shows P02 alone."""
    both = (("C0001", "P01", "face"), ("C0001", "P02", "face"), ("C0002", "P02", "face"))
    film.act(
        Deliver(
            version=CUT, films=(), head="x", shows=(("P01", "face"), ("P02", "face")), places=both
        ),
        render("C0001", "P02"),
        Deliver(
            version=CUT, films=(), head="y", shows=(("P02", "face"),), places=(both[1], both[2])
        ),
        copy("K1", "D0001"),
        copy("K2", "D0002"),
        AddScreening(version=CUT, where="Hall", day="2999-01-01", delivery="D0001"),
        AddScreening(version=CUT, where="Barn", day="2999-01-01", delivery="D0002"),
    )


def test_a_copy_is_listed_for_what_its_own_delivery_shows(film: Project) -> None:
    twice(film)
    first, second = touched(film, "P01"), touched(film, "P02")
    assert [one.id for one in first.delivered] == ["D0001"]
    assert [one.copy for one in first.copies] == ["K1"]
    assert [one.where for one in first.screenings] == ["Hall"]
    assert [one.copy for one in second.copies] == ["K1", "K2"]
    assert [one.where for one in second.screenings] == ["Hall", "Barn"]
    lines = touched_lines(first)
    assert any("copy K1 of festival-cut D0001" in row and "face in C0001" in row for row in lines)
    lines = touched_lines(second)
    assert any("K2 of festival-cut D0002" in row and "face in C0001, C0002" in row for row in lines)
    text = take_down(first)
    assert "(place K1)" in text
    assert "(place K2)" not in text
    assert "Barn" not in text


def test_an_older_delivery_that_showed_somebody_is_not_forgotten(film: Project) -> None:
    """Nothing that is rendered now shows P01, and the newest delivery does not: K1 does."""
    twice(film)
    withdraw(film, "P01")
    found = touched(film, "P01")
    assert found.renders == ()
    assert [one.copy for one in found.copies] == ["K1"]
    assert "P01: face is shown in festival-cut D0001, and hidden now" in "\n".join(
        touched_lines(found)
    )


def test_a_copy_of_no_known_delivery_counts_as_showing_all_that_the_version_ever_did(
    film: Project,
) -> None:
    film.act(copy("K1"), AddScreening(version=CUT, where="Hall", day="2020-01-01"))
    film.act(render("C0001", "P02"))
    found = touched(film, "P01")
    assert found.delivered == ()
    assert [one.copy for one in found.copies] == ["K1"]
    assert [one.where for one in found.screenings] == ["Hall"]
    assert "nobody wrote down" in "\n".join(touched_lines(found))
    assert "(place K1)" in take_down(found)
    assert "P01" in found.comparison.people
    assert touched(film, "P03").copies == ()


def test_who_was_taken_for_somebody_else_when_it_went_out_is_found(film: Project) -> None:
    """C0002-A001 was shown as P02, who agreed; it is P01, as is known now."""
    shown = msgspec.structs.replace(render("C0002", "P02"), parts=("C0002-A001",))
    heard = msgspec.structs.replace(render("C0003", "P02"), parts=("C0003 0 100 200",))
    for parts in (shown.parts, heard.parts):
        film.act(
            Deliver(version=CUT, films=(), head="x", shows=(("P02", "face"),), parts=parts),
        )
    film.act(shown, heard, copy("K1", "D0001"), copy("K2", "D0002"))
    film.act(ConfirmPieces(("C0002-A001",), "P01"))
    found = touched(film, "P01")
    assert [one.clip for one in found.renders] == ["C0001", "C0002", "C0003"]
    assert [one.copy for one in found.copies] == ["K1", "K2"]
    assert "said to be somebody else then" in "\n".join(touched_lines(found))
    film.act(VoiceIs(clip="C0003", stream=0, first=0, end=48_000, person="P02"))
    assert [one.copy for one in touched(film, "P01").copies] == ["K1"]


def test_a_film_that_never_showed_them_is_not_touched(film: Project) -> None:
    film.act(Deliver(version=CUT, films=(), head="x", shows=(("P02", "face"),)))
    found = touched(film, "P01")
    assert found.delivered == ()
    assert "nothing that shows them was delivered" in touched_lines(found)


def test_a_withdrawal_is_of_everybody_who_was_merged_and_a_split_opens_nothing(
    film: Project,
) -> None:
    film.act(MergePeople("P02", "P01"))
    found = withdraw(film, "P02")
    assert found.members == ("P01", "P02")
    assert [one.clip for one in found.renders] == ["C0001", "C0002"]
    assert {one.person for one in read_register(film).changes} == {"P01", "P02"}


def test_the_same_command_again_adds_nothing_and_knows_what_is_left_to_render(
    film: Project,
) -> None:
    withdraw(film, "P01")
    film.act(render("C0001", "P02"))
    version = film.version
    found = withdraw(film, "P01")
    assert film.version == version
    assert found.renders == ()
    assert found.versions == (CUT,)


def test_places_drawn_by_hand_are_listed(film: Project) -> None:
    keys = (Key(0, Polygon(((80, 80), (480, 80), (480, 480)))),)
    film.act(
        DrawMask(clip="C0003", mask="H1", first=0, end=9, keys=keys, kind="tattoo", person="P01")
    )
    assert touched(film, "P01").clips[-1].drawn == 1


def many(clips: int, pieces: int) -> list[Act]:
    """Acts of a long film: everybody is in every clip."""
    made: list[Act] = [DescribePerson(person(f"P{n:02d}")) for n in range(1, 12)]
    for number in range(1, clips + 1):
        rows = tuple(
            Piece(
                f"C{number:04d}-A{n:03d}",
                f"T{n}",
                n * 10,
                n * 10 + 9,
                "track",
                5,
                (0, 0, 9, 9),
                0.1,
            )
            for n in range(pieces)
        )
        looked = msgspec.structs.replace(analyse(number, 0), pieces=rows)
        made += [add(number), looked]
        made += [
            ConfirmPieces((row.id,), f"P{n % 11 + 1:02d}") for n, row in enumerate(rows) if n % 2
        ]
    return made


def test_a_withdrawal_from_many_clips_is_listed_at_once(tmp_path: Path) -> None:
    """A tenth of 1,000 clips and 20,000 tracks; benchmarks/withdrawal.py has the whole."""
    with new(tmp_path / "film") as film:
        film.act(*many(100, 20))
        film.act(AddVersion(version=CUT, medium="festival"))
        film.act(*(render(f"C{n:04d}", "P02") for n in range(1, 101)))
        began = time.process_time()
        found = touched(film, "P02")
        touched_lines(found)
        assert time.process_time() - began < 1
    assert len(found.clips) == len(found.renders) == 100


def test_a_withdrawal_counts_while_a_return_still_waits(film: Project) -> None:
    """P01 withdrew, came back by two people, and withdraws again before that counts."""
    withdraw(film, "P01")
    back = StateChange(id="S0099", person="P01", state="given", day=today_of(), proof_sha256=PROOF)
    film.act(ChangeState(back))
    film.who = "ben"
    film.act(SecondWidening("S0099", today_of()))
    withdraw(film, "P01")
    later = read_register(film, today="2999-12-01")
    assert state_of(later, "P01") == "withdrawn"
