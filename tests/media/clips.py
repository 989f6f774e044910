"""Synthetic clips, made with PyAV alone: what a camera could give, with every sample known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

__all__ = ["Recipe", "make_clip", "picture_planes", "sound_samples"]

HIGH_BITS = {"p010le": 6, "p012le": 4, "p016le": 0, "p210le": 6, "p410le": 6}


@dataclass(frozen=True)
class Recipe:
    """What a clip is like.

    Attributes:
        codec: FFmpeg's encoder.
        pts: frame times in units of timebase; None counts up at the rate.
        colour: primaries, transfer, matrix; numbers of ITU-T H.273.
        colour_range: 0 untagged, 1 limited, 2 full.
        interlaced: `tff` or `bff`, else progressive.
        calm: the noise stands still, so that an encoder predicts.
        tones: one sine of this many Hz for each sound track.
    """

    codec: str = "ffv1"
    pix_fmt: str = "yuv420p"
    size: tuple[int, int] = (64, 48)
    frames: int = 12
    rate: Fraction = Fraction(25)
    timebase: Fraction | None = None
    pts: Sequence[int] | None = None
    rotation: int = 0
    hflip: bool = False
    interlaced: str = ""
    sample_aspect: Fraction = Fraction(1)
    colour: tuple[int, int, int] = (2, 2, 2)
    colour_range: int = 0
    tones: tuple[int, ...] = ()
    sound_codec: str = "aac"
    sound_rate: int = 48000
    options: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    calm: bool = False


def picture_planes(
    pix_fmt: str, size: tuple[int, int], number: int, seed: int = 0, calm: bool = False
) -> tuple[np.ndarray[Any, Any], ...]:
    """Return the samples of frame `number`: a moving slope with noise on it, in every plane.

    Each array has the shape of FFmpeg's own plane, packed samples side by side.
    """
    frame = VideoFrame(*size, pix_fmt)
    parts = VideoFormat(pix_fmt).components
    depth = max(part.bits for part in parts)
    noise = np.random.default_rng([seed, 0 if calm else number])
    planes = []
    for at, plane in enumerate(frame.planes):
        packed = max(1, _samples_a_row(frame, at, size[0]) // plane.width)
        rows, columns = np.mgrid[0 : plane.height, 0 : plane.width * packed]
        top = (1 << depth) - 1
        slope = (columns * 3 + rows * 2 + number * (1 if calm else 5) + at * 40) * top // 512
        grain = noise.integers(0, max(1, top // 16), slope.shape)
        values = (slope + grain) % (top + 1)
        shift = HIGH_BITS.get(pix_fmt, 0)
        planes.append((values << shift).astype(np.uint8 if depth <= 8 else np.uint16))
    return tuple(planes)


def _samples_a_row(frame: VideoFrame, at: int, width: int) -> int:
    """Return how many samples a row of a plane holds, padding left out."""
    parts = VideoFormat(frame.format.name, frame.width, frame.height).components
    own = [part for part in parts if part.plane == at]
    return sum(part.width for part in own) if own else width


def sound_samples(tone: int, rate: int, count: int) -> np.ndarray[Any, Any]:
    """Return a sine at half level, shape (1, count) float32."""
    phase = np.arange(count) * (2 * np.pi * tone / rate)
    return (0.5 * np.sin(phase)).astype(np.float32)[None]


def make_clip(path: Path, recipe: Recipe | None = None, **changes: Any) -> Path:
    """Write a clip by a recipe; keywords change the recipe's fields. Return its path."""
    wanted = Recipe(**({**vars(recipe), **changes} if recipe else changes))
    with av.open(str(path), "w", container_options=_muxing(path, wanted)) as container:
        stream = _add_picture(container, wanted) if wanted.frames else None
        sounds = [
            container.add_stream(wanted.sound_codec, wanted.sound_rate, layout="mono")
            for _ in wanted.tones
        ]
        if stream is not None:
            container.start_encoding()
            _write_picture(container, stream, wanted)
        for sound, tone in zip(sounds, wanted.tones, strict=True):
            _write_sound(container, sound, wanted, tone)
    return path


def _unit(wanted: Recipe) -> Fraction:
    return wanted.timebase or 1 / wanted.rate


def _muxing(path: Path, wanted: Recipe) -> dict[str, str]:
    if path.suffix not in {".mp4", ".mov"}:
        return {}
    scale = str(_unit(wanted).denominator)
    return {"video_track_timescale": scale, "movie_timescale": scale}


def _add_picture(container: Any, wanted: Recipe) -> Any:
    stream = container.add_stream(wanted.codec, wanted.rate, options=dict(wanted.options))
    stream.width, stream.height = wanted.size
    stream.pix_fmt = wanted.pix_fmt
    stream.codec_context.time_base = _unit(wanted)
    stream.time_base = _unit(wanted)
    stream.codec_context.sample_aspect_ratio = wanted.sample_aspect
    context = stream.codec_context
    context.color_primaries, context.color_trc, context.colorspace = wanted.colour
    context.color_range = wanted.colour_range
    context.thread_count = 1
    if wanted.interlaced:
        context.options["flags"] = "+ildct+ilme"
        context.open()
        context.field_order = {"tff": 2, "bff": 3}[wanted.interlaced]
    if wanted.rotation or wanted.hflip:
        stream.set_display_rotation(wanted.rotation, hflip=wanted.hflip)
    return stream


def _write_picture(container: Any, stream: Any, wanted: Recipe) -> None:
    times = list(range(wanted.frames)) if wanted.pts is None else list(wanted.pts)
    packets: list[Packet] = []
    for number, time in enumerate(times):
        frame = VideoFrame(*wanted.size, wanted.pix_fmt)
        planes = picture_planes(wanted.pix_fmt, wanted.size, number, wanted.seed, wanted.calm)
        for plane, samples in zip(frame.planes, planes, strict=True):
            whole = np.frombuffer(plane, samples.dtype).reshape(plane.height, -1)
            whole[:, : samples.shape[1]] = samples
        frame.pts = time
        frame.time_base = _unit(wanted)
        frame.colorspace, frame.color_range = wanted.colour[2], wanted.colour_range
        frame.color_primaries, frame.color_trc = wanted.colour[0], wanted.colour[1]
        packets += stream.encode(_marked(frame, wanted))
    packets += stream.encode(None)
    for packet in packets:
        container.mux(packet)


def _marked(frame: VideoFrame, wanted: Recipe) -> VideoFrame:
    if not wanted.interlaced:
        return frame
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=_unit(wanted)
    )
    marker, sink = graph.add("setfield", wanted.interlaced), graph.add("buffersink")
    source.link_to(marker)
    marker.link_to(sink)
    graph.configure()
    graph.push(frame)
    marked = graph.pull()
    assert isinstance(marked, VideoFrame)
    return marked


def _write_sound(container: Any, stream: Any, wanted: Recipe, tone: int) -> None:
    length = max(wanted.frames, 12) / wanted.rate
    samples = sound_samples(tone, wanted.sound_rate, int(length * wanted.sound_rate))
    size = stream.codec_context.frame_size or 1024
    for at in range(0, samples.shape[1], size):
        piece = np.ascontiguousarray(samples[:, at : at + size])
        if wanted.sound_codec.startswith("pcm_s16"):
            frame = AudioFrame.from_ndarray((piece * 32767).astype(np.int16), "s16", "mono")
        else:
            frame = AudioFrame.from_ndarray(piece, "fltp", "mono")
        frame.sample_rate = wanted.sound_rate
        frame.pts = at
        frame.time_base = Fraction(1, wanted.sound_rate)
        for packet in stream.encode(frame):
            container.mux(packet)
    for packet in stream.encode(None):
        container.mux(packet)
