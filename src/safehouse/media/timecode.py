"""The neutral timecode: reel `C0003`, one hour a clip, the picture's rate; never the camera's.

Proxy, film and every re-render of a clip carry the same, so that an editor's timeline finds them by
itself. Reel and hour are functions of the clip's id alone, which means nothing. Source: QuickTime
File Format Specification, "Timecode media"; the boxes are those that FFmpeg writes and reads.
"""

import re
import struct
from dataclasses import dataclass
from math import ceil

from safehouse.media.boxes import (
    Box,
    BoxError,
    find_all,
    find_one,
    format_box,
    format_boxes,
    full_box,
    parse_boxes,
    unpack,
)

__all__ = [
    "BYTES",
    "HOURS",
    "REEL",
    "TMCD",
    "Timecode",
    "build_timecode_media",
    "hour_of",
    "is_timecode",
    "parse_timecode",
    "rate_for",
    "reference_to",
]

TMCD = b"tmcd"
BYTES = 4
"""Length of the track's only sample: the number of the first frame."""

REEL = re.compile(r"C[0-9]{4,6}")
"""What a reel may be called: a clip's id, and nothing else."""

HOURS = 24
FASTEST = 240
"""Frames a second beyond which no timecode is written: a byte counts them."""

DAY_LONG = 2
"""Flag: it begins again after 24 hours. Frames are never dropped: one hour is 3600 x nominal."""

FONT = b"Lucida Grande"
"""The font that QuickTime's display would use; FFmpeg writes this one in every file."""


@dataclass(frozen=True, slots=True)
class Timecode:
    """What varies in the track: the reel, frames a second as rate/unit, and its sample's place."""

    reel: str
    rate: int
    unit: int
    place: int = 0

    @property
    def nominal(self) -> int:
        """Whole frames that a second of timecode counts: 24 for 23.976."""
        return round(self.rate / self.unit)

    @property
    def sample(self) -> bytes:
        """The track's only sample: clip C0003 begins at 03:00:00:00, C0024 at 00:00:00:00."""
        return struct.pack(">I", hour_of(self.reel) * 3600 * self.nominal)


def hour_of(reel: str) -> int:
    """Return the hour at which a clip begins: 3 for C0003, 0 for C0024."""
    return int(reel[1:]) % HOURS


def rate_for(frames: int, seconds: int) -> tuple[int, int] | None:
    """Return (rate, unit) for frames in seconds, None where no timecode can count them."""
    if not 1 <= round(frames / seconds) <= FASTEST:
        return None
    return frames, seconds


def is_timecode(trak: tuple[Box, ...]) -> bool:
    """Return whether the boxes of a track are those of a timecode track."""
    (handler,) = unpack("4s", find_one(trak, b"mdia", b"hdlr").payload, 8)
    return bool(handler == TMCD)


def parse_timecode(trak: tuple[Box, ...]) -> Timecode:
    """Return what varies in a timecode track; all else is compared with what is written anew.

    Raises:
        BoxError: it is broken, or its reel is no clip's id.
    """
    stbl = find_one(trak, b"mdia", b"minf", b"stbl").children or ()
    entries = parse_boxes(find_one(stbl, b"stsd").payload[8:], frozenset())
    if len(entries) != 1 or entries[0].kind != TMCD:
        raise BoxError("a timecode track of another kind")
    body = entries[0].payload
    rate, unit = unpack("II", body, 16)
    names = find_all(parse_boxes(body[26:], frozenset()), b"name")
    reel = names[0].payload[4:].decode("latin-1") if names else ""
    if not REEL.fullmatch(reel) or not unit or rate_for(rate, unit) is None:
        raise BoxError("a timecode track with a reel or rate that is not ours")
    wide = find_all(stbl, b"co64")
    (place,) = (
        unpack("Q", wide[0].payload, 8) if wide else unpack("I", find_one(stbl, b"stco").payload, 8)
    )
    return Timecode(reel, rate, unit, place)


def reference_to(number: int) -> Box:
    """Return the box by which the picture's track names its timecode's."""
    return Box(b"tref", format_box(Box(TMCD, struct.pack(">I", number))))


def build_timecode_media(code: Timecode, seconds: float, hdlr: Box, data: tuple[Box, ...]) -> Box:
    """Return the `mdia` box of the track.

    Args:
        code: reel, rate and place.
        seconds: how long the picture is shown.
        hdlr: the handler box, as the container writes it.
        data: the data handler's boxes, in MOV; () in MP4, whose media header is empty too.
    """
    length = ceil(seconds * code.rate)
    if length >> 32:
        raise BoxError("the film is too long for a timecode track")
    mdhd = full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, code.rate, length, 0x55C4, 0))
    head = Box(b"gmhd", format_boxes((_gmin(), _tcmi()))) if data else full_box(b"nmhd", b"")
    url = full_box(b"url ", b"", flags=1)
    dref = full_box(b"dref", struct.pack(">I", 1) + format_box(url))
    parts = (head, *data, Box(b"dinf", b"", (dref,)), _stbl(code, length))
    return Box(b"mdia", b"", (mdhd, hdlr, Box(b"minf", b"", parts)))


def _gmin() -> Box:
    return full_box(b"gmin", struct.pack(">HHHHhH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))


def _tcmi() -> Box:
    white, black = (0xFFFF,) * 3, (0,) * 3
    style = struct.pack(">HHHH3H3H", 0, 0, 12, 0, *black, *white)
    return Box(TMCD, format_box(full_box(b"tcmi", style + bytes([len(FONT)]) + FONT)))


def _stbl(code: Timecode, length: int) -> Box:
    name = code.reel.encode("ascii")
    entry = struct.pack(">6xHIIIIBx", 1, 0, DAY_LONG, code.rate, code.unit, code.nominal)
    entry += format_box(Box(b"name", struct.pack(">HH", len(name), 0x55C4) + name))
    wide = code.place >> 32 != 0
    offset = struct.pack(">IQ" if wide else ">II", 1, code.place)
    return Box(
        b"stbl",
        b"",
        (
            full_box(b"stsd", struct.pack(">I", 1) + format_box(Box(TMCD, entry))),
            full_box(b"stts", struct.pack(">III", 1, 1, length)),
            full_box(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
            full_box(b"stsz", struct.pack(">II", BYTES, 1)),
            full_box(b"co64" if wide else b"stco", offset),
        ),
    )
