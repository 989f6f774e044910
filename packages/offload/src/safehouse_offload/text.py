"""Text from outside, made harmless before it is shown."""

import os
import unicodedata

__all__ = ["READABLE_FORMAT", "escape", "is_named", "name_of", "named"]

BYTES = "bytes:"
"""Begins the written form of a path whose bytes are no UTF-8; their hexadecimal digits follow."""

READABLE_FORMAT = {"\u200c", "\u200d"}
"""Zero-width (non-)joiner: ordinary Persian, Indic and emoji text needs them."""


def escape(untrusted: str) -> str:
    r"""Return text from a file or a command line so that a terminal or page only shows it.

    Control, surrogate and direction characters become `\xNN` or `\uNNNN`; letters of every script
    stay readable.
    """
    return "".join(_escape_one(char) for char in untrusted)


def named(path: str) -> str:
    """Return a path as text that a document can hold, whatever its bytes; `name_of` gives it back.

    A path that is no UTF-8 comes from Python with lone surrogates, which JSON can't hold.
    """
    raw = os.fsencode(path)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return BYTES + raw.hex()
    return BYTES + raw.hex() if text.startswith(BYTES) else text


def name_of(text: str) -> str:
    """Return the path that `named` wrote."""
    given = text.startswith(BYTES)
    return os.fsdecode(bytes.fromhex(text.removeprefix(BYTES)) if given else text.encode())


def is_named(text: object) -> bool:
    """Return whether something from outside is a path as `named` writes it."""
    try:
        return (
            isinstance(text, str) and "\0" not in name_of(text) and bool(name_of(text) or not text)
        )
    except ValueError:
        return False


def _escape_one(char: str) -> str:
    hostile = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    if char in READABLE_FORMAT or not hostile:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
