"""Asked to stop, at any moment: 128 + the signal, three lines, no traceback, no film."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from faces import write_face_clip

pytestmark = pytest.mark.slow

SAID = ["safehouse: stopped", "  kept: ", "  next: "]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_face_clip(tmp_path_factory.mktemp("card") / "clip.mov", frames=120)


@pytest.fixture
def process(clip: Path, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A running `protect`, in a group of its own that does not outlive the test."""
    argv = [sys.executable, "-m", "safehouse", "protect", str(clip), "-o", "film.mov"]
    with subprocess.Popen(
        argv,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as begun:
        yield begun
        with suppress(ProcessLookupError):
            os.killpg(begun.pid, signal.SIGKILL)


def wait_for(process: "subprocess.Popen[str]", folder: Path, pattern: str) -> None:
    """Wait until a file of the work is there, or the process has ended."""
    for _ in range(3000):
        if process.poll() is not None or list(folder.glob(pattern)):
            return
        time.sleep(0.01)
    raise AssertionError(f"{pattern} never came")


@pytest.mark.parametrize(
    ("pattern", "number", "group"),
    [
        ("*.private", signal.SIGTERM, False),
        ("*.private/.work/*.told", signal.SIGINT, True),
        ("*.private/.work/findings.json", signal.SIGTERM, True),
        ("*.private/.work/*/chunk-*", signal.SIGINT, False),
        ("*.private/.work/*/chunk-*", signal.SIGHUP, True),
        ("*.private/.work/film-*", signal.SIGINT, True),
        ("*.private/.work/film-*", signal.SIGTERM, False),
    ],
    ids=[
        "beginning",
        "looking",
        "planning",
        "rendering",
        "the terminal closed",
        "attacking",
        "attacking too",
    ],
)
def test_a_stopped_command_says_so_and_leaves_no_film(
    process: "subprocess.Popen[str]",
    tmp_path: Path,
    pattern: str,
    number: signal.Signals,
    group: bool,
) -> None:
    wait_for(process, tmp_path, pattern)
    workers = psutil.Process(process.pid).children(recursive=True)
    (os.killpg if group else os.kill)(process.pid, number)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, errors
    assert said == ""
    lines = errors.splitlines()
    assert len(lines) == 3, errors
    assert all(line.startswith(begins) for line, begins in zip(lines, SAID, strict=True))
    assert not (tmp_path / "film.mov").exists()
    assert not (tmp_path / "film.mov.held").exists()
    _, left = psutil.wait_procs(workers, timeout=20)
    assert left == []


@pytest.mark.parametrize("after_ms", range(0, 30, 4))
def test_stopped_while_a_worker_starts_no_process_complains(
    process: "subprocess.Popen[str]", tmp_path: Path, after_ms: int
) -> None:
    wait_for(process, tmp_path, "*.private")
    time.sleep(after_ms / 1000)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert len(errors.splitlines()) == 3, errors


STOP_AT_IMPORT = """
import os, signal, sys
import safehouse.__main__ as command
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == "safehouse.cli.main":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Stop())
command.main()
"""


def test_stopped_while_its_modules_load_it_ends_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOP_AT_IMPORT], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGINT
    assert done.stdout + done.stderr == ""
