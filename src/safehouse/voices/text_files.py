"""Text files from outside, decoded only where there is no doubt about the encoding."""

from pathlib import Path

from safehouse.errors import CaptionsUnreadable, SourceMissing, SourceTooLarge

__all__ = ["decode_text", "read_bytes"]

MAX_BYTES = 16 << 20
"""The captions of a day of film have 2 MB; what is larger is no text of that kind."""

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
"""Byte-order marks and what they stand for; the longer ones first."""

READ = "UTF-8 and UTF-16 are read without being told"
NEXT = "save the file as UTF-8, or give the captions' encoding: --encoding cp1256"


def read_bytes(path: Path) -> bytes:
    """Return what a text file holds.

    Raises:
        SourceMissing: it can't be opened.
        SourceTooLarge: it is larger than any text of that kind.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceTooLarge(
                f"a text file has more than {MAX_BYTES >> 20} MB",
                next_step="check which file it is",
            )
        return path.read_bytes()
    except OSError as error:
        raise SourceMissing(
            "a text file that was named can't be opened", next_step="check its name and your rights"
        ) from error


def decode_text(raw: bytes, encoding: str | None = None) -> str:
    """Return the text of a file; its encoding is as given, or marked, or proved by its bytes.

    UTF-8 proves itself: other encodings break its rules within a few letters. Among one-byte
    encodings nothing but guessing would choose, and a wrong guess would be spoken: they are read
    only when they are named.

    Raises:
        CaptionsUnreadable: the encoding is unknown, or the bytes are not in it.
    """
    for mark, name in MARKS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], name)
    return _decoded(raw, encoding or _unmarked(raw))


def _unmarked(raw: bytes) -> str:
    """Return `utf-16-le` or `-be` where every other byte of ASCII's part is 0, else `utf-8`."""
    zeros = [raw[:4096:2].count(0), raw[1:4096:2].count(0)]
    if raw and max(zeros) > len(raw[:4096]) // 8 and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return "utf-8"


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
    except LookupError as error:
        raise _unreadable(f"the encoding is not known; {READ}") from error
    except UnicodeError as error:
        raise _unreadable(f"the text is not in {encoding.upper()}; {READ}") from error
    if "\x00" in text:
        raise _unreadable(f"this is no text; {READ}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unreadable(happened: str) -> CaptionsUnreadable:
    return CaptionsUnreadable(happened, next_step=NEXT)
