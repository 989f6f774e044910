"""What is inside an object: the content, zeros, and a trailer that says what the content is."""

import builtins
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import xxhash

from safehouse_offload.padding import padded_length
from safehouse_offload.places import FORMAT, is_length, is_name, is_time
from safehouse_offload.text import is_named

__all__ = [
    "END_BYTES",
    "FILE",
    "MANIFEST",
    "NotTrailer",
    "Plaintext",
    "Trailer",
    "read_trailer",
]

FILE = "file"
MANIFEST = "manifest"
END_BYTES = 4 + len(FORMAT)
MAX_TRAILER = 1 << 16
"""Longest trailer: a path of 4,096 bytes, each escaped, and the rest."""

ZEROS = bytes(1 << 20)


class NotTrailer(ValueError):
    """An object does not end as the format says."""


@dataclass(frozen=True, slots=True)
class Trailer:
    """What an object says of its content.

    Attributes:
        kind: `file` or `manifest`.
        path: as `text.named` writes it; empty for a manifest.
        bytes: length of the content.
        mtime_ns: the file's time on the card.
        sha256: digest of the content.
        xxh64: the same, for the ASC MHL history.
    """

    kind: str
    path: str
    bytes: int
    mtime_ns: int
    sha256: str
    xxh64: str

    def written(self) -> "builtins.bytes":
        """Return the end of an object: trailer, its length, the format's number."""
        text = json.dumps(asdict(self), separators=(",", ":")).encode()
        return text + len(text).to_bytes(4, "big") + FORMAT


class Plaintext:
    """The bytes that are sealed as one object, and, once they are out, what they were.

    Args:
        content: the file's blocks; read once.
        about: its kind, path and time; the rest is filled in.
    """

    def __init__(self, content: Iterator[bytes], about: Trailer) -> None:
        self.trailer = about
        self.length = 0
        self._content = content

    def blocks(self) -> Iterator[bytes]:
        """Yield content, zeros and trailer; then `trailer` and `length` are true."""
        strong, quick, count = hashlib.sha256(), xxhash.xxh64(), 0
        for block in self._content:
            strong.update(block)
            quick.update(block)
            count += len(block)
            yield block
        self.trailer = replace(
            self.trailer, bytes=count, sha256=strong.hexdigest(), xxh64=quick.hexdigest()
        )
        end = self.trailer.written()
        self.length = padded_length(count + len(end))
        yield from _zeros(self.length - count - len(end))
        yield end


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        part = ZEROS[:count]
        yield part
        count -= len(part)


def read_trailer(tail: bytes) -> tuple[Trailer, int]:
    """Return the trailer at the end of a plaintext, and how many bytes it takes there.

    Args:
        tail: the last bytes of the plaintext; MAX_TRAILER are enough.

    Raises:
        NotTrailer: there is none, or not of this format.
    """
    if tail[-len(FORMAT) :] != FORMAT:
        raise NotTrailer("no object of this format")
    length = int.from_bytes(tail[-END_BYTES : -len(FORMAT)], "big")
    text = tail[-END_BYTES - length : -END_BYTES]
    try:
        trailer = Trailer(**json.loads(text))
    except (ValueError, TypeError, RecursionError) as error:
        raise NotTrailer("a trailer that can't be read") from error
    if not _is_sound(trailer):
        raise NotTrailer("a trailer that is not written as the format says")
    if len(text) != length or trailer.written() != tail[-END_BYTES - length :]:
        raise NotTrailer("a trailer that is not written as the format says")
    return trailer, END_BYTES + length


def _is_sound(trailer: Trailer) -> bool:
    """Return whether a trailer, which anybody may have written, holds what it should."""
    texts = (trailer.kind, trailer.sha256, trailer.xxh64)
    if not all(isinstance(one, str) for one in texts) or not is_length(trailer.bytes):
        return False
    shaped = is_name(trailer.sha256, 64) and is_name(trailer.xxh64, 16)
    known = trailer.kind in {FILE, MANIFEST}
    return known and shaped and is_time(trailer.mtime_ns) and is_named(trailer.path)
