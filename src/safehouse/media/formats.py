"""Chooses how a film is written: each codec and pixel format kept, widened and said, or refused.

Pure. `format_table` writes docs/formats.md from what is here.
"""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import Literal, cast

from safehouse.errors import FormatRefused, FormatUnsupported, UsageError
from safehouse.media.planes import planar_layout
from safehouse.media.settings import picture_options
from safehouse.media.unpacking import layout_of, packing_or_scaler
from safehouse.model.clip import Clip, SoundStream, VideoStream
from safehouse.model.frame import PlaneLayout
from safehouse.model.plan import Chunk, Output, SoundOut, VideoOut

__all__ = [
    "CHUNK_FRAMES",
    "ENCODABLE",
    "SOUND_CODECS",
    "choose_output",
    "cut_chunks",
    "describe_changes",
    "layout_of",
    "target_format",
]

Codec = Literal["h264", "hevc", "prores", "ffv1"]

CHUNK_FRAMES = 240
"""Most frames in a chunk. Longer ones leave less to share out; shorter ones cost key frames."""

SHORT_FRAMES = 96
"""A film of fewer frames is one chunk."""

ENCODABLE: dict[str, tuple[str, ...]] = {
    "h264": (
        *("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"),
        "gbrp",
    ),
    "hevc": (
        *("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"),
        *("yuv420p12le", "yuv422p12le", "yuv444p12le", "gray", "gray10le", "gray12le"),
        *("gbrp", "gbrp10le", "gbrp12le"),
    ),
    "prores": ("yuv422p10le", "yuv444p10le"),
    "ffv1": (
        *(f"yuv{c}p{d}" for c in ("420", "422", "444") for d in ("", "9le", "10le", "12le")),
        *(f"yuv{c}p{d}" for c in ("420", "422", "444") for d in ("14le", "16le")),
        *("yuv440p", "yuv440p10le", "yuv440p12le", "yuv411p", "yuv410p", "gray", "gray9le"),
        *("gray10le", "gray12le", "gray14le", "gray16le", "gbrp", "gbrp9le", "gbrp10le"),
        *("gbrp12le", "gbrp14le", "gbrp16le"),
    ),
}
"""Planar formats that each codec's encoder takes and decoders give back (FFmpeg's gives H.264
without colour back with neutral colour, so grey is not among them). 8-bit
`gbrp` is handed over as packed BGR."""

WHOLE_CHROMA = {"h264", "hevc"}
"""Codecs whose frames end on whole chroma samples (cropping units, H.264 7.4.2.1.1)."""

CONTAINERS = {"h264": {"mov", "mp4"}, "hevc": {"mov", "mp4"}, "prores": {"mov"}, "ffv1": {"mp4"}}
"""Containers that FFmpeg writes each codec into."""

HDR_TRANSFERS = {16, 18}
"""PQ and HLG (ITU-T H.273 table 3)."""

HEVC_SIDE = 16
"""Shortest side that x265 takes, px."""

AAC_RATES = {
    *(96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350),
}
AAC_LAYOUTS = {"mono", "stereo", "3.0", "4.0", "5.0", "5.1"}
"""What AAC's index of rates and channel configurations can say (ISO/IEC 14496-3)."""

AAC_BITS = {1: 128_000, 2: 192_000}
AAC_BITS_MORE = 64_000
"""Bits a second for mono and stereo, and for each channel of more."""

OPUS_RATE = 48_000
OPUS_LAYOUTS = {"mono", "stereo", "5.1"}
OPUS_BITS = 64_000
"""Opus runs at 48 kHz (RFC 7845); bits a second for each channel. 7.1 in MP4 crashes FFmpeg 8."""

FLAC_LAYOUTS = {"mono", "stereo", "3.0", "quad", "5.0(side)", "5.1(side)", "7.1"}
"""What FLAC's channel assignment can say (RFC 9639) and FFmpeg gives back under the same name."""

SOUND_CODECS = ("auto", "aac", "pcm", "flac", "opus")
"""What the user may ask for."""

LOSSLESS_SOUND = {"flac", "alac", "wavpack", "tta", "ape", "mlp", "truehd", "shorten"}


def choose_output(  # noqa: PLR0913 - each is a choice of its own, by name
    clip: Clip,
    *,
    codec: str = "auto",
    sound: str = "auto",
    quality: int | None,
    container: str,
    key_frames: Sequence[int],
    cpu: str,
) -> Output:
    """Return how the film of a clip is written; every change of format is in `widened`.

    Args:
        clip: the source.
        codec: `h264`, `hevc`, `prores`, `ffv1`, or `auto`: ProRes stays, over 8 bits or HDR: HEVC.
        sound: `aac`, `pcm`, `flac`, `opus`, or `auto`: PCM where the source is lossless or the
            picture ProRes, else AAC.
        quality: constant rate factor of H.264 and HEVC; None is safehouse's choice.
        container: `mov`, `mp4`, `wav` for one sound without a picture; `auto` is WAV there, or MOV.
        key_frames: frames at which decoding can begin.
        cpu: CPU level that the film is made on, as `machine.cpu_level` names it.

    Raises:
        FormatRefused: the codec can't hold the source's pixel format or size.
        FormatUnsupported: the container can't hold the codec.
        UsageError: something that is not known, or a quality outside its range.
    """
    container = holder = _container_of(container, clip)
    _require_room(clip, holder)
    if clip.video is None:
        return Output(holder, None, _choose_tracks(clip, container, sound))
    chosen = _choose_codec(clip.video, codec, container)
    _require_holds(container, chosen)
    sound = "pcm" if (chosen, sound) == ("prores", "auto") else sound
    pix_fmt = target_format(clip.video, chosen)
    options = picture_options(chosen, clip.video, pix_fmt, quality, cpu)
    chunks = cut_chunks(clip.video.times.count, key_frames)
    video = VideoOut(cast(Codec, chosen), pix_fmt, options, chunks)
    changes = describe_changes(clip.video, pix_fmt)
    return Output(holder, video, _choose_tracks(clip, container, sound), changes)


def _choose_tracks(clip: Clip, container: str, sound: str) -> tuple[SoundOut, ...]:
    return tuple(_choose_sound(stream, container, sound) for stream in clip.sound)


def _require_room(clip: Clip, container: str) -> None:
    if container != "wav":
        return
    if clip.video is not None or len(clip.sound) != 1:
        raise FormatUnsupported(
            "a WAV file holds one sound track and no picture",
            next_step="name the output OUT.mov",
        )


def _require_holds(container: str, codec: str) -> None:
    if container not in CONTAINERS[codec]:
        other = next(iter(CONTAINERS[codec]))
        raise FormatUnsupported(
            f"{codec} can't go into {container}", next_step=f"name the output OUT.{other}"
        )


def _container_of(name: str, clip: Clip) -> Literal["mov", "mp4", "wav"]:
    if name == "auto":
        return "wav" if clip.video is None and len(clip.sound) == 1 else "mov"
    if name == "mov":
        return "mov"
    if name == "mp4":
        return "mp4"
    if name == "wav":
        return "wav"
    raise UsageError(f"{name} is no container of ours", next_step="use .mov, .mp4 or .wav")


def _choose_codec(video: VideoStream, codec: str, container: str) -> str:
    if codec in ENCODABLE:
        return codec
    if codec != "auto":
        raise UsageError(
            f"{codec} is no codec of ours", next_step="use auto, h264, hevc, prores or ffv1"
        )
    wanted = [name for name in _preferred(video) if container in CONTAINERS[name]]
    for name in wanted[:-1]:
        with suppress(FormatRefused):
            target_format(video, name)
            return name
    return wanted[-1]


def _preferred(video: VideoStream) -> tuple[str, ...]:
    """Return codecs in the order in which `auto` takes the first that holds the picture."""
    deep = _layout_of_stream(video).depth > 8
    if video.codec == "prores":
        return ("prores", "hevc", "h264", "ffv1")
    if deep or video.hdr or video.colour.transfer in HDR_TRANSFERS:
        return ("hevc", "h264", "ffv1")
    return ("h264", "ffv1")


def _layout_of_stream(video: VideoStream) -> PlaneLayout:
    return layout_of(video.pix_fmt, video.colour.full_range is True)


def target_format(video: VideoStream, codec: str) -> str:
    """Return the narrowest format that codec can encode and that holds every sample of video.

    Raises:
        FormatRefused: there is none.
    """
    source = _layout_of_stream(video)
    interlaced = video.field_order != "progressive"
    if interlaced and codec == "hevc":
        raise _refused(source, codec, "interlaced frames")
    if source.full_range and codec == "prores":
        raise _refused(source, codec, "full range")
    if codec == "hevc" and min(video.width, video.height) < HEVC_SIDE:
        raise _refused(source, codec, f"frames under {HEVC_SIDE} px")
    fits = [
        target
        for name in ENCODABLE[codec]
        if _holds(target := planar_layout(name, source.full_range), source)
        and (codec not in WHOLE_CHROMA or _is_whole(target, video, interlaced))
    ]
    if not fits:
        raise _refused(source, codec, f"it at {video.width} x {video.height} px")
    return min(fits, key=_cost).pix_fmt


def _refused(source: PlaneLayout, codec: str, what: str) -> FormatRefused:
    return FormatRefused(
        f"{source.pix_fmt} can't go into {codec}: it does not take {what}",
        next_step="use --codec auto, or --codec ffv1 and an output named OUT.mp4",
    )


def _holds(target: PlaneLayout, source: PlaneLayout) -> bool:
    grey = source.kind == "gray" and target.kind == "yuv"
    finer = target.shift_x <= source.shift_x and target.shift_y <= source.shift_y
    return target.depth >= source.depth and (grey or (target.kind == source.kind and finer))


def _is_whole(target: PlaneLayout, video: VideoStream, interlaced: bool) -> bool:
    columns = 1 << target.shift_x
    rows = 1 << (target.shift_y + interlaced)
    return video.width % columns == 0 and video.height % rows == 0


def _cost(target: PlaneLayout) -> tuple[int, int, int]:
    """Order formats by how much they widen: kind, depth, then chroma."""
    return (target.kind != "gray", target.depth, -(target.shift_x + target.shift_y))


def describe_changes(video: VideoStream, pix_fmt: str) -> tuple[str, ...]:
    """Return every difference between the source's format and the film's, in words."""
    packing = packing_or_scaler(video.pix_fmt)
    source = _layout_of_stream(video)
    said: list[str] = []
    if packing.alpha:
        said.append("the transparency of the source is dropped")
    if packing.how == "scaler" and not video.pix_fmt.endswith("be"):
        said.append(f"{video.pix_fmt} is converted to {packing.planar}")
    elif packing.how not in {"planar", "grey"}:
        said.append(f"{video.pix_fmt} is unpacked to {packing.planar}, exactly")
    target = planar_layout(pix_fmt, source.full_range)
    if target.depth > source.depth:
        said.append(f"{source.depth} bits a sample become {target.depth}, exactly")
    if target.kind != source.kind:
        said.append(f"grey becomes {pix_fmt} with neutral colour")
    elif (target.shift_x, target.shift_y) != (source.shift_x, source.shift_y):
        said.append(f"colour of {source.pix_fmt} is repeated to fill {pix_fmt}, exactly")
    return tuple(said)


def cut_chunks(frames: int, key_frames: Sequence[int]) -> tuple[Chunk, ...]:
    """Return the chunks of a film, cut by its number of frames alone, of nearly equal length.

    Their number is even but for a short film, so that two workers end together.
    """
    if frames <= 0:
        return ()
    pieces = 1 if frames < SHORT_FRAMES else 2 * -(-frames // (2 * CHUNK_FRAMES))
    cuts = [frames * n // pieces for n in range(pieces + 1)]
    keys = sorted({0, *key_frames})
    return tuple(
        Chunk(first, end, max(k for k in keys if k <= first)) for first, end in pairwise(cuts)
    )


def _choose_sound(stream: SoundStream, container: str, wanted: str) -> SoundOut:
    """Return how a track is written; `auto` and rates that a codec lacks may become PCM."""
    if wanted not in SOUND_CODECS:
        raise UsageError(
            f"{wanted} is no sound codec of ours", next_step="use auto, aac, pcm, flac or opus"
        )
    if wanted in {"flac", "opus"}:
        return _lossless_or_opus(stream, container, wanted)
    lossless = stream.bits > 0 or stream.codec in LOSSLESS_SOUND
    plain = stream.rate_hz in AAC_RATES and stream.layout in AAC_LAYOUTS
    if wanted == "aac" and (not plain or container == "wav"):
        raise _refused_sound(stream, container, wanted)
    raw = wanted == "pcm" or container == "wav" or (lossless and container == "mov")
    if plain and (wanted == "aac" or not raw):
        bits = AAC_BITS.get(stream.channels, AAC_BITS_MORE * stream.channels)
        most = int(Fraction(6144, 1024) * stream.rate_hz * stream.channels)
        return SoundOut(stream.index, "aac", stream.rate_hz, stream.layout, min(bits, most))
    deep = stream.bits > 16 or (stream.bits == 0 and lossless)
    return SoundOut(
        stream.index, "pcm_s24le" if deep else "pcm_s16le", stream.rate_hz, stream.layout
    )


def _lossless_or_opus(stream: SoundStream, container: str, wanted: str) -> SoundOut:
    """Return a track as FLAC or Opus, which MP4 alone holds."""
    opus = stream.rate_hz == OPUS_RATE and stream.layout in OPUS_LAYOUTS
    if container != "mp4" or not (opus if wanted == "opus" else stream.layout in FLAC_LAYOUTS):
        raise _refused_sound(stream, container, wanted)
    if wanted == "opus":
        bits = OPUS_BITS * stream.channels
        return SoundOut(stream.index, "opus", stream.rate_hz, stream.layout, bits)
    return SoundOut(stream.index, "flac", stream.rate_hz, stream.layout)


def _refused_sound(stream: SoundStream, container: str, wanted: str) -> FormatRefused:
    return FormatRefused(
        f"{stream.layout} sound at {stream.rate_hz} Hz can't go into {wanted} in {container}",
        next_step="use --sound pcm, or --sound auto",
    )
