"""Reads age headers strictly, before any library does, and knows how long an age file must be.

Source: https://c2sp.org/age. The library accepts stanzas without their last, short line, and work
factors that compute for minutes; the standard does not. The vectors of C2SP/CCTV hold this.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["HEADER_BYTES", "Header", "NotAge", "plain_length", "read_header", "sealed_length"]

HEADER_BYTES = 1 << 16
"""Longest header that is looked at: some hundred recipients."""

VERSION = b"age-encryption.org/v1"
CHUNK = 1 << 16
TAG = 16
NONCE = 16
ARGUMENT = re.compile(rb"[\x21-\x7e]+")
LINE_CHARS = 64
WRAPPED_KEY = 32
WORK_FACTOR = re.compile(rb"[1-9][0-9]?")
MOST_WORK = 22
"""Highest work factor of a passphrase that is taken, as the standard's authors do; more is a
trap that computes for minutes."""

POINT = 32
LOW_ORDER = frozenset(
    bytes.fromhex(digits)[:31] + bytes([int(digits[62:], 16) & 0x7F])
    for digits in (
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Points of Curve25519 that make every shared secret zero (https://cr.yp.to/ecdh.html)."""


class NotAge(ValueError):
    """These bytes are no age v1 file as the standard has it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the payload.

    Attributes:
        length: its bytes, with the end of its last line.
        kinds: the first argument of each stanza.
    """

    length: int
    kinds: tuple[str, ...]


def read_header(first: bytes) -> Header:
    """Return the header that first begins with.

    Raises:
        NotAge: it breaks a rule of the standard, or is longer than HEADER_BYTES.
    """
    lines = _Lines(first[:HEADER_BYTES])
    if lines.next() != VERSION:
        raise NotAge("not of version 1 of age")
    kinds: list[str] = []
    while True:
        line = lines.next()
        if line.startswith(b"--- "):
            _require_base64(line[4:], 32)
            break
        kinds.append(_stanza(line, lines))
    if not kinds:
        raise NotAge("no recipient")
    if "scrypt" in kinds and len(kinds) > 1:
        raise NotAge("a passphrase beside another recipient")
    return Header(lines.at, tuple(kinds))


class _Lines:
    """The lines of a header, each ended by a line feed alone."""

    def __init__(self, given: bytes) -> None:
        self.given = given
        self.at = 0

    def next(self) -> bytes:
        end = self.given.find(b"\n", self.at)
        if end < 0:
            raise NotAge("the header does not end")
        line = self.given[self.at : end]
        self.at = end + 1
        return line


def _stanza(line: bytes, lines: _Lines) -> str:
    """Return the kind of the stanza that begins with line, and go past its body."""
    if not line.startswith(b"-> "):
        raise NotAge("no stanza where one must be")
    arguments = line[3:].split(b" ")
    if not all(ARGUMENT.fullmatch(argument) for argument in arguments):
        raise NotAge("an argument that is empty, or no visible ASCII")
    body = b""
    while True:
        part = lines.next()
        if len(part) > LINE_CHARS:
            raise NotAge("a line of a body that is too long")
        body += part
        if len(part) < LINE_CHARS:
            break
    length = len(_require_base64(body))
    kind = arguments[0].decode("ascii")
    if kind in KNOWN:
        if length != WRAPPED_KEY:
            raise NotAge(f"a stanza of kind {kind} whose body is no wrapped file key")
        KNOWN[kind](arguments[1:])
    return kind


def _require_x25519(arguments: list[bytes]) -> None:
    _require_share(arguments, POINT)


def _require_hybrid(arguments: list[bytes]) -> None:
    _require_share(arguments, 1088 + POINT)


def _require_share(arguments: list[bytes], length: int) -> None:
    """Check that there is one argument, a share that ends in a point that can keep a secret."""
    if len(arguments) != 1:
        raise NotAge("a stanza without exactly one share")
    point = _require_base64(arguments[0], length)[-POINT:]
    if point[:-1] + bytes([point[-1] & 0x7F]) in LOW_ORDER:
        raise NotAge("a share that keeps no secret")


def _require_scrypt(arguments: list[bytes]) -> None:
    if len(arguments) != 2:
        raise NotAge("a passphrase stanza without exactly salt and work factor")
    _require_base64(arguments[0], 16)
    if not WORK_FACTOR.fullmatch(arguments[1]) or int(arguments[1]) > MOST_WORK:
        raise NotAge("a work factor that is no number, or too high")


KNOWN: dict[str, Callable[[list[bytes]], None]] = {
    "X25519": _require_x25519,
    "mlkem768x25519": _require_hybrid,
    "scrypt": _require_scrypt,
}
"""Kinds of stanzas whose shape the standard fixes; others are passed over, as it says."""


def _require_base64(text: bytes, length: int | None = None) -> bytes:
    """Return what text encodes: canonical base64 without padding."""
    try:
        content = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise NotAge("no base64") from error
    if base64.b64encode(content).rstrip(b"=") != text:
        raise NotAge("base64 that is not canonical")
    if length is not None and len(content) != length:
        raise NotAge("base64 of another length")
    return content


def sealed_length(header: int, plain: int) -> int:
    """Return the exact length of an age file with a header and a payload of plain bytes."""
    return header + NONCE + plain + TAG * max(1, -(-plain // CHUNK))


def plain_length(header: int, sealed: int) -> int:
    """Return the length of the payload in an age file of sealed bytes.

    Raises:
        NotAge: no payload has that length.
    """
    rest = sealed - header - NONCE
    chunks = -(-rest // (CHUNK + TAG))
    plain = rest - TAG * chunks
    if rest < TAG or sealed_length(header, plain) != sealed:
        raise NotAge("cut short, or longer than any payload is")
    return plain
