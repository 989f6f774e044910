"""An ASC MHL v2 history of a card, without a host's or author's name.

Source: ASC MHL specification 1.0 (the format is v2.0) and its XML schemas; tests hold it against
`ascmhl-debug verify`. Names that XML can't hold are left out: they are in the manifest.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from safehouse_offload.manifest import FileRow

__all__ = ["CHAIN", "fits", "history"]

CHAIN = "ascmhl_chain.xml"
C4_CHARS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
C4_LENGTH = 88
ROWS = 200
OUTSIDE_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\r\n\t]")
BYTES = "bytes:"
HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo>
    <creationdate>{at}</creationdate>
    <hostname></hostname>
    <tool version="{version}">vault</tool>
  </creatorinfo>
  <processinfo>
    <process>transfer</process>
    <ignore>
      <pattern>.DS_Store</pattern>
      <pattern>ascmhl</pattern>
      <pattern>ascmhl/</pattern>
    </ignore>
  </processinfo>
  <hashes>
"""
HASH = """\
    <hash>
      <path size="{size}" lastmodificationdate="{changed}">{path}</path>
      <xxh64 action="original" hashdate="{at}">{xxh64}</xxh64>
    </hash>
"""
CHAIN_TEXT = """\
<?xml version="1.0" encoding="UTF-8"?>
<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">
  <hashlist sequencenr="1">
    <path>{name}</path>
    <c4>{c4}</c4>
  </hashlist>
</ascmhldirectory>
"""


def history(rows: Iterable[FileRow], at: datetime, version: str) -> tuple[tuple[str, str], ...]:
    """Return the files of the folder `ascmhl` of a card: name and text of each.

    Args:
        rows: the card's files.
        at: when the card was copied, in UTC.
        version: of the program.
    """
    when, named = _iso(at), [row for row in rows if fits(row.path)]
    parts, digest = [], hashlib.sha512()
    for part in _parts(named, HEAD.format(at=when, version=version), when):
        digest.update(part.encode())
        parts.append(part)
    name = f"0001_card_{at:%Y-%m-%d_%H%M%SZ}.mhl"
    chain = CHAIN_TEXT.format(name=name, c4=c4(digest.digest()))
    return (name, "".join(parts)), (CHAIN, chain)


def _parts(rows: Sequence[FileRow], head: str, when: str) -> Iterator[str]:
    """Yield the text in parts of some hundred files, which take little memory one by one."""
    yield head
    for at in range(0, len(rows), ROWS):
        yield "".join(_hash(row, when) for row in rows[at : at + ROWS])
    yield "  </hashes>\n</hashlist>\n"


def fits(path: str) -> bool:
    """Return whether XML can hold a path, as `text.named` writes it."""
    return not (OUTSIDE_XML.search(path) or path.startswith(BYTES))


def _hash(row: FileRow, when: str) -> str:
    changed = _iso(_time(row.mtime_ns))
    return HASH.format(
        size=row.bytes, changed=changed, path=escape(row.path), at=when, xxh64=row.xxh64
    )


def _time(mtime_ns: int) -> datetime:
    """Return a file's time; the year 1970 for one that no calendar has."""
    try:
        return datetime.fromtimestamp(mtime_ns // 1_000_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}+00:00"


def c4(sha512: bytes) -> str:
    """Return the C4 id (SMPTE ST 2114) of what has this SHA-512: the digest in base 58."""
    number = int.from_bytes(sha512, "big")
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = C4_CHARS[digit] + digits
    return "c4" + digits.rjust(C4_LENGTH, C4_CHARS[0])
