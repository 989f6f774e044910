"""Seals one file into every vault in one read: a name appears when all of it is on the disk.

pyrage can report success although the last 8 KiB were not written (its buffer swallows the error of
the last write), and gives no final length. So the writer here records its first failure and counts,
and the count must be the exact one.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import pyrage

from safehouse_offload.disk import Disk
from safehouse_offload.header import read_header, sealed_length
from safehouse_offload.places import PARTIAL
from safehouse_offload.trailer import Plaintext, Trailer
from safehouse_offload.writing import CopyFailed, Outgoing, of_copy

__all__ = ["CardFailed", "CopyFailed", "Sealed", "seal"]


class CardFailed(OSError):
    """The card could not be read on; the cause is the system's failure."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An age file that lies in every vault.

    Attributes:
        name: without folder and ending.
        bytes: its length.
        sha256: its digest.
        trailer: what it holds.
    """

    name: str
    bytes: int
    sha256: str
    trailer: Trailer


class _Incoming:
    """What pyrage reads from: blocks in, and the first failure kept."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.error: BaseException | None = None
        self._blocks = blocks
        self._rest = memoryview(b"")

    def read(self, count: int) -> bytes:
        while not self._rest:
            try:
                self._rest = memoryview(next(self._blocks))
            except StopIteration:
                return b""
            except BaseException as error:
                self.error = self.error or error
                raise
        part, self._rest = self._rest[:count], self._rest[count:]
        return bytes(part)


def seal(
    disk: Disk, content: Iterator[bytes], about: Trailer, paths: Sequence[str], to: Sequence[str]
) -> Sealed:
    """Seal content to every path, and return what lies there now under its final name.

    Args:
        disk: the door.
        content: blocks; a failure to read them must come as CardFailed.
        about: kind, path and time of the file.
        paths: one in each vault, not there yet; their folders are.
        to: age recipients.

    Nothing lost: until the rename nothing has a final name; a failure removes what was begun.

    Raises:
        CardFailed: content could not be read.
        CopyFailed: a copy could not be written whole.
    """
    partials = [path + PARTIAL for path in paths]
    try:
        sealed = _encrypt(disk, Plaintext(content, about), partials, to)
        for copy, (partial, path) in enumerate(zip(partials, paths, strict=True)):
            with of_copy(copy):
                disk.rename(partial, path)
                disk.fsync_folder(path.rpartition("/")[0])
    except BaseException:
        _remove(disk, [*partials, *paths])
        raise
    name = paths[0].rpartition("/")[2].partition(".")[0]
    return Sealed(name, sealed.bytes, sealed.sha256, sealed.trailer)


def _encrypt(disk: Disk, plain: Plaintext, partials: Sequence[str], to: Sequence[str]) -> Sealed:
    handles: list[int] = []
    try:
        for copy, partial in enumerate(partials):
            with of_copy(copy):
                handles.append(disk.create(partial))
        with closing(Outgoing(disk, handles)) as out:
            _run_pyrage(_Incoming(plain.blocks()), out, to)
            out.finish()
        _require_whole(out, plain.length)
        for copy, handle in enumerate(handles):
            with of_copy(copy):
                disk.fsync(handle)
    finally:
        _close(disk, handles)
    return Sealed("", out.count, out.digest.hexdigest(), plain.trailer)


def _run_pyrage(incoming: _Incoming, out: Outgoing, to: Sequence[str]) -> None:
    """Encrypt, and raise the first failure of either side, whatever pyrage says."""
    recipients = [pyrage.x25519.Recipient.from_str(one) for one in to]
    try:
        pyrage.encrypt_io(incoming, out, recipients)
    except BaseException:
        _raise_recorded(incoming, out)
        raise
    _raise_recorded(incoming, out)


def _raise_recorded(incoming: _Incoming, out: Outgoing) -> None:
    for error in (incoming.error, out.error):
        if error is not None:
            raise error


def _require_whole(out: Outgoing, plain: int) -> None:
    """Check that exactly what must come out of the library came out.

    Raises:
        CopyFailed: something is missing, or more than there should be.
    """
    header = read_header(out.first)
    if out.count != sealed_length(header.length, plain):
        raise CopyFailed(0, OSError(5, "the encryption came out short"))


def _close(disk: Disk, handles: Sequence[int]) -> None:
    """Close every handle, even when the first one fails."""
    with ExitStack() as stack:
        for copy, handle in enumerate(handles):
            stack.callback(_close_one, disk, copy, handle)


def _close_one(disk: Disk, copy: int, handle: int) -> None:
    with of_copy(copy):
        disk.close(handle)


def _remove(disk: Disk, paths: Sequence[str]) -> None:
    for path in paths:
        with suppress(OSError):
            disk.remove(path)
