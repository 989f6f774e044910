"""Describes a picture stream: what a film must keep of it, and nothing of its tags."""

import math
import struct
from fractions import Fraction
from typing import Any, cast

import av
import av.error
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as AvVideoStream

from safehouse.media.chroma_location import chroma_location_of
from safehouse.model.clip import Colour, FrameTimes, HdrStatic, VideoStream

__all__ = ["believable_rate", "describe_video", "rate_of", "rotation_of"]

LOSSLESS = frozenset(
    {
        "alias_pix", "apng", "bmp", "cllc", "dxtory", "ffv1", "ffvhuff", "flic", "fraps", "gif",
        "huffyuv", "lagarith", "magicyuv", "mszh", "png", "qtrle", "r10k", "r210", "rawvideo",
        "rle", "sheervideo", "tiff", "utvideo", "v210", "v210x", "v308", "v408", "v410",
        "wrapped_avframe", "y41p", "ylc", "yuv4", "zlib",
    }
)  # fmt: skip
"""Decoders whose frames hold no trace of motion vectors or quantisation."""

FALLBACK_RATE = Fraction(25)
"""Frames a second where a raw stream says nothing; FFmpeg's own choice."""

TOP_FIRST = {2, 5}
BOTTOM_FIRST = {3, 4}
"""AVFieldOrder: which field is shown first (FFmpeg, libavcodec/defs.h)."""


def rate_of(stream: AvVideoStream) -> Fraction:
    """Return the frames a second that a stream says it has; 25 where it says nothing."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and 0 < rate <= 1_000_000:
            return rate
    return FALLBACK_RATE


def believable_rate(said: Fraction, times: list[int], timebase: Fraction) -> Fraction:
    """Return the frames a second that are said, or, where the times differ by half, theirs."""
    if len(times) < 2:
        return said
    measured = (len(times) - 1) / ((times[-1] - times[0]) * timebase)
    if measured / 2 < said < measured * 2:
        return said
    return measured.limit_denominator(1001)


def describe_video(stream: AvVideoStream, first: VideoFrame) -> VideoStream:
    """Return the description of a stream by its header and first frame, without times."""
    timebase = stream.time_base or Fraction(1, 90000)
    rotation, hflip = rotation_of(_matrix_of(first))
    rate = rate_of(stream)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return VideoStream(
        index=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        pix_fmt=first.format.name,
        width=first.width,
        height=first.height,
        times=FrameTimes(f"{timebase.numerator}/{timebase.denominator}", (), 0),
        sample_aspect=f"{aspect.numerator}/{aspect.denominator}",
        rate=f"{rate.numerator}/{rate.denominator}",
        rotation=rotation,
        hflip=hflip,
        colour=_colour_of(stream, first),
        hdr=_hdr_of(first),
        field_order=_field_order_of(stream, first),
        lossy=stream.codec_context.name not in LOSSLESS,
    )


def _unnamed_type(kind: type[Type], value: object) -> Type:
    """Return a member for a kind of side data that PyAV has no name for.

    Without it, PyAV 18 raises ValueError for all side data of a frame that carries one such kind
    (stereo views, EXIF), and the rotation would be lost.
    """
    member: Any = object.__new__(kind)
    member._name_, member._value_ = f"UNNAMED_{value}", value
    return cast(Type, member)


Type._missing_ = classmethod(_unnamed_type)  # type: ignore[method-assign,assignment]  # see above


def _side_data(frame: VideoFrame, kind: Type) -> bytes:
    held: Any = frame.side_data
    found = held.get(kind)
    return bytes(found) if found is not None else b""


def _matrix_of(frame: VideoFrame) -> tuple[int, ...]:
    raw = _side_data(frame, Type.DISPLAYMATRIX)
    return struct.unpack("=9i", raw[:36]) if len(raw) >= 36 else ()


def rotation_of(matrix: tuple[int, ...]) -> tuple[int, bool]:
    """Return the rotation, degrees counter-clockwise in -179 … 180, and whether it is mirrored.

    A mirror acts left to right on the picture before it is rotated; a vertical one is that and
    half a turn. Source: FFmpeg, libavutil/display.h.

    Args:
        matrix: FFmpeg's display matrix, 9 integers, or () for none.
    """
    if not matrix:
        return 0, False
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    if a * d - b * c == 0:
        return 0, False
    mirrored = a * d - b * c < 0
    if mirrored:
        a, c = -a, -c
    degrees = math.degrees(math.atan2(-b, a)) if a or b else math.degrees(math.atan2(c, d))
    turned = round(degrees) % 360
    return turned - 360 if turned > 180 else turned, mirrored


def _colour_of(stream: AvVideoStream, frame: VideoFrame) -> Colour:
    range_tag = int(frame.color_range)
    full = None if range_tag not in {1, 2} else range_tag == 2
    rgb = frame.format.is_rgb or frame.format.has_palette
    if rgb or frame.format.name.startswith("yuvj"):
        full = True
    return Colour(
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        matrix=0 if rgb else int(frame.colorspace),
        full_range=full,
        chroma_location=_chroma_location_of(stream, frame),
    )


def _chroma_location_of(stream: AvVideoStream, frame: VideoFrame) -> int:
    if not frame.format.name.startswith(("yuv420p", "yuvj420p")):
        return 0
    context = stream.codec_context
    return chroma_location_of(context.codec.canonical_name, context.extradata or b"")


def _hdr_of(frame: VideoFrame) -> HdrStatic | None:
    display = _display_of(_side_data(frame, Type.MASTERING_DISPLAY_METADATA))
    raw = _side_data(frame, Type.CONTENT_LIGHT_LEVEL)
    light = struct.unpack("=2I", raw[:8]) if len(raw) >= 8 else None
    return HdrStatic(display, light) if display or light else None


def _display_of(raw: bytes) -> tuple[int, ...] | None:
    """Return ten integers as `HdrStatic` has them from FFmpeg's AVMasteringDisplayMetadata."""
    if len(raw) < 88:
        return None
    values = struct.unpack("=22i", raw[:88])
    pairs = list(zip(values[0:20:2], values[1:20:2], strict=True))
    if not (values[20] or values[21]) or any(bottom == 0 for _, bottom in pairs):
        return None
    numbers = [Fraction(top, bottom) for top, bottom in pairs]
    red, green, blue = numbers[0:2], numbers[2:4], numbers[4:6]
    chroma = [*green, *blue, *red, *numbers[6:8]]
    low, high = numbers[8], numbers[9]
    return (*(round(n * 50000) for n in chroma), round(high * 10000), round(low * 10000))


def _field_order_of(stream: AvVideoStream, first: VideoFrame) -> str:
    if first.interlaced_frame:
        return "tff" if _is_top_first(first) else "bff"
    order = int(stream.codec_context.field_order)
    if order in TOP_FIRST:
        return "tff"
    if order in BOTTOM_FIRST:
        return "bff"
    return "progressive"


def _is_top_first(frame: VideoFrame) -> bool:
    """Return whether the upper field is shown first; asked of a filter, as PyAV does not say."""
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or Fraction(1, 1000),
    )
    chosen = graph.add("select", "eq(interlace_type,TOPFIRST)")
    sink = graph.add("buffersink")
    source.link_to(chosen)
    chosen.link_to(sink)
    graph.configure()
    graph.push(frame)
    try:
        graph.pull()
    except av.error.BlockingIOError:
        return False
    return True
