"""What an undo would show is not undone: heads analysed anew, and what was said of two as one."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from registers import change, person, record
from small_projects import add, analyse, begin, confirm, new

from safehouse.errors import NotUndoable
from safehouse.model.acts import (
    Act,
    AnalyseClip,
    AnswerLink,
    ChangeState,
    Decide,
    DescribePerson,
    MergePeople,
    RecordConsent,
)
from safehouse.model.consent import Link
from safehouse.store.project import Project


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Project]:
    """A clip, and P01, P02 and P03 on record."""
    with new(tmp_path / "film") as project:
        begin(project)
        project.act(*(DescribePerson(person(id_)) for id_ in ("P01", "P02", "P03")))
        yield project


def elsewhere() -> AnalyseClip:
    """C0001 analysed anew: the same ids and frames, and heads in other places."""
    made = analyse(1)
    moved = tuple(msgspec.structs.replace(p, box=(200, 90, 260, 150)) for p in made.pieces)
    return msgspec.structs.replace(made, findings_sha256="f" * 64, pieces=moved)


def who(film: Project) -> str | None:
    row = film.rows("SELECT person FROM piece WHERE id = 'C0001-A000'")[0]
    return row["person"]  # type: ignore[no-any-return]


def test_a_confirmation_is_not_redone_on_a_clip_that_was_analysed_anew(film: Project) -> None:
    film.act(confirm(1))
    film.undo()
    film.act(elsewhere())
    with pytest.raises(NotUndoable):
        film.redo()
    assert who(film) is None


def test_a_confirmation_taken_back_is_not_put_back_on_another_head(film: Project) -> None:
    film.act(confirm(1))
    film.act(confirm(1, ""))
    film.act(elsewhere())
    with pytest.raises(NotUndoable):
        film.undo()
    assert who(film) is None


def test_an_answer_is_not_put_back_on_another_question(film: Project) -> None:
    film.act(Decide("C0001-Q000", "nothing"))
    film.undo()
    film.act(elsewhere())
    with pytest.raises(NotUndoable):
        film.redo()
    assert film.rows("SELECT answer FROM question WHERE id = 'C0001-Q000'")[0][0] == "open"


def test_another_clip_that_is_analysed_stands_in_nobodys_way(film: Project) -> None:
    film.act(confirm(1))
    film.act(add(2))
    film.act(analyse(2))
    assert film.undo() == "ConfirmPieces"
    assert film.redo() == "ConfirmPieces"
    assert who(film) == "P01"


SAID: dict[str, Act] = {
    "no": RecordConsent(record("R0001", "P01", traits={"face": False})),
    "withdrawn": ChangeState(change("withdrawn", id="S0001", person="P01")),
    "linked": AnswerLink(Link(person="P01", other="P03")),
    "hidden": DescribePerson(person("P01", hidden_from=("state",))),
    "of the other": ChangeState(change("detained", id="S0001", person="P02")),
}


@pytest.mark.parametrize("what", SAID)
def test_two_are_not_parted_by_an_undo_after_something_was_said_of_them(
    film: Project, what: str
) -> None:
    film.act(confirm(1, "P02"))
    film.act(MergePeople("P02", "P01"))
    film.act(SAID[what])
    with pytest.raises(NotUndoable):
        film.undo()
    assert who(film) == "P01"


def test_what_was_said_of_others_or_before_stands_in_nobodys_way(film: Project) -> None:
    film.act(ChangeState(change("withdrawn", id="S0001", person="P01")))
    film.act(MergePeople("P02", "P01"))
    film.act(ChangeState(change("withdrawn", id="S0002", person="P03")))
    assert film.undo() == "MergePeople"


def test_who_joined_since_counts_as_one_of_them(film: Project) -> None:
    film.act(MergePeople("P02", "P01"))
    film.act(RecordConsent(record("R0001", "P03", traits={"face": False})))
    film.act(MergePeople("P03", "P01"))
    film.undo()
    film.redo()
    film.act(ChangeState(change("withdrawn", id="S0001", person="P03")))
    with pytest.raises(NotUndoable):
        film.undo()
