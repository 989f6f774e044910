"""The one fixed profile of every film: the bytes around what `film.Film` says.

No time, no name of a program, no free space, no tags; the same for everybody, so that outputs form
one crowd. The page docs/container.md lists it.
"""

import struct
from math import ceil

from safehouse.media.boxes import Box, format_box, format_boxes, full_box
from safehouse.media.film import Edit, Entry, Film, Track
from safehouse.media.tables import format_tables, media_duration
from safehouse.media.timecode import TMCD, Timecode, build_timecode_media, reference_to

__all__ = [
    "HANDLER_NAMES",
    "IDENTITY_CORNER",
    "build_ftyp",
    "build_moov",
    "mdat_header",
    "movie_duration",
]

HANDLER_NAMES = {b"vide": b"Video", b"soun": b"Sound", TMCD: b"Timecode", b"url ": b""}
"""The only text of a film; players show it as the name of a track."""

UNDETERMINED = 0x55C4
"""Language `und`, five bits a letter (ISO 639-2/T)."""

IDENTITY_CORNER = 0x40000000
"""The last field of every display matrix: 1 as 2.30 fixed point."""

IDENTITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, IDENTITY_CORNER)
"""The display matrix that changes nothing."""

ROLLS = {b"mp4a": -1, b"Opus": -4}
"""How many samples before it a sample of each codec needs: a frame of AAC, 80 ms of Opus."""


def build_ftyp(film: Film) -> bytes:
    """Return the `ftyp` box: `qt  `, or `isom` with the brands that FFmpeg's MP4 muxer names."""
    if film.container == "mov":
        return format_box(Box(b"ftyp", b"qt  \0\0\2\0qt  "))
    avc = b"avc1" if any(track.entry.kind == b"avc1" for track in film.tracks) else b""
    return format_box(Box(b"ftyp", b"isom\0\0\2\0isomiso2" + avc + b"mp41"))


def mdat_header(payload_bytes: int) -> bytes:
    """Return the header of the media data box, always with a 64-bit size."""
    return struct.pack(">I4sQ", 1, b"mdat", payload_bytes + 16)


def movie_duration(film: Film, track: Track) -> int:
    """Return how long a track is shown, in movie units."""
    if track.edits:
        return sum(edit.duration for edit in track.edits)
    return ceil(media_duration(track.tables) * film.timescale / track.timescale)


def build_moov(film: Film) -> bytes:
    """Return the whole `moov` box."""
    duration = max(movie_duration(film, track) for track in film.tracks)
    wide = duration >> 32 != 0
    times = struct.pack(">QQIQ" if wide else ">IIII", 0, 0, film.timescale, duration)
    rest = struct.pack(">IH10x", 0x10000, 0x100) + IDENTITY + bytes(24)
    count = len(film.tracks) + int(film.timecode is not None)
    mvhd = full_box(b"mvhd", times + rest + struct.pack(">I", count + 1), version=int(wide))
    tracks = [_build_track(film, n, track) for n, track in enumerate(film.tracks, start=1)]
    if film.timecode is not None:
        tracks.append(_build_timecode(film, count, film.timecode))
    return format_box(Box(b"moov", b"", (mvhd, *tracks)))


def _build_timecode(film: Film, number: int, code: Timecode) -> Box:
    duration = movie_duration(film, film.tracks[0])
    wide = duration >> 32 != 0
    body = struct.pack(">QQIIQ" if wide else ">IIIII", 0, 0, number, 0, duration) + bytes(16)
    tkhd = full_box(b"tkhd", body + IDENTITY + bytes(8), version=int(wide), flags=3)
    mov = film.container == "mov"
    handler = _build_hdlr(b"mhlr" if mov else bytes(4), TMCD, mov)
    data = (_build_hdlr(b"dhlr", b"url ", mov),) if mov else ()
    mdia = build_timecode_media(code, duration / film.timescale, handler, data)
    return Box(b"trak", b"", (tkhd, mdia))


def _build_track(film: Film, number: int, track: Track) -> Box:
    parts = [_build_tkhd(film, number, track)]
    if track.edits:
        parts.append(Box(b"edts", b"", (_build_elst(track.edits),)))
    if film.timecode is not None and track.entry.is_picture:
        parts.append(reference_to(len(film.tracks) + 1))
    parts.append(_build_mdia(film, track))
    return Box(b"trak", b"", tuple(parts))


def _build_tkhd(film: Film, number: int, track: Track) -> Box:
    duration = movie_duration(film, track)
    wide = duration >> 32 != 0
    picture = track.entry.is_picture
    group = 0 if picture or film.container == "mov" else 1
    body = struct.pack(">QQIIQ" if wide else ">IIIII", 0, 0, number, 0, duration)
    body += struct.pack(">8xhHHH", 0, group, 0 if picture else 0x100, 0)
    body += struct.pack(">9i", *track.matrix) + struct.pack(">II", *track.size)
    return full_box(b"tkhd", body, version=int(wide), flags=3)


def _build_elst(edits: tuple[Edit, ...]) -> Box:
    wide = any(edit.duration >> 32 or edit.media_time >> 31 not in {0, -1} for edit in edits)
    form = ">QqI" if wide else ">IiI"
    rows = b"".join(struct.pack(form, edit.duration, edit.media_time, 0x10000) for edit in edits)
    return full_box(b"elst", struct.pack(">I", len(edits)) + rows, version=int(wide))


def _build_mdia(film: Film, track: Track) -> Box:
    duration = media_duration(track.tables)
    wide = duration >> 32 != 0
    body = struct.pack(">QQIQ" if wide else ">IIII", 0, 0, track.timescale, duration)
    mdhd = full_box(b"mdhd", body + struct.pack(">HH", UNDETERMINED, 0), version=int(wide))
    handler = b"vide" if track.entry.is_picture else b"soun"
    mov = film.container == "mov"
    parts = [mdhd, _build_hdlr(b"mhlr" if mov else bytes(4), handler, mov)]
    return Box(b"mdia", b"", (*parts, _build_minf(track, mov)))


def _build_hdlr(component: bytes, handler: bytes, mov: bool) -> Box:
    """Return a handler box; QuickTime writes its name after a length, MP4 with a zero behind."""
    name = HANDLER_NAMES[handler]
    text = bytes([len(name)]) + name if mov else name + b"\0"
    return full_box(b"hdlr", component + handler + bytes(12) + text)


def _build_minf(track: Track, mov: bool) -> Box:
    picture = track.entry.is_picture
    head = full_box(b"vmhd", bytes(8), flags=1) if picture else full_box(b"smhd", bytes(4))
    data = (_build_hdlr(b"dhlr", b"url ", mov),) if mov else ()
    url = full_box(b"url ", b"", flags=1)
    dref = full_box(b"dref", struct.pack(">I", 1) + format_box(url))
    dinf = Box(b"dinf", b"", (dref,))
    return Box(b"minf", b"", (head, *data, dinf, _build_stbl(track)))


def _build_stbl(track: Track) -> Box:
    stsd = full_box(b"stsd", struct.pack(">I", 1) + format_box(_build_entry(track.entry)))
    boxes = (stsd, *format_tables(track.tables))
    if track.entry.kind in ROLLS:
        roll = struct.pack(">4sIIh", b"roll", 2, 1, ROLLS[track.entry.kind])
        sbgp = struct.pack(">4sIII", b"roll", 1, track.tables.count, 1)
        boxes += (full_box(b"sgpd", roll, version=1), full_box(b"sbgp", sbgp))
    return Box(b"stbl", b"", boxes)


def _build_entry(entry: Entry) -> Box:
    head = struct.pack(">6xH", 1)
    if entry.is_picture:
        head += (
            bytes(16) + entry.fields + struct.pack(">IIIH32xHh", 72 << 16, 72 << 16, 0, 1, 24, -1)
        )
    else:
        head += entry.fields
    return Box(entry.kind, head + format_boxes(entry.extras))
