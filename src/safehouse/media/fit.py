"""A muxed film made to say what the plan says: exact times, colour, shape of pixels, HDR.

Edit lists: the muxer's are thrown away and written anew from the plan. A first frame after 0 gets
an empty edit before it. A first frame before 0 can't be reached by an edit (a player starts at 0
and FFmpeg drops what is before), so such a track gets signed composition offsets and no edit list.
"""

import struct
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil, lcm

import numpy as np

from safehouse.errors import FormatUnsupported
from safehouse.media.boxes import Box
from safehouse.media.film import PICTURE_EXTRAS, VIDEO_EXTRAS, Edit, Entry, Film, Track
from safehouse.media.tables import Tables, composition_times
from safehouse.model.clip import Colour, HdrStatic, SoundStream, VideoStream, parse_fraction
from safehouse.model.plan import Plan

__all__ = ["AAC_PRIMING", "fit_film", "picture_extras"]

AAC_PRIMING = 1024
"""Samples of silence that FFmpeg's AAC encoder puts first; the edit list skips them."""

PRIMING = {b"mp4a": AAC_PRIMING, b"Opus": 312}
"""The same for each codec that has any; libopus puts 6.5 ms first at 48 kHz."""

NCLC, NCLX = b"nclc", b"nclx"
UNSPECIFIED = 2


def fit_film(film: Film, plan: Plan) -> Film:
    """Return the film with times, picture boxes and edit lists as the plan has them.

    Raises:
        FormatUnsupported: the tracks aren't those of the plan, or the container's units can't say
            a time of the plan exactly.
    """
    pictures = [track for track in film.tracks if track.entry.is_picture]
    sounds = [track for track in film.tracks if not track.entry.is_picture]
    video = plan.clip.video if plan.output.video is not None else None
    streams = {stream.index: stream for stream in plan.clip.sound}
    wanted = [streams[out.stream] for out in plan.output.sound]
    if len(pictures) != int(video is not None) or len(sounds) != len(wanted):
        raise _unsupported(f"{len(pictures)} picture and {len(sounds)} sound tracks were written")
    scale = _movie_scale(film, wanted)
    fitted = [_fit_sound(t, s, scale) for t, s in zip(sounds, wanted, strict=True)]
    if video is not None:
        fitted.insert(0, _fit_picture(film, pictures[0], video, scale))
    return replace(film, timescale=scale, tracks=tuple(fitted))


def _unsupported(happened: str) -> FormatUnsupported:
    return FormatUnsupported(happened, next_step="try --codec prores, which writes MOV")


def _movie_scale(film: Film, sounds: list[SoundStream]) -> int:
    """Return movie units a second that say the picture's times, and the sound's start and end.

    Where no number below 2^31 does, the sound's end, then its start, is rounded to these units.
    """
    first = film.tracks[0].timescale
    pictures = [track.timescale for track in film.tracks if track.entry.is_picture]
    base = pictures[0] if pictures else first
    starts = [parse_fraction(sound.start).denominator for sound in sounds]
    ends = [sound.rate_hz for sound in sounds]
    for wanted in ((*starts, *ends), starts):
        exact = lcm(base, *wanted)
        if exact < 1 << 31:
            return exact
    return base


def _whole(value: Fraction, what: str) -> int:
    if value.denominator != 1:
        raise _unsupported(f"the container can't hold {what} exactly")
    return value.numerator


def _fit_picture(film: Film, track: Track, video: VideoStream, scale: int) -> Track:
    unit = parse_fraction(video.times.timebase) * track.timescale
    shown = np.sort(composition_times(track.tables))
    pts = video.times.pts()
    first = _whole(pts[0] * unit, "the time of the first frame")
    step = _whole(unit, "the frame times")
    planned = (np.array(pts, np.int64) - pts[0]) * step
    if len(planned) != len(shown) or bool(np.any(shown - shown[0] != planned)):
        raise _unsupported("the container can't hold the frame times exactly")
    span = Fraction(int(planned[-1]) + video.times.last_duration * step, track.timescale)
    aspect = parse_fraction(video.sample_aspect) or Fraction(1)
    track = replace(
        track,
        size=(round(video.width * aspect * 0x10000), video.height << 16),
        entry=_fit_entry(film, track.entry, video),
    )
    start = Fraction(first, track.timescale)
    return _place(track, start, span, int(shown[0]), scale)


def _fit_sound(track: Track, sound: SoundStream, scale: int) -> Track:
    start = parse_fraction(sound.start)
    span = Fraction(sound.samples, sound.rate_hz)
    if track.entry.kind not in PRIMING:
        return _place(track, start, span, 0, scale)
    before = max(Fraction(0), -start)
    skip = PRIMING[track.entry.kind] + round(before * track.timescale)
    return _place(track, max(Fraction(0), start), span - before, skip, scale)


def _place(track: Track, start: Fraction, span: Fraction, media_time: int, scale: int) -> Track:
    """Return the track with its media from media_time on shown at start, seconds."""
    if start < 0:
        moved = round(start * track.timescale) - media_time
        return replace(track, edits=(), tables=_shift_times(track.tables, moved))
    empty = (Edit(round(start * scale), -1),) if start else ()
    return replace(track, edits=(*empty, Edit(ceil(span * scale), media_time)))


def _shift_times(tables: Tables, units: int) -> Tables:
    offsets = tables.offsets
    if offsets is None:
        offsets = np.array([[tables.count, 0]], np.int64)
    return replace(tables, offsets=offsets + np.array([0, units], np.int64))


def _fit_entry(film: Film, entry: Entry, video: VideoStream) -> Entry:
    config = tuple(box for box in entry.extras if box.kind in VIDEO_EXTRAS[entry.kind])
    fields = struct.pack(">HH", video.width, video.height)
    field_order = tuple(box for box in entry.extras if box.kind == b"fiel")
    found = {box.kind: box for box in (*picture_extras(video, film.container), *field_order)}
    order = (found[kind] for kind in PICTURE_EXTRAS if kind in found)
    return Entry(entry.kind, fields, (*config, *order))


def picture_extras(video: VideoStream, container: str) -> tuple[Box, ...]:
    """Return the boxes for colour, shape of pixels and HDR that a picture stream needs."""
    makers: tuple[Callable[[], Box | None], ...] = (
        lambda: _build_colr(video.colour, container),
        lambda: _build_pasp(parse_fraction(video.sample_aspect)),
        lambda: _build_mdcv(video.hdr),
        lambda: _build_clli(video.hdr),
    )
    return tuple(box for make in makers if (box := make()) is not None)


def _build_colr(colour: Colour, container: str) -> Box | None:
    numbers = (colour.primaries, colour.transfer, colour.matrix)
    if all(number == UNSPECIFIED for number in numbers) and not colour.full_range:
        return None
    body = struct.pack(">HHH", *numbers)
    if container == "mov" and not colour.full_range:
        return Box(b"colr", NCLC + body)
    return Box(b"colr", NCLX + body + bytes([0x80 if colour.full_range else 0]))


def _build_pasp(aspect: Fraction) -> Box | None:
    if aspect in {Fraction(0), Fraction(1)}:
        return None
    return Box(b"pasp", struct.pack(">II", aspect.numerator, aspect.denominator))


def _build_mdcv(hdr: HdrStatic | None) -> Box | None:
    """Return SMPTE ST 2086 data (ISO/IEC 14496-12 clause 12.1.7): order G, B, R as in the plan."""
    if hdr is None or hdr.display is None:
        return None
    return Box(b"mdcv", struct.pack(">8H2I", *hdr.display))


def _build_clli(hdr: HdrStatic | None) -> Box | None:
    """Return content light levels (ISO/IEC 14496-12 clause 12.1.6)."""
    if hdr is None or hdr.light is None:
        return None
    return Box(b"clli", struct.pack(">HH", *hdr.light))
