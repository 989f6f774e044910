"""Clips: added once, moved, analysed anew without losing or inventing a decision."""

from pathlib import Path

import msgspec
import pytest
from small_projects import add, analyse, begin, confirm, new, suggest

from safehouse.errors import ActRefused
from safehouse.model.acts import AnalyseClip, Custody, Decide, FailClip, MarkNotPerson, MoveClip
from safehouse.store.project import Project


def pieces(film: Project) -> dict[str, tuple[object, ...]]:
    rows = film.rows("SELECT id, person, suggested, distance, not_person FROM piece ORDER BY id")
    return {row["id"]: tuple(row)[1:] for row in rows}


def moved(act: AnalyseClip, box: tuple[int, int, int, int], best: int = 5) -> AnalyseClip:
    """The same pieces, the first with its head elsewhere."""
    first = msgspec.structs.replace(act.pieces[0], box=box, best=best)
    return msgspec.structs.replace(act, pieces=(first, *act.pieces[1:]))


def test_a_clip_is_added_by_reference(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        act = msgspec.structs.replace(add(1), custody=Custody("K01", "2026-11-20T10:00:00Z"))
        film.act(act)
        row = film.rows("SELECT * FROM clip")[0]
        assert (row["path"], row["size_bytes"], row["card"]) == ("/rushes/1.mov", 1001, "K01")


def test_the_same_file_is_not_added_twice(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        film.act(add(1))
        with pytest.raises(ActRefused) as told:
            film.act(msgspec.structs.replace(add(2), sha256=add(1).sha256))
        assert "C0001" in str(told.value)
        with pytest.raises(ActRefused):
            film.act(msgspec.structs.replace(add(1), sha256="e" * 64))


def test_a_moved_clip_is_found_elsewhere(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        film.act(add(1))
        film.act(MoveClip(clip="C0001", path="/backup/1.mov", mtime_ns=9))
        row = film.rows("SELECT path, mtime_ns FROM clip")[0]
        assert tuple(row) == ("/backup/1.mov", 9)


def test_what_is_said_of_a_clip_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        for act in (
            MoveClip(clip="C0009", path="/x", mtime_ns=1),
            FailClip(clip="C0009", error="E13", words="broken"),
            analyse(9),
        ):
            with pytest.raises(ActRefused):
                film.act(act)
        assert film.version == 0


def test_a_piece_of_another_clip_or_without_frames_is_refused(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        film.act(add(1), add(2))
        wrong = msgspec.structs.replace(analyse(1), pieces=analyse(2).pieces)
        empty = msgspec.structs.replace(analyse(1).pieces[0], end=0)
        for act in (wrong, msgspec.structs.replace(analyse(1), pieces=(empty,))):
            with pytest.raises(ActRefused):
                film.act(act)


def test_a_failure_is_kept_until_the_clip_is_analysed(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        film.act(add(1))
        film.act(FailClip(clip="C0001", error="E13", words="it breaks off"))
        assert film.rows("SELECT error FROM clip")[0][0] == "E13"
        film.act(analyse(1))
        assert film.rows("SELECT error FROM clip")[0][0] == ""


def test_decisions_stay_when_a_clip_is_analysed_again_and_shows_the_same(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        begin(film)
        film.act(suggest(1), confirm(1))
        film.act(MarkNotPerson(("C0001-A001",)))
        film.act(Decide("C0001-Q000", "nothing"))
        before = pieces(film)
        film.act(moved(analyse(1), (1, 1, 10, 10)))
        assert pieces(film) == before
        rows = film.rows("SELECT answer, decided_by FROM question ORDER BY id")
        assert [tuple(row) for row in rows] == [("nothing", "op1"), ("open", ""), ("open", "")]


@pytest.mark.parametrize(
    "act", [moved(analyse(1), (200, 100, 240, 150)), moved(analyse(1), (0, 0, 9, 9), best=7)]
)
def test_where_the_head_is_elsewhere_a_confirmed_person_is_only_a_guess(
    tmp_path: Path, act: AnalyseClip
) -> None:
    """Another head at the same time must not be shown because somebody else's was confirmed."""
    with new(tmp_path / "film") as film:
        begin(film)
        film.act(suggest(1, "P01"), confirm(1, "P01"))
        film.act(act)
        assert pieces(film)["C0001-A000"] == (None, "P01", None, 0)


def test_pieces_that_are_no_more_go_with_their_embeddings(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        begin(film)
        film.put_faces([(f"C0001-A00{n}", 5, b"e" * 8) for n in range(3)])
        film.act(analyse(1, pieces=1))
        assert list(pieces(film)) == ["C0001-A000"]
        assert [row[0] for row in film.rows("SELECT piece FROM face")] == ["C0001-A000"]


def test_a_question_that_is_asked_otherwise_is_open_again(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        begin(film)
        film.act(Decide("C0001-Q000", "nothing"))
        act = analyse(1)
        other = msgspec.structs.replace(act.questions[0], end=9)
        film.act(msgspec.structs.replace(act, questions=(other,)))
        assert film.rows("SELECT answer FROM question")[0][0] == "open"
