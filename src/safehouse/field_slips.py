"""Opens field slips at home: what the vault's key opens, consent reads."""

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from safehouse_offload.disk import Disk

from safehouse.consent.slips import HEAD_BYTES, read_head
from safehouse.errors import OutputExists, SlipUnreadable
from safehouse.model.consent import Record
from safehouse.model.text import escape
from safehouse.store.atomic import whole_file
from safehouse.vault.unseal import BadSeal, OtherKey, unseal

__all__ = ["OpenedSlip", "open_slip", "require_slip"]


@dataclass(frozen=True, slots=True)
class OpenedSlip:
    """What a slip gave.

    Attributes:
        record: with the ids of the field.
        sha256: digest of the sealed file, by which a second import is known.
        recording_sha256: digest of the recording in it, "" where there is none.
    """

    record: Record
    sha256: str
    recording_sha256: str

    @property
    def proven(self) -> bool:
        """Whether the recording in the slip is the one that the record names."""
        return bool(self.recording_sha256) and self.recording_sha256 == self.record.proof_sha256


def require_slip(path: Path) -> None:
    """Check that a slip's file can be read, before anybody types key words for it.

    Raises:
        SlipUnreadable: it can't.
    """
    try:
        with path.open("rb") as sealed:
            sealed.read(1)
    except OSError as error:
        raise _not_read(path, error) from error


def open_slip(path: Path, key: str, recording: Path | None = None) -> OpenedSlip:
    """Open a slip with an age private key; write its recording, whole, where that is asked for.

    Raises:
        SlipUnreadable: damaged, no slip, or for another key; nothing is kept of it then.
        OutputExists: the recording's file is there already.
    """
    if recording is not None and recording.exists():
        raise OutputExists(
            f"'{escape(recording.name)}' is there already",
            kept="it is untouched; the slip was not opened",
            next_step="give another --recording",
        )
    with ExitStack() as stack:
        file = None
        if recording is not None:
            partial = stack.enter_context(whole_file(recording))
            file = stack.enter_context(partial.open("wb"))
        return _open(path, key, file)


def _open(path: Path, key: str, file: BinaryIO | None) -> OpenedSlip:
    try:
        with path.open("rb") as sealed:
            digest = hashlib.file_digest(sealed, "sha256").hexdigest()
        first = _Parts()
        trailer = unseal(Disk(), str(path), key, first.take)
        second = _Parts(trailer.bytes, file)
        unseal(Disk(), str(path), key, second.take, content=trailer.bytes)
    except OtherKey:
        raise _unreadable("damaged, or sealed to another key") from None
    except BadSeal as error:
        raise _unreadable(str(error)) from error
    except OSError as error:
        raise _not_read(path, error) from error
    record = read_head(bytes(second.head))
    held = second.digest.hexdigest() if trailer.bytes > HEAD_BYTES else ""
    return OpenedSlip(record, digest, held)


class _Parts:
    """Divides what comes out of a slip: the head, the recording, and what is only filling."""

    def __init__(self, length: int = 0, file: BinaryIO | None = None) -> None:
        self.head = bytearray()
        self.digest = hashlib.sha256()
        self._left = length
        self._file = file

    def take(self, block: bytes) -> None:
        part = block[: self._left]
        self._left -= len(part)
        room = HEAD_BYTES - len(self.head)
        self.head += part[:room]
        self.digest.update(part[room:] if room > 0 else part)
        if self._file is not None:
            self._file.write(part[room:] if room > 0 else part)


def _not_read(path: Path, error: OSError) -> SlipUnreadable:
    return SlipUnreadable(
        f"'{escape(path.name)}' can't be read: {(error.strerror or '?').lower()}",
        kept="nothing was recorded",
        next_step="check the path; a field slip is a file that ends in .age",
    )


def _unreadable(words: str) -> SlipUnreadable:
    return SlipUnreadable(
        f"the slip can't be opened: {words}",
        kept="nothing was recorded; the slip is untouched",
        next_step="give the key words of the vault that it was sealed to",
    )
