"""Killed while it renders a version, the same command goes on, and nothing half done counts."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from versioned import CUT, copied, make_template

from safehouse.pipeline import digest_file
from safehouse.store.project import open_project
from safehouse.store.reading_versions import read_renders
from safehouse.version_states import states

KILLS = 4


def command(project: Path) -> list[str]:
    words = ["render", "--version", CUT, "--project", str(project), "--workers", "1"]
    return [sys.executable, "-m", "safehouse", *words]


def kill_after(project: Path, seconds: float) -> None:
    """Begin to render a version, and end all of it by force."""
    process = subprocess.Popen(
        command(project),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_a_version_goes_on_after_kills_to_the_same_film(tmp_path: Path) -> None:
    template = make_template(tmp_path / "template")
    with copied(template, tmp_path / "whole"):
        pass
    whole = tmp_path / "whole" / "project"
    began = time.monotonic()
    subprocess.run(command(whole), check=True, capture_output=True)
    lasted_s = time.monotonic() - began
    with copied(template, tmp_path / "killed"):
        pass
    place = tmp_path / "killed" / "project"
    rng = np.random.default_rng(5)
    for _ in range(KILLS):
        kill_after(place, float(rng.uniform(0.3, 0.9)) * lasted_s)
        with open_project(place, who="op") as project:
            (row,) = states(project, CUT)
            assert row.state in {"missing", "ready"}
            if row.state == "ready":
                film = place / read_renders(project, CUT)["C0001"].file
                assert digest_file(film) == row.film_sha256
    done = subprocess.run(command(place), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    film = Path("renders") / CUT / "C0001.mov"
    assert digest_file(place / film) == digest_file(whole / film)
    assert not list(place.rglob(".work*"))
    lying = [path for path in place.rglob("*") if path.is_file()]
    assert not any(b"plan/1" in path.read_bytes() for path in lying)
