"""Writes docs/formats.md: what becomes of each pixel format in each codec, as `formats` decides."""

from safehouse.errors import FormatRefused
from safehouse.media.formats import ENCODABLE, describe_changes, target_format
from safehouse.media.planes import planar_layout
from safehouse.media.unpacking import layout_of
from safehouse.model.clip import Colour, FrameTimes, PtsRun, VideoStream

__all__ = ["SOURCES", "format_table"]

SOURCES = (
    *("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv440p", "yuv444p", "yuvj444p"),
    *("yuv411p", "yuv410p", "yuv420p9le", "yuv420p10le", "yuv422p10le", "yuv444p10le"),
    *("yuv420p12le", "yuv422p12le", "yuv444p12le", "yuv422p14le", "yuv420p16le", "yuv444p16le"),
    *("gray", "gray10le", "gray12le", "gray16le", "gbrp", "gbrp10le", "gbrp12le", "gbrp16le"),
    *("nv12", "nv21", "nv16", "p010le", "p210le", "yuyv422", "uyvy422"),
    *("rgb24", "bgr24", "bgra", "rgba", "bgr0", "rgb48le", "rgba64le", "pal8"),
    *("yuva420p", "yuva444p10le", "gbrap", "ya8", "monow", "rgb565le", "yuv420p10be"),
)
"""Decoded formats that the table shows; others follow the same rules."""

CASES = (
    ("even", "Even size, progressive", (64, 48), "progressive"),
    ("odd", "Odd width and height, progressive", (63, 47), "progressive"),
    ("fields", "Interlaced, 1920 x 1080", (1920, 1080), "tff"),
)

HEAD = """\
# Formats

Generated from `safehouse.media.formats` by `make docs`.

What becomes of the picture, by the format that its decoder gives and the codec of the film.
**kept**: the encoder gets the very samples. *widened*: each sample can be had back exactly, and
the report says so. converted: a rare format goes through FFmpeg's scaler, and the report says so.
refused: an error before anything is written ([E44](errors.md)). Nothing is changed silently.

`auto` is H.264 for 8 bits, HEVC for more and for HDR, ProRes for ProRes; where that codec refuses,
the next of HEVC, H.264 and FFV1 that does not. ProRes is written into MOV only, FFV1 into MP4 only.
Transparency is always dropped, and the report says so. Full-range sources stay full range, but
ProRes has none and refuses them. HEVC refuses interlaced frames and sides under 16 px.

Primaries, transfer, matrix and range are kept. Where 4:2:0 chroma lies is kept from H.264 and HEVC
that say it, and from Motion JPEG and MPEG-1, whose standards do, into 4:2:0 H.264 and HEVC. Films
made of other codecs, and films in other formats, do not say it: a player then takes the left.
"""


def format_table() -> str:
    """Return docs/formats.md."""
    parts = [HEAD]
    for _, title, size, fields in CASES:
        parts.append(f"## {title}\n")
        parts.append("| decoded as | " + " | ".join(ENCODABLE) + " |")
        parts.append("|---" * (1 + len(ENCODABLE)) + "|")
        parts += [_row(pix_fmt, size, fields) for pix_fmt in SOURCES]
        parts.append("")
    return "\n".join(parts)


def _row(pix_fmt: str, size: tuple[int, int], fields: str) -> str:
    video = VideoStream(
        index=0,
        codec="rawvideo",
        pix_fmt=pix_fmt,
        width=size[0],
        height=size[1],
        times=FrameTimes("1/25", (PtsRun(0, 1, 2),), 1),
        colour=Colour(full_range=True if pix_fmt.startswith("yuvj") else None),
        field_order=fields,
    )
    return f"| `{pix_fmt}` | " + " | ".join(_cell(video, codec) for codec in ENCODABLE) + " |"


def _cell(video: VideoStream, codec: str) -> str:
    try:
        target = target_format(video, codec)
    except FormatRefused:
        return "refused"
    source = layout_of(video.pix_fmt, video.colour.full_range is True)
    if any("converted" in change for change in describe_changes(video, target)):
        return f"converted to `{target}`"
    same = planar_layout(target, source.full_range) == source
    return "**kept**" if same else f"*widened* to `{target}`"
