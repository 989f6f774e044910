"""Chunk files: whole ones give back what was written, damaged ones say so."""

from pathlib import Path

import pytest

from safehouse.errors import SafehouseError
from safehouse.media.chunkfile import (
    ChunkHeader,
    ChunkWriter,
    CodedPacket,
    read_chunk,
    read_header,
    read_times,
)

HEADER = ChunkHeader("libx264", b"\x00\x01set-up")
PACKETS = [
    CodedPacket(7, 1, True, b"one"),
    CodedPacket(-3, 2, False, b""),
    CodedPacket(9, 1, True, b"3"),
]


def written(path: Path) -> Path:
    with ChunkWriter(path, HEADER) as writer:
        for packet in PACKETS:
            writer.write(packet)
    return path


def test_chunk_gives_back_what_was_written(tmp_path: Path) -> None:
    path = written(tmp_path / "c")
    assert read_header(path) == HEADER
    assert list(read_chunk(path)) == PACKETS
    assert read_times(path) == [7, -3, 9]


def test_chunk_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    whole = written(tmp_path / "c").read_bytes()
    for cut in (len(whole) - 1, len(whole) - 24, len(whole) - 30):
        (tmp_path / "d").write_bytes(whole[:cut])
        with pytest.raises(SafehouseError):
            list(read_chunk(tmp_path / "d"))


def test_changed_byte_is_found(tmp_path: Path) -> None:
    whole = written(tmp_path / "c").read_bytes()
    (tmp_path / "d").write_bytes(whole.replace(b"one", b"two"))
    with pytest.raises(SafehouseError):
        list(read_chunk(tmp_path / "d"))


def test_other_file_is_no_chunk(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"something else entirely")
    with pytest.raises(SafehouseError):
        read_header(tmp_path / "d")
