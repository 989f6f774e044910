"""Packets of a finished chunk or sound track on disk, with a check of wholeness.

Layout: `MAGIC`, the header's length (4 bytes, little-endian), the header as JSON, then for each
packet pts (8 bytes, signed), duration (8), flags (4, bit 0: key frame), length (4) and bytes; at
the end a row with the flag `LAST`, whose pts is the number of packets and whose duration is the
CRC-32 of all the packets' bytes.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from safehouse.errors import SafehouseError

__all__ = ["ChunkHeader", "ChunkWriter", "CodedPacket", "read_chunk", "read_header", "read_times"]

MAGIC = b"safehouse chunk 1\n"
ROW = struct.Struct("<qqII")
KEY, LAST = 1, 2


class ChunkHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all chunks of a track must have alike: encoder, settings, and the codec's set-up."""

    encoder: str
    setup: bytes


class CodedPacket(msgspec.Struct, frozen=True):
    """A coded picture or block of sound; times in the track's units."""

    pts: int
    duration: int
    key: bool
    content: bytes


class ChunkWriter:
    """Writes a chunk file; one that was not left well has no end and can't be read."""

    def __init__(self, path: Path, header: ChunkHeader) -> None:
        self._file = path.open("wb")
        self._count = self._sum = 0
        text = msgspec.json.encode(header)
        self._file.write(MAGIC + len(text).to_bytes(4, "little") + text)

    def write(self, packet: CodedPacket) -> None:
        """Append a packet."""
        row = ROW.pack(packet.pts, packet.duration, KEY * packet.key, len(packet.content))
        self._file.write(row + packet.content)
        self._count += 1
        self._sum = zlib.crc32(packet.content, self._sum)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None:
                self._file.write(ROW.pack(self._count, self._sum, LAST, 0))


def read_header(path: Path) -> ChunkHeader:
    """Return the header of a chunk file.

    Raises:
        SafehouseError: it is no chunk file.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise _broken()
        size = int.from_bytes(file.read(4), "little")
        return msgspec.json.decode(file.read(size), type=ChunkHeader)


def read_times(path: Path) -> list[int]:
    """Return the times of the packets of a chunk file, in their coded order.

    Raises:
        SafehouseError: the file is cut short.
    """
    times: list[int] = []
    with path.open("rb") as file:
        _skip_header(file)
        while len(row := file.read(ROW.size)) == ROW.size:
            pts, _, flags, size = ROW.unpack(row)
            if flags & LAST:
                return times
            times.append(pts)
            file.seek(size, 1)
    raise _broken()


def _skip_header(file: BinaryIO) -> None:
    file.seek(len(MAGIC))
    file.seek(int.from_bytes(file.read(4), "little"), 1)


def read_chunk(path: Path) -> Iterator[CodedPacket]:
    """Yield the packets of a chunk file.

    Raises:
        SafehouseError: the file is cut short or damaged.
    """
    with path.open("rb") as file:
        _skip_header(file)
        count = total = 0
        while len(row := file.read(ROW.size)) == ROW.size:
            pts, duration, flags, size = ROW.unpack(row)
            if flags & LAST:
                if (pts, duration) != (count, total):
                    raise _broken()
                return
            content = file.read(size)
            count, total = count + 1, zlib.crc32(content, total)
            yield CodedPacket(pts, duration, bool(flags & KEY), content)
    raise _broken()


def _broken() -> SafehouseError:
    return SafehouseError(
        "a finished piece of the film is damaged on disk",
        next_step="run the command again with --overwrite; it starts afresh",
    )
