"""The journal of a project: every act, sealed, one record after the other, never cut.

A record is a head of 12 bytes (`SHJ1`, the length of what follows, and the CRC-32 of both) and an
age file to the project's key. docs/project.md has the format.
"""

import errno
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from safehouse.errors import ActRefused, ProjectDamaged, ProjectUnwritable
from safehouse.store.atomic import write_whole
from safehouse.store.sealing import Keys, NotOpened

__all__ = ["JOURNAL", "JOURNAL_FOLDER", "MAGIC", "Found", "Journal", "frame"]

JOURNAL_FOLDER = "journal"
JOURNAL = f"{JOURNAL_FOLDER}/acts.journal"
MAGIC = b"SHJ1"
PURPOSE = "journal"
HEAD = struct.Struct(">4sII")
RECORD_MOST = 1 << 30
"""Longest record, in bytes: none longer is written, so a longer one is damage."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was read.

    Attributes:
        content: what was sealed.
        end: where the next record begins, in bytes.
    """

    content: bytes
    end: int


def frame(sealed: bytes) -> bytes:
    """Return a sealed record with its head."""
    length = struct.pack(">I", len(sealed))
    return HEAD.pack(MAGIC, len(sealed), zlib.crc32(MAGIC + length)) + sealed


class Journal:
    """The file that acts are appended to; one process at a time has it open.

    Nothing lost: an append that returned lies on the disk; one that raised left nothing behind, or
    closed the journal (`broken`).
    """

    def __init__(self, path: Path, keys: Keys) -> None:
        self.path = path
        self.broken = False
        self.torn: Path | None = None
        self._keys = keys
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise ProjectDamaged(
                "the journal is missing from the project",
                next_step="put the journal folder back from a copy of the project",
            ) from error
        except OSError as error:
            raise _unwritable() from error
        self.end = os.fstat(self._handle).st_size

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)

    def append(self, content: bytes) -> int:
        """Seal and write a record, wait until it lies on the disk, and return where it began.

        Raises:
            ProjectUnwritable: the disk is full or failed; nothing of the record counts.
            ActRefused: it is longer than `read` would take.
        """
        if self.broken:
            raise _unwritable()
        began = self.end
        sealed = self._keys.seal(PURPOSE, content)
        if len(sealed) > RECORD_MOST:
            raise ActRefused(
                "this is more than one act can hold (1 GB)", next_step="do it in smaller parts"
            )
        record = frame(sealed)
        try:
            _write_all(self._handle, record)
            os.fsync(self._handle)
        except BaseException as error:
            self.cut_back(began, trust=isinstance(error, OSError) and error.errno == errno.ENOSPC)
            if isinstance(error, OSError):
                raise _unwritable() from error
            raise
        self.end = began + len(record)
        return began

    def cut_back(self, began: int, *, trust: bool = True) -> None:
        """Take an append back that does not count.

        Where that fails, or the disk is not to be trusted any more, nothing is appended again until
        the project is opened anew: a failed fsync says nothing of what lies on the disk.
        """
        self.broken = True
        with suppress(OSError):
            os.ftruncate(self._handle, began)
            os.fsync(self._handle)
            self.end = began
            self.broken = not trust

    def read(self, start: int = 0) -> Iterator[Found]:
        """Yield the records from an offset on.

        A last record that a crash tore is set aside as a file of its own, and is not yielded.

        Raises:
            ProjectDamaged: a record before the last can't be read.
        """
        raw = self.raw(start)
        at = 0
        while at < len(raw):
            found = self._read_one(raw, at)
            if found is None:
                self._set_aside(raw, at, start)
                return
            yield Found(found.content, start + found.end)
            at = found.end

    def raw(self, start: int, end: int | None = None) -> bytes:
        """Return what lies in the file from an offset on."""
        length = (self.end if end is None else end) - start
        parts = bytearray()
        while len(parts) < length:
            part = os.pread(self._handle, length - len(parts), start + len(parts))
            if not part:
                break
            parts += part
        return bytes(parts)

    def _read_one(self, raw: bytes, at: int) -> Found | None:
        """Return the record at an offset, or None where there is no whole one."""
        length = _length_of(raw, at)
        begin = at + HEAD.size
        if length is None or begin + length > len(raw):
            return None
        try:
            return Found(self._keys.open(PURPOSE, raw[begin : begin + length]), begin + length)
        except NotOpened:
            return None

    def _set_aside(self, raw: bytes, at: int, start: int) -> None:
        """Keep a torn last record as a file, and cut it off.

        Raises:
            ProjectDamaged: a whole record follows, so this was no torn one.
        """
        later = raw.find(MAGIC, at + 1)
        while later >= 0:
            if self._read_one(raw, later) is not None:
                raise ProjectDamaged(
                    f"the journal is damaged at byte {start + at}: acts follow that were whole",
                    next_step="put the journal folder back from a copy of the project",
                )
            later = raw.find(MAGIC, later + 1)
        try:
            self.torn = self.path.with_name(f"torn-{start + at:012d}")
            write_whole(self.torn, raw[at:])
            os.ftruncate(self._handle, start + at)
            os.fsync(self._handle)
        except OSError as error:
            raise _unwritable() from error
        self.end = start + at


def _length_of(raw: bytes, at: int) -> int | None:
    """Return the length of the record at an offset, or None where its head is not whole."""
    head = raw[at : at + HEAD.size]
    if len(head) < HEAD.size:
        return None
    magic, length, check = HEAD.unpack(head)
    good = magic == MAGIC and check == zlib.crc32(head[:8]) and length <= RECORD_MOST
    return int(length) if good else None


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _unwritable() -> ProjectUnwritable:
    return ProjectUnwritable(
        "the project's journal can't be written: the disk is full, gone, or fails",
        kept="everything that was acknowledged; this last act does not count",
        next_step="make room on the disk, then open the project again",
    )
