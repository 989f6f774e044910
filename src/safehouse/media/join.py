"""Joins finished chunks and sound tracks to a film: packets as they are, times from the plan."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from heapq import merge
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream as AvVideoStream

from safehouse.errors import FormatUnsupported, SafehouseError
from safehouse.media.chunkfile import read_chunk, read_header, read_times
from safehouse.media.containers import finish
from safehouse.media.encode import (
    SOUND_ENCODERS,
    open_picture_encoder,
    open_sound_encoder,
    track_unit,
)
from safehouse.media.settings import encoder_of
from safehouse.media.wav import join_wav
from safehouse.model.clip import VideoStream, parse_fraction
from safehouse.model.plan import Plan, SoundOut, VideoOut

__all__ = ["decode_times", "join_film"]

BITEXACT = 0x400
"""AVFMT_FLAG_BITEXACT: the muxer writes neither its name nor the time of day."""

Timed = tuple[Fraction, int, "Packet[Any]"]
"""A packet behind its decoding time, s, and the number of its track."""


def join_film(chunks: Sequence[Path], sound: Sequence[Path], plan: Plan, path: Path) -> None:
    """Write the film of a plan's finished chunks and sound tracks to path.

    The film depends on the chunks' packets and the plan alone, not on who made them or when. The
    path is written in place, so hand in a temporary name.

    Args:
        chunks: chunk files in the order of the plan's chunks; empty without a picture.
        sound: one file for each of the plan's sound tracks, in their order.
        plan: the film's format and times.
        path: the film.

    Raises:
        FormatUnsupported: the container can't hold the film.
        SafehouseError: a chunk is damaged, or was not made by this plan.
    """
    if plan.output.container == "wav":
        join_wav(sound[0], plan.output.sound[0], path, plan.output.reel)
        return
    with av.open(
        str(path.absolute()), "w", format=plan.output.container, container_options=_options(plan)
    ) as container:
        container.flags |= BITEXACT
        tracks: list[Iterator[Timed]] = []
        video, out = plan.clip.video, plan.output.video
        if video is not None and out is not None:
            stream = _add_picture(container, video, out, chunks)
            tracks.append(_picture_packets(stream, video, chunks))
        for track, file in zip(plan.output.sound, sound, strict=True):
            start = _start_of(plan, track)
            tracks.append(_sound_packets(_add_sound(container, track, file), track, file, start))
        for _, _, packet in merge(*tracks, key=lambda timed: timed[:2]):
            container.mux_one(packet)
    finish(path, plan)


def _options(plan: Plan) -> dict[str, str]:
    """Return the muxer's options: exact units, no timecode track."""
    options = {"write_tmcd": "0"}
    if plan.clip.video is not None and plan.output.video is not None:
        scale = str(track_unit(plan.clip.video)[0])
        return options | {"movie_timescale": scale, "video_track_timescale": scale}
    return options | {"movie_timescale": str(plan.output.sound[0].rate_hz)}


def _add_picture(
    container: OutputContainer, video: VideoStream, out: VideoOut, chunks: Sequence[Path]
) -> AvVideoStream:
    rate = parse_fraction(video.rate).limit_denominator(1 << 16)
    stream = container.add_stream(encoder_of(out.codec, out.pix_fmt), rate)
    if not isinstance(stream, AvVideoStream):
        raise _foreign()
    stream.time_base = Fraction(1, track_unit(video)[0])
    stream.set_display_rotation(video.rotation, video.hflip, video.vflip)
    open_picture_encoder(stream.codec_context, video, out)
    for chunk in chunks:
        _require_setup(stream, chunk)
    return stream


def _add_sound(container: OutputContainer, out: SoundOut, file: Path) -> AudioStream:
    stream = container.add_stream(SOUND_ENCODERS[out.codec], out.rate_hz)
    if not isinstance(stream, AudioStream):
        raise _foreign()
    stream.time_base = Fraction(1, out.rate_hz)
    open_sound_encoder(stream.codec_context, out)
    _require_setup(stream, file)
    return stream


def _require_setup(stream: Stream, file: Path) -> None:
    """Check that a chunk was made by this encoder with these settings."""
    header = read_header(file)
    context: Any = stream.codec_context
    if (header.encoder, header.setup) != (context.name, context.extradata or b""):
        raise _foreign()


def _foreign() -> SafehouseError:
    return SafehouseError(
        "a finished piece of the film was made with other settings or libraries",
        next_step="run the command again with --overwrite; it starts afresh",
    )


def decode_times(pts: Sequence[int], last_duration: int) -> list[int]:
    """Return decoding times for pictures in their coded order: increasing, none after its pts.

    They are the sorted pts, moved back by as many pictures as the coded order needs. The times
    before the first leave room for the last: decoding takes as long as showing.

    Args:
        pts: presentation times in coded order, all different.
        last_duration: how long the last picture stays.
    """
    shown = sorted(pts)
    place = {time: n for n, time in enumerate(shown)}
    delay = max((n - place[time] for n, time in enumerate(pts)), default=0)
    if not delay:
        return shown
    room = shown[-1] + last_duration - shown[-1 - delay] - 1
    step = max(1, min(shown[1] - shown[0], room // delay))
    return [*(shown[0] - step * n for n in range(delay, 0, -1)), *shown[:-delay]]


def _picture_packets(
    stream: AvVideoStream, video: VideoStream, chunks: Sequence[Path]
) -> Iterator[Timed]:
    scale, unit = track_unit(video)
    times = [time for chunk in chunks for time in read_times(chunk)]
    planned = video.times.pts()
    if sorted(times) != planned:
        raise FormatUnsupported(
            f"the finished pieces hold {len(times)} frames, the plan {len(planned)}",
            next_step="run the command again with --overwrite; it starts afresh",
        )
    decoding = decode_times(times, video.times.last_duration)
    end = decoding[0] + planned[-1] - planned[0] + video.times.last_duration
    stays = [b - a for a, b in pairwise([*decoding, end])]
    rows = zip(decoding, stays, (p for chunk in chunks for p in read_chunk(chunk)), strict=True)
    for dts, stay, coded in rows:
        packet = Packet(coded.content)
        packet.stream = stream
        packet.time_base = Fraction(1, scale)
        packet.pts = (coded.pts - decoding[0]) * unit
        packet.dts = (dts - decoding[0]) * unit
        packet.duration = stay * unit
        packet.is_keyframe = coded.key
        yield Fraction((dts - planned[0]) * unit, scale), stream.index, packet


def _start_of(plan: Plan, out: SoundOut) -> Fraction:
    """Return when a sound track begins after the first frame, s."""
    source = next(s for s in plan.clip.sound if s.index == out.stream)
    video = plan.clip.video
    first = Fraction(0)
    if video is not None and video.times.runs:
        first = video.times.runs[0].first * parse_fraction(video.times.timebase)
    return parse_fraction(source.start) - first


def _sound_packets(
    stream: AudioStream, out: SoundOut, file: Path, start: Fraction
) -> Iterator[Timed]:
    first: int | None = None
    for coded in read_chunk(file):
        first = coded.pts if first is None else first
        packet = Packet(coded.content)
        packet.stream = stream
        packet.time_base = Fraction(1, out.rate_hz)
        packet.pts = packet.dts = coded.pts - first
        packet.duration = coded.duration
        packet.is_keyframe = True
        yield start + Fraction(coded.pts, out.rate_hz), stream.index, packet
