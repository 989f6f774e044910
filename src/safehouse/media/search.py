"""Searches a file for strings in every form that they may have taken; streaming, in one pass.

Each string is looked for in UTF-8, UTF-16 of both byte orders, Latin-1, composed and decomposed,
without regard to case, in base64 at its three alignments and in hex. Compressed movie headers
(`cmov`) are inflated and searched too. Memory does not grow with the file.
"""

import base64
import os
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.errors import SourceMissing
from safehouse.media.boxfacts import media_spans
from safehouse.model.text import escape

__all__ = ["SHORTEST", "SHORTEST_IN_MEDIA", "Hit", "needles_of", "search_bytes", "search_file"]

SHORTEST = 5
"""Shortest needle, bytes, outside coded media."""

SHORTEST_IN_MEDIA = 8
"""Shortest needle, bytes, in coded media, where 1 GB holds every 3-byte word by chance."""

BLOCK = 1 << 20
LONGEST = 4096
MAX_HITS = 1000
INFLATE_LIMIT = 1 << 26
PROFILE_TEXT = b"ftypqt  isomiso2avc1mp41mdatmoovmvhdtraktkhdedtselstmdiamdhdhdlrvideosound"
"""Text that stands in every film of ours and so tells nothing, in lower case."""


class Hit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A string that was found: the string, escaped; its form; the byte; `media`, `file`, `name`."""

    string: str
    form: str
    offset: int
    where: str


class Needle(NamedTuple):
    """Bytes to look for: exact, or in lower case against lower case."""

    data: bytes
    exact: bool
    form: str
    string: str


def needles_of(string: str | bytes) -> tuple[Needle, ...]:
    """Return every form that a string is looked for in; none when it is in every film of ours."""
    if isinstance(string, bytes):
        shown = string.hex()
        return (Needle(string, True, "bytes", shown),) if len(string) >= SHORTEST else ()
    found: dict[tuple[bytes, bool], Needle] = {}
    for data, exact, form in _forms(string):
        short = len(data) < SHORTEST or len(data) > LONGEST
        if not short and not (form != "base64" and data in PROFILE_TEXT):
            found.setdefault((data, exact), Needle(data, exact, form, escape(string[:200])))
    return tuple(found.values())


def _forms(string: str) -> Iterator[tuple[bytes, bool, str]]:
    texts = {unicodedata.normalize(form, string) for form in ("NFC", "NFD")} | {string}
    for text in sorted(texts | {text.casefold() for text in texts} | {t.upper() for t in texts}):
        for codec in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
            yield text.encode(codec, "ignore").lower(), False, codec
    raw = string.encode("utf-8", "ignore")
    if len(raw) < SHORTEST:
        return
    yield raw.hex().encode(), False, "hex"
    for pad in range(3):
        coded = base64.b64encode(bytes(pad) + raw).rstrip(b"=")
        whole = coded[-(-pad * 4 // 3) :]
        yield (whole if (pad + len(raw)) % 3 == 0 else whole[:-1]), True, "base64"


def _key(data: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return a 22-bit mix of each four bytes in a row."""
    n = len(data) - 3
    word = data[:n].astype(np.uint32)
    for shift in (1, 2, 3):
        word |= data[shift : n + shift].astype(np.uint32) << np.uint32(8 * shift)
    return (word * np.uint32(2654435761)) >> np.uint32(10)


class _Table:
    """Needles by the mix of their first four bytes, and a map of the mixes that occur."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.by_key: dict[int, list[Needle]] = defaultdict(list)
        self.marked = np.zeros(1 << 22, np.bool_)
        for needle in needles:
            key = int(_key(np.frombuffer(needle.data[:4], np.uint8))[0])
            self.by_key[key].append(needle)
            self.marked[key] = True

    def find(self, block: bytes) -> Iterator[tuple[int, Needle]]:
        """Yield place and needle for every needle in a block."""
        if len(block) < SHORTEST or not self.by_key:
            return
        keys = _key(np.frombuffer(block, np.uint8))
        for place in np.flatnonzero(self.marked[keys]).tolist():
            for needle in self.by_key[int(keys[place])]:
                if block.startswith(needle.data, place):
                    yield place, needle


class _Tables:
    """Both tables: one against the bytes as they are, one against them in lower case."""

    def __init__(self, strings: Iterable[str | bytes]) -> None:
        needles = [needle for string in set(strings) for needle in needles_of(string)]
        self.exact = _Table(needle for needle in needles if needle.exact)
        self.folded = _Table(needle for needle in needles if not needle.exact)

    def find(self, block: bytes) -> Iterator[tuple[int, Needle]]:
        yield from self.exact.find(block)
        yield from self.folded.find(block.lower())


def search_bytes(data: bytes, strings: Iterable[str | bytes], where: str = "file") -> list[Hit]:
    """Return where the strings stand in data, in any form."""
    return [_hit(needle, place, where) for place, needle in _Tables(strings).find(data)]


def _hit(needle: Needle, place: int, where: str) -> Hit:
    return Hit(needle.string, needle.form, place, where)


def search_file(path: Path, strings: Iterable[str | bytes]) -> tuple[Hit, ...]:
    """Return where a file or its name holds one of the strings, in any form, at most 1000 hits.

    Needles shorter than 8 bytes are not looked for in coded media (they occur there by chance),
    and text that every film of ours holds is not looked for at all.

    Raises:
        SourceMissing: the file can't be read.
    """
    tables = _Tables(strings)
    hits = [_hit(needle, at, "name") for at, needle in tables.find(os.fsencode(path.name))]
    try:
        with path.open("rb") as handle:
            for hit in _search(handle, path.stat().st_size, tables):
                hits.append(hit)
                if len(hits) >= MAX_HITS:
                    break
    except OSError as error:
        raise SourceMissing("the file can't be read", next_step="check the path") from error
    return tuple(hits)


def _search(handle: BinaryIO, size: int, tables: _Tables) -> Iterator[Hit]:
    spans = media_spans(handle, size)
    for start in range(0, max(1, size), BLOCK):
        handle.seek(start)
        block = handle.read(BLOCK + LONGEST)
        for place, needle in tables.find(block):
            if place >= BLOCK:
                continue
            at = start + place
            media = any(first <= at and at + len(needle.data) <= end for first, end in spans)
            if not media or len(needle.data) >= SHORTEST_IN_MEDIA:
                yield _hit(needle, at, "media" if media else "file")
        yield from _search_compressed(block, start, tables)


def _search_compressed(block: bytes, start: int, tables: _Tables) -> Iterator[Hit]:
    """Yield hits inside a compressed movie header that begins in the block."""
    at = block.find(b"cmvd")
    while 0 <= at < BLOCK:
        try:
            body = zlib.decompressobj().decompress(block[at + 8 :], INFLATE_LIMIT)
        except zlib.error:
            body = b""
        for _, needle in tables.find(body):
            yield _hit(needle, start + at, "file")
        at = block.find(b"cmvd", at + 4)
