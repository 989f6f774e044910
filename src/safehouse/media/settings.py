"""Settings of the encoders: all that a chunk's bytes depend on, beside its frames."""

from itertools import pairwise

import msgspec

from safehouse.errors import UsageError
from safehouse.media.planes import planar_layout
from safehouse.model.clip import Colour, HdrStatic, VideoStream
from safehouse.model.plan import VideoOut

__all__ = [
    "ENCODERS",
    "KEY_INTERVAL",
    "PACKED",
    "encoder_of",
    "ffv1_slices",
    "input_format",
    "picture_options",
    "with_camera_privacy",
]

KEY_INTERVAL = 240
"""Most frames between key frames; the length of the longest chunk."""

ENCODERS = {"h264": "libx264", "hevc": "libx265", "prores": "prores_ks", "ffv1": "ffv1"}
"""FFmpeg's encoder of each codec."""

QUALITY = {"h264": 18, "hevc": 20}
"""Constant rate factors that are close to the source to the eye."""

SMALL = (352, 288)
"""FFV1 takes one slice for frames up to this size, px."""

MOST_ROWS = 12
"""Most rows of slices that are tried."""

PRIVATE_QUALITY = {"h264": 28, "hevc": 30}
"""Those under `camera_privacy`: of five clips all were told to be one camera's by the noise of its
sensor at 18, and none at 28 (docs/audit.md)."""

QUALITY_RANGE = range(52)

X264 = "stitchable=1:open-gop=0:rc-lookahead=32:sync-lookahead=0:sliced-threads=0:force-cfr=0"
"""`stitchable` keeps headers alike in all chunks; a fixed lookahead and one thread keep the bytes
the same on any number of cores. 32 frames, not 40, keep two workers at 1080p below 1 GB."""

WITHOUT_AVX2 = frozenset({"x86-64-v1", "x86-64-v2", "aarch64", "arm64", "ppc64le", "unknown"})
"""CPU levels on which x264 must not be told to use AVX2."""

AVX512_BUT_TREES = sum(1 << bit for bit in (*range(10), *range(12, 15), 16, 20))
"""x264's flags (x264.h, X264_CPU_*) of what each CPU of level v4 has: up to AVX, FMA3, BMI1, BMI2,
AVX-512 and fast SSE2. AVX2 (bit 15) is left out."""

X265 = (
    "pools=none:frame-threads=1:wpp=0:info=0:open-gop=0:repeat-headers=0:aud=0:hrd=0"
    ":rc-lookahead=20:lookahead-slices=0:log-level=none"
)


PACKED = {("h264", "gbrp"): "bgr24", ("ffv1", "gbrp"): "bgr0"}
"""Codecs whose encoders take 8-bit RGB only as packed pixels, and the format they take."""


def encoder_of(codec: str, pix_fmt: str) -> str:
    """Return FFmpeg's name of the encoder for a codec and a planar format."""
    return "libx264rgb" if (codec, pix_fmt) == ("h264", "gbrp") else ENCODERS[codec]


def input_format(codec: str, pix_fmt: str) -> str:
    """Return the format in which the encoder of a codec takes frames of a planar format."""
    return PACKED.get((codec, pix_fmt), pix_fmt)


def picture_options(
    codec: str, video: VideoStream, pix_fmt: str, quality: int | None, cpu: str
) -> dict[str, str]:
    """Return every setting of the encoder that is not the size, time or colour of the stream.

    Args:
        codec: `h264`, `hevc`, `prores` or `ffv1`.
        video: the source's picture.
        pix_fmt: the planar format that is encoded.
        quality: constant rate factor, or None for safehouse's choice.
        cpu: level of the CPU that encodes, as `machine.cpu_level` names it.

    Raises:
        UsageError: a quality out of range, or for a codec that has none.
    """
    flags = "+cgop+bitexact+global_header"
    if video.field_order != "progressive":
        flags += "+ildct+ilme"
    options = {"threads": "1", "flags": flags}
    if codec in {"prores", "ffv1"}:
        if quality is not None:
            raise UsageError(f"{codec} has no quality to choose", next_step="leave --quality out")
        return options | (_prores(pix_fmt) if codec == "prores" else _ffv1(video, pix_fmt))
    factor = QUALITY[codec] if quality is None else quality
    if factor not in QUALITY_RANGE:
        raise UsageError(
            f"quality {factor} is out of range", next_step="use 0 (best) to 51 (worst)"
        )
    options |= {"preset": "medium", "crf": str(factor), "g": str(KEY_INTERVAL)}
    place = _chroma_param(video.colour, pix_fmt)
    if codec == "h264":
        return options | {"bf": "3", "a53cc": "0", "x264-params": _x264(cpu) + place}
    return options | {"x265-params": X265 + _hdr_params(video.hdr) + place}


def with_camera_privacy(video: VideoOut | None) -> VideoOut | None:
    """Return how a picture is written where its camera shall be harder to tell.

    ProRes and FFV1 have no quality to choose and stay as they are.
    """
    if video is None or video.codec not in PRIVATE_QUALITY:
        return video
    options = video.options | {"crf": str(PRIVATE_QUALITY[video.codec])}
    return msgspec.structs.replace(video, options=options)


def _chroma_param(colour: Colour, pix_fmt: str) -> str:
    """Return the encoder's parameter for where chroma lies, where source and film are 4:2:0."""
    said = colour.chroma_location and pix_fmt.startswith("yuv420p")
    return f":chromaloc={colour.chroma_location - 1}" if said else ""


def _x264(cpu: str) -> str:
    """Return x264's own parameters.

    Its AVX-512 code for macroblock trees reads memory that nobody has written when a row does not
    hold a multiple of 16 macroblocks, and then the same frames give different bytes (seen in x264
    165 with 8 bits and B-frames). It takes that code only where it may use AVX2 too: with AVX-512
    and no AVX2 it is as fast as with both, and gives the bytes of all lower levels.
    """
    if cpu == "x86-64-v4":
        return f"{X264}:asm={AVX512_BUT_TREES}"
    return X264 if cpu in WITHOUT_AVX2 else f"{X264}:asm=avx2"


def _prores(pix_fmt: str) -> dict[str, str]:
    return {"profile": "4444" if "444" in pix_fmt else "hq", "vendor": "apl0"}


def _ffv1(video: VideoStream, pix_fmt: str) -> dict[str, str]:
    layout = planar_layout(pix_fmt, full_range=False)
    slices = ffv1_slices(video.width, video.height, layout.shift_x, layout.shift_y)
    return {"level": "3", "slices": str(slices), "slicecrc": "1", "context": "0", "g": "1"}


def ffv1_slices(width: int, height: int, shift_x: int, shift_y: int) -> int:
    """Return the fewest slices that FFV1 takes for a size and that hold every chroma sample.

    FFmpeg cuts luma evenly and rounds the cuts down for chroma; with some odd sizes the last
    chroma row or column would be in no slice. Small frames are one slice; larger ones must have
    four or more (libavcodec/ffv1enc.c).
    """
    if width <= SMALL[0] and height <= SMALL[1]:
        return 1
    for rows in range(2, MOST_ROWS):
        for columns in range(rows, 2 * rows + 1):
            if _covers(width, columns, shift_x) and _covers(height, rows, shift_y):
                return rows * columns
    return 4


def _covers(size: int, pieces: int, shift: int) -> bool:
    """Return whether evenly cut pieces hold all of ceil(size / 2^shift) chroma samples."""
    cuts = [size * n // pieces for n in range(pieces + 1)]
    reached = 0
    for first, end in pairwise(cuts):
        if first >> shift > reached:
            return False
        reached = (first >> shift) + -(-(end - first) >> shift)
    return reached >= -(-size >> shift)


def _hdr_params(hdr: HdrStatic | None) -> str:
    """Return x265's parameters for HDR static metadata; its units are those of the plan."""
    if hdr is None:
        return ""
    text = ":hdr10=1:hdr10-opt=0"
    if hdr.display is not None:
        gx, gy, bx, by, rx, ry, wx, wy, high, low = hdr.display
        text += f":master-display=G({gx},{gy})B({bx},{by})R({rx},{ry})WP({wx},{wy})L({high},{low})"
    if hdr.light is not None:
        text += f":max-cll={hdr.light[0]},{hdr.light[1]}"
    return text
