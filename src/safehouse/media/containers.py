"""Films of ours: put into the one fixed profile, and checked against it.

`profile` writes what is the same for everybody, `film` reads what varies, `fit` makes that say
what the plan says. docs/container.md tells the profile in words.
"""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from safehouse.errors import SafehouseError
from safehouse.media.boxes import BoxError, Span, read_payload, read_spans
from safehouse.media.film import Film, parse_film
from safehouse.media.filmcheck import check_film
from safehouse.media.fit import fit_film
from safehouse.media.profile import build_ftyp, build_moov, mdat_header
from safehouse.media.timecode import Timecode, rate_for
from safehouse.model.clip import parse_fraction
from safehouse.model.plan import Plan

__all__ = ["MAX_MOOV", "check_film", "finish"]

MAX_MOOV = 1 << 30
"""Largest `moov` box that is read, bytes: some 60 million frames."""

BLOCK = 1 << 22

LARGEST_UNIT = 1001
"""The unit of 23.976, 29.97 and 59.94 frames a second; other rates are told in smaller ones."""


def finish(path: Path, plan: Plan) -> None:
    """Rewrite a film that FFmpeg has just muxed to the one fixed profile, in place.

    The media data stays where it is when the muxer wrote it after 16 bytes, else it is moved; its
    place in the sample tables follows. What the profile does not name is gone. The path must be a
    file that nobody relies on yet: stopped midway, it is no film.

    Raises:
        FormatUnsupported: the tracks aren't those of the plan, or a time can't be said exactly.
        SafehouseError: the muxer wrote something else than expected.
    """
    try:
        with path.open("rb+") as handle:
            _finish(handle, path.stat().st_size, plan)
    except BoxError as error:
        raise SafehouseError(
            f"the muxer wrote a film of an unknown shape: {error}",
            next_step="report this with the output of: safehouse doctor",
        ) from error


def _finish(handle: BinaryIO, size: int, plan: Plan) -> None:
    spans = tuple(read_spans(handle, 0, size))
    ftyp, mdat, moov = (_only(spans, kind) for kind in (b"ftyp", b"mdat", b"moov"))
    parsed = parse_film(read_payload(handle, ftyp, 4096), read_payload(handle, moov, MAX_MOOV))
    film = fit_film(parsed, plan)
    payload = mdat.end - mdat.payload
    code = _timecode_of(plan)
    extra = code.sample if code else b""
    head = build_ftyp(film) + mdat_header(payload + len(extra))
    _move(handle, mdat.payload, len(head), payload)
    handle.seek(0)
    handle.write(head)
    handle.seek(len(head) + payload)
    handle.write(extra)
    moved = _moved(film, len(head) - mdat.payload)
    if code is not None:
        moved = replace(moved, timecode=replace(code, place=len(head) + payload))
    handle.write(build_moov(moved))
    handle.truncate()


def _timecode_of(plan: Plan) -> Timecode | None:
    """Return the neutral timecode that a plan wants; None where there is no picture to count."""
    video = plan.clip.video
    if not plan.output.reel or video is None or plan.output.video is None:
        return None
    speed = parse_fraction(video.rate).limit_denominator(LARGEST_UNIT)
    rate = rate_for(speed.numerator, speed.denominator)
    return Timecode(plan.output.reel, *rate) if rate else None


def _only(spans: tuple[Span, ...], kind: bytes) -> Span:
    found = [span for span in spans if span.kind == kind]
    if len(found) != 1:
        raise BoxError(f"{len(found)} boxes {kind!r} where one is needed")
    return found[0]


def _move(handle: BinaryIO, source: int, target: int, size: int) -> None:
    """Move size bytes within a file; the two places may overlap."""
    if source == target:
        return
    starts = range(0, size, BLOCK)
    for at in starts if target < source else reversed(starts):
        handle.seek(source + at)
        block = handle.read(min(BLOCK, size - at))
        handle.seek(target + at)
        handle.write(block)


def _moved(film: Film, shift: int) -> Film:
    """Return the film with every chunk shift bytes further on."""
    tracks = tuple(
        replace(
            track, tables=replace(track.tables, chunk_offsets=track.tables.chunk_offsets + shift)
        )
        for track in film.tracks
    )
    return replace(film, tracks=tracks)
