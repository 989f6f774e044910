"""Formats: each cell of the table is kept, widened and said, or refused."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from clips import make_clip, picture_planes
from rendering import plan_for, read_clip, render_film

from safehouse.errors import FormatRefused, FormatUnsupported, UsageError
from safehouse.media.format_table import SOURCES, format_table
from safehouse.media.formats import (
    CONTAINERS,
    ENCODABLE,
    choose_output,
    cut_chunks,
    describe_changes,
    target_format,
)
from safehouse.media.planes import planar_layout
from safehouse.media.unpacking import layout_of
from safehouse.model.clip import (
    Clip,
    Colour,
    FrameTimes,
    HdrStatic,
    PtsRun,
    SoundStream,
    VideoStream,
)
from safehouse.model.plan import Output

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def picture(pix_fmt: str = "yuv420p", **more: object) -> VideoStream:
    facts: dict[str, object] = {"index": 0, "codec": "h264", "width": 64, "height": 48}
    times = FrameTimes("1/25", (PtsRun(0, 1, 500),), 1)
    return VideoStream(**(facts | {"pix_fmt": pix_fmt, "times": times} | more))  # type: ignore[arg-type]


def output(video: VideoStream | None, codec: str = "auto", container: str = "mov") -> Output:
    clip = Clip("C0001", "0" * 64, 1, video, (SoundStream(1, "aac", 48000, "stereo", 2, 99),))
    return choose_output(
        clip, codec=codec, quality=None, container=container, key_frames=(0,), cpu="x86-64-v3"
    )


def test_page_is_not_stale() -> None:
    assert PAGE.read_text() == format_table()


@pytest.mark.parametrize("codec", list(ENCODABLE))
@pytest.mark.parametrize("pix_fmt", SOURCES)
def test_every_cell_keeps_widens_in_words_or_refuses(pix_fmt: str, codec: str) -> None:
    video = picture(pix_fmt)
    source = layout_of(pix_fmt, False)
    try:
        target = planar_layout(target_format(video, codec), source.full_range)
    except FormatRefused:
        return
    assert target.depth >= source.depth
    if source.kind != "gray":
        assert target.shift_x <= source.shift_x
        assert target.shift_y <= source.shift_y
    if (target.depth, target.kind, target.shift_x, target.shift_y) != (
        *(source.depth, source.kind, source.shift_x, source.shift_y),
    ):
        assert describe_changes(video, target.pix_fmt)


@pytest.mark.parametrize(
    ("codec", "pix_fmt"),
    [(codec, pix_fmt) for codec, formats in ENCODABLE.items() for pix_fmt in formats],
)
def test_every_format_that_a_codec_is_said_to_keep_is_kept(
    tmp_path: Path, codec: str, pix_fmt: str
) -> None:
    raw = "gbrp" if pix_fmt == "gbrp" else pix_fmt
    maker, name = ("rawvideo", "a.nut") if pix_fmt == "gbrp" else ("ffv1", "a.mkv")
    path = make_clip(tmp_path / name, codec=maker, pix_fmt=raw, size=(32, 32), frames=2)
    container = next(iter(CONTAINERS[codec]))
    plan = plan_for(path, container, codec)
    assert plan.output.video is not None
    assert plan.output.video.pix_fmt == pix_fmt
    film = render_film(path, plan, tmp_path / f"film.{container}")
    _, _, frames = read_clip(film)
    assert len(frames) == 2
    told = frames[0].layout
    wanted = planar_layout(pix_fmt, False)
    assert (told.kind, told.shift_x, told.shift_y) == (wanted.kind, wanted.shift_x, wanted.shift_y)
    assert told.depth >= wanted.depth
    if codec == "ffv1":
        pairs = zip(frames[1].planes, picture_planes(raw, (32, 32), 1), strict=True)
        assert all((a == b).all() for a, b in pairs)


@pytest.mark.parametrize(
    ("video", "codec"),
    [
        (picture(), "h264"),
        (picture("yuv444p"), "h264"),
        (picture("bgra"), "h264"),
        (picture("yuv420p10le"), "hevc"),
        (picture("yuv422p12le"), "hevc"),
        (picture(hdr=HdrStatic(light=(1000, 400))), "hevc"),
        (picture(colour=Colour(9, 18, 9)), "hevc"),
        (picture("yuv422p10le", field_order="tff"), "h264"),
        (picture("yuv420p10le", width=8, height=8), "h264"),
        (picture("yuv422p10le", codec="prores"), "prores"),
        (picture("yuv444p12le", codec="prores"), "hevc"),
    ],
)
def test_auto_takes_the_codec_that_holds_the_picture(video: VideoStream, codec: str) -> None:
    chosen = output(video).video
    assert chosen is not None
    assert chosen.codec == codec


def test_auto_takes_ffv1_for_16_bits_where_the_container_can_hold_it() -> None:
    chosen = output(picture("gbrp16le"), container="mp4").video
    assert chosen is not None
    assert chosen.codec == "ffv1"
    with pytest.raises(FormatRefused):
        output(picture("gbrp16le"), container="mov")


@pytest.mark.parametrize(("codec", "container"), [("prores", "mp4"), ("ffv1", "mov")])
def test_container_that_can_not_hold_the_codec_is_refused(codec: str, container: str) -> None:
    with pytest.raises(FormatUnsupported):
        output(picture(), codec, container)


@pytest.mark.parametrize(
    ("video", "codec"),
    [
        (picture(field_order="tff"), "hevc"),
        (picture("yuvj420p"), "prores"),
        (picture(width=8), "hevc"),
        (picture("gbrp"), "prores"),
        (picture("yuv420p12le"), "h264"),
    ],
)
def test_what_a_codec_can_not_hold_is_refused(video: VideoStream, codec: str) -> None:
    with pytest.raises(FormatRefused):
        output(video, codec)


@pytest.mark.parametrize(
    ("codec", "quality", "container"),
    [("vp9", None, "mov"), ("auto", None, "mkv"), ("h264", 52, "mov"), ("prores", 3, "mov")],
)
def test_unknown_choices_are_usage_errors(codec: str, quality: int | None, container: str) -> None:
    clip = Clip("C0001", "0" * 64, 1, picture())
    with pytest.raises(UsageError):
        choose_output(
            clip, codec=codec, quality=quality, container=container, key_frames=(0,), cpu="x"
        )


def test_odd_size_keeps_its_size_by_more_colour() -> None:
    wide = output(picture(width=161, height=121))
    assert wide.video is not None
    assert wide.video.pix_fmt == "yuv444p"
    assert wide.widened == ("colour of yuv420p is repeated to fill yuv444p, exactly",)


def test_sound_alone_gets_no_picture() -> None:
    alone = output(None)
    assert alone.video is None
    assert alone.sound[0].codec == "aac"


@pytest.mark.parametrize(
    ("stream", "container", "codec"),
    [
        (SoundStream(1, "aac", 44100, "stereo", 2, 9), "mov", "aac"),
        (SoundStream(1, "pcm_s16le", 48000, "mono", 1, 9, bits=16), "mov", "pcm_s16le"),
        (SoundStream(1, "pcm_s24le", 48000, "mono", 1, 9, bits=24), "mov", "pcm_s24le"),
        (SoundStream(1, "pcm_s16le", 48000, "mono", 1, 9, bits=16), "mp4", "aac"),
        (SoundStream(1, "flac", 48000, "stereo", 2, 9), "mov", "pcm_s24le"),
        (SoundStream(1, "mp3", 11024, "mono", 1, 9), "mov", "pcm_s16le"),
        (SoundStream(1, "ac3", 48000, "5.1(side)", 6, 9), "mov", "pcm_s16le"),
    ],
)
def test_sound_codec_holds_rate_and_layout(stream: SoundStream, container: str, codec: str) -> None:
    clip = Clip("C0001", "0" * 64, 1, None, (stream,))
    chosen = choose_output(
        clip, quality=None, container=container, key_frames=(0,), cpu="x86-64-v3"
    )
    assert chosen.sound[0].codec == codec
    assert (chosen.sound[0].rate_hz, chosen.sound[0].layout) == (stream.rate_hz, stream.layout)


@pytest.mark.parametrize("frames", [1, 95, 96, 105, 240, 275, 481, 600, 10_001])
def test_chunks_cover_every_frame_once(frames: int) -> None:
    chunks = cut_chunks(frames, (0, 30, 300))
    assert (chunks[0].first, chunks[-1].end) == (0, frames)
    assert all(a.end == b.first for a, b in pairwise(chunks))
    assert all(0 < c.end - c.first <= 240 for c in chunks)
    assert all(c.decode_from <= c.first for c in chunks)
    assert len(chunks) == 1 or len(chunks) % 2 == 0


def test_key_frames_do_not_move_the_cuts() -> None:
    one, two = cut_chunks(1000, (0,)), cut_chunks(1000, tuple(range(0, 1000, 7)))
    assert [(c.first, c.end) for c in one] == [(c.first, c.end) for c in two]
    assert two[1].decode_from > one[1].decode_from


def test_rate_of_a_film_is_only_a_hint(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=3, rate=Fraction(1, 10))
    assert plan_for(path).output.video is not None
