"""What the chunks of WAV, AVI and AIFF and the blocks at the ends of a sound file say.

Sources: RIFF (Microsoft, 1991) LIST INFO; EBU Tech 3285 (bext); iXML 2.1; AES46 (cart); EA IFF 85.
"""

from collections.abc import Iterator
from typing import BinaryIO

from safehouse.media.facts import Fact, classify, printable_text

__all__ = ["chunk_facts", "is_chunk_file"]

MEANINGS = {
    b"bext": "broadcast extension (originator, time)",
    b"iXML": "production sound notes (iXML)",
    b"axml": "audio metadata (XML)",
    b"_PMX": "XMP",
    b"id3 ": "ID3 tags",
    b"ID3 ": "ID3 tags",
    b"cart": "radio cart (title, artist, producer)",
    b"IDIT": "creation date",
    b"strn": "stream name",
    b"strd": "stream data (camera)",
    b"JUNK": "filler with content",
    b"ISFT": "software",
    b"IART": "artist",
    b"ICMT": "comment",
    b"ICRD": "creation date",
    b"INAM": "title",
    b"ICOP": "copyright",
    b"NAME": "title",
    b"AUTH": "author",
    b"ANNO": "comment",
}
SOUND_OR_INDEX = {b"data", b"idx1", b"movi", b"SSND", b"fmt ", b"fact", b"COMM", b"avih", b"strh"}
LISTS = {b"LIST", b"RIFF", b"RF64", b"BW64", b"FORM"}
READ_LIMIT = 1 << 20
MAX_CHUNKS = 20_000
MAX_DEPTH = 8


def is_chunk_file(head: bytes) -> bool:
    """Return whether a file that begins with head is RIFF, RF64 or IFF."""
    return head[:4] in LISTS


def chunk_facts(handle: BinaryIO, size: int) -> Iterator[Fact]:
    """Yield the text of every chunk that is not sound, picture or index."""
    handle.seek(0)
    order = "big" if handle.read(4) == b"FORM" else "little"
    left = [(0, size, 0, "")]
    for _ in range(MAX_CHUNKS):
        if not left:
            return
        at, end, depth, where = left.pop()
        handle.seek(at)
        head = handle.read(12)
        if at + 8 > end or len(head) < 8:
            continue
        kind = head[:4]
        if depth == 0 and kind not in LISTS:
            handle.seek(at)
            yield from _text("trailer", kind, handle.read(READ_LIMIT))
            continue
        count = int.from_bytes(head[4:8], "big" if order == "big" else "little")
        stop = min(end, at + 8 + count)
        left.append((stop + count % 2, end, depth, where))
        name = f"{where}/{kind.decode('latin-1').strip()}".lstrip("/")
        if kind in LISTS and depth < MAX_DEPTH and head[8:12] != b"movi":
            left.append((at + 12, stop, depth + 1, name))
        elif kind not in SOUND_OR_INDEX | LISTS:
            handle.seek(at + 8)
            yield from _text(name, kind, handle.read(min(READ_LIMIT, max(0, stop - at - 8))))


def _text(where: str, kind: bytes, payload: bytes) -> Iterator[Fact]:
    text = printable_text(payload)
    if text:
        meaning = MEANINGS.get(kind, "chunk")
        yield Fact(where, meaning, text, classify(f"{meaning} {kind.decode('latin-1')}"))
