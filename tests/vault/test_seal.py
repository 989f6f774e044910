"""The library's traps, each shown to be there, and each with the defence that holds."""

import io
import sys
from pathlib import Path

import pyrage
import pytest
from broken_disk import BrokenDisk
from oracle import KEY, RECIPIENT
from safehouse_offload.disk import Disk
from safehouse_offload.seal import CopyFailed, seal
from safehouse_offload.trailer import FILE, Trailer

from safehouse.vault.unseal import BadSeal, unseal

ABOUT = Trailer(FILE, "clip", 0, 1, "", "")
TO = [pyrage.x25519.Recipient.from_str(RECIPIENT)]


class FullAfter(io.RawIOBase):
    """A disk with room for some bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, block: bytes) -> int:  # type: ignore[override]
        if len(block) > self.room:
            raise OSError(28, "No space left on device")
        self.room -= len(block)
        return len(block)


class SmallDisk(BrokenDisk):
    """A disk in memory with room for some bytes."""

    room_left = 0

    def write(self, handle: int, block: bytes | memoryview) -> int:
        if len(block) > self.room_left:
            raise OSError(28, "No space left on device")
        self.room_left -= len(block)
        return super().write(handle, block)


def test_the_library_reports_success_on_a_full_disk() -> None:
    """The control: 500 bytes to a disk without room, and no failure."""
    pyrage.encrypt_io(io.BytesIO(bytes(500)), FullAfter(0), TO)


@pytest.mark.parametrize("size", [0, 1, 500, 8_000, 65_536, 200_000])
def test_a_full_disk_is_always_noticed(size: int) -> None:
    def sealed(room: int) -> int:
        disk = SmallDisk()
        disk.put("/A/x", b"")
        disk.room_left = room
        made = seal(disk, (b for b in [bytes(size)]), ABOUT, ["/A/o.age"], [RECIPIENT])
        return made.bytes

    length = sealed(1 << 30)
    for short in (1, 2, 15, 16, 17, 500, 4_000, 8_191, 8_192, 8_193, length):
        with pytest.raises(CopyFailed, match="No space"):
            sealed(max(0, length - 300 - short))


def test_a_failure_leaves_no_name_behind() -> None:
    disk = SmallDisk()
    disk.put("/A/x", b"")
    disk.put("/B/x", b"")
    with pytest.raises(CopyFailed):
        seal(disk, (b for b in [bytes(9)]), ABOUT, ["/A/o.age", "/B/o.age"], [RECIPIENT])
    assert sorted(disk.nodes) == ["/A/x", "/B/x"]


def test_a_library_that_drops_the_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = pyrage.encrypt_io

    def shortened(source: io.BytesIO, target: io.RawIOBase, to: object) -> None:
        whole = io.BytesIO()
        true(source, whole, to)
        target.write(whole.getvalue()[:-1])

    monkeypatch.setattr("safehouse_offload.seal.pyrage.encrypt_io", shortened)
    disk = BrokenDisk()
    disk.put("/A/x", b"")
    with pytest.raises(CopyFailed, match="short"):
        seal(disk, (b for b in [b"content"]), ABOUT, ["/A/o.age"], [RECIPIENT])
    assert sorted(disk.nodes) == ["/A/x"]


def test_the_library_hands_out_bytes_before_it_knows_the_end(tmp_path: Path) -> None:
    """The control, and the defence: they came, but unseal says that they must be thrown away."""
    path = tmp_path / "o.age"
    seal(Disk(), (b for b in [bytes(300_000)]), ABOUT, [str(path)], [RECIPIENT])
    path.write_bytes(path.read_bytes()[:-1])
    got = io.BytesIO()
    with pytest.raises(OSError):  # noqa: PT011 - the library says no more
        pyrage.decrypt_io(
            io.BytesIO(path.read_bytes()), got, [pyrage.x25519.Identity.from_str(KEY)]
        )
    assert len(got.getvalue()) >= 65_536
    with pytest.raises(BadSeal):
        unseal(Disk(), str(path), KEY, lambda _: None)


@pytest.mark.parametrize("kind", ["stanza_missing_body", "stanza_missing_final_line"])
def test_headers_that_the_library_takes_and_the_standard_does_not_are_refused(
    kind: str, tmp_path: Path
) -> None:
    sealed = pyrage.encrypt(b"x", TO)
    extra = {
        "stanza_missing_body": b"-> a\n",
        "stanza_missing_final_line": b"-> a\n" + b"A" * 64 + b"\n",
    }
    path = tmp_path / "o.age"
    head, dashes, rest = sealed.partition(b"\n--- ")
    path.write_bytes(head + b"\n" + extra[kind] + dashes[1:] + rest)
    with pytest.raises(BadSeal):
        unseal(Disk(), str(path), KEY, lambda _: None)


@pytest.mark.slow
def test_sealing_takes_little_memory_whatever_the_length(tmp_path: Path) -> None:
    """In a process of its own: 1 GiB that nobody stores."""
    import subprocess

    code = """
import sys
from pathlib import Path
from safehouse_offload.disk import Disk
from safehouse_offload.seal import seal
from safehouse_offload.trailer import FILE, Trailer
class Nowhere(Disk):
    def write(self, handle, block): return len(block)
block = bytes(1 << 20)
about = Trailer(FILE, "x", 0, 1, "", "")
seal(Nowhere(), (block for _ in range(1024)), about, [sys.argv[1]], [sys.argv[2]])
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "o.age"), RECIPIENT],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 100_000
