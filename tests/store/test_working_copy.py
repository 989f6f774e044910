"""The plain copy of an open project: for its owner alone, overwritten, removed, never another's."""

import os
import shutil
from pathlib import Path

import pytest

from safehouse.errors import ProjectUnwritable
from safehouse.store import working_copy
from safehouse.store.working_copy import WorkingCopy, remove_plain

KEY = "age1example"


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for memory."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(working_copy, "_memory", lambda: iter([folder]))
    return folder


def test_it_lies_in_memory_and_goes(memory: Path, tmp_path: Path) -> None:
    copy = WorkingCopy(tmp_path, KEY, room=1)
    assert copy.folder.parent == memory
    (copy.folder / "project.db").write_bytes(b"names")
    copy.close()
    assert list(memory.iterdir()) == []
    assert not (tmp_path / ".open").exists()


def test_without_room_in_memory_it_lies_in_the_project(memory: Path, tmp_path: Path) -> None:
    copy = WorkingCopy(tmp_path, KEY, room=1 << 60)
    assert copy.folder.parent == tmp_path / ".open"
    assert copy.folder.stat().st_mode & 0o777 == 0o700
    copy.close()
    assert not (tmp_path / ".open").exists()


def test_only_memory_counts_as_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert tmp_path not in list(working_copy._memory())


def test_only_what_nobody_holds_any_more_is_left(memory: Path, tmp_path: Path) -> None:
    held, gone = WorkingCopy(tmp_path, KEY, room=1), WorkingCopy(tmp_path, KEY, room=1)
    os.close(gone._lock)
    young = memory / f"{held.folder.name[:-8]}begins"
    young.mkdir()
    other = WorkingCopy(tmp_path, "age1other", room=1)
    os.close(other._lock)
    copy = WorkingCopy(tmp_path, KEY, room=1)
    assert copy.left == (gone.folder,)
    copy.remove_left()
    assert not gone.folder.exists()
    for still in (held.folder, young, other.folder):
        assert still.exists()
    for one in (copy, held):
        one.close()


def test_a_folder_of_another_user_or_a_link_is_let_be(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = WorkingCopy(tmp_path, KEY, room=1)
    os.close(first._lock)
    link = memory / f"{first.folder.name}-link"
    link.symlink_to(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(working_copy.os, "geteuid", lambda: 4242)
        copy = WorkingCopy(tmp_path, KEY, room=1)
    assert copy.left == ()
    copy.close()


def test_removing_overwrites_but_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"not to be touched")
    folder = tmp_path / "plain"
    (folder / "work").mkdir(parents=True)
    (folder / "link").symlink_to(outside)
    (folder / "work" / "project.db").write_bytes(b"names" * 400_000)
    seen = os.open(folder / "work" / "project.db", os.O_RDONLY)
    remove_plain(folder)
    assert not folder.exists()
    assert set(os.pread(seen, 3_000_000, 0)) == {0}
    assert outside.read_bytes() == b"not to be touched"
    os.close(seen)


def test_no_room_anywhere_is_said(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError(28, "no space left")

    monkeypatch.setattr(working_copy.tempfile, "mkdtemp", full)
    with pytest.raises(ProjectUnwritable):
        WorkingCopy(tmp_path, KEY, room=1)


def test_killed_while_it_is_removed_it_is_known_by_its_lock_and_removed_next_time(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = WorkingCopy(tmp_path / "film", KEY)
    (copy.folder / "deep").mkdir()
    for name in ("act.db", "deep/a", "zz"):
        (copy.folder / name).write_bytes(b"plain")

    def killed(path: Path) -> None:
        raise KeyboardInterrupt(path.name)

    with monkeypatch.context() as patch:
        patch.setattr(working_copy, "overwrite_file", killed)
        with pytest.raises(KeyboardInterrupt):
            copy.close()
    os.close(copy._lock)
    after = WorkingCopy(tmp_path / "film", KEY)
    assert after.left == (copy.folder,)
    after.remove_left()
    assert not copy.folder.exists()
    after.close()
    assert list(memory.iterdir()) == []


def test_whatever_is_removed_the_lock_is_there_till_the_end(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = WorkingCopy(tmp_path / "film", KEY)
    (copy.folder / "act.db").write_bytes(b"plain")
    (copy.folder / "deep").mkdir()
    seen = []
    usual = shutil.rmtree

    def look(path: Path, *, ignore_errors: bool) -> None:
        seen.append(sorted(one.name for one in copy.folder.iterdir()))
        usual(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", look)
    copy.close()
    assert seen == [["deep", "lock"], ["lock"]]
