"""The frames of a clip and of a film made from it, side by side, each at the time it must have."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import msgspec

from safehouse.audit.case import Case
from safehouse.errors import SourceError
from safehouse.media.prefetch import prefetch
from safehouse.media.reader import ClipReader, count_pictures, read_range
from safehouse.media.stills import held_still
from safehouse.model.clip import VideoStream, parse_fraction, times_of
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk, Plan

__all__ = ["NotThePlans", "film_frames", "pairs"]

AHEAD = 4
"""Frames that each file's decoder runs ahead."""


class NotThePlans(Exception):
    """The film's frames are not those of the plan."""

    def __init__(self, frame: int, kind: str) -> None:
        super().__init__(frame, kind)
        self.frame = frame
        self.kind = kind


def pairs(case: Case, first: int, end: int) -> Iterator[tuple[OriginalFrame, OriginalFrame]]:
    """Yield the frames first <= f < end of the clip and of the film, side by side.

    In a still of the plan the clip's frame is the one that stays.

    Raises:
        NotThePlans: the film's frames are not those of the plan.
        SourceChanged: the source is not the plan's clip.
    """
    video = case.plan.clip.video
    if video is None:
        return
    films = film_frames(case.film, video, first, end)
    begin = max((c.decode_from for c in _chunks(case.plan) if c.first <= first), default=0)
    originals = prefetch(read_range(case.source, video, Chunk(first, end, begin)), AHEAD)
    at = first
    for original in held_still(originals, case.plan.stills):
        at = original.index
        shown = _next(films, at)
        if shown is None:
            raise NotThePlans(at, "times")
        if (shown.width, shown.height) != (original.width, original.height):
            raise NotThePlans(at, "size")
        yield original, shown
    if _next(films, at) is not None:
        raise NotThePlans(at, "times")


def _next(films: Iterator[OriginalFrame], at: int) -> OriginalFrame | None:
    """Return the next frame of the film; None at its end."""
    try:
        shown = next(films, None)
    except SourceError as error:
        raise NotThePlans(at, "times") from error
    if shown is not None and shown.corrupt:
        raise NotThePlans(at, "broken")
    return shown


def _chunks(plan: Plan) -> tuple[Chunk, ...]:
    return plan.output.video.chunks if plan.output.video else ()


def film_frames(film: Path, video: VideoStream, first: int, end: int) -> Iterator[OriginalFrame]:
    """Yield a film's frames first <= f < end, each at the time that the plan gives it.

    Raises:
        NotThePlans: the film's frames are not those of the plan.
        SourceError: the film can't be read.
    """
    count = video.times.count
    with ClipReader(film, "film") as reader:
        if reader.video is None:
            raise NotThePlans(first, "times")
        ours = _in_timebase(video, reader.video)
        if ours is None:
            raise NotThePlans(first, "times")
        if (first, end) == (0, count):
            times = ours.times.pts()
            for frame in reader.frames():
                if frame.index >= count or frame.pts != times[frame.index]:
                    raise NotThePlans(min(frame.index, count - 1), "times")
                yield frame
            return
    yield from prefetch(read_range(film, ours, Chunk(first, end, first)), AHEAD)
    if end == count and count_pictures(film) != count:
        raise NotThePlans(count - 1, "times")


def _in_timebase(video: VideoStream, film: VideoStream) -> VideoStream | None:
    """Return the film's stream with the plan's times in its own units; None if they don't fit."""
    ratio = parse_fraction(video.times.timebase) / parse_fraction(film.times.timebase)
    times = [Fraction(pts) * ratio for pts in video.times.pts()]
    if any(time.denominator != 1 for time in times):
        return None
    stay = round(video.times.last_duration * ratio)
    pts = [int(time) for time in times]
    found = times_of(pts, parse_fraction(film.times.timebase), stay)
    return msgspec.structs.replace(film, times=found)
