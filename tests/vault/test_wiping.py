"""A wipe that is stopped leaves no disk full."""

from pathlib import Path

import pytest
from safehouse_offload.disk import Disk
from safehouse_offload.field import wipe_card
from safehouse_offload.wiping import wipe


class Stopping(Disk):
    """Ctrl-C comes with the tenth block that is written."""

    written = 0

    def is_computers_own(self, folder: str) -> bool:
        return False

    def write(self, handle: int, block: bytes | memoryview) -> int:
        self.written += 1
        if self.written == 10:
            raise KeyboardInterrupt
        return super().write(handle, block)


def test_ctrl_c_while_the_space_is_filled_frees_it(tmp_path: Path) -> None:
    (tmp_path / "C0001.MP4").write_bytes(b"take")
    with pytest.raises(KeyboardInterrupt):
        wipe(Stopping(), str(tmp_path))
    assert list(tmp_path.iterdir()) == []


class Counting(Disk):
    """Notes what is made anew; the free space would be filled by new files alone."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def create(self, path: str) -> int:
        self.made.append(path)
        return super().create(path)


def test_a_folder_on_the_computers_own_disk_is_wiped_and_the_disk_not_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "C0001.MP4").write_bytes(b"take")
    disk = Counting()
    wiped = wipe(disk, str(tmp_path / "card"))
    assert (wiped.files, wiped.own_disk, wiped.filled) == (1, True, 0)
    assert disk.made == []
    assert list((tmp_path / "card").iterdir()) == []


def test_the_screen_says_that_the_free_space_was_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "C0001.MP4").write_bytes(b"take")
    said = wipe_card(tmp_path / "card")
    assert any("NOT filled" in line for line in said.lines)
    assert said.error is None
