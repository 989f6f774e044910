"""In which frames a head shows: somebody who is in two places at a time shows in neither."""

from safehouse.model.box import Box
from safehouse.model.findings import Sample, Track
from safehouse.model.showing import ShownPiece
from safehouse.plan.apart import EDGE, shown_rows

FRAMES = 60


def track(name: str, x: int) -> Track:
    """A head that stays where it is, seen in every frame."""
    head = Box(x, 100, x + 40, 140)
    return Track(name, 0, FRAMES, tuple(Sample(f, head, 0.9, "seen") for f in range(FRAMES)))


def piece(name: str, first: int, end: int, person: str) -> ShownPiece:
    return ShownPiece(f"{name}-{first}", name, first, end, person, ("R0001",))


TRACKS = (track("T0000", 0), track("T0001", 400))


def test_two_people_far_apart_show() -> None:
    rows = shown_rows(TRACKS, [piece("T0000", 0, FRAMES, "P01"), piece("T0001", 0, FRAMES, "P02")])
    assert [len(rows[one.id]) for one in TRACKS] == [FRAMES, FRAMES]


def test_one_person_in_two_places_at_a_time_shows_in_neither() -> None:
    rows = shown_rows(TRACKS, [piece("T0000", 0, FRAMES, "P01"), piece("T0001", 0, FRAMES, "P01")])
    assert [len(rows[one.id]) for one in TRACKS] == [0, 0]


def test_a_piece_shows_where_that_person_is_in_no_other_place() -> None:
    rows = shown_rows(
        TRACKS,
        [
            piece("T0000", 0, 20, "P01"),
            piece("T0000", 20, FRAMES, "P01"),
            piece("T0001", 0, 20, "P01"),
        ],
    )
    assert sorted(rows["T0000"]) == list(range(20 + EDGE, FRAMES))
    assert rows["T0001"] == {}
