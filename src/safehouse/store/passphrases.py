"""Seals a few bytes by a passphrase, as age does, with as much work as age's own program sets.

pyrage chooses the work by how fast the computer is: on a fast one a project then takes more than a
gigabyte of memory to open. Here it is the same everywhere. Any age opens what this writes.

Source: https://c2sp.org/age, the scrypt recipient; RFC 8439 (ChaCha20 and Poly1305); RFC 5869.
"""

import base64
import hashlib
import hmac
import secrets
import struct

__all__ = ["MOST_BYTES", "WORK", "chacha20_poly1305", "seal_by_passphrase"]

WORK = 18
"""Base-2 logarithm of scrypt's N; with r = 8 it takes 256 MB, and some tenths of a second."""

MOST_BYTES = 64 << 10
"""Of content: one chunk of age's."""

BLOCK = 8
LABEL = b"age-encryption.org/v1"
SIGMA = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)
QUARTERS = (
    *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
    *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
)
WORD = 0xFFFFFFFF


def seal_by_passphrase(content: bytes, passphrase: str, work: int = WORK) -> bytes:
    """Return content, at most MOST_BYTES, as an age file under a passphrase."""
    if len(content) > MOST_BYTES:
        raise ValueError("more than one chunk")
    salt, file_key, nonce = (secrets.token_bytes(16) for _ in range(3))
    wrapping = hashlib.scrypt(
        passphrase.encode(),
        salt=LABEL + b"/scrypt" + salt,
        n=1 << work,
        r=BLOCK,
        p=1,
        maxmem=(128 * BLOCK << work) + (1 << 20),
        dklen=32,
    )
    wrapped = chacha20_poly1305(wrapping, bytes(12), file_key)
    head = b"%b\n-> scrypt %b %d\n%b\n---" % (LABEL, _text(salt), work, _text(wrapped))
    code = hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")
    body = chacha20_poly1305(_derived(file_key, nonce, b"payload"), bytes(11) + b"\1", content)
    return head + b" " + _text(code) + b"\n" + nonce + body


def chacha20_poly1305(key: bytes, nonce: bytes, content: bytes, beside: bytes = b"") -> bytes:
    """Return content encrypted, and its tag (RFC 8439, section 2.8)."""
    blocks = -(-len(content) // 64)
    stream = b"".join(_chacha20(key, nonce, count) for count in range(1, blocks + 1))
    hidden = bytes(a ^ b for a, b in zip(content, stream, strict=False))
    lengths = struct.pack("<QQ", len(beside), len(hidden))
    authentic = _filled(beside) + _filled(hidden) + lengths
    return hidden + _poly1305(_chacha20(key, nonce, 0)[:32], authentic)


def _chacha20(key: bytes, nonce: bytes, count: int) -> bytes:
    """Return a block of the stream (RFC 8439, section 2.3)."""
    begin = (*SIGMA, *struct.unpack("<8L", key), count, *struct.unpack("<3L", nonce))
    state = list(begin)
    for _ in range(10):
        for a, b, c, d in QUARTERS:
            _quarter(state, a, b, c, d)
    return struct.pack("<16L", *(x + y & WORD for x, y in zip(state, begin, strict=True)))


def _quarter(state: list[int], *at: int) -> None:
    a, b, c, d = at
    for to, by, turned, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[to] = state[to] + state[by] & WORD
        mixed = state[turned] ^ state[to]
        state[turned] = (mixed << bits | mixed >> 32 - bits) & WORD


def _poly1305(key: bytes, content: bytes) -> bytes:
    """Return the tag of content (RFC 8439, section 2.5)."""
    factor = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(content), 16):
        part = int.from_bytes(content[at : at + 16] + b"\1", "little")
        total = (total + part) * factor % ((1 << 130) - 5)
    total += int.from_bytes(key[16:], "little")
    return (total & (1 << 128) - 1).to_bytes(16, "little")


def _derived(secret: bytes, salt: bytes, label: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256."""
    first = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(first, label + b"\1", "sha256")


def _filled(content: bytes) -> bytes:
    return content + bytes(-len(content) % 16)


def _text(content: bytes) -> bytes:
    return base64.b64encode(content).rstrip(b"=")
