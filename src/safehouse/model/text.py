"""Text from outside, made harmless before it is shown."""

import unicodedata

__all__ = ["escape"]

READABLE_FORMAT = {"\u200c", "\u200d"}
"""Zero-width (non-)joiner: ordinary Persian, Indic and emoji text needs them."""


def escape(untrusted: str) -> str:
    r"""Return text from a file or a command line so that a terminal or page only shows it.

    Control, surrogate and direction characters become `\xNN` or `\uNNNN`; letters of every script
    stay readable.
    """
    return "".join(_escape_one(char) for char in untrusted)


def _escape_one(char: str) -> str:
    hostile = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    if char in READABLE_FORMAT or not hostile:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
