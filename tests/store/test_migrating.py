"""Migrations: up, down, up again is as if nothing had been; an old file is brought up to date."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from small_projects import acts, again, begin, confirm, new, state, suggest

from safehouse.errors import ProjectNewer
from safehouse.store import migrating
from safehouse.store.migrating import MIGRATIONS, latest, migrate, schema_of
from safehouse.store.tables import connect

NEXT_UP = "-- A test's own.\nALTER TABLE clip ADD COLUMN reel TEXT NOT NULL DEFAULT 'A';\n"
NEXT_DOWN = "ALTER TABLE clip DROP COLUMN reel;\n"


def schema(db: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
    return [tuple(row) for row in db.execute(query)]


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    return connect(tmp_path / "project.db")


@pytest.fixture
def with_next(tmp_path: Path) -> Path:
    """The migrations, and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    number = latest() + 1
    (folder / f"{number:04d}.up.sql").write_text(NEXT_UP)
    (folder / f"{number:04d}.down.sql").write_text(NEXT_DOWN)
    return folder


def test_every_step_up_has_its_step_down() -> None:
    names = {path.name for path in MIGRATIONS.glob("*.sql")}
    numbers = range(1, latest() + 1)
    assert names == {f"{n:04d}.{way}.sql" for n in numbers for way in ("up", "down")}


def test_up_down_up_leaves_the_schema_as_it_was(db: sqlite3.Connection) -> None:
    migrate(db)
    up = schema(db)
    migrate(db, 0)
    assert schema(db) == []
    assert schema_of(db) == 0
    migrate(db)
    assert (schema(db), schema_of(db)) == (up, latest())
    db.close()


def test_down_and_up_keep_the_rows(db: sqlite3.Connection, with_next: Path) -> None:
    migrate(db)
    db.execute("INSERT INTO setting VALUES ('a', '1')")
    before = schema(db)
    migrate(db, folder=with_next)
    assert schema_of(db) == latest() + 1
    migrate(db, latest(), folder=with_next)
    assert schema(db) == before
    assert [tuple(row) for row in db.execute("SELECT * FROM setting")] == [("a", "1")]
    db.close()


def test_a_step_that_fails_leaves_what_was(db: sqlite3.Connection, with_next: Path) -> None:
    migrate(db)
    before = schema(db)
    (with_next / f"{latest() + 1:04d}.up.sql").write_text(NEXT_UP + "CREATE TABLE clip (x);\n")
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, folder=with_next)
    assert (schema(db), schema_of(db)) == (before, latest())
    db.close()


def test_an_old_snapshot_and_journal_are_read_by_a_newer_safehouse(
    tmp_path: Path, with_next: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "film"
    with new(folder) as film:
        begin(film)
        film.act(suggest(1))
        film.snapshot()
        film.act(confirm(1))
        pieces = film.rows("SELECT * FROM piece ORDER BY id")
    (folder / "snapshots" / "0000000004.age").unlink()
    monkeypatch.setattr(migrating, "MIGRATIONS", with_next)
    monkeypatch.setattr(migrating.migrate, "__defaults__", (None, with_next))
    monkeypatch.setattr(migrating.latest, "__defaults__", (with_next,))
    with again(folder) as film:
        assert [tuple(row) for row in film.rows("SELECT * FROM piece ORDER BY id")] == [
            tuple(row) for row in pieces
        ]
        assert film.rows("SELECT reel FROM clip")[0][0] == "A"
        assert acts(film)[-1] == "ConfirmPieces"
        before = state(film)
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    with again(folder) as film:
        assert state(film) == before
    monkeypatch.undo()


def test_tables_of_a_newer_safehouse_are_refused(
    tmp_path: Path, with_next: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "film"
    with monkeypatch.context() as patch:
        patch.setattr(migrating.migrate, "__defaults__", (None, with_next))
        patch.setattr(migrating.latest, "__defaults__", (with_next,))
        with new(folder) as film:
            begin(film)
    with pytest.raises(ProjectNewer):
        again(folder)
