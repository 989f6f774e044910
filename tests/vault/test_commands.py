"""The commands, from the key to the opened card, and every card that is not as it should be."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from journey import Journey, fill, tree
from safehouse_offload import field
from safehouse_offload.card import Problem
from safehouse_offload.offload import Outcome

ASCMHL = shutil.which("ascmhl-debug", path=str(Path(sys.executable).parent))


def test_the_whole_way(journey: Journey) -> None:
    fill(journey.card)
    before = tree(journey.card)
    assert journey.offload() == 0
    last = journey.out.strip().splitlines()[-1]
    assert last.startswith("Copies verified: ")
    assert "(ONE device" in last or "in memory" in last
    assert last.endswith("Formatting does NOT erase this card.")
    assert "nobody has tried the key words" in journey.out
    words = journey.out.split("apart from the disks:\n")[1].splitlines()[0].strip()
    assert tree(journey.card) == before
    assert journey.do("vault", "rehearse", "--words", journey.root / "words") == 0
    assert journey.do("vault", "verify", "--root", words) == 0
    assert "unchanged since the words were written" in journey.out
    assert journey.do("vault", "verify", "--deep", "--words", journey.root / "words") == 0
    assert journey.do("vault", "list") == 0
    assert "3 sealed files" in journey.out
    assert "C0001" not in journey.out
    assert journey.do("vault", "list", "--words", journey.root / "words") == 0
    assert "DCIM/100/C0001.MP4" in journey.out
    opened = journey.open() / "card-0001"
    assert tree(opened) == before
    assert (opened / "DCIM/100/C0001.MP4").stat().st_mtime_ns == 1_234_567_890_123_456_789
    assert journey.offload() == 0
    assert "nobody has tried" not in journey.out


@pytest.mark.slow
def test_the_history_is_one_that_the_reference_takes(journey: Journey) -> None:
    assert ASCMHL is not None
    fill(journey.card)
    assert journey.offload() == 0
    opened = journey.open() / "card-0001"
    history = "".join(path.read_text() for path in (opened / "ascmhl").iterdir())
    assert "<hostname></hostname>" in history
    assert "author" not in history
    assert socket.gethostname() not in history
    assert subprocess.run([ASCMHL, "verify", opened], check=False).returncode == 0
    (opened / "DCIM" / "100" / "C0002.MP4").write_bytes(b"x")
    assert subprocess.run([ASCMHL, "verify", opened], check=False).returncode != 0


def test_what_is_no_file_is_named_and_not_done_and_the_rest_opens(journey: Journey) -> None:
    fill(journey.card)
    (journey.card / "link").symlink_to("/etc/passwd")
    os.mkfifo(journey.card / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(journey.card / "socket"))
    assert journey.offload() == 61
    for name in ("link", "pipe", "socket"):
        assert f"{name}: neither file nor folder" in journey.out
    assert journey.out.strip().splitlines()[-1].startswith("NOT DONE: 3 things")
    opened = journey.open()
    assert (opened / "card-0001" / "DCIM" / "100" / "C0001.MP4").exists()
    assert not os.path.lexists(opened / "card-0001" / "link")
    assert '"/etc/passwd"' in (opened / "card-0001.manifest.json").read_text()


def test_a_file_with_two_problems_is_counted_once() -> None:
    """One that vanishes while it is read can't be read, and is gone."""
    problems = [Problem("a", "no such file"), Problem("a", "vanished"), Problem("b", "changed")]
    outcome = Outcome(("A", "B"), problems=problems, odd=["link"])
    assert field._last_line(outcome).startswith("NOT DONE: 3 things on this card")


def test_after_a_link_is_gone_from_the_card_nothing_is_sealed_anew(journey: Journey) -> None:
    fill(journey.card)
    (journey.card / "link").symlink_to("/etc/passwd")
    assert journey.offload() == 61
    before = sorted(journey.vaults[0].glob("objects/*/*.age"))
    (journey.card / "link").unlink()
    assert journey.offload() == 0
    assert "3 of them begun by an earlier run" in journey.out
    assert sorted(journey.vaults[0].glob("objects/*/*.age")) == before
    assert journey.do("vault", "verify") == 0
    assert "not done" not in journey.out
    assert len(list(journey.open().glob("card-*.manifest.json"))) == 1


def test_names_that_are_no_utf8_or_differ_by_case_come_back(journey: Journey) -> None:
    odd = [b"\xff\xfe.mov", b"A.MOV", b"a.mov", b"new\nline", b"bytes:00", "é".encode(), b"-rf"]
    for name in odd:
        Path(os.fsdecode(os.fsencode(journey.card) + b"/" + name)).write_bytes(name)
    before = tree(journey.card)
    assert journey.offload() == 0
    assert "differ by case alone" in journey.out
    assert tree(journey.open() / "card-0001") == before


def test_many_small_files_and_a_deep_tree(journey: Journey) -> None:
    for number in range(60):
        folder = journey.card / f"{number % 7}" / ("d" * (number % 3 + 1))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}").write_bytes(bytes([number]) * number)
    before = tree(journey.card)
    assert journey.offload() == 0
    assert tree(journey.open() / "card-0001") == before


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["offload", "nowhere"], 68),
        (["offload", "CARD"], 62),
        (["offload", "CARD", "--same-device"], 68),
        (["offload", "A", "--same-device"], 2),
        (["vault", "open", "--words", "one", "-o", "rushes"], 64),
        (["vault", "open", "--words", "missing", "-o", "rushes"], 2),
        (["vault", "open", "--words", "words", "-o", "CARD"], 0),
        (["vault", "verify", "CARD"], 60),
        (["vault", "verify", "--root", "academic"], 2),
        (["vault", "keygen", "-o", "key.pub"], 40),
        (["vault", "keygen", "--shares", "4of3", "-o", "new.pub"], 2),
        (["vault", "init", "A", "B", "--to", "words"], 2),
        (["vault", "init", "A", "A", "--to", "key.pub"], 2),
        (["vault", "init", "A", "B", "--to", "key.pub"], 62),
        (["vault", "erase", "0" * 32, "--yes"], 2),
        (["card", "wipe", "nowhere", "--yes"], 68),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_three_lines_and_its_code(
    journey: Journey, command: list[str], code: int
) -> None:
    journey.monkeypatch.chdir(journey.root)
    assert journey.do(*command) == code, journey.err
    if code:
        lines = journey.err.splitlines()
        assert [line[:8] for line in lines[-2:]] == ["  kept: ", "  next: "]
    assert "Traceback" not in journey.err


def test_without_a_vault_set_up_nothing_is_guessed(journey: Journey) -> None:
    shutil.rmtree(Path(os.environ["HOME"]) / ".config")
    assert journey.offload() == 60


def test_words_of_another_key_open_nothing(journey: Journey) -> None:
    fill(journey.card)
    assert journey.offload() == 0
    other = journey.root / "other"
    other.mkdir()
    stranger = Journey(other, journey.capsys, journey.monkeypatch)
    stranger.begin()
    words, out = other / "words", journey.root / "out"
    code = journey.do("vault", "open", *journey.vaults, "--words", words, "-o", out)
    assert code == 65
    assert not out.exists()


def test_a_damaged_copy_is_passed_over_and_told(journey: Journey) -> None:
    fill(journey.card)
    before = tree(journey.card)
    assert journey.offload() == 0
    for path in (journey.vaults[0] / "objects").rglob("*.age"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert journey.do("vault", "verify") == 63
    out, words = journey.root / "rushes", journey.root / "words"
    assert journey.do("vault", "open", "--words", words, "-o", out) == 63
    assert "DAMAGED" in journey.out
    assert tree(out / "card-0001") == before


def test_erased_files_are_gone_everywhere_and_on_record(journey: Journey) -> None:
    fill(journey.card)
    assert journey.offload() == 0
    assert journey.do("vault", "list", "--words", journey.root / "words") == 0
    name = next(line.split()[0] for line in journey.out.splitlines() if "C0001" in line)
    ciphertext = next(journey.vaults[0].rglob(f"{name}.age")).read_bytes()[-64:]
    assert journey.do("vault", "erase", name, "--yes") == 0
    assert journey.do("vault", "verify") == 0
    assert "destroyed on purpose: 1" in journey.out
    whole = b"".join(p.read_bytes() for p in journey.root.rglob("*") if p.is_file())
    assert ciphertext not in whole
    opened = journey.open()
    assert not (opened / "card-0001" / "DCIM" / "100" / "C0001.MP4").exists()
    assert "destroyed on purpose: 1 file" in journey.out


def test_files_of_one_name_that_no_offload_finished_all_come_back(journey: Journey) -> None:
    """Objects of stopped runs, opened by several processes: none is written over another."""
    contents = {bytes([number]) * 50_000 for number in range(12)}
    for content in sorted(contents):
        (journey.card / "C0001.MP4").write_bytes(content)
        assert journey.offload() == 0
    for vault in journey.vaults:
        for folder in ("lists", "manifests"):
            for path in (vault / folder).iterdir():
                path.unlink()
    out = journey.root / "rushes"
    words = journey.root / "words"
    assert journey.do("vault", "open", "--words", words, "-o", out, "--workers", 4) == 0
    opened = [path.read_bytes() for path in (out / "unfinished").iterdir()]
    assert (len(opened), set(opened)) == (12, contents)


@pytest.mark.slow
def test_a_kill_at_any_time_costs_time_only(journey: Journey) -> None:
    """kill -9 of the real program, over and over, later each time; then it finishes."""
    for number in range(12):
        (journey.card / f"C{number:04d}.MP4").write_bytes(os.urandom(300_000))
    before = tree(journey.card)
    argv = [sys.executable, "-m", "safehouse", "offload", str(journey.card), "--same-device"]
    for wait_s in (0.4, 0.5, 0.6, 0.7, 0.8):
        program = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait_s)
        program.send_signal(signal.SIGKILL)
        program.wait()
        assert tree(journey.card) == before
        assert journey.do("vault", "verify") == 0, journey.out
    time.sleep(0.5)  # its processes end themselves
    assert journey.offload() == 0
    assert journey.do("vault", "verify") == 0
    assert "not done" not in journey.out
    assert tree(journey.open() / "card-0001") == before


@pytest.mark.slow
def test_ctrl_c_stops_at_once_and_the_next_run_goes_on(journey: Journey) -> None:
    for number in range(6):
        (journey.card / f"C{number}.MP4").write_bytes(os.urandom(30_000_000))
    argv = [sys.executable, "-m", "safehouse", "offload", str(journey.card), "--same-device"]
    program = subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 20
    while not list(journey.vaults[0].rglob("*.age*")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(program.pid, signal.SIGINT)
    began = time.monotonic()
    _, said = program.communicate(timeout=20)
    assert time.monotonic() - began < 3
    assert program.returncode == 130
    assert [line[:8] for line in said.splitlines()] == ["safehous", "  kept: ", "  next: "]
    assert is_gone_soon(program.pid)
    assert journey.offload() == 0
    assert journey.do("vault", "verify") == 0


def is_gone_soon(group: int) -> bool:
    """Whether every process of a group ends within two seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_wiped_card_holds_nothing_that_was_on_it(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(journey.card)
    monkeypatch.setattr("safehouse_offload.disk.Disk.room", lambda *_: 0)
    outside = journey.root / "outside"
    outside.write_text("kept")
    (journey.card / "link").symlink_to(outside)
    assert journey.do("card", "wipe", journey.card, "--yes") == 0
    assert list(journey.card.iterdir()) == []
    assert outside.read_text() == "kept"
    assert "wear-levelling" in journey.out or "keep blocks aside" in journey.out
