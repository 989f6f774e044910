"""The tables are held against the history: a snapshot that the key's owner edited is found out."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from small_projects import add, again, analyse, begin, confirm, new, state, suggest

from safehouse.errors import ProjectDamaged
from safehouse.model.acts import AddVersion, DescribePerson, Undo
from safehouse.model.consent import Person
from safehouse.store.folder import read_card, read_keys
from safehouse.store.project import Project
from safehouse.store.reading_history import verify_history
from safehouse.store.verifying import require_tables

EDITS = {
    "person": "UPDATE person SET risk = 'none'",
    "question": "UPDATE question SET answer = 'accept'",
    "piece": "DELETE FROM piece WHERE id = 'C0001-A001'",
    "act": "UPDATE act SET who = 'somebody else' WHERE n = 2",
    "extra": "CREATE TABLE extra (a)",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new(tmp_path / "film") as film:
        begin(film, 2)
        film.act(DescribePerson(Person(id="P01", risk="high")))
        film.act(suggest(1), confirm(2))
        film.act(confirm(1))
        film.put_faces([("C0001-A000", 1, bytes(516))])
    return tmp_path / "film"


def edit(folder: Path, script: str) -> None:
    """Seal another newest snapshot, as only the owner of the key can."""
    keys = read_keys(folder, read_card(folder), None, None)
    path = sorted((folder / "snapshots").iterdir())[-1]
    line, _, database = keys.open("snapshot", path.read_bytes()).partition(b"\n")
    plain = folder.parent / "plain.db"
    plain.write_bytes(database)
    db = sqlite3.connect(plain)
    db.execute(script)
    db.commit()
    db.close()
    path.write_bytes(keys.seal("snapshot", line + b"\n" + plain.read_bytes()))


def test_what_nobody_edited_verifies(folder: Path) -> None:
    with again(folder) as film:
        film.act(add(3), analyse(3))
        film.undo()
        found = verify_history(film, film.head_words())
        assert (found.acts, found.since) == (film.version, film.version)
        assert list(film.work.iterdir()) == []


@pytest.mark.parametrize("table", EDITS)
def test_a_table_that_was_edited_is_named_and_the_next_step_mends_it(
    folder: Path, table: str
) -> None:
    with again(folder) as film:
        before = state(film)
    edit(folder, EDITS[table])
    with again(folder) as film, pytest.raises(ProjectDamaged, match=f"{table} was edited"):
        verify_history(film)
    shutil.rmtree(folder / "snapshots")
    with again(folder) as film:
        require_tables(film)
        assert {**state(film), "face": []} == {**before, "face": []}


def test_what_an_older_safehouse_wrote_without_a_field_is_not_called_edited(folder: Path) -> None:
    """A field that was added since has a default, which replaying fills in."""
    with again(folder) as film:
        film.act(AddVersion(version="cut", medium="festival"))
    edit(folder, "UPDATE version SET body = json_remove(body, '$.planned')")
    with again(folder) as film:
        require_tables(film)
    edit(folder, "UPDATE version SET body = json_remove(body, '$.medium')")
    with again(folder) as film, pytest.raises(ProjectDamaged, match="version was edited"):
        require_tables(film)


def test_embeddings_are_no_part_of_the_history(folder: Path) -> None:
    with again(folder) as film:
        assert len(film.rows("SELECT * FROM face")) == 1
        film.forget_faces()
        require_tables(film)


def test_undone_and_done_again_verifies(folder: Path) -> None:
    with again(folder) as film:
        turned = (film.undo(), film.redo(), film.undo())
        assert turned == ("ConfirmPieces",) * 3
        require_tables(film)
    with again(folder) as film:
        assert film.rows("SELECT 1 FROM act WHERE kind = ?", (Undo.__name__,))
        require_tables(film)


def test_a_fault_while_it_is_replayed_leaves_nothing_plain(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ProjectDamaged("unreadable", next_step="put it back")

    with again(folder) as film:
        monkeypatch.setattr(Project, "replay", fail)
        with pytest.raises(ProjectDamaged, match="unreadable"):
            require_tables(film)
        assert list(film.work.iterdir()) == []
