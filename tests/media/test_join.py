"""Films: what comes out has the size, times, samples and tags of what went in."""

import hashlib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from clips import make_clip
from rendering import joined_sound, plan_for, read_clip, render_film, render_pieces

from safehouse.errors import SafehouseError
from safehouse.media.join import decode_times, join_film
from safehouse.model.clip import HdrStatic, VideoStream
from safehouse.model.plan import Chunk, Plan

LOSSLESS = ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le", "gbrp"]


def video_of(path: Path) -> VideoStream:
    video = read_clip(path)[0].video
    assert video is not None
    return video


def seconds(video: VideoStream) -> list[Fraction]:
    unit = Fraction(video.times.timebase)
    return [t * unit for t in (*video.times.pts(), video.times.last_duration)]


def split(plan: Plan, cuts: tuple[int, ...]) -> Plan:
    """Return the plan with its picture cut at other frames."""
    assert plan.output.video is not None
    chunks = tuple(Chunk(a, b, 0) for a, b in pairwise(cuts))
    video = msgspec.structs.replace(plan.output.video, chunks=chunks)
    return msgspec.structs.replace(plan, output=msgspec.structs.replace(plan.output, video=video))


@pytest.mark.parametrize("size", [(64, 48), (37, 29), (354, 291)])
@pytest.mark.parametrize("pix_fmt", LOSSLESS)
def test_lossless_film_has_the_very_samples(
    tmp_path: Path, pix_fmt: str, size: tuple[int, int]
) -> None:
    source_format = "bgr0" if pix_fmt == "gbrp" else pix_fmt
    path = make_clip(tmp_path / "a.mkv", pix_fmt=source_format, size=size, frames=4)
    plan = plan_for(path, "mp4", "ffv1")
    film = render_film(path, split(plan, (0, 2, 4)), tmp_path / "film.mp4")
    before, after = read_clip(path)[2], read_clip(film)[2]
    assert len(before) == len(after) == 4
    for one, two in zip(before, after, strict=True):
        pairs = zip(one.planes, two.planes, strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("codec", ["h264", "hevc", "prores"])
@pytest.mark.parametrize(
    "pts",
    [None, [0, 400, 401, 1900, 2000, 2600, 5000, 5001, 9000], [700, 1200, 1700, 2900]],
    ids=["constant", "variable", "late"],
)
def test_times_come_through_exactly(tmp_path: Path, codec: str, pts: list[int] | None) -> None:
    path = make_clip(
        tmp_path / "a.mov",
        codec="libx264",
        rate=Fraction(24000, 1001),
        timebase=None if pts is None else Fraction(1, 12000),
        pts=pts,
        frames=9,
    )
    film = render_film(path, plan_for(path, "mov", codec), tmp_path / "film.mov")
    assert seconds(video_of(film)) == seconds(video_of(path))


@pytest.mark.parametrize("rotation", [90, 180, -90])
@pytest.mark.parametrize("hflip", [False, True])
def test_orientation_aspect_and_colour_come_through(
    tmp_path: Path, rotation: int, hflip: bool
) -> None:
    path = make_clip(
        tmp_path / "a.mov",
        codec="libx264",
        frames=3,
        rotation=rotation,
        hflip=hflip,
        sample_aspect=Fraction(4, 3),
        colour=(1, 1, 1),
        colour_range=2,
    )
    film = render_film(path, plan_for(path), tmp_path / "film.mov")
    before, after = video_of(path), video_of(film)
    assert (after.rotation, after.hflip) == (before.rotation, before.hflip) == (rotation, hflip)
    assert after.sample_aspect == "4/3"
    assert after.colour == before.colour


@pytest.mark.parametrize("order", ["tff", "bff"])
@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_fields_stay_in_their_order(tmp_path: Path, order: str, codec: str) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=4, interlaced=order)
    film = render_film(path, plan_for(path, "mov", codec), tmp_path / "film.mov")
    assert video_of(film).field_order == video_of(path).field_order == order


def test_hdr_comes_through(tmp_path: Path) -> None:
    light = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    path = make_clip(
        tmp_path / "a.mov",
        codec="libx265",
        pix_fmt="yuv420p10le",
        frames=3,
        colour=(9, 16, 9),
        colour_range=1,
        options={"x265-params": f"{light}:max-cll=1000,400:hdr10=1:log-level=none"},
    )
    film = render_film(path, plan_for(path), tmp_path / "film.mov")
    after = video_of(film)
    assert after.hdr == HdrStatic(
        (13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10000000, 50), (1000, 400)
    )
    assert after.hdr == video_of(path).hdr
    assert (after.pix_fmt, after.colour) == ("yuv420p10le", video_of(path).colour)


def test_chunks_with_b_frames_join_to_the_same_pictures(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=30)
    plan = split(plan_for(path), (0, 7, 19, 30))
    film = render_film(path, plan, tmp_path / "film.mov")
    with av.open(str(film)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    assert any(p.pts != p.dts for p in packets)
    assert all(p.dts is not None and p.pts is not None and p.dts <= p.pts for p in packets)
    one = render_film(path, split(plan, (0, 30)), tmp_path / "one.mov")
    for number, frame in enumerate(read_clip(film)[2]):
        other = read_clip(one)[2][number] if number < 7 else frame
        assert frame.planes[0].shape == other.planes[0].shape
        assert np.abs(frame.planes[0].astype(int) - other.planes[0]).mean() < 8


def test_film_is_the_same_however_its_pieces_were_made(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=30, tones=(440,))
    plan = split(plan_for(path), (0, 15, 30))
    digests = set()
    for name in ("one", "two"):
        chunks, sounds = render_pieces(path, plan, tmp_path / name)
        film = tmp_path / f"{name}.mov"
        join_film(chunks, sounds, plan, film)
        digests.add(hashlib.sha256(film.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_pieces_of_another_plan_do_not_join(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=8)
    one, two = plan_for(path), plan_for(path, "mov", "hevc")
    chunks, sounds = render_pieces(path, one, tmp_path / "pieces")
    with pytest.raises(SafehouseError):
        join_film(chunks, sounds, two, tmp_path / "film.mov")


def test_missing_piece_stops_the_join(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=20)
    plan = split(plan_for(path), (0, 10, 20))
    chunks, sounds = render_pieces(path, plan, tmp_path / "pieces")
    with pytest.raises(SafehouseError):
        join_film(chunks[:1], sounds, plan, tmp_path / "film.mov")


@pytest.mark.parametrize("container", ["mov", "mp4"])
@pytest.mark.parametrize("sound_codec", ["aac", "pcm_s16le"])
def test_two_sound_tracks_keep_their_length_and_start(
    tmp_path: Path, container: str, sound_codec: str
) -> None:
    path = make_clip(
        tmp_path / "a.mov", codec="libx264", frames=25, tones=(440, 1200), sound_codec=sound_codec
    )
    film = render_film(path, plan_for(path, container), tmp_path / f"film.{container}")
    before, after = read_clip(path)[0], read_clip(film)[0]
    assert len(after.sound) == 2
    for one, two in zip(before.sound, after.sound, strict=True):
        assert (two.samples, Fraction(two.start)) == (one.samples, Fraction(one.start))
    for number in range(2):
        one, two = joined_sound(path, before, number), joined_sound(film, after, number)
        assert np.corrcoef(one[0, 4096:-4096], two[0, 4096:-4096])[0, 1] > 0.999


def test_uncompressed_sound_comes_through_exactly(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.wav", frames=0, tones=(440,), sound_codec="pcm_s16le")
    film = render_film(path, plan_for(path), tmp_path / "film.mov")
    before, after = read_clip(path)[0], read_clip(film)[0]
    assert np.array_equal(joined_sound(path, before), joined_sound(film, after))


def test_single_frame_makes_a_film(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=1)
    film = render_film(path, plan_for(path), tmp_path / "film.mov")
    assert len(read_clip(film)[2]) == 1


def test_decode_times_increase_and_come_before_their_pictures() -> None:
    pts = [0, 300, 100, 200, 600, 400, 500]
    assert decode_times(pts, 100) == [-100, 0, 100, 200, 300, 400, 500]
    assert decode_times([5], 7) == [5]
    assert decode_times([0, 1, 2], 1) == [0, 1, 2]


@pytest.mark.media
@pytest.mark.parametrize(
    "name",
    [
        "weird/ax_bear-vp9-odd-dimensions.webm",
        "weird/decord_rot_270.mov",
        "video/hamilton_short.mp4",
    ],
)
def test_real_clip_keeps_size_count_and_times(media: Path, tmp_path: Path, name: str) -> None:
    path = media / name
    film = render_film(path, plan_for(path), tmp_path / "film.mov")
    before, after = video_of(path), video_of(film)
    assert (after.width, after.height, after.rotation) == (
        *(before.width, before.height, before.rotation),
    )
    assert seconds(after) == seconds(before)
