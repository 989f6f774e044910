"""Bad input through the command: three lines, the right code, no film, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from clips import make_clip
from faces import write_face_clip
from rendering import read_clip

from safehouse.media.reader import ClipReader
from safehouse.model.documents import parse_document
from safehouse.model.plan import Plan

pytestmark = pytest.mark.slow

HOSTILE = ("a\x1b[31mb", "line\nbreak", "\u202egpj.exe", "-o", "--yes", "\x07\x9b2J")


def run(*argv: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "safehouse", *argv]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def require_three_lines(done: subprocess.CompletedProcess[str], code: int) -> None:
    """Check that a failure is told in three lines that steer no terminal."""
    assert done.returncode == code, done.stderr
    first, kept, following, *more = done.stderr.splitlines()
    assert first.startswith("safehouse: ")
    assert f"[E{code}" in first
    assert kept.startswith("  kept: ")
    assert following.startswith("  next: ")
    assert more == []
    require_harmless(done)


def require_harmless(done: subprocess.CompletedProcess[str]) -> None:
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert not set(said) & set("\x1b\x07\x9b\u202e\r")


def encrypted(path: Path) -> None:
    plain = make_clip(path.with_name("plain.mp4"), codec="libx264", frames=3)
    scheme = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    with av.open(str(plain)) as source, av.open(str(path), "w", options=scheme) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    plain.unlink()


def cut_short(path: Path) -> None:
    whole = make_clip(path, codec="libx264").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def renamed_codec(path: Path) -> None:
    """Write a film whose codec's name is one that nobody knows."""
    content = make_clip(path, codec="libx264").read_bytes()
    path.write_bytes(content.replace(b"avc1", b"zzz1").replace(b"avcC", b"zzzC"))


BAD: dict[str, tuple[int, Callable[[Path], object]]] = {
    "empty.mov": (17, lambda path: path.touch()),
    "text.mov": (11, lambda path: path.write_text("this is no film\n" * 50)),
    "cut.mp4": (13, cut_short),
    "locked.mp4": (15, encrypted),
    "unknown-codec.mp4": (11, renamed_codec),
    "still.png": (18, lambda path: make_clip(path, codec="png", pix_fmt="rgb24", frames=1)),
    "no-frame.mp4": (17, lambda path: make_clip(path, codec="libx264", pts=())),
    "wide.mkv": (14, lambda path: make_clip(path, pix_fmt="gray", size=(20000, 16), frames=1)),
    "pipe.mov": (10, os.mkfifo),
    "folder.mov/none.mov": (10, lambda path: path.parent.mkdir()),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_film_is_refused_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    code, write = BAD[name]
    write(tmp_path / name)
    before = sorted(tmp_path.rglob("*"))
    require_three_lines(run("protect", name, "-o", "film.mov", folder=tmp_path), code)
    assert sorted(tmp_path.rglob("*")) == before


def test_film_without_picture_is_protected(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", frames=0, tones=(440,))
    done = run("protect", "clip.mp4", "-o", "film.mov", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with av.open(str(tmp_path / "film.mov")) as film:
        assert not film.streams.video
        assert all(not frame.to_ndarray().any() for frame in film.decode(audio=0))


def test_frames_behind_a_decode_error_are_hidden_whole(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "clip.ts", codec="libx264", frames=36, calm=True, options={"g": "12", "bf": "0"}
    )
    content = bytearray(path.read_bytes())
    middle = 188 * (len(content) // 188 * 5 // 12)
    content[middle + 8 : middle + 1500] = bytes(1492)
    path.write_bytes(content)
    bad = {frame.index for frame in read_clip(path)[2] if frame.corrupt}
    argv = ("protect", "clip.ts", "-o", "film.mp4", "--look", "solid", "--codec", "ffv1")
    done = run(*argv, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "whole frames" in done.stdout
    plan = parse_document((tmp_path / "film.private" / "plan.json").read_bytes(), Plan)
    whole = {f for m in plan.masks if m.why == "corrupt" for f in range(m.first, m.end)}
    assert bad
    assert bad <= whole
    with ClipReader(tmp_path / "film.mp4", "C0001") as reader:
        frames = list(reader.frames())
    assert plan.clip.video is not None
    assert len(frames) == plan.clip.video.times.count
    flat = {f.index for f in frames if all(len(np.unique(plane)) == 1 for plane in f.planes)}
    assert whole <= flat
    assert len(flat) < len(frames)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_shown_and_never_obeyed(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.mov").write_text("no film\n" * 50)
    done = run("protect", "-o", "film.mov", "--", f"{name}.mov", folder=tmp_path)
    require_three_lines(done, 11)
    missing = run("protect", "-o", "film.mov", "--", f"{name}.none.mov", folder=tmp_path)
    require_three_lines(missing, 10)
    require_three_lines(run("protect", "--", name, folder=tmp_path), 10)
    assert not list(tmp_path.glob("film*"))


def test_hostile_names_of_clip_and_film_work(tmp_path: Path) -> None:
    name = "-o \x1b[31m\n\u202e"
    write_face_clip(tmp_path / f"{name}.mov", frames=3)
    film = f"./{name}-film.mov"
    done = run("protect", "-o", film, "--", f"{name}.mov", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    require_harmless(done)
    assert len(done.stdout.splitlines()) == 7
    assert (tmp_path / film).exists()
    again = run("protect", "-o", film, "--", f"{name}.mov", folder=tmp_path)
    require_three_lines(again, 40)


@pytest.mark.parametrize("name", ["pipe.mov", "folder.mov", "into/folder.mov"])
def test_only_a_file_is_overwritten(name: str, tmp_path: Path) -> None:
    write_face_clip(tmp_path / "clip.mov", frames=3)
    os.mkfifo(tmp_path / "pipe.mov")
    (tmp_path / "folder.mov").mkdir()
    (tmp_path / "into").symlink_to(tmp_path)
    done = run("protect", "clip.mov", "-o", name, "--overwrite", folder=tmp_path)
    require_three_lines(done, 40)
    assert (tmp_path / "pipe.mov").is_fifo()
