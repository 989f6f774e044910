"""Killed at any moment, the same command goes on from its finished chunks, to the same bytes."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from faces import write_face_clip

from safehouse import Choices, main_job, protect

KILLS = 20
FRAMES = 120


def command(clip: Path, film: Path) -> list[str]:
    return [sys.executable, "-m", "safehouse", "protect", str(clip), "-o", str(film)]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
def test_killed_at_random_points_it_gives_the_same_bytes(tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=FRAMES)
    before = digest(clip)
    whole = tmp_path / "whole.mov"
    began = time.monotonic()
    subprocess.run(command(clip, whole), check=True, capture_output=True)
    lasted_s = time.monotonic() - began
    film = tmp_path / "film.mov"
    rng = np.random.default_rng(20)
    for _ in range(KILLS):
        process = subprocess.Popen(
            command(clip, film),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(float(rng.uniform(0.05, min(lasted_s * 0.9, 6.0))))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if film.exists():
            assert digest(film) == digest(whole)
            film.unlink()
        assert digest(clip) == before
    done = subprocess.run(command(clip, film), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert digest(film) == digest(whole)
    assert not (tmp_path / "film.private" / ".work").exists()


@pytest.mark.slow
def test_ended_while_it_overwrites_it_leaves_the_old_film_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=8)
    film, private = tmp_path / "film.mov", tmp_path / "film.private"
    veiled, solid = Choices(overwrite=True), Choices(look="solid", overwrite=True)
    protect(clip, film, choices=veiled)
    old, documents = digest(film), {p.name: digest(p) for p in private.iterdir()}

    def ended(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(main_job, "audit_film", ended)
        with pytest.raises(KeyboardInterrupt):
            protect(clip, film, choices=solid)
    assert digest(film) == old
    assert {p.name: digest(p) for p in private.iterdir() if p.is_file()} == documents
    result = protect(clip, film, choices=solid)
    assert result.plan.look == "solid"
    assert digest(film) != old
    assert digest(private / "plan.json") != documents["plan.json"]


@pytest.mark.slow
def test_a_worker_that_is_killed_is_an_error_about_the_clip(tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=FRAMES)
    process = subprocess.Popen(
        command(clip, tmp_path / "film.mov"), stderr=subprocess.PIPE, text=True
    )
    worker = wait_for_worker(process.pid)
    os.kill(worker, signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode == 19, errors
    assert "[E19]" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "film.mov").exists()


def wait_for_worker(pid: int) -> int:
    import psutil

    for _ in range(400):
        for child in psutil.Process(pid).children(recursive=True):
            if "spawn_main" in " ".join(child.cmdline()):
                return int(child.pid)
        time.sleep(0.02)
    raise AssertionError("no worker was started")
