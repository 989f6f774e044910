"""Encodes protected frames and protected sound, and nothing else, to packets on disk.

One thread, settings from the plan alone: the same frames give the same bytes. Each frame is a
fresh one, so no side data of the source can travel with it.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import av.error
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from safehouse.errors import FormatRefused
from safehouse.media.chunkfile import ChunkHeader, ChunkWriter, CodedPacket
from safehouse.media.nal import drop_encoder_sei
from safehouse.media.planes import planar_layout, widen
from safehouse.media.settings import PACKED, encoder_of, input_format
from safehouse.model.clip import VideoStream, parse_fraction
from safehouse.model.frame import Plane, ProtectedFrame, ProtectedSound
from safehouse.model.plan import SoundOut, VideoOut

__all__ = [
    "SOUND_ENCODERS",
    "encode_chunk",
    "encode_sound",
    "open_picture_encoder",
    "open_sound_encoder",
    "track_unit",
]

MAX_TIMESCALE = (1 << 31) - 1
"""Largest number of units a second that MP4 players read as a signed integer."""

FIELD_ORDERS = {"progressive": 1, "tff": 2, "bff": 3}
"""AVFieldOrder (FFmpeg, libavcodec/defs.h)."""

SOUND_ENCODERS = {
    "aac": "aac",
    "pcm_s16le": "pcm_s16le",
    "pcm_s24le": "pcm_s24le",
    "flac": "flac",
    "opus": "libopus",
}
"""FFmpeg's encoder of each sound codec."""

SAMPLE_FORMATS = {
    "aac": "fltp",
    "pcm_s16le": "s16",
    "pcm_s24le": "s32",
    "flac": "s32",
    "opus": "flt",
}
"""The samples that each of them is handed; 24-bit ones lie in the upper bits of 32."""

CODEC_TAGS = {"hevc": "hvc1"}
"""QuickTime plays HEVC only under this name, with all parameter sets in the header."""


def track_unit(video: VideoStream) -> tuple[int, int]:
    """Return the track's units a second, and how many of them make one unit of video's time base.

    Raises:
        FormatRefused: the time base is finer than a container can hold.
    """
    timebase = parse_fraction(video.times.timebase)
    if timebase.denominator > MAX_TIMESCALE:
        raise FormatRefused(
            "the film's times are finer than MOV and MP4 can hold",
            next_step="remux the source to a common time base first",
        )
    return timebase.denominator, timebase.numerator


def open_picture_encoder(context: VideoCodecContext, video: VideoStream, out: VideoOut) -> None:
    """Set up and open the encoder of a film's picture; a function of the plan alone.

    Args:
        context: a context of `settings.encoder_of`, alone or in a container's stream.
        video: size, times and colour of the film.
        out: format and settings.

    Raises:
        FormatRefused: the encoder does not take this size or these settings.
    """
    name = context.name
    scale, _ = track_unit(video)
    colour = video.colour
    context.width, context.height = video.width, video.height
    context.pix_fmt = input_format(out.codec, out.pix_fmt)
    context.time_base = Fraction(1, scale)
    context.framerate = parse_fraction(video.rate).limit_denominator(1 << 16)
    context.sample_aspect_ratio = parse_fraction(video.sample_aspect)
    context.color_primaries = colour.primaries
    context.color_trc = colour.transfer
    context.colorspace = 0 if out.pix_fmt.startswith("gbr") else colour.matrix
    context.color_range = {None: 0, False: 1, True: 2}[colour.full_range]
    if out.codec in CODEC_TAGS:
        context.codec_tag = CODEC_TAGS[out.codec]
    context.options = dict(out.options)
    try:
        context.open()
    except (av.error.FFmpegError, ValueError) as error:
        raise FormatRefused(
            f"{name} does not take {video.width} x {video.height} px in {out.pix_fmt}",
            next_step="use --codec ffv1 with an output named OUT.mp4",
        ) from error
    context.field_order = FIELD_ORDERS[video.field_order]  # x264 sets its own when it opens


def encode_chunk(
    frames: Iterable[ProtectedFrame], video: VideoStream, out: VideoOut, path: Path
) -> None:
    """Write the packets of protected frames to path; deterministic.

    Args:
        frames: the frames of one chunk, in order.
        video: size, times and colour of the film.
        out: codec and settings.
        path: the chunk file; written in place, so hand in a temporary name.

    Raises:
        TypeError: something that is no `ProtectedFrame`.
        FormatRefused: the encoder does not take the format.
    """
    name = encoder_of(out.codec, out.pix_fmt)
    context = cast(VideoCodecContext, av.CodecContext.create(name, "w"))
    open_picture_encoder(context, video, out)
    colour = context.color_primaries, context.color_trc, context.colorspace, context.color_range
    dress = _FieldMarker(video, out) if video.field_order != "progressive" else None
    header = ChunkHeader(context.name, context.extradata or b"")
    with ChunkWriter(path, header) as writer:
        base: int | None = None
        for frame in frames:
            if not isinstance(frame, ProtectedFrame):
                raise TypeError("the encoder takes nothing but a ProtectedFrame")
            base = frame.pts if base is None else base
            fresh = _fresh_frame(frame, out, context)
            fresh.color_primaries, fresh.color_trc, fresh.colorspace, fresh.color_range = colour
            fresh.pts = (frame.pts - base) * track_unit(video)[1]
            for packet in context.encode(dress.mark(fresh) if dress else fresh):
                writer.write(_coded(packet, out.codec, base, video))
        for packet in context.encode(None):
            writer.write(_coded(packet, out.codec, base or 0, video))


def _coded(packet: "Packet[Any]", codec: str, base: int, video: VideoStream) -> CodedPacket:
    """Return a packet as it is kept: its time in video's units, the encoder's own words dropped."""
    content = bytes(packet)
    if codec in {"h264", "hevc"}:
        content = drop_encoder_sei(content, codec, 0)
    pts = base + (packet.pts or 0) // track_unit(video)[1]
    return CodedPacket(pts, 0, packet.is_keyframe, content)


def _fresh_frame(frame: ProtectedFrame, out: VideoOut, context: VideoCodecContext) -> VideoFrame:
    """Return a new FFmpeg frame that holds the samples, widened to the film's format."""
    target = planar_layout(out.pix_fmt, frame.layout.full_range)
    planes = widen(frame.planes, frame.layout, target)
    fresh = VideoFrame(context.width, context.height, context.pix_fmt or out.pix_fmt)
    if context.pix_fmt in PACKED.values():
        planes = (_pack_bgr(planes, context.pix_fmt or ""),)
    for plane, samples in zip(fresh.planes, planes, strict=True):
        _fill(plane, samples)
    return fresh


def _pack_bgr(planes: tuple[Plane, ...], pix_fmt: str) -> Plane:
    """Return packed pixels, `bgr24` or `bgr0`, of planes in the order G, B, R."""
    green, blue, red = planes
    more = (np.zeros_like(red),) if pix_fmt == "bgr0" else ()
    packed: NDArray[np.uint8] = np.stack((blue, green, red, *more), axis=2).astype(np.uint8)
    return packed.reshape(packed.shape[0], -1)


def _fill(plane: Any, samples: Plane) -> None:
    """Copy samples into a plane of FFmpeg's; the padding of its rows becomes 0."""
    rows, columns = samples.shape
    whole = np.frombuffer(plane, dtype=samples.dtype).reshape(
        -1, plane.line_size // samples.itemsize
    )
    whole[:rows, :columns] = samples
    whole[:rows, columns:] = 0


class _FieldMarker:
    """Marks frames as interlaced, through FFmpeg's filter; PyAV can't set the flag itself."""

    def __init__(self, video: VideoStream, out: VideoOut) -> None:
        name = input_format(out.codec, out.pix_fmt)
        graph = av.filter.Graph()
        source = graph.add_buffer(
            width=video.width,
            height=video.height,
            format=VideoFormat(name),
            time_base=Fraction(1, track_unit(video)[0]),
        )
        marker = graph.add("setfield", video.field_order)
        sink = graph.add("buffersink")
        source.link_to(marker)
        marker.link_to(sink)
        graph.configure()
        self._graph, self._unit = graph, Fraction(1, track_unit(video)[0])

    def mark(self, frame: VideoFrame) -> VideoFrame:
        """Return the frame with its fields marked; its samples and time are as before."""
        frame.time_base = self._unit
        self._graph.push(frame)
        return cast(VideoFrame, self._graph.pull())


def open_sound_encoder(context: AudioCodecContext, out: SoundOut) -> None:
    """Set up and open the encoder of a sound track; a function of the plan alone.

    Raises:
        FormatRefused: the encoder does not take this rate or layout.
    """
    context.sample_rate = out.rate_hz
    context.layout = out.layout
    context.format = SAMPLE_FORMATS[out.codec]
    context.time_base = Fraction(1, out.rate_hz)
    if out.bit_rate:
        context.bit_rate = out.bit_rate
    context.options = {"threads": "1", "flags": "+bitexact+global_header"}
    try:
        context.open()
    except (av.error.FFmpegError, ValueError) as error:
        raise FormatRefused(
            f"{out.codec} does not take {out.layout} at {out.rate_hz} Hz",
            next_step="convert the sound to 48 kHz stereo first",
        ) from error


def encode_sound(blocks: Iterable[ProtectedSound], out: SoundOut, path: Path) -> None:
    """Write the packets of a protected sound track to path; deterministic.

    Raises:
        TypeError: something that is no `ProtectedSound`.
        FormatRefused: the encoder does not take the format.
    """
    context = cast(AudioCodecContext, av.CodecContext.create(SOUND_ENCODERS[out.codec], "w"))
    open_sound_encoder(context, out)
    header = ChunkHeader(context.name, context.extradata or b"")
    with ChunkWriter(path, header) as writer:
        for packet in _sound_packets(blocks, context, out):
            content = CodedPacket(packet.pts or 0, packet.duration or 0, True, bytes(packet))
            writer.write(content)


def _sound_packets(
    blocks: Iterable[ProtectedSound], context: AudioCodecContext, out: SoundOut
) -> Iterator["Packet[Any]"]:
    size = context.frame_size or 1024
    waiting: NDArray[np.float32] | None = None
    at = 0
    for block in blocks:
        if not isinstance(block, ProtectedSound):
            raise TypeError("the encoder takes nothing but ProtectedSound")
        parts = [block.samples] if waiting is None else [waiting, block.samples]
        waiting = np.concatenate(parts, axis=1)
        while waiting.shape[1] >= size:
            yield from context.encode(_fresh_sound(waiting[:, :size], at, out))
            waiting, at = waiting[:, size:], at + size
    if waiting is not None and waiting.shape[1]:
        yield from context.encode(_fresh_sound(waiting, at, out))
    yield from context.encode(None)


def _fresh_sound(samples: NDArray[np.float32], at: int, out: SoundOut) -> AudioFrame:
    """Return a new FFmpeg frame of samples, which begins at sample number at; no number is 0."""
    samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0)
    if out.codec == "aac":
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", out.layout)
    elif out.codec == "opus":
        packed_floats = np.ascontiguousarray(samples.T).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed_floats, "flt", out.layout)
    else:
        bits = 16 if out.codec == "pcm_s16le" else 24
        top = float(1 << (bits - 1))
        whole = np.clip(np.rint(samples.T.astype(np.float64) * top), -top, top - 1)
        if bits == 16:
            packed = whole.astype(np.int16)
            frame = AudioFrame.from_ndarray(packed.reshape(1, -1), "s16", out.layout)
        else:
            deep = whole.astype(np.int32) << 8
            frame = AudioFrame.from_ndarray(deep.reshape(1, -1), "s32", out.layout)
    frame.sample_rate = out.rate_hz
    frame.pts = at
    frame.time_base = Fraction(1, out.rate_hz)
    return frame
