"""A strict look at a finished film: everything that the allow-list does not name is a finding.

The boxes are read into `film.Film`, written again by `profile`, and compared byte for byte: what
differs is not in the profile. What may vary is then checked field by field, every byte of media
data must belong to exactly one sample, and every coded picture is walked for units of its codec
that carry text.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from safehouse.errors import SourceMissing
from safehouse.media.boxes import Box, BoxError, Span, parse_boxes, read_payload, read_spans
from safehouse.media.entrycheck import CODEC_OF, check_entry, check_unit, length_field
from safehouse.media.film import Film, Track, parse_film
from safehouse.media.nal import split_nals
from safehouse.media.profile import IDENTITY_CORNER, build_ftyp, build_moov, mdat_header
from safehouse.media.tables import chunk_ranges, sample_ranges
from safehouse.media.timecode import BYTES
from safehouse.media.wav import check_wav, is_wav
from safehouse.model.text import escape

__all__ = ["ENCODER_NAMES", "MAX_FINDINGS", "check_film"]

MAX_FINDINGS = 50
"""Findings after which a check stops: the film is held anyway."""

MAX_MOOV = 1 << 30
LAYOUT = (b"ftyp", b"mdat", b"moov")
ENCODER_NAMES = (b"Lavf", b"Lavc", b"x264", b"x265", b"FFMP", b"HandBrake", b"libav", b"ffmpeg")
"""Names that FFmpeg's parts write of themselves."""


def check_film(path: Path) -> tuple[str, ...]:
    """Return everything in a film that the allow-list does not name, in words; () when clean.

    Raises:
        SourceMissing: the film can't be opened.
    """
    found: list[str] = []
    try:
        if is_wav(path):
            return check_wav(path)
        with path.open("rb") as handle:
            for finding in _check(handle, path.stat().st_size):
                found.append(escape(finding))
                if len(found) >= MAX_FINDINGS:
                    break
    except BoxError as error:
        found.append(escape(f"broken: {error}"))
    except OSError as error:
        raise SourceMissing("the film can't be opened", next_step="render it again") from error
    return tuple(found)


def _check(handle: BinaryIO, size: int) -> Iterator[str]:
    spans = tuple(read_spans(handle, 0, size))
    kinds = tuple(span.kind for span in spans)
    if kinds != LAYOUT:
        for kind in kinds:
            if kind not in LAYOUT or kinds.count(kind) > 1:
                yield f"{_name(kind)} at the top is not in the profile"
        if sorted(set(kinds) & set(LAYOUT)) != sorted(LAYOUT) or len(kinds) == len(LAYOUT):
            yield "the film is not one ftyp, one mdat and one moov, in this order"
        return
    ftyp, mdat, moov = spans
    film = parse_film(read_payload(handle, ftyp, 4096), read_payload(handle, moov, MAX_MOOV))
    yield from _check_boxes(handle, film, spans)
    for number, track in enumerate(film.tracks, start=1):
        for finding in (*_check_track(track), *check_entry(track.entry)):
            yield f"track {number}: {finding}"
    yield from _check_timecode(handle, film)
    yield from _check_cover(film, mdat)
    for number, track in enumerate(film.tracks, start=1):
        for finding in _check_samples(handle, track):
            yield f"track {number}: {finding}"


def _name(kind: bytes) -> str:
    return f"box {kind.decode('latin-1')!r}"


def _check_boxes(handle: BinaryIO, film: Film, spans: tuple[Span, ...]) -> Iterator[str]:
    """Yield where the boxes differ from the profile written anew."""
    _, mdat, moov = spans
    handle.seek(0)
    head = build_ftyp(film) + mdat_header(mdat.end - mdat.payload)
    if handle.read(mdat.payload) != head:
        yield "the bytes before the media data are not those of the profile"
    handle.seek(moov.start)
    raw = handle.read(moov.end - moov.start)
    wanted = build_moov(film)
    if raw != wanted:
        differences = tuple(_differences("moov", parse_boxes(raw[8:]), parse_boxes(wanted[8:])))
        yield from differences or ("box 'moov' has another header than the profile",)
    for name in ENCODER_NAMES:
        if name in raw:
            yield f"the name {name.decode()!r} stands in moov"


def _differences(where: str, got: tuple[Box, ...], want: tuple[Box, ...]) -> Iterator[str]:
    kinds, wanted = [box.kind for box in got], [box.kind for box in want]
    if kinds != wanted:
        extra = [kind for kind in kinds if kinds.count(kind) > wanted.count(kind)]
        for kind in dict.fromkeys(extra):
            yield f"{_name(kind)} in {where} is not in the profile"
        if not extra:
            yield f"the boxes in {where} are not those of the profile"
        return
    for ours, theirs in zip(got, want, strict=True):
        name = f"{where}/{ours.kind.decode('latin-1')}"
        if ours.children is not None and theirs.children is not None:
            yield from _differences(name, ours.children, theirs.children)
        elif ours != theirs:
            yield f"box {name!r} holds other bytes than the profile"


def _check_track(track: Track) -> Iterator[str]:
    if not _is_turn(track.matrix):
        yield "the display matrix is no turn by whole degrees"
    edges = {0, *track.size}
    if not set(track.matrix[6:8]) <= edges:
        yield "the display matrix moves the picture"
    empty = [edit.media_time == -1 for edit in track.edits]
    if len(empty) > 2 or any(empty[1:]) or empty == [True]:
        yield "the edit list is not one span with a start"


def _is_turn(matrix: tuple[int, ...]) -> bool:
    """Return whether a display matrix turns by whole degrees, mirrored or not, and no more."""
    a, b, u, c, d, v, _, _, w = matrix
    angle = math.radians(round(math.degrees(math.atan2(b, a))))
    wanted = (round(math.cos(angle) * 0x10000), round(math.sin(angle) * 0x10000))
    near = max(abs(a - wanted[0]), abs(b - wanted[1])) <= 1
    turned = (c, d) in {(-b, a), (b, -a)}
    return near and turned and (u, v, w) == (0, 0, IDENTITY_CORNER)


def _check_timecode(handle: BinaryIO, film: Film) -> Iterator[str]:
    """Yield whether the timecode begins elsewhere than its reel's hour."""
    if film.timecode is not None:
        handle.seek(film.timecode.place)
        if handle.read(BYTES) != film.timecode.sample:
            yield "the timecode is not the neutral one of its reel"


def _check_cover(film: Film, mdat: Span) -> Iterator[str]:
    """Yield whether a byte of the media data belongs to no sample, or to two."""
    ranges = [chunk_ranges(track.tables) for track in film.tracks]
    if film.timecode is not None:
        ranges.append((np.array([film.timecode.place]), np.array([BYTES])))
    places = np.concatenate([place for place, _ in ranges])
    sizes = np.concatenate([size for _, size in ranges])
    order = np.lexsort((sizes, places))
    ends = places[order] + sizes[order]
    expected = np.append(mdat.payload, ends[:-1])
    last = int(ends[-1]) if len(ends) else mdat.payload
    if bool(np.any(places[order] != expected)) or last != mdat.end:
        yield "media data that belongs to no sample, or to two"


def _check_samples(handle: BinaryIO, track: Track) -> Iterator[str]:
    kind = track.entry.kind
    if kind in CODEC_OF:
        yield from _check_units(handle, track)
    elif kind == b"mp4a":
        for sample in _read_samples(handle, track, 2):
            if any(name in sample for name in ENCODER_NAMES):
                yield "the first sound names its encoder"
    elif kind[:2] == b"ap":
        for sample in _read_samples(handle, track, track.tables.count):
            if sample[4:8] != b"icpf" or sample[12:16] != b"apl0":
                yield "a picture names another maker than 'apl0'"
                return
            if int.from_bytes(sample[:4], "big") != len(sample):
                yield "a picture has bytes behind its end"
                return


def _read_samples(handle: BinaryIO, track: Track, limit: int) -> Iterator[bytes]:
    places, sizes = sample_ranges(track.tables)
    for place, size in zip(places[:limit].tolist(), sizes[:limit].tolist(), strict=True):
        handle.seek(place)
        yield handle.read(size)


def _check_units(handle: BinaryIO, track: Track) -> Iterator[str]:
    codec = CODEC_OF[track.entry.kind]
    field = length_field(track.entry)
    for number, sample in enumerate(_read_samples(handle, track, track.tables.count)):
        try:
            nals = split_nals(sample, field)
        except ValueError as error:
            yield f"picture {number}: {error}"
            continue
        for nal in nals:
            fault = check_unit(nal.unit, codec)
            if fault:
                yield f"picture {number}: {fault}"
