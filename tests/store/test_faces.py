"""Embeddings: kept over a crash, never in the journal, and forgotten to the last byte."""

from pathlib import Path

import pytest
from small_projects import again, analyse, begin, new
from test_project import crash, no_memory

from safehouse.errors import ProjectUnwritable
from safehouse.model.acts import ForgetFaces
from safehouse.store.project import Project
from safehouse.store.sealing import Keys, NotOpened

PLANTED = bytes(range(7, 135)) * 4
"""An embedding that nothing else looks like."""

OTHER = bytes(range(250, 122, -1)) * 4


def rows(project: Project) -> list[tuple[object, ...]]:
    return [tuple(row) for row in project.rows("SELECT * FROM face ORDER BY piece, frame")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with embeddings in its tables and its snapshots."""
    with new(tmp_path / "film") as film:
        begin(film)
        film.put_faces([("C0001-A000", 5, PLANTED), ("C0001-A001", 6, PLANTED)])
        film.snapshot()
        film.act(*[])
    return tmp_path / "film"


def readable(path: Path, keys: Keys) -> bytes:
    """Everything that a file holds, opened where the key opens it."""
    raw = path.read_bytes()
    found = [raw]
    for purpose in ("snapshot", "faces", "journal"):
        try:
            found.append(keys.open(purpose, raw))
        except NotOpened:
            continue
    return b"".join(found)


def places(project: Project) -> list[Path]:
    """Every file of the project and of its open copy."""
    return [
        path
        for folder in (project.folder, project.work.parent)
        for path in folder.rglob("*")
        if path.is_file()
    ]


def holds(project: Project, wanted: bytes) -> list[str]:
    """The files in which a part of an embedding can be read by whoever has the key."""
    parts = [wanted[at : at + 24] for at in range(0, len(wanted), 24)]
    found = [
        path.name
        for path in places(project)
        if any(part in readable(path, project._keys) for part in parts)
    ]
    journal = b"".join(found.content for found in project._journal.read())
    return found + ["journal"] * any(part in journal for part in parts)


def test_the_search_finds_an_embedding_that_is_there(folder: Path) -> None:
    with again(folder) as film:
        assert {"project.db", "0000000002.age"} <= set(holds(film, PLANTED))


def test_after_forgetting_no_byte_of_one_is_left_anywhere(folder: Path) -> None:
    with again(folder) as film:
        film.put_faces([("C0001-A002", 5, OTHER)])
        film.forget_faces()
        assert holds(film, PLANTED) == holds(film, OTHER) == []
        assert rows(film) == []
    with again(folder) as film:
        assert holds(film, PLANTED) == holds(film, OTHER) == []
        assert rows(film) == []
        assert film.rows("SELECT count(*) FROM piece")[0][0] == 3


def test_embeddings_are_never_in_the_journal(folder: Path) -> None:
    with again(folder) as film:
        content = b"".join(found.content for found in film._journal.read())
        assert PLANTED[:24] not in content
        assert b"C0001-A000" in content


def test_those_of_a_piece_take_the_place_of_its_former_ones(folder: Path) -> None:
    with again(folder) as film:
        film.put_faces([("C0001-A000", 9, OTHER)])
        assert rows(film) == [("C0001-A000", 9, OTHER), ("C0001-A001", 6, PLANTED)]


def test_a_crash_loses_none(folder: Path) -> None:
    film = again(folder)
    film.put_faces([("C0001-A000", 9, OTHER)])
    film.put_faces([("C0001-A002", 9, OTHER)])
    before = rows(film)
    crash(film)
    with again(folder) as film:
        assert rows(film) == before
    with again(folder) as film:
        assert rows(film) == before
        assert not list((folder / "faces").iterdir())


def test_a_crash_while_forgetting_is_gone_on_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act counts, but the crash came before anything was overwritten."""
    with no_memory(monkeypatch):
        film = again(folder)
        film.put_faces([("C0001-A002", 9, OTHER)])
        film.act(ForgetFaces())
        crash(film)
        with again(folder) as film:
            assert rows(film) == []
            assert holds(film, PLANTED) == holds(film, OTHER) == []


def test_what_is_found_after_forgetting_stays(folder: Path) -> None:
    film = again(folder)
    film.forget_faces()
    film.put_faces([("C0001-A000", 9, OTHER)])
    crash(film)
    with again(folder) as film:
        assert rows(film) == [("C0001-A000", 9, OTHER)]
        assert holds(film, PLANTED) == []


def test_those_of_pieces_that_are_no_more_do_not_come_back(folder: Path) -> None:
    film = again(folder)
    film.put_faces([("C0001-A002", 9, OTHER)])
    film.act(analyse(1, pieces=1))
    crash(film)
    with again(folder) as film:
        assert rows(film) == [("C0001-A000", 5, PLANTED)]


def test_a_damaged_file_of_embeddings_stops_nothing(folder: Path) -> None:
    film = again(folder)
    film.put_faces([("C0001-A000", 9, OTHER)])
    crash(film)
    path = next((folder / "faces").iterdir())
    path.write_bytes(path.read_bytes()[:-3])
    with again(folder) as film:
        assert rows(film)[0] == ("C0001-A000", 5, PLANTED)


def test_a_full_disk_keeps_the_embeddings_that_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "no space left")

    with again(folder) as film, monkeypatch.context() as patch:
        patch.setattr("safehouse.store.faces.write_whole", full)
        before = rows(film)
        with pytest.raises(ProjectUnwritable):
            film.put_faces([("C0001-A000", 9, OTHER)])
        assert rows(film) == before
