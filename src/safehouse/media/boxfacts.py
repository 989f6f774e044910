"""What the boxes of an MP4 or MOV file say about its maker.

Every box that is not known to be purely technical is told with the text in it, so a vendor's
unknown box shows up too. Sources: ISO/IEC 14496-12; QuickTime File Format Specification
("Metadata", "User Data Atoms"); Adobe XMP part 3; 3GPP TS 26.244 clause 8; GoPro GPMF.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, NamedTuple

from safehouse.media.boxes import (
    MAX_DEPTH,
    Box,
    BoxError,
    parse_boxes,
    read_payload,
    read_spans,
    unpack,
)
from safehouse.media.facts import Fact, Kind, classify, printable_text
from safehouse.media.xmpfacts import xmp_facts

__all__ = ["TOP_BOXES", "box_facts", "is_box_file", "media_spans"]

TOP_BOXES = frozenset(
    b"ftyp moov mdat free skip wide pnot uuid styp sidx moof mfra emsg prft PICT junk meta".split()
)
PARENTS = frozenset(
    b"moov trak mdia minf stbl edts dinf udta gmhd tref mvex moof traf mfra tapt hoov ilst wave"
    b" clip matt rmra rmda".split()
)
TECHNICAL = frozenset(
    b"ftyp styp vmhd smhd nmhd gmin hmhd sthd elst stts ctts stsc stsz stz2 stco co64 stss stps"
    b" sdtp sgpd sbgp saiz saio cslg trex tfhd tfdt trun mfhd mehd tfra mfro sidx subs padb stdp"
    b" clef prof enof chap tmcd cdsc sync scpt hint vdep font iods gama crgn load".split()
)
"""Boxes that say nothing of a maker (`chap`, `tmcd`, … are here track references)."""

MEANINGS = {
    b"uuid": "vendor box",
    b"free": "free space with content",
    b"skip": "skipped space with content",
    b"wide": "space holder with content",
    b"junk": "free space with content",
    b"XMP_": "XMP",
    b"chpl": "Nero chapters",
    b"loci": "location (3GPP)",
    b"\xa9xyz": "GPS location",
    b"\xa9mak": "make",
    b"\xa9mod": "model",
    b"\xa9swr": "software",
    b"\xa9too": "encoding tool",
    b"\xa9day": "creation date",
    b"\xa9nam": "title (name)",
    b"\xa9ART": "artist",
    b"\xa9aut": "author",
    b"\xa9cpy": "copyright",
    b"\xa9cmt": "comment",
    b"\xa9gen": "genre",
    b"\xa9wrt": "writer",
    b"\xa9inf": "information",
    b"name": "track name",
    b"titl": "title",
    b"auth": "author",
    b"cprt": "copyright",
    b"perf": "performer",
    b"yrrc": "recording year",
    b"albm": "album",
    b"gnre": "genre",
    b"dscp": "description",
    b"kywd": "keywords",
    b"covr": "cover picture",
    b"thmb": "thumbnail",
    b"pnot": "preview",
    b"PICT": "preview picture",
    b"CAME": "GoPro camera serial hash",
    b"FIRM": "GoPro firmware",
    b"LENS": "GoPro lens serial",
    b"GPMF": "GoPro telemetry",
    b"GPRO": "GoPro vendor box",
    b"MUID": "GoPro media id (device)",
    b"HMMT": "GoPro highlights (time)",
    b"BCID": "GoPro broadcast id",
    b"GUMI": "GoPro media id (device)",
    b"manu": "make",
    b"modl": "model",
    b"mcvr": "cover picture",
    b"SDLN": "Samsung device data",
    b"smrd": "Samsung device data",
    b"smta": "Samsung device data",
    b"CNTH": "Canon thumbnail, camera data",
    b"MVTG": "FujiFilm camera data",
    b"MMA1": "camera data (thumbnail)",
    b"PANA": "Panasonic camera data",
    b"NCDT": "Nikon camera data",
    b"TAGS": "camera data (make, model)",
    b"RICO": "Ricoh camera data",
    b"ptv ": "print to video",
    b"emsg": "event message",
    b"PROD": "product (XAVC)",
    b"nmea": "GPS log (NMEA)",
    b"gps ": "GPS log",
    b"avsC": "camera settings",
}

PLAIN_DREF = 20
"""Bytes of a data reference that names no file."""

READ_LIMIT = 1 << 24
MOOV_LIMIT = 1 << 28
INFLATE_LIMIT = 1 << 26
MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where a walk is: names of the boxes around, and the QuickTime keys of the metadata box."""

    path: str
    depth: int
    keys: tuple[str, ...] = ()

    def inside(self, kind: bytes, keys: tuple[str, ...] = ()) -> "Place":
        """Return the place inside a box."""
        return Place(f"{self.path}/{_label(kind)}".lstrip("/"), self.depth + 1, keys)


def _label(kind: bytes) -> str:
    return kind.decode("latin-1")


def is_box_file(head: bytes) -> bool:
    """Return whether a file that begins with head is made of boxes."""
    return head[4:8] in TOP_BOXES and (
        head[:4] == b"\0\0\0\1" or head[0] == 0 or head[4:8] == b"mdat"
    )


def media_spans(handle: BinaryIO, size: int) -> tuple[tuple[int, int], ...]:
    """Return the byte ranges of coded media in a file of boxes; what can't be walked is none."""
    found: list[tuple[int, int]] = []
    try:
        for span in read_spans(handle, 0, size):
            if span.kind == b"mdat":
                found.append((span.payload, span.end))
    except BoxError:
        pass
    return tuple(found)


def box_facts(handle: BinaryIO, size: int) -> Iterator[Fact]:
    """Yield what the boxes of a file say; a broken box is told and ends its row."""
    end = 0
    try:
        for span in read_spans(handle, 0, size):
            end = span.end
            if span.kind == b"mdat":
                continue
            limit = MOOV_LIMIT if span.kind in PARENTS else READ_LIMIT
            if span.end - span.payload > limit:
                yield Fact(
                    _label(span.kind), "large box", f"{span.end - span.payload} bytes", "other"
                )
                continue
            yield from _facts(Box(span.kind, read_payload(handle, span, limit)), Place("", 0))
    except BoxError as error:
        yield Fact("file", "broken structure", str(error), "other")
        handle.seek(end)
        rest = handle.read(READ_LIMIT)
        yield from _text_fact(Place("", 0).inside(b"trailer"), "bytes after the last box", rest)


def _facts(box: Box, place: Place) -> Iterator[Fact]:
    inside = place.inside(box.kind)
    if place.depth > MAX_DEPTH:
        yield Fact(place.path, "broken structure", "boxes nest too deep", "other")
        return
    try:
        yield from _facts_of_kind(box, place, inside)
    except BoxError as error:
        yield from _text_fact(inside, f"broken box ({error})", box.payload)


def _facts_of_kind(box: Box, place: Place, inside: Place) -> Iterator[Fact]:
    payload = box.payload
    if place.path.endswith("ilst"):
        yield from _item_facts(box, place)
    elif box.kind == b"meta":
        yield from _meta_facts(payload, inside)
    elif box.kind in PARENTS:
        yield from _row_facts(payload, inside)
    elif box.kind in {b"mvhd", b"tkhd", b"mdhd"}:
        yield from _header_facts(box.kind, payload, inside)
    elif box.kind == b"hdlr":
        yield from _text_fact(inside, "handler name (software)", payload[12:16] + payload[24:])
    elif box.kind == b"stsd":
        yield from _entry_facts(payload, inside)
    elif box.kind == b"cmov":
        yield from _compressed_facts(payload, inside)
    elif box.kind == b"dref" and len(payload) <= PLAIN_DREF:
        return
    elif box.kind not in TECHNICAL:
        yield from _leaf_facts(box, inside)


def _row_facts(data: bytes, inside: Place, keys: tuple[str, ...] = ()) -> Iterator[Fact]:
    """Yield the facts of a row of boxes; a QuickTime list may end with four zero bytes."""
    body = data[:-4] if data.endswith(b"\0\0\0\0") and len(data) % 4 == 0 else data
    for candidate in (data, body):
        try:
            boxes = parse_boxes(candidate, frozenset())
        except BoxError:
            continue
        for box in boxes:
            yield from _facts(box, inside._replace(keys=keys))
        return
    yield from _text_fact(inside, "broken row of boxes", data)


def _meta_facts(payload: bytes, inside: Place) -> Iterator[Fact]:
    """Yield metadata of either kind: ISO (version and flags first) or QuickTime (none)."""
    body = payload if payload[4:8] == b"hdlr" else payload[4:]
    try:
        boxes = parse_boxes(body, frozenset())
    except BoxError:
        yield from _text_fact(inside, "broken metadata", payload)
        return
    keys = next((tuple(_read_keys(box.payload)) for box in boxes if box.kind == b"keys"), ())
    for box in boxes:
        if box.kind == b"ilst":
            yield from _row_facts(box.payload, inside.inside(b"ilst"), keys)
        elif box.kind != b"keys":
            yield from _facts(box, inside)


def _read_keys(payload: bytes) -> Iterator[str]:
    """Yield the names of QuickTime metadata keys (`keys` box)."""
    at = 8
    while at + 8 <= len(payload):
        (size,) = unpack("I", payload, at)
        if size < 8:
            return
        yield payload[at + 8 : at + size].decode("utf-8", "replace")
        at += size


def _item_facts(box: Box, place: Place) -> Iterator[Fact]:
    """Yield one item of a metadata list; its name is a key's number or four letters."""
    number = int.from_bytes(box.kind, "big")
    name = MEANINGS.get(box.kind, _label(box.kind))
    if 0 < number <= len(place.keys):
        name = place.keys[number - 1]
    for part in parse_boxes(box.payload, frozenset()):
        if part.kind == b"data":
            value = _read_value(part.payload)
            yield Fact(place.path, name, value, classify(name))
        else:
            yield from _text_fact(place, f"{name} {_label(part.kind)}", part.payload)


def _read_value(payload: bytes) -> str:
    """Return the value of a `data` box as text (QuickTime well-known types)."""
    kind, _ = unpack("II", payload)
    body = payload[8:]
    if kind in {1, 4}:
        return body.decode("utf-8", "replace")
    if kind in {2, 5}:
        return body.decode("utf-16-be", "replace")
    if kind in {21, 22, 65, 66, 67, 74, 75, 76, 77, 78} and len(body) <= 8:
        return str(int.from_bytes(body, "big", signed=kind in {21, 65, 66, 67, 74}))
    if kind == 23 and len(body) == 4:
        return str(unpack("f", body)[0])
    if kind == 24 and len(body) == 8:
        return str(unpack("d", body)[0])
    return printable_text(body) or f"{len(body)} bytes"


def _header_facts(kind: bytes, payload: bytes, inside: Place) -> Iterator[Fact]:
    times = unpack("QQ", payload, 4) if payload[:1] == b"\1" else unpack("II", payload, 4)
    for name, seconds in zip(("creation time", "modification time"), times, strict=True):
        if seconds:
            yield Fact(inside.path, name, _format_time(seconds), "time")
    if kind == b"mdhd":
        (code,) = unpack("H", payload, 32 if payload[:1] == b"\1" else 20)
        letters = "".join(chr((code >> shift & 31) + 0x60) for shift in (10, 5, 0))
        if 0x400 <= code < 0x7FFF and letters != "und":
            yield Fact(inside.path, "language", letters, "person")


def _format_time(seconds: int) -> str:
    try:
        return (MAC_EPOCH + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        return f"{seconds} s after 1904"


def _entry_facts(payload: bytes, inside: Place) -> Iterator[Fact]:
    """Yield vendor, compressor and every text of the sample descriptions."""
    for box in parse_boxes(payload[8:], frozenset()):
        place = inside.inside(box.kind)
        vendor = box.payload[12:16]
        if vendor.strip(b"\0"):
            yield from _text_fact(place, "vendor (software)", vendor)
        name = box.payload[42:74]
        if (
            box.kind[:3] not in {b"mp4", b"sow", b"lpc"}
            and 0 < name[:1][0:1].rjust(1, b"\0")[0] < 32
        ):
            yield from _text_fact(place, "compressor name (software)", name[1 : 1 + name[0]])
        if box.kind in {b"tmcd", b"text", b"gpmd", b"mett", b"metx", b"mebx", b"camm", b"fdsc"}:
            yield Fact(
                place.path,
                f"track of {_label(box.kind)}",
                printable_text(box.payload),
                _track_kind(box.kind),
            )


def _track_kind(kind: bytes) -> Kind:
    return "time" if kind == b"tmcd" else "device"


def _compressed_facts(payload: bytes, inside: Place) -> Iterator[Fact]:
    """Yield the facts of a compressed movie header (QuickTime `cmov`)."""
    for box in parse_boxes(payload, frozenset()):
        if box.kind == b"cmvd":
            try:
                body = zlib.decompressobj().decompress(box.payload[4:], INFLATE_LIMIT)
            except zlib.error as error:
                raise BoxError("compressed header can't be inflated") from error
            yield from _row_facts(body, inside)


def _leaf_facts(box: Box, inside: Place) -> Iterator[Fact]:
    """Yield the text of a box that is not known to be technical."""
    payload = box.payload
    if b"<x:xmpmeta" in payload or b"<rdf:RDF" in payload:
        yield from xmp_facts(payload, inside.path)
        return
    meaning = MEANINGS.get(box.kind, "box of unknown meaning")
    if box.kind == b"uuid":
        meaning = f"{meaning} {payload[:16].hex()}"
    if payload.strip(b"\0"):
        yield from _text_fact(inside, meaning, payload)


def _text_fact(place: Place, what: str, data: bytes) -> Iterator[Fact]:
    text = printable_text(data)
    if text or data.strip(b"\0"):
        yield Fact(
            place.path, what, text or f"{len(data)} bytes", classify(f"{what} {place.path[-4:]}")
        )
