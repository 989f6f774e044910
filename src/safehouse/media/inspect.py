"""Everything that a file says about its maker, and the search of an output for it.

The answer comes from three sides: the boxes or chunks (our own walk), FFmpeg's tags and tracks, and
a scan for text, so that what one side does not know another shows. Nothing in the file is trusted.
"""

import itertools
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from safehouse.errors import SourceEmpty, SourceMissing
from safehouse.media.boxfacts import box_facts, is_box_file
from safehouse.media.chunkfacts import chunk_facts, is_chunk_file
from safehouse.media.coordinates import coordinate_forms
from safehouse.media.ebmlfacts import ebml_facts, is_ebml_file
from safehouse.media.facts import Fact, printable
from safehouse.media.search import SHORTEST, Hit, search_file
from safehouse.media.tagfacts import tag_facts
from safehouse.media.xmpfacts import xmp_facts
from safehouse.model.text import escape

__all__ = ["Hit", "Inspection", "Row", "identifying_strings", "inspect_file", "search_file"]

MAX_ROWS = 5000
MAX_VALUE = 400
"""Characters of a value that are shown."""

MAX_SEARCHED = 1000
"""Characters of a value that are searched for; its beginning is enough."""

SCAN_LIMIT = 1 << 26
"""Bytes at each end of a file that are scanned for XMP, coordinates and times."""

ENDS = 1 << 20
"""Bytes at the beginning that are scanned for long text where the structure isn't known."""

LONG_TEXT = 20
"""Printable characters in a row that are told although they may be coded media."""

XMP = re.compile(rb"<x:xmpmeta.{0,1048576}?</x:xmpmeta>", re.DOTALL)
NMEA = re.compile(rb"\$G[PNLAB](?:RMC|GGA|GLL)[\x20-\x7e]{10,100}")
ISO6709 = re.compile(rb"[+-]\d{1,3}\.\d{2,8}[+-]\d{1,3}\.\d{2,8}(?:[+-]\d{1,6}(?:\.\d{1,6})?)?/?")
EXIF_DATE = re.compile(rb"(?:19|20)\d\d[:-][01]\d[:-][0-3]\d[ T][0-2]\d:[0-5]\d:[0-5]\d")
PATTERNS: tuple[tuple[str, re.Pattern[bytes], Literal["place", "time"]], ...] = (
    ("GPS sentence (NMEA)", NMEA, "place"),
    ("coordinates (ISO 6709)", ISO6709, "place"),
    ("date and time", EXIF_DATE, "time"),
)

COMMON_WORDS = (
    "videohandler soundhandler datahandler subtitlehandler video sound audio stereo unknown undef"
    " default english und-und h.264 quicktime apple false subtitle attachment coding"
)
COMMON = frozenset(COMMON_WORDS.split())
"""Values that tell nothing of a maker; not searched for."""

OWN_NAME = re.compile(r"(protected-\d+|C\d{4,6})(\.\w+)?")
"""The names that safehouse itself gives films; a reel in a film project is `C0003`, whatever the
clip was called, and cameras call clips so too."""

WORDY = re.compile(r"[\w@]{3}")

STRUCTURE = re.compile(
    "moov|mvhd|trak|tkhd|edts|elst|mdia|mdhd|hdlr|minf|vmhd|smhd|dinf|dref|url|alis|stbl|stsd|stts"
    "|stss|ctts|stsc|stsz|stco|co64|avc1|avcC|hvc1|hev1|hvcC|mp4a|esds|mhlr|dhlr|vide|soun|pasp|colr"
)
"""Names of boxes, which look like text where a file breaks off in its tables, and tell nothing."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the file says.

    Attributes:
        where: path of boxes or chunks, `tags`, `video stream 0`, `file system`.
        what: name of the tag or meaning of the box.
        value: what it says, escaped and cut.
        kind: what it tells of.
    """

    where: str
    what: str
    value: str
    kind: Literal["place", "device", "person", "time", "software", "other"]


class Inspection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a file says about its maker; schema `inspection/1`."""

    schema: Literal["inspection/1"] = "inspection/1"
    size_bytes: int
    rows: tuple[Row, ...]


def inspect_file(path: Path) -> Inspection:
    """Return everything that a file says about its maker.

    Raises:
        SourceMissing: nothing there, no regular file, or it can't be read.
        SourceEmpty: the file has zero bytes.
    """
    size = _require_file(path)
    rows: dict[Row, None] = {}
    for fact in itertools.islice(_facts(path, size), MAX_ROWS * 4):
        value = escape(fact.untrusted_value)
        cut = value if len(value) <= MAX_VALUE else value[: MAX_VALUE - 1] + "…"
        rows[Row(escape(fact.where), escape(fact.what), cut, fact.kind)] = None
        if len(rows) >= MAX_ROWS:
            break
    return Inspection(size_bytes=size, rows=tuple(rows))


def _require_file(path: Path) -> int:
    try:
        size = path.stat().st_size
        regular = path.is_file()
    except (OSError, ValueError) as error:
        raise SourceMissing("there is no such file", next_step="check the path") from error
    if not regular:
        raise SourceMissing("this is no regular file", next_step="name a film or sound file")
    if size == 0:
        raise SourceEmpty("the file has zero bytes", next_step="copy it again from the card")
    return size


def _facts(path: Path, size: int) -> Iterator[Fact]:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    yield Fact("file system", "file name", path.name, "person")
    yield Fact("file system", "modified", changed, "time")
    try:
        with path.open("rb") as handle:
            yield from _structure_facts(handle, size)
            yield from _scan_facts(handle, size)
    except OSError as error:
        raise SourceMissing("the file can't be read", next_step="check the path") from error
    yield from tag_facts(path)


def _structure_facts(handle: BinaryIO, size: int) -> Iterator[Fact]:
    head = handle.read(16)
    walkers = (
        (is_box_file, box_facts),
        (is_chunk_file, chunk_facts),
        (is_ebml_file, ebml_facts),
    )
    for is_ours, facts in walkers:
        if is_ours(head):
            yield from facts(handle, size)
            return
    yield from _text_facts(handle, size)


def _scan_facts(handle: BinaryIO, size: int) -> Iterator[Fact]:
    """Yield XMP, coordinates and times in the first and last bytes, whatever the container."""
    starts = {0, max(0, size - SCAN_LIMIT)}
    for start in sorted(starts):
        handle.seek(start)
        data = handle.read(SCAN_LIMIT)
        for packet in XMP.findall(data):
            yield from xmp_facts(packet, "XMP packet")
        for what, pattern, kind in PATTERNS:
            for found in dict.fromkeys(pattern.findall(data)):
                yield Fact("anywhere", what, found.decode("latin-1"), kind)


def _text_facts(handle: BinaryIO, size: int) -> Iterator[Fact]:
    """Yield long text, and text near the ends, of a file whose structure isn't known here."""
    handle.seek(0)
    head = handle.read(ENDS)
    handle.seek(max(0, size - ENDS))
    ends = head[:4096] + b"\0" + handle.read(ENDS)[-4096:]
    for text in dict.fromkeys((*printable(head, LONG_TEXT), *printable(ends, 8))):
        yield Fact("anywhere", "text", text, "other")


def identifying_strings(path: Path) -> frozenset[bytes | str]:
    """Return the strings of a source that are worth searching an output for.

    The values of all tags and the words in text boxes of at least 5 characters, the file's stem,
    and coordinates in the forms that they are written in. Values that many files share, such as
    a usual handler name, are left out.

    Raises:
        SourceMissing: nothing there, no regular file, or it can't be read.
        SourceEmpty: the file has zero bytes.
    """
    size = _require_file(path)
    found: set[bytes | str] = {path.name, path.stem}
    if path.name != escape(path.name):
        found |= {os.fsencode(path.name), os.fsencode(path.stem)}
    for fact in itertools.islice(_facts(path, size), MAX_ROWS):
        found.update(_strings_of(fact))
    kept = {text for text in found if isinstance(text, bytes) or _is_telling(text)}
    return frozenset(kept)


def _strings_of(fact: Fact) -> Iterator[bytes | str]:
    if fact.what in {"broken structure", "large box"} or fact.untrusted_value.endswith(" bytes"):
        return
    for part in fact.untrusted_value.split(" · "):
        yield part.strip().strip("\0")[:MAX_SEARCHED]
    if fact.kind == "place":
        yield from coordinate_forms(fact.untrusted_value)


def _is_telling(text: str) -> bool:
    """Return whether a string is long enough, has a word or number, and isn't everybody's."""
    return (
        len(text) >= SHORTEST
        and text.lower() not in COMMON
        and WORDY.search(STRUCTURE.sub(" ", text)) is not None
        and len(set(text)) > 2
        and not OWN_NAME.fullmatch(text)
    )
