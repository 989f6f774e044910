"""What stands in a version's way: every reason alone refuses, and the gravest comes first."""

from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.deliver.refusals import Ready, State, Watched, refusals

A, B = "a" * 64, "b" * 64


def clip(name: str = "C0001", state: State = "ready", **other: object) -> Ready:
    row = Ready(name, state, 0, A, A)
    return row._replace(**other)  # type: ignore[arg-type]


def watched(rows: Sequence[Ready], knower: str = "not shown") -> Watched:
    return Watched({row.clip: row.film_sha256 for row in rows}, knower)


def ids(rows: Sequence[Ready], watches: Sequence[Watched] | None = None) -> list[str]:
    seen = [watched(rows)] if watches is None else watches
    return [error.id for error in refusals("cut", rows, seen)]


def test_a_version_that_is_ready_and_was_watched_has_nothing_in_its_way() -> None:
    assert ids([clip(), clip("C0002")]) == []


@pytest.mark.parametrize(
    ("row", "id_"),
    [
        (clip(state="missing"), "E70"),
        (clip(state="stale"), "E71"),
        (clip(state="wrong"), "E72"),
        (clip(state="held"), "E73"),
        (clip(found_sha256=B), "E74"),
        (clip(found_sha256=""), "E74"),
        (clip(open=1), "E75"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_reason_alone_refuses(row: Ready, id_: str) -> None:
    assert ids([clip("C0002"), row]) == [id_]


def test_nothing_is_delivered_that_no_human_watched() -> None:
    assert ids([clip()], []) == ["E76"]


@pytest.mark.parametrize(
    "films", [{}, {"C0001": B}, {"C0001": A}, {"C0001": A, "C0002": A, "C0003": A}], ids=str
)
def test_a_watch_counts_for_exactly_its_films(films: dict[str, str]) -> None:
    assert ids([clip(), clip("C0002")], [Watched(films, "not shown")]) == ["E76"]


def test_who_knows_the_people_and_recognised_somebody_stops_it_whoever_watches_after() -> None:
    rows = [clip()]
    seen = [watched(rows, "recognised somebody"), watched(rows, "recognised nobody")]
    assert ids(rows, seen) == ["E77"]
    assert ids(rows, seen[1:]) == []


def test_a_film_made_anew_does_not_clear_the_others_in_which_somebody_was_recognised() -> None:
    before, after = [clip(), clip("C0002")], [clip(), clip("C0002", film_sha256=B, found_sha256=B)]
    told = watched(before, "recognised somebody")
    assert ids(after, [told]) == ["E76"]
    assert ids(after, [told, watched(after)]) == ["E77"]
    assert ids(after, [told, watched(after), watched(after, "recognised nobody")]) == []
    assert (
        ids([clip(film_sha256=B, found_sha256=B)], [told, Watched({"C0001": B}, "not shown")]) == []
    )


def test_a_version_without_clips_is_refused() -> None:
    assert ids([], []) == ["E79"]


def test_the_gravest_comes_first_and_clips_are_named_once() -> None:
    rows = [
        clip("C0001", "stale"),
        clip("C0002", "wrong"),
        clip("C0003", "held"),
        *(clip(f"C{n:04d}", "missing", open=2) for n in range(4, 20)),
    ]
    errors = refusals("cut", rows, [])
    assert [error.id for error in errors] == ["E72", "E73", "E70", "E71", "E75", "E76"]
    assert "16 clips" in errors[2].happened
    assert "and 8 more" in errors[2].happened
    assert errors[4].happened.startswith("32 questions are undecided")


states = st.sampled_from(get_args(State))
digests = st.sampled_from([A, B, ""])


@given(st.lists(st.tuples(states, st.integers(0, 2), digests, digests), min_size=1, max_size=6))
def test_only_what_is_ready_decided_audited_and_watched_goes_out(
    drawn: list[tuple[State, int, str, str]],
) -> None:
    rows = [Ready(f"C{n:04d}", *row) for n, row in enumerate(drawn)]
    fine = all(row.state == "ready" and not row.open and row[3] == row[4] for row in rows)
    assert (ids(rows) == []) == fine
