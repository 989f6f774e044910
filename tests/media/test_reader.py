"""Reading: every sample, time and tag of a clip, whatever its format."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clips import make_clip, picture_planes
from rendering import read_clip

from safehouse.errors import SourceBroken, SourceEmpty
from safehouse.media.reader import ClipReader, read_range
from safehouse.model.clip import Colour, PtsRun
from safehouse.model.plan import Chunk

PLANAR = [
    *("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "gray", "gray16le"),
    *("yuv420p9le", "yuv420p10le", "yuv422p10le", "yuv444p12le", "yuv422p16le"),
    *("gbrp10le", "gbrp16le"),
]


@pytest.mark.parametrize("size", [(64, 48), (37, 29)])
@pytest.mark.parametrize("pix_fmt", PLANAR)
def test_planar_samples_come_through_as_they_are(
    tmp_path: Path, pix_fmt: str, size: tuple[int, int]
) -> None:
    one = {"slices": "1"}
    path = make_clip(tmp_path / "a.mkv", pix_fmt=pix_fmt, size=size, frames=3, options=one)
    clip, _, frames = read_clip(path)
    assert clip.video is not None
    assert clip.video.pix_fmt == frames[0].layout.pix_fmt == pix_fmt
    for number, frame in enumerate(frames):
        planes = picture_planes(pix_fmt, size, number)
        pairs = zip(frame.planes, planes, strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "order"),
    [
        ("rawvideo", "rgb24", (1, 2, 0)),
        ("rawvideo", "bgra", (1, 0, 2)),
        ("rawvideo", "gray", (0,)),
        ("rawvideo", "gray10le", (0,)),
    ],
)
def test_packed_samples_come_apart_exactly(
    tmp_path: Path, codec: str, pix_fmt: str, order: tuple[int, ...]
) -> None:
    path = make_clip(tmp_path / "a.nut", codec=codec, pix_fmt=pix_fmt, frames=2)
    _, _, frames = read_clip(path)
    raw = picture_planes(pix_fmt, (64, 48), 1)[0]
    pixels = raw.reshape(48, 64, -1)
    for plane, channel in zip(frames[1].planes, order, strict=True):
        assert np.array_equal(plane, pixels[:, :, channel])


@pytest.mark.parametrize("pix_fmt", ["yuv420p10be", "gbrp12be", "nv12", "nv21"])
def test_rare_formats_are_read(tmp_path: Path, pix_fmt: str) -> None:
    path = make_clip(tmp_path / "a.nut", codec="rawvideo", pix_fmt=pix_fmt, frames=2)
    _, _, frames = read_clip(path)
    assert [frame.planes[0].shape for frame in frames] == [(48, 64)] * 2


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(50)])
def test_times_are_exact_at_every_rate(tmp_path: Path, rate: Fraction) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", rate=rate, frames=30)
    clip, _, _ = read_clip(path)
    assert clip.video is not None
    unit = Fraction(clip.video.times.timebase)
    assert [t * unit for t in clip.video.times.pts()] == [n / rate for n in range(30)]
    assert clip.video.times.last_duration * unit == 1 / rate


def test_variable_times_are_exact(tmp_path: Path) -> None:
    pts = [0, 400, 401, 1900, 2000, 2600, 5000]
    path = make_clip(tmp_path / "a.mov", codec="libx264", timebase=Fraction(1, 12000), pts=pts)
    clip, _, frames = read_clip(path)
    assert clip.video is not None
    assert clip.video.times.pts() == [frame.pts for frame in frames] == pts


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
@pytest.mark.parametrize("hflip", [False, True])
def test_rotation_and_mirror_are_read(tmp_path: Path, rotation: int, hflip: bool) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", rotation=rotation, hflip=hflip, frames=2)
    clip, _, _ = read_clip(path)
    assert clip.video is not None
    assert (clip.video.width, clip.video.height) == (64, 48)
    assert (clip.video.rotation, clip.video.hflip) == (rotation, hflip)


def test_colour_aspect_and_fields_are_read(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.mov",
        codec="libx264",
        colour=(9, 18, 9),
        colour_range=1,
        sample_aspect=Fraction(16, 11),
        interlaced="bff",
        frames=2,
    )
    clip, _, frames = read_clip(path)
    assert clip.video is not None
    assert clip.video.colour == Colour(9, 18, 9, full_range=False)
    assert clip.video.sample_aspect == "16/11"
    assert clip.video.field_order == "bff"
    assert frames[0].interlaced


def test_all_sound_tracks_are_measured(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.mov", codec="libx264", tones=(440, 880), sound_codec="pcm_s16le", frames=25
    )
    clip, _, _ = read_clip(path)
    assert [(s.samples, s.rate_hz, s.layout, s.bits) for s in clip.sound] == [
        (48000, 48000, "mono", 16)
    ] * 2


def test_sound_alone_has_no_picture(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.wav", frames=0, tones=(440,), sound_codec="pcm_s16le")
    clip, keys, frames = read_clip(path)
    assert clip.video is None
    assert frames == []
    assert keys == (0,)
    assert clip.sound[0].samples > 0


def test_clip_is_asked_for_after_the_frames(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv")
    with ClipReader(path, "C0001") as reader, pytest.raises(RuntimeError):
        reader.clip()


def test_reader_left_midway_ends_its_thread(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=60)
    for _ in range(3):
        with ClipReader(path, "C0001") as reader:
            frames = reader.frames()
            next(frames)
            frames.close()


def test_film_without_frames_is_empty(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", codec="libx264", pts=())
    with pytest.raises(SourceEmpty):
        ClipReader(path, "C0001")


def test_raw_stream_gets_times_from_its_rate(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.h264", codec="libx264", frames=10, options={"bf": "2"})
    clip, keys, _ = read_clip(path)
    assert clip.video is not None
    assert clip.video.times.runs == (PtsRun(0, 48000, 10),)
    assert keys == (0,)
    assert any("no time" in dropped.why for dropped in clip.dropped)


def test_reordered_pictures_in_avi_follow_their_coded_order(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.avi", codec="libx264", frames=20, options={"bf": "2"})
    clip, _, _ = read_clip(path)
    assert clip.video is not None
    assert clip.video.times.runs == (PtsRun(0, 1, 20),)


def test_frames_behind_a_damaged_packet_are_corrupt_up_to_the_next_key_frame(
    tmp_path: Path,
) -> None:
    path = make_clip(
        tmp_path / "a.ts", codec="libx264", frames=36, calm=True, options={"g": "12", "bf": "0"}
    )
    content = bytearray(path.read_bytes())
    middle = 188 * (len(content) // 188 * 5 // 12)
    content[middle + 8 : middle + 1500] = bytes(1492)
    path.write_bytes(content)
    clip, keys, frames = read_clip(path)
    bad = [frame.index for frame in frames if frame.corrupt]
    assert bad
    assert not frames[0].corrupt
    assert not frames[-1].corrupt
    assert keys == (0,)
    assert any("damaged" in dropped.why for dropped in clip.dropped)


def test_frame_size_that_changes_on_the_way_is_refused(tmp_path: Path) -> None:
    one = make_clip(tmp_path / "a.h264", codec="libx264", frames=3)
    two = make_clip(tmp_path / "b.h264", codec="libx264", frames=3, size=(80, 48))
    (tmp_path / "c.h264").write_bytes(one.read_bytes() + two.read_bytes())
    with ClipReader(tmp_path / "c.h264", "C0001") as reader, pytest.raises(SourceBroken):
        list(reader.frames())


def test_running_clock_of_a_recorder_is_set_to_zero(tmp_path: Path) -> None:
    pts = [90000 * 5000 + 3600 * n for n in range(60)]
    path = make_clip(
        tmp_path / "a.ts",
        codec="libx264",
        pts=pts,
        timebase=Fraction(1, 90000),
        options={"g": "30", "bf": "2"},
    )
    clip, keys, frames = read_clip(path)
    assert clip.video is not None
    assert clip.video.times.runs == (PtsRun(0, 3600, 60),)
    assert any("running clock" in dropped.why for dropped in clip.dropped)
    got = list(read_range(path, clip.video, Chunk(40, 42, keys[-1])))
    assert [frame.pts for frame in got] == [frame.pts for frame in frames[40:42]]


@pytest.mark.media
def test_frame_numbers_are_those_that_pyav_gives(media: Path) -> None:
    clip, _, frames = read_clip(media / "video" / "mmaction_demo.mp4")
    assert clip.video is not None
    assert (len(frames), clip.video.times.count) == (280, 280)
    assert [frame.index for frame in frames] == list(range(280))


@pytest.mark.media
def test_damaged_film_keeps_its_whole_frames(media: Path) -> None:
    _, _, frames = read_clip(media / "weird" / "decord_corrupted.mp4")
    bad = [frame.index for frame in frames if frame.corrupt]
    assert bad == list(range(28, 49))


@pytest.mark.media
def test_hdr_metadata_is_read(media: Path) -> None:
    clip, _, _ = read_clip(media / "weird" / "ax_hdr10-video-with-sdr-container.mp4")
    assert clip.video is not None
    assert clip.video.hdr is not None
    assert clip.video.hdr.light == (1000, 200)
    assert clip.video.hdr.display == (
        *(34000, 16000, 13250, 34500, 7500, 3000, 15635, 16450, 1000, 50),
    )
