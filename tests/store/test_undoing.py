"""Undo and redo: the same way for every kind, never over a later change."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_projects import acts, add, again, begin, confirm, new, state, suggest

from safehouse.errors import NotUndoable, SafehouseError, StaleWindow
from safehouse.model.acts import (
    Act,
    Comment,
    ConfirmPieces,
    Decide,
    DescribePerson,
    DrawMask,
    EraseMask,
    HandOver,
    MarkNotPerson,
    MergePeople,
    NoteContent,
    ReplaceSpan,
    SignShot,
    SplitPerson,
    Suggestion,
    SuggestPieces,
    VoiceIs,
)
from safehouse.model.consent import Person
from safehouse.model.shape import Ellipse, Key
from safehouse.store.applying import UNDOABLE
from safehouse.store.project import Project

PIECES = tuple(f"C{clip:04d}-A{n:03d}" for clip in (1, 2) for n in range(3))
QUESTIONS = tuple(name.replace("-A", "-Q") for name in PIECES)
PEOPLE = ("P01", "P02", "P03")
MASK = Ellipse(cx=1600, cy=800, rx=160, ry=240)
clips = st.sampled_from(["C0001", "C0002"])
people = st.sampled_from(PEOPLE)
some_pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3, unique=True).map(tuple)
spans = st.tuples(st.integers(0, 400), st.integers(1, 99)).map(lambda row: (row[0], sum(row)))

ACTS: dict[str, st.SearchStrategy[Act]] = {
    "SuggestPieces": st.lists(
        st.builds(Suggestion, st.sampled_from(PIECES), people, st.floats(0, 1)),
        min_size=1,
        max_size=4,
        unique_by=lambda row: row.piece,
    ).map(lambda rows: SuggestPieces(tuple(rows))),
    "ConfirmPieces": st.builds(ConfirmPieces, some_pieces, st.sampled_from(["", *PEOPLE])),
    "MarkNotPerson": st.builds(MarkNotPerson, some_pieces, st.booleans()),
    "MergePeople": st.builds(MergePeople, people, people),
    "SplitPerson": st.builds(SplitPerson, people, some_pieces, st.sampled_from(["P08", "P09"])),
    "Decide": st.builds(
        Decide, st.sampled_from(QUESTIONS), st.sampled_from(["accept", "hide", "nothing", "open"])
    ),
    "DrawMask": st.builds(
        lambda clip, mask, span: DrawMask(
            clip=clip, mask=mask, first=span[0], end=span[1], keys=(Key(span[0], MASK),)
        ),
        clips,
        st.sampled_from(["M1", "M2"]),
        spans,
    ),
    "EraseMask": st.builds(EraseMask, clips, st.sampled_from(["M1", "M2"])),
    "ReplaceSpan": st.builds(
        lambda clip, span, by: ReplaceSpan(clip=clip, first=span[0], end=span[1], by=by),
        clips,
        spans,
        st.sampled_from(["slate", "still", "nothing"]),
    ),
    "VoiceIs": st.builds(
        lambda clip, span, who: VoiceIs(
            clip=clip, stream=0, first=span[0], end=span[1], person=who
        ),
        clips,
        spans,
        st.sampled_from(["", *PEOPLE]),
    ),
    "Comment": st.builds(Comment, clips, st.integers(0, 500), st.sampled_from(["a", "naïve"])),
    "NoteContent": st.builds(
        lambda clip, span, text: NoteContent(clip, *span, text), clips, spans, st.just("blood")
    ),
    "HandOver": st.builds(HandOver, clips, st.sampled_from(["", "op2"])),
    "SignShot": st.builds(lambda clip, span: SignShot(clip, *span), clips, spans),
}
any_act = st.one_of(*ACTS.values())


def begun(folder: Path) -> Project:
    project = new(folder)
    begin(project, clips=2)
    for name in PEOPLE:
        project.act(DescribePerson(Person(id=name)))
    return project


def tried(project: Project, wanted: list[Act]) -> int:
    """Do those of some acts that fit what is there; return how many changed something."""
    done = 0
    for act in wanted:
        before = state(project, all_tables=False), project.rows("SELECT * FROM signed")
        try:
            project.act(act)
        except SafehouseError:
            continue
        done += (state(project, all_tables=False), project.rows("SELECT * FROM signed")) != before
    return done


def tables(project: Project) -> dict[str, object]:
    return {**state(project, all_tables=False), "signed": sorted(map(tuple, signed(project)))}


def signed(project: Project) -> list[object]:
    return list(project.rows("SELECT * FROM signed"))


def test_every_kind_that_can_be_undone_is_tried() -> None:
    assert set(ACTS) == UNDOABLE


@pytest.mark.parametrize("kind", sorted(ACTS))
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_kind_is_undone_and_redone(
    kind: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = data.draw(st.lists(any_act, max_size=4))
    with begun(tmp_path_factory.mktemp("film") / "p") as film:
        tried(film, first)
        before = tables(film)
        if not tried(film, [data.draw(ACTS[kind])]):
            return
        after = tables(film)
        assert film.undo() == kind
        assert tables(film) == before
        assert film.redo() == kind
        assert tables(film) == after


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=st.lists(any_act, min_size=1, max_size=15), stops=st.integers(0, 15))
def test_undoing_all_is_the_beginning_and_redoing_all_the_end(
    wanted: list[Act], stops: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("film") / "p"
    with begun(folder) as film:
        beginning = tables(film)
        tried(film, wanted)
        end = tables(film)
        steps = 0
        while film.undo() is not None:
            steps += 1
            if steps == stops:
                before = state(film)
                film.close()
                film = again(folder)
                assert state(film) == before
        assert tables(film) == beginning
        for _ in range(steps):
            assert film.redo() is not None
        assert film.redo() is None
        assert tables(film) == end
        whole = state(film)
        film.close()
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    with again(folder) as film:
        assert state(film) == whole


def test_the_last_one_is_undone_first_and_redo_goes_back(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(suggest(1))
        film.act(confirm(1))
        film.act(Decide("C0001-Q000", "hide"))
        assert [film.undo(), film.undo()] == ["Decide", "ConfirmPieces"]
        assert [film.redo(), film.undo(), film.redo()] == ["ConfirmPieces"] * 3
        assert [film.redo(), film.redo()] == ["Decide", None]


def test_something_done_anew_ends_redoing(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(Decide("C0001-Q000", "hide"))
        film.undo()
        film.act(Decide("C0001-Q001", "nothing"))
        assert film.redo() is None
        assert [film.undo(), film.undo()] == ["Decide", None]


def test_acts_of_one_call_are_undone_together(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        before = tables(film)
        film.act(suggest(1), confirm(1), Decide("C0001-Q000", "hide"))
        film.undo()
        assert tables(film) == before
        assert film.undo() is None


def test_a_window_that_saw_less_undoes_nothing(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(Decide("C0001-Q000", "hide"))
        seen = film.version
        film.act(Decide("C0001-Q001", "hide"))
        before = tables(film)
        for turn in (film.undo, film.redo):
            with pytest.raises(StaleWindow):
                turn(expect=seen)
        assert tables(film) == before
        assert film.undo(expect=film.version) == "Decide"


def test_clips_people_and_consent_are_never_undone(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(add(3))
        assert film.undo() is None
        film.act(Comment("C0001", 1, "a"))
        film.act(add(4))
        assert film.undo() == "Comment"
        assert film.rows("SELECT count(*) FROM clip")[0][0] == 4


def test_what_a_later_act_changed_again_is_not_undone(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(SuggestPieces((Suggestion("C0001-A000", "P07", 0.2),)))
        film.act(DescribePerson(Person(id="P07", risk="high")))
        before = tables(film), film.version
        with pytest.raises(NotUndoable):
            film.undo()
        assert (tables(film), film.version) == before


def test_an_undo_that_would_leave_somebody_pointing_nowhere_is_refused(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(SuggestPieces((Suggestion("C0001-A000", "P07", 0.2),)))
        with film.lock:
            film.db.execute("INSERT INTO name VALUES ('P07', 'sealed')")
        with pytest.raises(NotUndoable):
            film.undo()
        assert film.rows("SELECT id FROM person WHERE id = 'P07'")


def test_an_act_that_changed_nothing_is_not_there_to_be_undone(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(Decide("C0001-Q000", "hide"))
        film.act(Decide("C0001-Q000", "hide"))
        assert [film.undo(), film.undo()] == ["Decide", None]
        assert acts(film)[-1] == "Undo"


def test_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    with begun(tmp_path / "film") as film:
        film.act(SuggestPieces((Suggestion("C0001-A000", "P01", 0.1 + 0.2),)))
        film.act(ConfirmPieces(("C0001-A000",), "P02"))
        film.undo()
        row = film.rows("SELECT distance FROM piece WHERE id = 'C0001-A000'")[0]
        assert row[0] == 0.1 + 0.2
