"""Seals a few bytes by a passphrase, as age does, with as much work as age's own program sets.

pyrage chooses the work by how fast the computer is: on a fast one a project then takes more than a
gigabyte of memory to open. Here it is the same everywhere. Any age opens what this writes.

Source: https://c2sp.org/age, the scrypt recipient.
"""

import base64
import hashlib
import hmac
import secrets

__all__ = ["MOST_BYTES", "WORK", "seal_by_passphrase"]

WORK = 18
"""Base-2 logarithm of scrypt's N; with r = 8 it takes 256 MB, and some tenths of a second."""

MOST_BYTES = 64 << 10
"""Of content: one chunk of age's."""

BLOCK = 8
LABEL = b"age-encryption.org/v1"


def seal_by_passphrase(content: bytes, passphrase: str, work: int = WORK) -> bytes:
    """Return content, at most MOST_BYTES, as an age file under a passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

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
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    head = b"%b\n-> scrypt %b %d\n%b\n---" % (LABEL, _text(salt), work, _text(wrapped))
    code = hmac.digest(_derived(file_key, None, b"header"), head, "sha256")
    stream = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    body = stream.encrypt(bytes(11) + b"\1", content, None)  # the first chunk, and the last
    return head + b" " + _text(code) + b"\n" + nonce + body


def _derived(secret: bytes, salt: bytes | None, label: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, label).derive(secret)


def _text(content: bytes) -> bytes:
    return base64.b64encode(content).rstrip(b"=")
