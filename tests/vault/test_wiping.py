"""What a wipe leaves: nothing of the files, no disk full, and no words that are not true."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from safehouse_offload import field
from safehouse_offload.cli import main as field_command
from safehouse_offload.cli.running import Stopped
from safehouse_offload.cli.screen import unheard
from safehouse_offload.disk import Disk
from safehouse_offload.field import wipe_card
from safehouse_offload.wiping import wipe

from safehouse.cli import main as command

BODY, NAME = b"CANARY-OF-A-PICTURE", b"CANARY-OF-A-NAME"
MB = 1 << 20


class Stopping(Disk):
    """Ctrl-C comes with the tenth block that is written."""

    written = 0

    def is_computers_own(self, folder: str) -> bool:
        return False

    def write(self, handle: int, block: bytes | memoryview) -> int:
        self.written += 1
        if self.written == 10:
            raise Stopped(signal.SIGINT)
        return super().write(handle, block)


def test_ctrl_c_while_the_space_is_filled_frees_it(tmp_path: Path) -> None:
    (tmp_path / "C0001.MP4").write_bytes(b"take")
    with pytest.raises(Stopped):
        wipe(Stopping(), str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("run", [command.run, field_command.run])
def test_a_wipe_that_is_stopped_never_says_that_the_card_is_untouched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run: Callable[[list[str]], int],
) -> None:
    monkeypatch.setattr(field, "Disk", Stopping)
    (tmp_path / "C0001.MP4").write_bytes(b"take")
    assert run(["card", "wipe", str(tmp_path), "--yes"]) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert "untouched" not in said.err
    assert "nothing but" not in said.err
    assert "kept: the wipe is not done" in said.err
    assert "next: give the same command again" in said.err


@pytest.mark.parametrize("run", [command.run, field_command.run])
def test_a_fault_in_a_wipe_never_says_that_the_card_is_untouched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run: Callable[[list[str]], int],
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(field, "wipe", broken)
    assert run(["card", "wipe", str(tmp_path), "--yes"]) == 1
    said = capsys.readouterr().err
    assert "untouched" not in said
    assert "kept: the wipe is not done" in said


class Counting(Disk):
    """Counts the bytes that are written."""

    written = 0

    def write(self, handle: int, block: bytes | memoryview) -> int:
        count = super().write(handle, block)
        self.written += count
        return count


def test_a_folder_on_the_computers_own_disk_is_wiped_and_the_disk_not_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "C0001.MP4").write_bytes(b"take")
    disk = Counting()
    wiped = wipe(disk, str(tmp_path / "card"))
    assert (wiped.files, wiped.own_disk, wiped.filled) == (1, True, 0)
    assert disk.written == len(b"take")
    assert list((tmp_path / "card").iterdir()) == []


def test_the_screen_says_that_the_free_space_was_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "C0001.MP4").write_bytes(b"take")
    said = wipe_card(tmp_path / "card", unheard)
    assert any("NOT filled" in line for line in said.lines)
    assert said.error is None


def plant(card: Path) -> None:
    """Make a card with files, folders, and files that were deleted before."""
    for number in range(4):
        folder = card / f"{NAME.decode()}-{number}"
        folder.mkdir()
        (folder / f"{NAME.decode()}.MP4").write_bytes(BODY * 1000 * (number + 1))
    (card / f"{NAME.decode()}.MP4").write_bytes(BODY * 100)
    gone = [card / f"{NAME.decode()}-GONE-{number}" for number in range(40)]
    for path in gone:
        path.write_bytes(BODY * 50)
    os.sync()
    for path in gone:
        path.unlink()
    os.sync()


def root_does(*argv: object) -> bool:
    if shutil.which(str(argv[0])) is None:
        return False
    return not subprocess.run([*map(str, argv)], capture_output=True, check=False).returncode


@pytest.fixture
def image(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """An image of a disk of 12 MB, and where it is mounted, where this user may do that."""
    disk, card = tmp_path / "image", tmp_path / "card"
    card.mkdir()
    with disk.open("wb") as file:
        file.truncate(12 * MB)
    if not root_does("mkfs.ext2", "-q", "-m", 0, disk):
        pytest.skip("no file system can be made here")
    if not root_does("mount", "-o", "loop", disk, card):
        pytest.skip("no image can be mounted here")
    yield disk, card
    root_does("umount", card)


def test_a_disk_that_was_wiped_holds_nothing_that_was_on_it(image: tuple[Path, Path]) -> None:
    disk, card = image
    plant(card)
    held = disk.read_bytes()
    assert held.count(BODY) > 10_000
    assert held.count(NAME) >= 9
    done = subprocess.run(
        [sys.executable, "-m", "safehouse", "card", "wipe", card, "--yes"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [path.name for path in card.iterdir()] == []
    assert "of free space filled, read back and freed again" in done.stdout
    assert "could not be filled" not in done.stdout
    assert "only destroying the card ends that" in done.stdout
    subprocess.run(["umount", str(card)], check=True)
    held = disk.read_bytes()
    assert held.count(BODY) == 0
    assert held.count(NAME) == 0


def test_the_real_program_stopped_in_the_middle_frees_the_disk_and_says_what_is_true(
    image: tuple[Path, Path],
) -> None:
    _, card = image
    plant(card)
    argv = [sys.executable, "-m", "safehouse", "card", "wipe", str(card), "--yes"]
    slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=write:delay_enter=100000"]
    if shutil.which("strace") is None:
        pytest.skip("the program strace is not here")
    with subprocess.Popen([*slow, *argv], stderr=subprocess.PIPE, text=True) as begun:
        while (card / f"{NAME.decode()}.MP4").exists() and begun.poll() is None:
            time.sleep(0.01)
        children = Path(f"/proc/{begun.pid}/task/{begun.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGINT)
        _, said = begun.communicate(timeout=30)
    assert begun.returncode == 130
    assert said.splitlines()[1].startswith("  kept: the wipe is not done")
    left = {path.name for path in card.rglob("*") if NAME.decode() not in path.name}
    assert left <= {"lost+found"}
