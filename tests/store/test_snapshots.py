"""Snapshots only save time: one that is gone, broken or old changes nothing that is read."""

from hashlib import sha256
from pathlib import Path

import pytest
from small_projects import acts, add, again, begin, journal_of, new, state

from safehouse.errors import ProjectDamaged, ProjectUnwritable
from safehouse.model.acts import Comment
from safehouse.store import project as project_module
from safehouse.store import snapshots, tables
from safehouse.store.sealing import Keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with three snapshots made, of which two are kept, and acts after each."""
    with new(tmp_path / "film") as film:
        begin(film)
        film.snapshot()
        film.act(add(2))
        film.snapshot()
        film.act(add(3))
    return tmp_path / "film"


def files(folder: Path) -> list[Path]:
    return sorted((folder / "snapshots").iterdir())


def break_one(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:-20] + bytes(20))


def replayed(folder: Path, patch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the acts that an opening replays."""
    numbers: list[int] = []
    real = tables.check_entry
    with patch.context() as inner:
        inner.setattr(tables, "check_entry", lambda *a: (numbers.append(a[1]), real(*a))[0])
        again(folder).close()
    return numbers


def test_the_two_newest_are_kept(folder: Path) -> None:
    assert [path.name for path in files(folder)] == ["0000000003.age", "0000000004.age"]


def test_the_newest_good_one_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with again(folder) as film:
        before = state(film)
    assert replayed(folder, monkeypatch) == []
    break_one(files(folder)[-1])
    assert replayed(folder, monkeypatch) == [4]
    for path in files(folder):
        break_one(path)
    assert replayed(folder, monkeypatch) == [1, 2, 3, 4]
    with again(folder) as film:
        assert state(film) == before


def test_a_journal_shorter_than_a_snapshot_is_damage(folder: Path) -> None:
    """A last record that is lost looks torn; the snapshot knows that it was acknowledged."""
    path = journal_of(folder)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ProjectDamaged):
        again(folder)


def test_a_journal_of_another_project_is_damage(folder: Path, tmp_path: Path) -> None:
    with new(tmp_path / "other") as film:
        begin(film, clips=4)
    journal_of(folder).write_bytes(journal_of(tmp_path / "other").read_bytes())
    with pytest.raises(ProjectDamaged):
        again(folder)


@pytest.mark.parametrize("snapshots_too", [False, True])
def test_a_missing_journal_is_damage(folder: Path, snapshots_too: bool) -> None:
    """An empty project in place of one with a register would show nobody, and lose everything."""
    journal_of(folder).unlink()
    for path in files(folder) if snapshots_too else []:
        path.unlink()
    with pytest.raises(ProjectDamaged):
        again(folder)
    assert not journal_of(folder).exists()


def test_a_journal_damaged_in_front_of_a_snapshot_is_told(folder: Path) -> None:
    path = journal_of(folder)
    raw = path.read_bytes()
    path.write_bytes(raw[:60] + bytes([raw[60] ^ 1]) + raw[61:])
    with pytest.raises(ProjectDamaged):
        again(folder)


def test_one_is_made_when_the_journal_grew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_module, "SNAPSHOT_EVERY", 20_000)
    with new(tmp_path / "film") as film:
        begin(film)
        assert not list((tmp_path / "film").glob("snapshots/*"))
        for number in range(300):
            film.act(Comment("C0001", number, "x" * 500))
        assert files(tmp_path / "film")


def test_a_disk_too_full_for_a_snapshot_stops_no_act(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(project_module, "SNAPSHOT_EVERY", 0)
    with again(folder) as film, monkeypatch.context() as patch:
        patch.setattr(snapshots, "write_whole", full)
        for number in range(40):
            film.act(Comment("C0001", number, "x" * 2000))
        with pytest.raises(ProjectUnwritable):
            film.snapshot()
        film.close()
    with again(folder) as film:
        assert len(acts(film)) == 44


def test_a_snapshot_that_somebody_else_sealed_to_the_public_key_is_passed_over(
    folder: Path,
) -> None:
    """Whoever has the folder has the public key; what they seal must not become the tables."""
    with again(folder) as film:
        before, public = state(film), film.public_key
    forged = snapshots.Snapshots(folder / "snapshots", Keys(public, Keys.generate().private))
    forged.write(
        snapshots.SnapshotHead(
            n=99, head="00" * 32, journal_end=0, journal_sha256=sha256(b"").hexdigest(), tables=1
        ),
        b"not these",
    )
    with again(folder) as film:
        assert state(film) == before
