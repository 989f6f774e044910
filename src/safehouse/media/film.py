"""What varies from one film of ours to the next, read out of its `moov` box.

Everything else in a film is the same for everybody and is written by `profile`. Reading takes what
is named here and looks at nothing else, so no unknown box can travel from a muxer to an output.
"""

import struct
from dataclasses import dataclass
from typing import Literal

from safehouse.media.boxes import (
    Box,
    BoxError,
    find_all,
    find_one,
    parse_boxes,
    unpack,
)
from safehouse.media.tables import Tables, read_tables
from safehouse.media.timecode import Timecode, is_timecode, parse_timecode

__all__ = [
    "SOUND_EXTRAS",
    "VIDEO_EXTRAS",
    "Edit",
    "Entry",
    "Film",
    "Track",
    "parse_container",
    "parse_film",
]

VIDEO_EXTRAS = {
    b"avc1": (b"avcC",),
    b"hvc1": (b"hvcC",),
    b"hev1": (b"hvcC",),
    b"FFV1": (b"glbl",),
    b"apco": (),
    b"apcs": (),
    b"apcn": (),
    b"apch": (),
    b"ap4h": (),
    b"ap4x": (),
}
"""Picture codecs of an output, and the box that sets each up."""

PICTURE_EXTRAS = (b"colr", b"pasp", b"fiel", b"mdcv", b"clli")
"""Boxes about the picture that any picture codec may have, in their written order."""

SOUND_EXTRAS = {
    b"mp4a": (b"esds", b"wave", b"chan"),
    b"sowt": (b"chan",),
    b"in24": (b"wave", b"chan"),
    b"lpcm": (b"chan",),
    b"ipcm": (b"chnl", b"pcmC"),
    b"fLaC": (b"dfLa", b"chan"),
    b"Opus": (b"dOps", b"chan"),
}
"""Sound codecs of an output, and the boxes that set each up, in their written order."""

SOUND_TAIL = {0: 0, 1: 16, 2: 36}
"""Bytes that follow the common fields of a sound entry, by its version (QuickTime)."""

BRANDS = {b"qt  ": "mov", b"isom": "mp4"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One row of an edit list: duration in movie units, start in media units (-1: nothing)."""

    duration: int
    media_time: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A sample entry: the codec's four letters, its fields, and the boxes that set it up.

    Attributes:
        fields: picture: width and height, 16 bits each; sound: version to sample rate, and what
            the version adds.
    """

    kind: bytes
    fields: bytes
    extras: tuple[Box, ...]

    @property
    def is_picture(self) -> bool:
        """Whether this describes a picture, not sound."""
        return self.kind in VIDEO_EXTRAS


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A track: time scale, place on the screen, edits, codec and sample tables.

    Attributes:
        timescale: media units a second.
        matrix: the nine fields of the display matrix, as written.
        size: width and height on screen, 16.16 fixed point; 0 for sound.
        edits: empty when the media time line is the movie's.
    """

    timescale: int
    matrix: tuple[int, ...]
    size: tuple[int, int]
    edits: tuple[Edit, ...]
    entry: Entry
    tables: Tables


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film: container, movie units a second, tracks in order, and the neutral timecode."""

    container: Literal["mov", "mp4"]
    timescale: int
    tracks: tuple[Track, ...]
    timecode: Timecode | None = None


def parse_container(ftyp: bytes) -> Literal["mov", "mp4"]:
    """Return which container the payload of an `ftyp` box names.

    Raises:
        BoxError: neither QuickTime nor MP4.
    """
    if ftyp[:4] not in BRANDS:
        raise BoxError(f"brand {ftyp[:4]!r} is not ours")
    return "mov" if ftyp[:4] == b"qt  " else "mp4"


def parse_film(ftyp: bytes, moov: bytes) -> Film:
    """Return what varies in a film, from the payloads of its `ftyp` and `moov` boxes.

    Raises:
        BoxError: a box is missing or broken, or a track is neither picture nor sound in one of
            our codecs.
    """
    boxes = parse_boxes(moov)
    mvhd = find_one(boxes, b"mvhd").payload
    timescale = _timescale(mvhd)
    traks = [box.children or () for box in find_all(boxes, b"trak")]
    codes = [parse_timecode(trak) for trak in traks if is_timecode(trak)]
    tracks = tuple(_parse_track(trak) for trak in traks if not is_timecode(trak))
    if not tracks or len(codes) > 1 or (codes and not tracks[0].entry.is_picture):
        raise BoxError("no track, or a timecode of nothing")
    return Film(parse_container(ftyp), timescale, tracks, codes[0] if codes else None)


def _timescale(header: bytes) -> int:
    """Return the time scale of an mvhd or mdhd box."""
    (scale,) = unpack("I", header, 20 if _version(header) else 12)
    if not 0 < scale < 1 << 31:
        raise BoxError(f"time scale {scale}")
    return int(scale)


def _version(header: bytes) -> int:
    (version,) = unpack("B", header)
    if version > 1:
        raise BoxError(f"version {version} of a header box")
    return int(version)


def _parse_track(boxes: tuple[Box, ...]) -> Track:
    tkhd = find_one(boxes, b"tkhd").payload
    after = 48 if _version(tkhd) else 36
    matrix = unpack("9i", tkhd, after + 4)
    stbl = find_one(boxes, b"mdia", b"minf", b"stbl")
    entry = _parse_entry(find_one(stbl.children or (), b"stsd").payload)
    (handler,) = unpack("4s", find_one(boxes, b"mdia", b"hdlr").payload, 8)
    if handler != (b"vide" if entry.is_picture else b"soun"):
        raise BoxError(f"handler {handler!r} on a track of {entry.kind!r}")
    return Track(
        timescale=_timescale(find_one(boxes, b"mdia", b"mdhd").payload),
        matrix=tuple(matrix),
        size=unpack("II", tkhd, after + 40),
        edits=_parse_edits(boxes),
        entry=entry,
        tables=read_tables(stbl),
    )


def _parse_edits(boxes: tuple[Box, ...]) -> tuple[Edit, ...]:
    if not find_all(boxes, b"edts"):
        return ()
    elst = find_one(boxes, b"edts", b"elst").payload
    form = "qqI" if _version(elst) else "IiI"
    size = struct.calcsize(">" + form)
    (count,) = unpack("I", elst, 4)
    if len(elst) != 8 + count * size:
        raise BoxError("edit list has another length than it says")
    rows = [unpack(form, elst, 8 + n * size) for n in range(count)]
    if any(rate != 0x10000 or duration < 0 for duration, _, rate in rows):
        raise BoxError("an edit changes speed or runs backwards")
    return tuple(Edit(duration, media_time) for duration, media_time, _ in rows)


def _parse_entry(stsd: bytes) -> Entry:
    (count,) = unpack("I", stsd, 4)
    entries = parse_boxes(stsd[8:], frozenset())
    if count != 1 or len(entries) != 1:
        raise BoxError(f"{count} sample descriptions where one is needed")
    box = entries[0]
    if box.kind in VIDEO_EXTRAS:
        wanted = VIDEO_EXTRAS[box.kind] + PICTURE_EXTRAS
        return Entry(box.kind, box.payload[24:28], _pick(box.payload[78:], wanted))
    if box.kind not in SOUND_EXTRAS:
        raise BoxError(f"codec {box.kind!r} is not ours")
    (version,) = unpack("H", box.payload, 8)
    if version not in SOUND_TAIL:
        raise BoxError(f"version {version} of a sound entry")
    end = 28 + SOUND_TAIL[version]
    return Entry(box.kind, box.payload[8:end], _pick(box.payload[end:], SOUND_EXTRAS[box.kind]))


def _pick(data: bytes, wanted: tuple[bytes, ...]) -> tuple[Box, ...]:
    """Return the boxes of data whose kinds are wanted, each at most once, in that order."""
    boxes = parse_boxes(data, frozenset())
    return tuple(find_one(boxes, kind) for kind in wanted if find_all(boxes, kind))
