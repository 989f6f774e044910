"""What the elements of a Matroska or WebM file say; clusters (coded media) are passed over.

Source: RFC 9559 (Matroska) and RFC 8794 (EBML). Every element that isn't known to be a number is
told with the text in it, so an unknown one shows up too.
"""

from collections.abc import Iterator
from typing import BinaryIO

from safehouse.media.facts import Fact, classify, printable_text

__all__ = ["ebml_facts", "is_ebml_file"]

MAGIC = b"\x1a\x45\xdf\xa3"
PARENTS = {
    0x18538067: "Segment",
    0x1549A966: "Info",
    0x1654AE6B: "Tracks",
    0xAE: "TrackEntry",
    0x1254C367: "Tags",
    0x7373: "Tag",
    0x67C8: "SimpleTag",
    0x1941A469: "Attachments",
    0x61A7: "AttachedFile",
    0x1043A770: "Chapters",
    0x45B9: "EditionEntry",
    0xB6: "ChapterAtom",
    0x80: "ChapterDisplay",
}
TEXTS = {
    0x7BA9: "title",
    0x4D80: "muxing software",
    0x5741: "writing software",
    0x7384: "file name",
    0x73A4: "segment id (device, time)",
    0x4461: "date",
    0x536E: "track name",
    0x258688: "codec name",
    0x466E: "attachment name",
    0x467E: "attachment description",
    0x465C: "attachment",
    0x85: "chapter title",
    0x45A3: "tag name",
    0x4487: "tag value",
    0xEC: "void space with content",
    0x63A2: "set-up of the codec",
    0x7373: "tag",
}
PASSED_OVER = {0x1F43B675, 0x1C53BB6B, 0x114D9B74, 0x1A45DFA3}
"""Cluster, Cues, SeekHead and the EBML header."""

READ_LIMIT = 1 << 22
MAX_ELEMENTS = 50_000
MAX_DEPTH = 10


def is_ebml_file(head: bytes) -> bool:
    """Return whether a file that begins with head is Matroska or WebM."""
    return head[:4] == MAGIC


def _read_number(head: bytes, at: int, keep_mark: bool) -> tuple[int, int]:
    """Return a variable-length number and the place after it; length 0 means it is broken."""
    if at >= len(head) or head[at] == 0:
        return 0, 0
    size = 9 - head[at].bit_length()
    number = int.from_bytes(head[at : at + size], "big")
    unknown = number == (1 << 7 * size + 1) - 1
    if not keep_mark:
        number = -1 if unknown else number & (1 << 7 * size) - 1
    return number, at + size


def ebml_facts(handle: BinaryIO, size: int) -> Iterator[Fact]:
    """Yield the text of every element outside the clusters; broken elements end their row."""
    left = [(0, size, 0, "")]
    for _ in range(MAX_ELEMENTS):
        if not left:
            return
        at, end, depth, where = left.pop()
        handle.seek(at)
        head = handle.read(16)
        kind, after = _read_number(head, 0, keep_mark=True)
        count, start = _read_number(head, after, keep_mark=False)
        if at >= end or not after or not start:
            if at < end:
                yield from _text(
                    handle, f"{where}/trailer", "bytes after the last element", at, end
                )
            continue
        stop = end if count < 0 else min(end, at + start + count)
        left.append((stop, end, depth, where))
        if kind in PARENTS and depth < MAX_DEPTH:
            left.append((at + start, stop, depth + 1, f"{where}/{PARENTS[kind]}".lstrip("/")))
        elif kind not in PASSED_OVER:
            yield from _text(handle, where, TEXTS.get(kind, f"element {kind:x}"), at + start, stop)


def _text(handle: BinaryIO, where: str, what: str, start: int, stop: int) -> Iterator[Fact]:
    handle.seek(start)
    text = printable_text(handle.read(min(READ_LIMIT, max(0, stop - start))), 400)
    if text:
        yield Fact(where.lstrip("/"), what, text, classify(what))
