"""Readers of who is who count what is confirmed and guessed, fast in a film of 1,000 clips."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_projects import new

from safehouse.model.acts import DescribePerson, NamePerson
from safehouse.model.consent import Person
from safehouse.store.project import Project
from safehouse.store.reading_people import (
    is_picture_locked,
    next_person,
    read_clip_pieces,
    read_faces,
    read_people,
    read_person_pieces,
    read_unknown_pieces,
)

CLIPS, PIECES, PEOPLE = 1000, 20_000, 300


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with 1,000 clips, 20,000 pieces and 300 people; every third piece is confirmed."""
    with new(tmp_path_factory.mktemp("large") / "film") as made:
        made.act(*(DescribePerson(Person(id=f"P{n:02d}")) for n in range(1, PEOPLE + 1)))
        made.db.execute("BEGIN")
        made.db.executemany(
            "INSERT INTO clip (id, path, sha256, size_bytes, mtime_ns, origin, frames, seconds) "
            "VALUES (?, ?, ?, 1, 1, 'own', 2500, 100.0)",
            [(f"C{n:04d}", f"/x/{n}", f"{n}") for n in range(1, CLIPS + 1)],
        )
        made.db.executemany(
            "INSERT INTO piece (id, clip, track, first, end, why, best, box, area_frac, person, "
            "suggested, not_person) VALUES (?, ?, ?, ?, ?, 'track', ?, '[0,0,9,9]', 0.1, ?, ?, ?)",
            [piece_row(n) for n in range(PIECES)],
        )
        made.db.execute("COMMIT")
        yield made


def piece_row(n: int) -> tuple[object, ...]:
    clip = f"C{n // (PIECES // CLIPS) + 1:04d}"
    name, first = f"{clip}-A{n % (PIECES // CLIPS) + 1:03d}", n % 20 * 100
    who = f"P{n % PEOPLE + 1:02d}"
    confirmed = who if n % 3 == 0 else None
    guessed = who if n % 3 == 1 else None
    return (name, clip, f"T{n:05d}", first, first + 90, first, confirmed, guessed, n % 6 == 5)


def ms_of(read: Callable[[], object]) -> float:
    """The fastest of three, so that a busy machine does not count."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        read()
        times.append(1000 * (time.perf_counter() - begun))
    return min(times)


def test_readers_take_less_than_a_page_may(large: Project) -> None:
    assert ms_of(lambda: read_people(large)) < 150
    assert ms_of(lambda: read_person_pieces(large, "P07", most=100)) < 50
    assert ms_of(lambda: read_clip_pieces(large, "C0500")) < 20
    assert ms_of(lambda: read_unknown_pieces(large, most=100)) < 100


def test_counts_add_up_to_all_pieces(large: Project) -> None:
    people = read_people(large)
    assert [one.person.id for one in people[:2]] == ["P01", "P02"]
    assert people[-1].person.id == f"P{PEOPLE}"
    confirmed = sum(one.confirmed for one in people)
    guessed = sum(one.suggested for one in people)
    nobody = len(read_unknown_pieces(large))
    excluded = sum(1 for n in range(PIECES) if n % 6 == 5)
    assert confirmed + guessed + nobody + excluded == PIECES
    assert sum(1 for _ in read_faces(large)) == PIECES - excluded


def test_pieces_of_a_person_come_clip_by_clip_and_in_parts(large: Project) -> None:
    whole = read_person_pieces(large, "P07")
    assert [one.clip for one in whole] == sorted(one.clip for one in whole)
    assert {one.person or one.suggested for one in whole} == {"P07"}
    assert whole[3:5] == read_person_pieces(large, "P07", most=2, after=3)
    assert all(one.last_s - one.first_s == pytest.approx(3.6) for one in whole)


def test_a_cover_is_of_the_person_and_confirmed_where_one_is(large: Project) -> None:
    for one in read_people(large)[:20]:
        assert bool(one.cover) == bool(one.confirmed + one.suggested)
        if not one.cover:
            continue
        piece = next(p for p in read_person_pieces(large, one.person.id) if p.id == one.cover)
        assert piece.person == one.person.id or not one.confirmed


def test_names_are_not_read_but_that_there_is_one(tmp_path: Path) -> None:
    with new(tmp_path / "film") as project:
        assert next_person(project) == "P01"
        assert not is_picture_locked(project)
        project.act(DescribePerson(Person(id="P01")))
        project.act(NamePerson("P01", project.seal("Zoë")))
        (one,) = read_people(project)
        assert (one.named, one.cover, next_person(project)) == (True, "", "P02")
