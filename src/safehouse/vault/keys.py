"""The vault's key: made once, split into key words by SLIP-39, joined again, never stored.

Source: SLIP-39; age's X25519 keys are 32 bytes in Bech32 (BIP 173), https://c2sp.org/age.
"""

import re
import secrets
from collections.abc import Sequence

import pyrage
import shamir_mnemonic as shamir

from safehouse.errors import KeyWordsRefused, UsageError

__all__ = ["join", "make_key", "read_scheme", "recipient_of"]

KEY_BYTES = 32
PREFIX = "age-secret-key-"
CHARS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
MOST_SHARES = 16


def read_scheme(text: str) -> tuple[int, int]:
    """Return threshold and count out of words such as `2of3`.

    Raises:
        UsageError: no such split can be made.
    """
    found = re.fullmatch(r"(\d{1,2})of(\d{1,2})", text)
    threshold, count = (int(found[1]), int(found[2])) if found else (0, 0)
    one_alone = threshold == 1 and count > 1
    if not 1 <= threshold <= count <= MOST_SHARES or one_alone:
        raise UsageError(
            "no such split of a key: of N shares any K open, 2 to 16, or 1of1",
            kept="nothing was written",
            next_step="--shares 2of3",
        )
    return threshold, count


def make_key(threshold: int, count: int) -> tuple[str, tuple[str, ...]]:
    """Return the public key, and the key words of each share; the private key is forgotten."""
    secret = secrets.token_bytes(KEY_BYTES)
    (shares,) = shamir.generate_mnemonics(1, [(threshold, count)], secret)
    return recipient_of(_as_age(secret)), tuple(shares)


def join(shares: Sequence[str]) -> str:
    """Return the private key, as age writes it, that shares of key words make.

    Raises:
        KeyWordsRefused: a word is misspelled, there are too few, or they are not of one key.
    """
    written = (" ".join(share.lower().split()) for share in shares)
    given = list(dict.fromkeys(share for share in written if share))
    read = [_read_share(number, share) for number, share in enumerate(given, 1)]
    if len({(share.identifier, share.member_threshold) for share in read}) > 1:
        raise _refused("shares of different keys")
    needed = read[0].member_threshold if read else 2
    if len(read) < needed:
        raise _refused(f"too few shares: {len(read)} where {needed} are needed")
    try:
        secrets_made = {
            shamir.combine_mnemonics(part) for part in (given[:needed], given[-needed:])
        }
    except shamir.MnemonicError:
        raise _refused("shares that don't belong together") from None
    secret = secrets_made.pop()
    if secrets_made or len(secret) != KEY_BYTES:
        raise _refused("shares that don't belong together, or of a key of another kind")
    return _as_age(secret)


def _read_share(number: int, share: str) -> shamir.Share:
    words = share.split()
    known = set(shamir.wordlist.WORDLIST)
    wrong = [place for place, word in enumerate(words, 1) if word not in known]
    if wrong:
        raise _refused(f"word {wrong[0]} of share {number} is no key word")
    try:
        return shamir.Share.from_mnemonic(share)
    except shamir.MnemonicError:
        said = f"share {number} has a wrong or missing word ({len(words)} words)"
        raise _refused(said) from None


def _refused(happened: str) -> KeyWordsRefused:
    return KeyWordsRefused(
        happened,
        kept="nothing was opened and nothing was written",
        next_step="read the words again: one share a line, as many as were said to open",
    )


def recipient_of(key: str) -> str:
    """Return the public key of a private key."""
    return str(pyrage.x25519.Identity.from_str(key).to_public())


def _as_age(secret: bytes) -> str:
    """Return 32 bytes as age writes a private key: Bech32, in capitals."""
    bits = "".join(f"{byte:08b}" for byte in secret) + "0000"
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    spread = [ord(c) >> 5 for c in PREFIX] + [0] + [ord(c) & 31 for c in PREFIX]
    end = _checksum([*spread, *values, 0, 0, 0, 0, 0, 0])
    values += [end >> 5 * (5 - at) & 31 for at in range(6)]
    return f"{PREFIX}1{''.join(CHARS[value] for value in values)}".upper()


def _checksum(values: Sequence[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate(GENERATOR):
            total ^= part if top >> bit & 1 else 0
    return total ^ 1
