"""Whose face may be shown: each condition alone keeps it hidden."""

from typing import Any

import msgspec
import pytest

from safehouse.model.acts_clips import Piece, Question
from safehouse.model.consent import Ruling
from safehouse.model.showing import Answered, Confirmed, Origin, Rulings
from safehouse.plan.showing import may_show, shown_pieces

PIECE = Piece("C0001-A001", "T0001", 10, 40, "track", 20, (0, 0, 10, 10), 0.1)
YES = Ruling(person="P07", trait="face", allowed=True, why="given", records=("R0012",))
RULINGS: Rulings = {("P07", "face"): YES}


def asked(**change: Any) -> Question:
    question = Question("C0001-Q001", "begins", 10, 12, "T0001", 0.6, "a face begins")
    return msgspec.structs.replace(question, **change)


def test_a_confirmed_piece_of_somebody_who_said_yes_may_be_shown() -> None:
    assert may_show(PIECE, "P07", RULINGS, (), "own") == (True, "given")


@pytest.mark.parametrize(
    ("person", "rulings", "origin"),
    [
        ("", RULINGS, "own"),
        ("P08", RULINGS, "own"),
        ("P07", {}, "own"),
        ("P07", RULINGS, "unknown"),
        ("P07", {("P07", "voice"): YES}, "own"),
        ("P07", {("P07", "face"): msgspec.structs.replace(YES, trait="voice")}, "own"),
        ("P07", {("P07", "face"): msgspec.structs.replace(YES, person="P08")}, "own"),
        ("P07", {("P07", "face"): msgspec.structs.replace(YES, allowed=False)}, "own"),
        ("P07", {("P07", "face"): msgspec.structs.replace(YES, records=())}, "own"),
    ],
)
def test_without_one_of_its_conditions_it_stays_hidden(
    person: str, rulings: Rulings, origin: Origin
) -> None:
    assert not may_show(PIECE, person, rulings, (), origin)[0]


@pytest.mark.parametrize(
    "question",
    [
        asked(),
        asked(first=39, end=60),
        asked(track=""),
        asked(track="T0002", kind="whole"),
        asked(track="T0002", kind="damaged"),
    ],
)
def test_an_undecided_question_over_it_keeps_it_hidden(question: Question) -> None:
    assert not may_show(PIECE, "P07", RULINGS, [question], "own")[0]
    assert shown_pieces([Confirmed(PIECE, "P07")], RULINGS, [Answered(question)], "own").shown == ()
    waiting = [Answered(question, "waits")]
    assert shown_pieces([Confirmed(PIECE, "P07")], RULINGS, waiting, "own").shown == ()
    answered = [Answered(question, "accept")]
    assert shown_pieces([Confirmed(PIECE, "P07")], RULINGS, answered, "own").shown


@pytest.mark.parametrize(
    "question", [asked(first=40, end=50), asked(first=2, end=10), asked(track="T0002")]
)
def test_a_question_elsewhere_does_not(question: Question) -> None:
    assert may_show(PIECE, "P07", RULINGS, [question], "own")[0]


def test_what_is_shown_names_its_records_and_what_is_hidden_its_reason() -> None:
    other = msgspec.structs.replace(PIECE, id="C0001-A002", track="T0002")
    found = shown_pieces([Confirmed(PIECE, "P07"), Confirmed(other, "P08")], RULINGS, (), "own")
    (shown,) = found.shown
    assert (shown.piece, shown.track, shown.first, shown.end) == ("C0001-A001", "T0001", 10, 40)
    assert (shown.person, shown.records) == ("P07", ("R0012",))
    assert [(row.what, row.person, row.why) for row in found.hidden] == [
        ("C0001-A002", "P08", "no record")
    ]


def test_what_is_no_person_stays_hidden() -> None:
    found = shown_pieces([Confirmed(PIECE, "P07", not_person=True)], RULINGS, (), "own")
    assert found.shown == ()


def test_two_pieces_of_one_track_with_the_same_frames_are_both_hidden() -> None:
    other = msgspec.structs.replace(PIECE, id="C0001-A002", first=39, end=60)
    third = msgspec.structs.replace(PIECE, id="C0001-A003", first=60, end=70)
    rows = [Confirmed(piece, "P07") for piece in (other, third, PIECE)]
    found = shown_pieces(rows, RULINGS, (), "own")
    assert [row.piece for row in found.shown] == ["C0001-A003"]


def in_parts(*rows: tuple[str, str]) -> list[str]:
    """Ids of the pieces that are shown of one track cut like this: why, and the person."""
    pieces = [
        msgspec.structs.replace(PIECE, id=f"C0001-A{n:03}", first=10 * n, end=10 * n + 10, why=why)
        for n, (why, _) in enumerate(rows)
    ]
    confirmed = [Confirmed(p, who) for p, (_, who) in zip(pieces, rows, strict=True)]
    rulings = {(who, "face"): msgspec.structs.replace(YES, person=who) for who in ("P07", "P09")}
    return [row.piece for row in shown_pieces(confirmed, rulings, (), "own").shown]


def test_where_nobody_saw_whose_head_it_is_both_sides_must_be_shown_as_theirs() -> None:
    both = ("track", "P07"), ("bridge", "P07"), ("jump", "P07"), ("after", "P07")
    assert len(in_parts(*both)) == 4
    assert in_parts(*both[:3]) == ["C0001-A000"]
    assert in_parts(*both[:3], ("after", "P09")) == ["C0001-A000", "C0001-A003"]
    assert in_parts(*both[:3], ("after", "P08")) == ["C0001-A000"]
    assert in_parts(both[0], ("bridge", ""), *both[2:]) == ["C0001-A000", "C0001-A003"]
    assert in_parts(("something new", "P07")) == []
