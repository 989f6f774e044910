"""Grouping splits rather than merges, never doubles a person in a frame, and renames nobody."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.analysis.grouping import LINE, Appearance, group, mean_of

DRAW = np.random.default_rng(7)
FACES = DRAW.normal(0, 0.08, (40, 128)).astype(np.float32)
"""Forty faces about 1.3 apart, as no two people's are: dlib's are 0.8 apart at the median."""


def seen(
    number: int, who: int, *, clip: str = "", first: int = 0, person: str = "", off: float = 0.01
) -> Appearance:
    noise = np.random.default_rng(number).normal(0, off, 128).astype(np.float32)
    name = f"C{number:04d}-A001"
    where = clip or f"C{number:04d}"
    track = f"T{number:04d}"
    return Appearance(name, where, track, first, first + 50, FACES[who] + noise, 0.8, person)


def test_each_face_becomes_one_person_those_seen_most_first() -> None:
    rows = [seen(n, who) for n, who in enumerate((5, 7, 7, 5, 7))]
    found = group(rows, ())
    assert [guess.person for guess in found.guesses] == ["P02", "P01", "P01", "P02", "P01"]
    assert all(guess.distance < LINE for guess in found.guesses)
    assert found.near == ()


def test_two_pieces_in_one_frame_are_two_people_however_alike() -> None:
    rows = [seen(1, 3, clip="C0001"), seen(2, 3, clip="C0001", first=49)]
    assert len({guess.person for guess in group(rows, ()).guesses}) == 2
    rows = [seen(1, 3, clip="C0001"), seen(2, 3, clip="C0001", first=50)]
    assert len({guess.person for guess in group(rows, ()).guesses}) == 1


def test_people_who_are_there_keep_their_ids_and_get_what_is_new() -> None:
    rows = [seen(1, 3, person="P07"), seen(2, 9, person="P02"), seen(3, 3), seen(4, 9), seen(5, 11)]
    found = {guess.piece[:5]: guess.person for guess in group(rows, ("P02", "P07", "P12")).guesses}
    assert found == {"C0003": "P07", "C0004": "P02", "C0005": "P13"}


def test_people_who_were_split_by_hand_stay_two() -> None:
    rows = [seen(n, 3, person="P01" if n < 5 else "P02") for n in range(10)]
    assert group(rows, ("P01", "P02")).guesses == ()


def test_a_piece_without_a_face_follows_its_track_where_both_sides_agree() -> None:
    def part(n: int, who: int | None) -> Appearance:
        vector = None if who is None else FACES[who]
        name = f"C0001-A{n:03d}"
        return Appearance(name, "C0001", "T0001", 50 * n, 50 * n + 50, vector, 0.8)

    agree = group([part(0, 3), part(1, None), part(2, 3), part(3, None)], ())
    assert [guess.person for guess in agree.guesses] == ["P01"] * 4
    differ = group([part(0, 3), part(1, None), part(2, 9)], ())
    assert [guess.piece for guess in differ.guesses] == ["C0001-A000", "C0001-A002"]


def test_a_small_blurred_face_makes_nobody_new() -> None:
    blurred = Appearance("C0001-A001", "C0001", "T0001", 0, 9, FACES[0], 0.02)
    assert group([blurred], ()).guesses == ()


def test_a_chain_of_faces_between_two_people_does_not_join_them() -> None:
    way = FACES[1] - FACES[0]
    step = 0.2 / float(np.linalg.norm(way))
    rows = [
        Appearance(f"C{n:04d}-A001", f"C{n:04d}", "T0001", 0, 50, FACES[0] + n * step * way, 0.8)
        for n in range(7)
    ]
    people = {guess.piece: guess.person for guess in group(rows, ()).guesses}
    assert people["C0000-A001"] != people["C0006-A001"]


def test_a_guess_near_the_line_is_asked_about() -> None:
    way = (FACES[1] - FACES[0]) / np.linalg.norm(FACES[1] - FACES[0])
    rows = [
        Appearance("C0001-A001", "C0001", "T0001", 0, 50, FACES[0], 0.9, "P01"),
        Appearance("C0002-A001", "C0002", "T0001", 0, 50, FACES[0] + (LINE + 0.02) * way, 0.9),
    ]
    found = group(rows, ("P01",))
    assert [(guess.piece, guess.person) for guess in found.guesses] == [("C0002-A001", "P02")]
    assert [(guess.piece, guess.person) for guess in found.near] == [("C0002-A001", "P01")]


@given(
    st.lists(
        st.tuples(
            st.integers(-1, 3), st.integers(0, 3), st.integers(0, 200), st.sampled_from(["", "P01"])
        ),
        max_size=25,
    )
)
@settings(max_examples=200, deadline=None)
def test_nobody_is_guessed_to_be_in_two_places_of_one_frame(
    drawn: list[tuple[int, int, int, str]],
) -> None:
    rows = [
        replace(
            seen(n, who, clip=f"C{clip:04d}", first=first, person=person, off=0.02),
            track=f"T{n % 3:04d}",
            vector=None if who < 0 else FACES[who],
        )
        for n, (who, clip, first, person) in enumerate(drawn)
    ]
    by_id = {row.piece: row for row in rows}
    people: dict[str, list[Appearance]] = {}
    for guess in group(rows, ("P01",)).guesses:
        people.setdefault(guess.person, []).append(by_id[guess.piece])
    for row in rows:
        if row.person:
            people.setdefault(row.person, []).append(row)
    for own in people.values():
        for n, a in enumerate(own):
            for b in own[:n]:
                apart = a.clip != b.clip or a.end <= b.first or b.end <= a.first
                assert apart or (a.person and b.person)


def test_the_same_pieces_give_the_same_people_in_any_order() -> None:
    rows = [seen(n, who) for n, who in enumerate((5, 7, 7, 5, 7, 20, 21))]
    assert group(rows, ()) == group(rows[::-1], ())


def test_a_mean_leans_to_the_better_view() -> None:
    mean = mean_of([(0.1, FACES[0]), (0.9, FACES[1])])
    assert np.linalg.norm(mean - FACES[1]) < 0.15 * np.linalg.norm(FACES[0] - FACES[1])
