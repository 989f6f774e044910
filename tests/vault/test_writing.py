"""Sealed bytes on their way to the disks: in whole blocks, past memory, by a thread of its own."""

import os
from errno import EINTR, EIO, ENOSPC
from pathlib import Path

import pytest
from broken_disk import BrokenDisk
from oracle import CARD, KEY, RECIPIENT, card_of, new_world, require_all_there, run
from safehouse_offload.disk import BLOCK, Disk
from safehouse_offload.seal import CopyFailed, seal
from safehouse_offload.trailer import FILE, Trailer
from safehouse_offload.writing import Outgoing

from safehouse.vault.unseal import unseal

ABOUT = Trailer(FILE, "x", 0, 1, "", "")
SIZES = [0, 1, BLOCK - 500, BLOCK, 3 * BLOCK, 7 * BLOCK + 511]


class Failing(Disk):
    """A real disk on which the N-th write fails, or writes only a part."""

    def __init__(self, at: int, errno: int = 0) -> None:
        self.left, self.errno = at, errno

    def write(self, handle: int, block: bytes | memoryview) -> int:
        self.left -= 1
        if self.left == 0 and self.errno:
            raise OSError(self.errno, os.strerror(self.errno))
        return super().write(handle, block[: 4096 + 7] if self.left == 0 else block)


def blocks(size: int, piece: int) -> list[bytes]:
    content = os.urandom(size)
    return [content[at : at + piece] for at in range(0, size, piece)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("disk", [Disk(), Failing(2), Failing(5)], ids=["whole", "2nd", "5th"])
def test_what_is_written_is_what_was_given(tmp_path: Path, disk: Disk, size: int) -> None:
    """Also where the disk takes a part of a block only, which no direct write can go on with."""
    paths = [str(tmp_path / name) for name in ("a.age", "b.age")]
    given = blocks(size, 300_001)
    made = seal(disk, iter(given), ABOUT, paths, [RECIPIENT])
    for path in paths:
        parts: list[bytes] = []
        trailer = unseal(Disk(), path, KEY, parts.append, content=size)
        assert b"".join(parts)[: trailer.bytes] == b"".join(given)
        assert Path(path).stat().st_size == made.bytes


@pytest.mark.parametrize("errno", [ENOSPC, EIO, EINTR])
@pytest.mark.parametrize("at", range(1, 14))
def test_a_write_that_fails_behind_is_raised_and_leaves_nothing(
    tmp_path: Path, at: int, errno: int
) -> None:
    paths = [str(tmp_path / name) for name in ("a.age", "b.age")]
    with pytest.raises(CopyFailed) as caught:
        seal(Failing(at, errno), iter(blocks(6 * BLOCK, BLOCK)), ABOUT, paths, [RECIPIENT])
    assert (caught.value.errno, caught.value.copy) == (errno, (at - 1) % 2)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_fails_ends_the_thread_before_the_handles_are_closed(tmp_path: Path) -> None:
    def given() -> object:
        yield from blocks(5 * BLOCK, BLOCK)
        raise KeyboardInterrupt

    class Watching(Disk):
        writing = 0
        closed_under_way = False

        def write(self, handle: int, block: bytes | memoryview) -> int:
            self.writing += 1
            done = super().write(handle, block)
            self.writing -= 1
            return done

        def close(self, handle: int) -> None:
            self.closed_under_way |= self.writing > 0
            super().close(handle)

    disk = Watching()
    with pytest.raises(KeyboardInterrupt):
        seal(disk, given(), ABOUT, [str(tmp_path / "a.age")], [RECIPIENT])  # type: ignore[arg-type]
    assert not disk.closed_under_way
    assert list(tmp_path.iterdir()) == []


def test_where_memory_can_be_passed_by_it_is(tmp_path: Path) -> None:
    disk = Disk()
    handle = disk.create(str(tmp_path / "x"))
    try:
        direct = disk.write_past_memory(handle)
        out = Outgoing(disk, [handle])
        out.write(os.urandom(2 * BLOCK + 5))
        out.finish()
        disk.fsync(handle)
    finally:
        disk.close(handle)
    assert (tmp_path / "x").stat().st_size == 2 * BLOCK + 5
    if not direct:
        pytest.skip("this file system writes through memory only")
    reading = os.open(tmp_path / "x", os.O_RDONLY)
    try:
        with pytest.raises(BlockingIOError):
            os.preadv(reading, [bytearray(1)], 0, os.RWF_NOWAIT)
    finally:
        os.close(reading)


def test_the_simulated_disk_is_written_by_a_thread_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BrokenDisk, "writes_behind", True)
    large = {**CARD, "large.MOV": os.urandom(3 * BLOCK)}
    disk = new_world(0, large)
    card = card_of(disk)
    outcome = run(disk)
    assert outcome is not None
    disk.cut_power()
    require_all_there(disk, card, outcome)
