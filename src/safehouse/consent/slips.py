"""Field slips: a record and its recording, sealed to a vault's key on a machine that can't open it.

A slip is an object as vaults hold them (docs/vault-format.md): random name, padded, whole or not
at all. Inside, a head of fixed size with the record, then the recording. Two slips without a
recording are alike from outside but for their names.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from safehouse_offload.disk import BLOCK, Disk
from safehouse_offload.places import SEALED, new_name
from safehouse_offload.seal import CardFailed, CopyFailed, seal
from safehouse_offload.trailer import FILE, Trailer

from safehouse.errors import OutputUnwritable, RecordRefused, SlipUnreadable, SourceMissing
from safehouse.model.consent import Record
from safehouse.model.text import escape

__all__ = ["HEAD_BYTES", "Slip", "digest_of", "read_head", "receipt", "seal_slip"]

HEAD_BYTES = 1 << 16
"""Room for the record, filled with zeros: its length tells nothing of what was said."""

MAGIC = b"slip/1\n"
KIND = "slip"


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slip: int
    record: Record


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that was sealed: where it lies, and its digest."""

    path: Path
    sha256: str


def digest_of(recording: Path) -> str:
    """Return the digest of a recording, read in blocks.

    Raises:
        SourceMissing: it can't be read.
    """
    try:
        with recording.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceMissing(
            f"'{escape(recording.name)}' can't be read: {(error.strerror or '?').lower()}",
            kept="nothing was written",
            next_step="give the recording of what was said, or a scan of the paper",
        ) from error


def seal_slip(record: Record, recording: Path | None, to: Sequence[str], folder: Path) -> Slip:
    """Seal a record, and its recording, to public keys; return where the slip lies.

    The record's digest must be the recording's: what was sealed and what was said are one. Nothing
    is written but the sealed file; a stop leaves a part without a name that anything opens.

    Raises:
        RecordRefused: the recording is not the one of the record, or the record is too long.
        OutputUnwritable, SourceMissing: the folder can't be written, the recording not read.
    """
    head = _written(record)
    path = folder / f"{new_name()}{SEALED}"
    about = Trailer(FILE, KIND, 0, 0, "", "")
    content = _content(head, recording, record.proof_sha256)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sealed = seal(Disk(), content, about, [str(path)], to)
    except CardFailed as error:
        raise SourceMissing(
            "the recording could not be read to its end",
            kept="no slip was written",
            next_step="copy it from the card again",
        ) from error
    except (CopyFailed, OSError) as error:
        raise OutputUnwritable(
            f"a slip can't be written: {(error.strerror or '?').lower()}",
            kept="no slip was written",
            next_step="give another -o",
        ) from error
    return Slip(path, sealed.sha256)


def _written(record: Record) -> bytes:
    text = MAGIC + msgspec.json.encode(_Head(1, record))
    if len(text) > HEAD_BYTES:
        raise RecordRefused("a record longer than a slip has room for", next_step="use fewer words")
    return text.ljust(HEAD_BYTES, b"\0")


def _content(head: bytes, recording: Path | None, sha256: str) -> Iterator[bytes]:
    yield head
    if recording is None:
        return
    found = hashlib.sha256()
    try:
        with recording.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
            while block := file.read(BLOCK):
                found.update(block)
                yield block
    except OSError as error:
        raise CardFailed(error.errno, error.strerror) from error
    if found.hexdigest() != sha256:
        raise RecordRefused(
            "the recording is not the one that the record names",
            kept="no slip was written",
            next_step="leave the recording alone while it is sealed, and try again",
        )


def read_head(head: bytes) -> Record:
    """Return the record in the head of an opened slip.

    Raises:
        SlipUnreadable: it is no head of a slip.
    """
    text = head[:HEAD_BYTES].rstrip(b"\0")
    try:
        if len(head) < HEAD_BYTES or not text.startswith(MAGIC):
            raise ValueError("no slip")
        return msgspec.json.decode(text[len(MAGIC) :], type=_Head).record
    except (ValueError, msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise SlipUnreadable(
            "opened, but it is no field slip",
            next_step="give a file that `consent record` wrote",
        ) from error


def receipt(record: Record) -> str:
    """Return a receipt for who asks for one: no film, person, place or tool in it.

    It is dangerous to carry all the same: it says that somebody agreed to something.
    """
    said = [f"  {trait}: {'yes' if yes else 'no'}" for trait, yes in record.traits.items()]
    limits = [f"  until {record.scope.until}"] if record.scope.until else []
    return "\n".join(
        [
            record.given,
            "",
            "You were asked whether you may be seen and heard. You said:",
            *said,
            *limits,
            "",
            "You can change your mind at any time, without a reason. Tell whoever asked you, or",
            "have somebody tell them. From then on it counts.",
            "",
        ]
    )
