"""Boxes of ISO base media (MP4) and QuickTime (MOV): walk, read and write them.

Sources: ISO/IEC 14496-12:2022 clause 4.2; QuickTime File Format Specification, "Atoms". Nothing
here trusts the file: sizes, depth and counts have limits, and every fault is a `BoxError`.
"""

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

__all__ = [
    "MAX_BOXES",
    "MAX_DEPTH",
    "PLAIN_PARENTS",
    "Box",
    "BoxError",
    "Span",
    "find_all",
    "find_one",
    "format_box",
    "format_boxes",
    "full_box",
    "parse_boxes",
    "read_payload",
    "read_spans",
    "unpack",
]

PLAIN_PARENTS = frozenset({b"moov", b"trak", b"edts", b"mdia", b"minf", b"dinf", b"stbl"})
"""Boxes that hold nothing but boxes and are found in a film of ours."""

MAX_DEPTH = 24
"""Deepest nesting that is followed; real files stay below 12."""

MAX_BOXES = 200_000
"""Most boxes read from one file; beyond it the file is called broken."""

HEADER = struct.Struct(">I4s")
LARGE = 1 << 32


class BoxError(ValueError):
    """Bytes that are no row of boxes, or a field that its box is too short for."""


class Span(NamedTuple):
    """Where a box lies in a file: its kind, and byte offsets of header, payload and end."""

    kind: bytes
    start: int
    payload: int
    end: int


class Box(NamedTuple):
    """A box in memory: either a payload, or children (then payload is empty)."""

    kind: bytes
    payload: bytes = b""
    children: tuple["Box", ...] | None = None


def unpack(form: str, data: bytes, at: int = 0) -> tuple[Any, ...]:
    """Return the big-endian fields of a struct format at a place.

    Raises:
        BoxError: the data ends before the fields do.
    """
    try:
        return struct.unpack_from(">" + form, data, at)
    except struct.error as error:
        raise BoxError(f"{len(data)} bytes are too few for a field at {at}") from error


def _read_header(handle: BinaryIO, at: int, end: int) -> Span:
    handle.seek(at)
    head = handle.read(min(16, end - at))
    size, kind = unpack("I4s", head)
    payload = at + 8
    if size == 1:
        (size,) = unpack("Q", head, 8)
        payload = at + 16
    elif size == 0:
        size = end - at
    if size < payload - at:
        raise BoxError(f"box at byte {at} is smaller than its header")
    if at + size > end:
        raise BoxError(f"box at byte {at} leaves its parent or the file")
    return Span(kind, at, payload, at + size)


def read_spans(handle: BinaryIO, start: int, end: int) -> Iterator[Span]:
    """Yield the boxes that fill the bytes start <= b < end of a file, without their payloads.

    Raises:
        BoxError: a box leaves the range or is smaller than its header; those before it were
            yielded.
    """
    at = start
    for _ in range(MAX_BOXES):
        if at >= end:
            return
        span = _read_header(handle, at, end)
        yield span
        at = span.end
    raise BoxError(f"more than {MAX_BOXES} boxes in a row")


def read_payload(handle: BinaryIO, span: Span, limit: int) -> bytes:
    """Return the payload of a box.

    Raises:
        BoxError: it is larger than limit bytes, or the file ends within it.
    """
    size = span.end - span.payload
    if size > limit:
        raise BoxError(f"box at byte {span.start} is larger than {limit} bytes")
    handle.seek(span.payload)
    payload = handle.read(size)
    if len(payload) != size:
        raise BoxError(f"the file ends in the box at byte {span.start}")
    return payload


def parse_boxes(
    data: bytes, parents: frozenset[bytes] = PLAIN_PARENTS, depth: int = 0
) -> tuple[Box, ...]:
    """Return the boxes that fill data; those named in parents hold children.

    Only sizes of 32 bits are taken: a box of more than 4 GiB isn't parsed in memory.

    Raises:
        BoxError: data is no row of boxes, or they nest deeper than MAX_DEPTH.
    """
    if depth > MAX_DEPTH:
        raise BoxError(f"boxes nest deeper than {MAX_DEPTH}")
    found: list[Box] = []
    at = 0
    while at < len(data):
        size, kind = unpack("I4s", data, at)
        if size < 8 or at + size > len(data):
            raise BoxError(f"box at byte {at} leaves its parent or is smaller than its header")
        payload = data[at + 8 : at + size]
        if kind in parents:
            found.append(Box(kind, b"", parse_boxes(payload, parents, depth + 1)))
        else:
            found.append(Box(kind, payload))
        at += size
        if len(found) > MAX_BOXES:
            raise BoxError(f"more than {MAX_BOXES} boxes in a row")
    return tuple(found)


def format_box(box: Box) -> bytes:
    """Return a box as bytes, with a 32-bit size.

    Raises:
        BoxError: the box is 4 GiB or larger.
    """
    body = box.payload if box.children is None else format_boxes(box.children)
    if len(body) + 8 >= LARGE:
        raise BoxError(f"box {box.kind!r} is too large")
    return HEADER.pack(len(body) + 8, box.kind) + body


def format_boxes(boxes: tuple[Box, ...]) -> bytes:
    """Return a row of boxes as bytes."""
    return b"".join(format_box(box) for box in boxes)


def full_box(kind: bytes, body: bytes, *, version: int = 0, flags: int = 0) -> Box:
    """Return a box that begins with a version and flags."""
    return Box(kind, struct.pack(">I", version << 24 | flags) + body)


def find_all(boxes: tuple[Box, ...], *path: bytes) -> tuple[Box, ...]:
    """Return every box that the path of kinds leads to."""
    here = tuple(box for box in boxes if box.kind == path[0])
    if len(path) == 1:
        return here
    return tuple(found for box in here for found in find_all(box.children or (), *path[1:]))


def find_one(boxes: tuple[Box, ...], *path: bytes) -> Box:
    """Return the only box that the path of kinds leads to.

    Raises:
        BoxError: there is none, or more than one.
    """
    found = find_all(boxes, *path)
    if len(found) != 1:
        name = b"/".join(path).decode("latin-1")
        raise BoxError(f"{len(found)} boxes {name!r} where one is needed")
    return found[0]
