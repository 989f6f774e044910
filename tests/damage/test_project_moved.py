"""A project whose folder is moved, replaced or lost while it is open; copies that went apart."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_projects import acts, add, again, begin, new

from safehouse.errors import HistoryEdited, ProjectDamaged, ProjectUnwritable
from safehouse.model.acts import Comment
from safehouse.store.history import require_head
from safehouse.store.project import Project
from safehouse.store.reading_register import read_register

NOTE = Comment("C0001", 1, "seen")

WRITING: tuple[Callable[[Project], object], ...] = (
    lambda film: film.act(NOTE),
    lambda film: film.files.put("plans/cut/C0001.json", b"plan"),
    lambda film: film.put_faces([("C0001-A000", 1, bytes(516))]),
    Project.snapshot,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new(tmp_path / "film") as film:
        begin(film)
    return tmp_path / "film"


def replace(folder: Path) -> None:
    """Put a copy in the place of a folder."""
    away = folder.with_name("away")
    folder.rename(away)
    shutil.copytree(away, folder)


@pytest.mark.parametrize("write", WRITING)
@pytest.mark.parametrize("happens", [replace, lambda folder: folder.rename(folder.parent / "away")])
def test_nothing_is_written_once_the_folder_is_another(
    folder: Path, write: Callable[[Project], object], happens: Callable[[Path], object]
) -> None:
    film = again(folder)
    before = acts(film)
    happens(folder)
    held = {path: path.stat().st_size for path in folder.rglob("*")}
    with pytest.raises(ProjectUnwritable, match="moved"):
        write(film)
    film.close()
    assert {path: path.stat().st_size for path in folder.rglob("*")} == held
    with again(folder.parent / "away") as film:
        assert acts(film) == before


def test_moved_back_it_goes_on(folder: Path) -> None:
    with again(folder) as film:
        folder.rename(folder.parent / "away")
        with pytest.raises(ProjectUnwritable):
            film.act(NOTE)
        (folder.parent / "away").rename(folder)
        film.act(NOTE)
    with again(folder) as film:
        assert acts(film)[-1] == "Comment"


def test_a_lock_that_was_removed_lets_no_second_one_write_too(folder: Path) -> None:
    first = again(folder)
    (folder / ".lock").unlink()
    with again(folder) as second:
        with pytest.raises(ProjectUnwritable):
            first.act(NOTE)
        second.act(NOTE)
        first.close()
        second.act(add(2))
    with again(folder) as film:
        assert acts(film)[-2:] == ["Comment", "AddClip"]


def journal(folder: Path) -> Path:
    return folder / "journal"


def test_a_copy_that_went_apart_is_whole_in_itself_and_paper_tells_which_it_is(
    folder: Path,
) -> None:
    other = Path(shutil.copytree(folder, folder.parent / "copy"))
    with again(folder) as film:
        film.act(NOTE)
        here = film.head_words()
    with again(other) as film:
        film.act(Comment("C0001", 2, "on the laptop"))
        hashes = [entry.hash for entry in film.entries()]
        with pytest.raises(HistoryEdited):
            require_head(here, hashes)


def test_the_journal_of_another_copy_is_found_out(folder: Path) -> None:
    """Two copies went apart; one's journal is put into the other: a mixture is never opened."""
    other = Path(shutil.copytree(folder, folder.parent / "copy"))
    with again(folder) as film:
        film.act(NOTE)
    with again(other) as film:
        film.act(Comment("C0001", 2, "on the laptop"), add(3))
    mixed = Path(shutil.copytree(folder, folder.parent / "mixed"))
    shutil.rmtree(journal(mixed))
    shutil.copytree(journal(other), journal(mixed))
    held = (mixed / "journal" / "acts.journal").read_bytes()
    with pytest.raises(ProjectDamaged, match="journal"):
        again(mixed)
    assert (mixed / "journal" / "acts.journal").read_bytes() == held
    shutil.rmtree(mixed / "snapshots")
    with again(mixed) as film:
        assert acts(film)[-1] == "AddClip", "without a snapshot of the other it is the other copy"


def test_an_older_copy_of_the_journal_put_back_is_found_out(folder: Path) -> None:
    older = (folder / "journal" / "acts.journal").read_bytes()
    with again(folder) as film:
        film.act(NOTE)
    (folder / "journal" / "acts.journal").write_bytes(older)
    with pytest.raises(ProjectDamaged):
        again(folder)


def test_a_clock_that_was_set_back_loses_nothing(folder: Path) -> None:
    with again(folder) as film:
        film.clock = lambda: "1999-12-31T23:59:59Z"
        film.act(NOTE)
        film.act(add(2))
    with again(folder) as film:
        entries = film.entries()
        assert read_register(film).seen == entries[0].at[:10]
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1].at < entries[0].at
