"""A full disk and a folder that can't be written: three lines, the right code, no film."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from faces import write_face_clip


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this user can't mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def protect(clip: Path, film: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "safehouse", "protect", str(clip), "-o", str(film)]
    return subprocess.run([*argv, "--codec", "ffv1"], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_full_disk_leaves_no_film_and_says_so(small_disk: Path, tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=30)
    done = protect(clip, small_disk / "film.mp4")
    assert done.returncode == 43, done.stderr
    assert "[E43]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(small_disk.glob("film.mp4*"))


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to read-only folders")
def test_read_only_folder_is_refused(tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=5)
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    done = protect(clip, folder / "film.mp4")
    assert done.returncode == 42, done.stderr
    assert not list(folder.iterdir())
