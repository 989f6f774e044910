"""The state of a card that is not done: salted digests only, so that an offload can go on."""

import hashlib
import hmac
import io
from dataclasses import dataclass

from safehouse_offload.card import CardFile
from safehouse_offload.lists import Entry
from safehouse_offload.places import FORMAT, is_name

__all__ = [
    "SALT_BYTES",
    "Pending",
    "PendingEntry",
    "content_mark",
    "file_mark",
    "first_line",
    "pending_line",
    "read_pending",
]

SALT_BYTES = 32
CHECK_CHARS = 16


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """One file that is done: marks of file and content, and its object."""

    mark: str
    content: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Pending:
    """One file of state: its salt and what it holds, by mark."""

    salt: bytes
    entries: dict[str, PendingEntry]


def file_mark(salt: bytes, file: CardFile) -> str:
    """Return a mark by which who has the file can find it again, and nobody else."""
    facts = f"{file.path}\0{file.bytes}\0{file.mtime_ns}".encode(errors="surrogateescape")
    return hmac.new(salt, b"file\0" + facts, "sha256").hexdigest()


def content_mark(salt: bytes, sha256: str) -> str:
    """Return a mark of a file's content."""
    return hmac.new(salt, b"content\0" + bytes.fromhex(sha256), "sha256").hexdigest()


def first_line(salt: bytes) -> bytes:
    """Return the line that begins a file of state."""
    return f"{FORMAT.decode().strip()} pending {salt.hex()}\n".encode()


def pending_line(done: PendingEntry) -> bytes:
    """Return the line for a file that is done."""
    entry = done.entry
    text = f"{done.mark} {done.content} {entry.name} {entry.bytes} {entry.sha256}"
    return f"{text} {_check(text)}\n".encode()


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:CHECK_CHARS]


def read_pending(text: bytes, twin: Pending | None = None) -> Pending | None:
    """Return what a file of state holds; torn lines are none; None when its beginning is torn.

    Args:
        text: of the file.
        twin: what another vault's file holds: entries that are the same are taken from it, so that
            those of 50,000 files lie in memory once.
    """
    lines = (line.decode("ascii", "replace").removesuffix("\n") for line in io.BytesIO(text))
    first, known = next(lines, ""), twin.entries if twin else {}
    salt = first.removeprefix(f"{FORMAT.decode().strip()} pending ")
    if not is_name(salt, 2 * SALT_BYTES) or salt == first:
        return None
    entries: dict[str, PendingEntry] = {}
    for line in lines:
        if (one := _read_line(line)) is not None:
            same = known.get(one.mark)
            one = same if same == one else one
            entries[one.mark] = one
    return Pending(bytes.fromhex(salt), entries)


def _read_line(line: str) -> PendingEntry | None:
    text, _, check = line.rpartition(" ")
    if not text or check != _check(text):
        return None
    try:
        mark, content, name, length, sha256 = text.split(" ")
        entry = Entry(name, int(length), sha256)
    except ValueError:
        return None
    sound = is_name(name) and all(is_name(one, 64) for one in (mark, content, sha256))
    return PendingEntry(mark, content, entry) if sound else None
