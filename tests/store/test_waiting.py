"""Questions that wait are in nobody's queue until a human says who is there."""

from pathlib import Path

import small_projects
from msgspec.structs import replace

from safehouse.model.acts import ConfirmPieces, DescribePerson, Question
from safehouse.model.consent import Person
from safehouse.store.project import Project
from safehouse.store.reading_decided import read_clip_decisions
from safehouse.store.reading_queue import count_all, count_by_clip, next_open
from safehouse.store.reading_view import read_marks

HERE = Question("C0001-Q001", "lost", 2, 4, "T0", 0.8, "head lost inside the shot", waits=True)


def project(folder: Path) -> Project:
    made = small_projects.new(folder)
    act = replace(small_projects.analyse(1), questions=(HERE,))
    made.act(small_projects.add(1), act, DescribePerson(Person(id="P07")))
    return made


def answers(made: Project) -> list[str]:
    with made.lock:
        return [row[0] for row in made.db.execute("SELECT answer FROM question ORDER BY id")]


def test_what_waits_is_not_asked_nor_counted_but_undecided_for_a_plan(tmp_path: Path) -> None:
    with project(tmp_path / "film") as made:
        assert answers(made) == ["waits"]
        assert next_open(made) is None
        assert (count_all(made).open, count_all(made).all) == (0, 0)
        assert count_by_clip(made) == ()
        assert read_marks(made, "C0001").questions == ()
        (row,) = read_clip_decisions(made, "C0001").answers
        assert (row.question.id, row.answer) == ("C0001-Q001", "waits")


def test_it_is_asked_when_a_human_says_who_is_there_and_waits_again_when_that_is_undone(
    tmp_path: Path,
) -> None:
    with project(tmp_path / "film") as made:
        made.act(ConfirmPieces(("C0001-A001",), "P07"))
        assert answers(made) == ["waits"], "another track"
        made.act(ConfirmPieces(("C0001-A000",), "P07"))
        found = next_open(made)
        assert found is not None
        assert found.id == "C0001-Q001"
        made.undo()
        assert answers(made) == ["waits"]


def test_a_clip_that_is_analysed_again_asks_what_concerns_somebody_who_has_a_name(
    tmp_path: Path,
) -> None:
    with project(tmp_path / "film") as made:
        plain = small_projects.analyse(1)
        made.act(ConfirmPieces(("C0001-A000",), "P07"))
        made.act(replace(plain, questions=(HERE, replace(HERE, id="C0001-Q002", track="T1"))))
        assert answers(made) == ["open", "waits"]
        now = replace(HERE, id="C0001-Q002", track="T1", waits=False)
        made.act(replace(plain, questions=(HERE, now)))
        assert answers(made) == ["open", "open"], "analysis no longer knows why it was lost"
