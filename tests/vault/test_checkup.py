"""A card looked into: what is wrong is named, what is right is not, and nothing is left of it."""

import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import av
import pytest
from journey import Journey
from recordings import RATE, record, tone
from safehouse_offload import blocks
from safehouse_offload.checking import check_card
from safehouse_offload.disk import Disk
from safehouse_offload.looking import LookJob, Seen, Thumb, look_into
from tracing import strangers

NAME = "CnryNameZq"
STRACE = shutil.which("strace")


def seen(path: Path, *, whole: bool = False) -> Seen:
    return look_into(Disk(), LookJob(str(path.parent), path.name, whole, (24, 18)), lambda _: None)


@pytest.mark.parametrize("whole", [False, True])
def test_a_good_recording_has_no_fault(tmp_path: Path, whole: bool) -> None:
    found = seen(record(tmp_path / "a.mov"), whole=whole)
    assert (found.problem, found.is_black, found.is_silent, found.clipped_s) == (
        "",
        False,
        False,
        [],
    )
    assert found.length_s == pytest.approx(2, abs=0.1)


def test_black_silent_and_clipped_are_told_apart(tmp_path: Path) -> None:
    assert seen(record(tmp_path / "a.mov", light=0)).is_black
    assert not seen(record(tmp_path / "b.mov", light=60)).is_black
    assert seen(record(tmp_path / "c.mov", level=0.0)).is_silent
    assert seen(record(tmp_path / "d.mov", level=0.0005)).is_silent
    assert not seen(record(tmp_path / "e.mov", level=0.01)).is_silent
    assert seen(record(tmp_path / "f.mov", level=1.5)).clipped_s
    assert not seen(record(tmp_path / "g.mov", level=0.98)).clipped_s
    assert seen(record(tmp_path / "h.wav", light=-1, level=1.5)).clipped_s
    assert seen(record(tmp_path / "i.mov", level=-1)).tracks == 0


def test_one_loud_peak_is_not_clipped(tmp_path: Path) -> None:
    wave = tone(1, 0.3)
    wave[1000:1003] = 32767
    with av.open(str(tmp_path / "a.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave[None], "s16", "mono")
        frame.sample_rate = RATE
        out.mux(stream.encode(frame))
    assert not seen(tmp_path / "a.wav").clipped_s


@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_what_breaks_off_is_found(tmp_path: Path, share: float) -> None:
    path = record(tmp_path / "a.mov", 8)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert seen(path).problem


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 5000, os.urandom(5000), b"#EXTM3U\nfile:/etc/x"]
)
def test_what_is_no_recording_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    assert seen(tmp_path / "a.mp4").problem


def test_a_list_of_other_files_opens_none_of_them(tmp_path: Path) -> None:
    good = record(tmp_path / "good.mov")
    (tmp_path / "a.mp4").write_text(f"ffconcat version 1.0\nfile '{good}'\n")
    assert "can't be opened" in seen(tmp_path / "a.mp4").problem


def test_a_long_one_is_looked_at_in_places_to_its_end(tmp_path: Path) -> None:
    path = record(tmp_path / "a.mov", 70, rate=2)
    assert seen(path).problem == ""
    assert 20 <= seen(path).heard_s < 60
    assert seen(path, whole=True).heard_s == pytest.approx(70, abs=0.5)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])
    assert "breaks off" in seen(path).problem


def test_a_file_that_ends_the_process_is_found_out_and_the_others_are_seen() -> None:
    class Named(Disk):
        def names(self, folder: str) -> list[str]:
            return ["a.mov", "b.mov", "c.mov"]

        def facts(self, path: str) -> os.stat_result:
            return os.stat_result((0o100600, 0, 0, 0, 0, 0, 1, 0, 0, 0))

    def run(jobs: list[LookJob]) -> Iterator[Seen]:
        for job in jobs:
            if job.path == "b.mov":
                raise BrokenProcessPool
            yield Seen(job.path, pictures=1)

    found = check_card(Named(), "/card", run, whole=False, thumb=(0, 0)).seen
    assert [(one.path, bool(one.problem)) for one in found] == [
        ("a.mov", False),
        ("b.mov", True),
        ("c.mov", False),
    ]


def test_a_page_is_drawn_in_half_blocks_of_the_right_colours() -> None:
    rgb = bytes([255, 0, 0] * 2 + [0, 0, 255] * 2)
    page = blocks.page(Seen("x", thumbs=[Thumb(2, 2, rgb, 0.0)]), "1 of 1  a\x1b[1mb", (4, 4))
    assert page.count("\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m\u2580") == 2
    assert "a\\x1b[1mb" in page
    assert "no picture" in blocks.page(Seen("x"), "t", (4, 4))
    width, height = blocks.thumb_size(80, 24)
    assert width * 3 <= 80
    assert height // 2 * 2 + 4 <= 24


def fill(card: Path) -> None:
    record(card / "good.mov")
    record(card / "black.mov", light=0)
    record(card / "silent.mov", level=0.0)
    record(card / "clipped.mov", level=2.0)
    record(card / "mute.mp4", level=-1)
    (card / "empty.mp4").write_bytes(b"")
    (card / "raw.braw").write_bytes(b"x")
    (card / "index.xml").write_bytes(b"x")


@pytest.mark.slow
def test_the_command_names_what_is_wrong(journey: Journey) -> None:
    fill(journey.card)
    assert journey.do("card", "check", journey.card, "--workers", 1) == 68
    lines = journey.out.splitlines()
    assert [line.split(",")[0] for line in lines[:4]] == [
        "black.mov: BLACK: 3 of 3 pictures",
        "clipped.mov: CLIPPED: sound at full scale at 0:00",
        "empty.mp4: UNREADABLE: empty",
        "silent.mov: SILENT: nothing to be heard",
    ]
    assert "good.mov" not in journey.out
    assert "no sound at all: 1 file, first mute.mp4" in journey.out
    assert "can't be looked into here: 1 .braw file" in journey.out
    assert lines[-1].startswith("LOOK AGAIN at 4 of 6 files")
    assert [line[:8] for line in journey.err.splitlines()] == ["safehous", "  kept: ", "  next: "]
    for name in ("black.mov", "clipped.mov", "empty.mp4", "silent.mov", "raw.braw"):
        (journey.card / name).unlink()
    assert journey.do("card", "check", journey.card, "--workers", 1) == 0
    assert journey.out.splitlines()[-1].endswith("They are NOT COPIED yet.")


@pytest.mark.parametrize("command", [["nowhere"], ["key.pub"], ["A"]])
def test_where_nothing_is_to_be_looked_into_it_says_so(
    journey: Journey, command: list[str]
) -> None:
    assert journey.do("card", "check", journey.root / command[0]) == 68
    assert "check the path" in journey.err


def test_small_pictures_go_to_a_terminal_only(journey: Journey) -> None:
    record(journey.card / "a.mov")
    assert journey.do("card", "check", journey.card, "--view") == 2
    assert "nothing was read or written" in journey.err


def test_without_the_decoder_it_says_what_is_missing(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert journey.do("card", "check", journey.card) == 2
    assert "the Python package av" in journey.err
    assert "everything else works" in journey.err


@pytest.mark.slow
def test_nothing_is_left_of_what_was_seen(journey: Journey, tmp_path: Path) -> None:
    """The real program on a terminal of its own, with small pictures, under strace where it is."""
    record(journey.card / f"{NAME}.mov")
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    before = {p: p.stat().st_mtime_ns for p in journey.card.rglob("*")}
    trace = tmp_path / "trace"
    argv = [sys.executable, "-B", "-m", "safehouse", "card", "check", str(journey.card), "--view"]
    if STRACE:
        argv = [STRACE, "-f", "-qq", "-e", "trace=openat,creat,mkdir", "-o", str(trace), *argv]
    ours, theirs = pty.openpty()
    homes = {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "home")}
    program = subprocess.Popen(
        argv, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **homes}, cwd=tmp_path
    )
    os.close(theirs)
    os.write(ours, b"q\n")
    shown = b""
    while True:
        try:
            shown += os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert program.wait(20) == 0, shown
    drawn, _, after = shown.partition(blocks.LEAVE.encode())
    assert blocks.ENTER.encode() in drawn
    assert "\u2580".encode() in drawn
    assert "\u2580".encode() not in after
    left = [p for name in ("tmp", "home") for p in (tmp_path / name).rglob("*")]
    assert left == []
    assert {p: p.stat().st_mtime_ns for p in journey.card.rglob("*")} == before
    if STRACE:
        assert strangers(trace, []) == []
        assert "mkdir(" not in trace.read_text()


@pytest.mark.slow
def test_ctrl_c_at_a_page_gives_the_terminal_back(journey: Journey) -> None:
    record(journey.card / "a.mov")
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "safehouse", "card", "check", str(journey.card), "--view"]
    program = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"Enter: next" not in shown:
        shown += os.read(ours, 1 << 16)
    program.send_signal(signal.SIGINT)
    while True:
        try:
            shown += os.read(ours, 1 << 16)
        except OSError:
            break
    os.close(ours)
    assert program.wait(20) == 130
    assert blocks.LEAVE.encode() in shown
