"""Files appear whole or not at all, whatever happens in the middle."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from safehouse.store.atomic import PARTIAL, replace_file, whole_file, write_whole

KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from safehouse.store.atomic import whole_file
with whole_file(Path(sys.argv[1])) as partial:
    partial.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write_half(final: Path) -> None:
    with whole_file(final) as partial:
        partial.write_bytes(b"ne")
        raise RuntimeError


def test_a_file_appears_with_all_of_its_content(tmp_path: Path) -> None:
    write_whole(tmp_path / "plan.json", b"all of it")
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]
    assert (tmp_path / "plan.json").read_bytes() == b"all of it"


def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    final = tmp_path / "plan.json"
    write_whole(final, b"old")
    with pytest.raises(RuntimeError):
        write_half(final)
    assert final.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [final]


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_kill_in_the_middle_shows_no_half_file(tmp_path: Path, before: bytes | None) -> None:
    final = tmp_path / "film.mov"
    if before is not None:
        final.write_bytes(before)
    done = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, final], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (final.read_bytes() if final.exists() else None) == before
    left = [p.name for p in tmp_path.iterdir() if p != final]
    assert all(name.endswith(PARTIAL) for name in left)


def test_the_final_name_is_never_seen_half_written(tmp_path: Path) -> None:
    final = tmp_path / "film.mov"
    with whole_file(final) as partial:
        partial.write_bytes(b"x" * 1000)
        assert not final.exists()
        assert partial.parent == final.parent
    assert final.stat().st_size == 1000


def test_replace_needs_what_it_is_to_replace_with(tmp_path: Path) -> None:
    final = tmp_path / "film.mov"
    final.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "absent", final)
    assert final.read_bytes() == b"old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_keeps_what_it_has(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            write_whole(tmp_path / "plan.json", b"x")
    finally:
        tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []
