"""Chunks: the frames of a range are those of the whole clip, wherever decoding begins."""

import zlib
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from clips import make_clip
from rendering import read_clip

from safehouse.errors import SourceChanged
from safehouse.media.reader import read_range
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk


def told(frame: OriginalFrame) -> tuple[int, int, int]:
    total = 0
    for plane in frame.planes:
        total = zlib.crc32(plane, total)
    return frame.index, frame.pts, total


@pytest.mark.parametrize("name", ["a.mov", "a.mkv", "a.ts"])
@pytest.mark.parametrize("options", [{}, {"x264-params": "open-gop=1:bframes=3:keyint=25"}])
def test_ranges_together_are_the_whole_clip(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    path = make_clip(
        tmp_path / name, codec="libx264", frames=90, options={"g": "30", "bf": "2"} | options
    )
    clip, keys, frames = read_clip(path)
    assert clip.video is not None
    parts = []
    for first, end in ((0, 20), (20, 61), (61, 90)):
        chunk = Chunk(first, end, max(k for k in keys if k <= first))
        parts += [told(frame) for frame in read_range(path, clip.video, chunk)]
    assert parts == [told(frame) for frame in frames]


def test_key_frames_are_found_where_decoding_can_begin(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.mov", codec="libx264", frames=100, options={"g": "30", "sc_threshold": "0"}
    )
    assert read_clip(path)[1] == (0, 30, 60, 90)


def test_intra_refresh_has_no_frame_where_decoding_can_begin(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.mov",
        codec="libx264",
        frames=100,
        options={"x264-params": "intra-refresh=1:keyint=30:bframes=0"},
    )
    clip, keys, frames = read_clip(path)
    assert clip.video is not None
    wanted = [told(frame) for frame in frames[70:75]]
    chunk = Chunk(70, 75, max(k for k in keys if k <= 70))
    assert [told(frame) for frame in read_range(path, clip.video, chunk)] == wanted


def test_wrong_place_to_begin_falls_back_to_the_start(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=40, options={"g": "100"})
    clip, _, frames = read_clip(path)
    assert clip.video is not None
    got = [told(frame) for frame in read_range(path, clip.video, Chunk(30, 40, 25))]
    assert got == [told(frame) for frame in frames[30:]]


def test_other_times_are_another_clip(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=20)
    clip, _, _ = read_clip(path)
    other = make_clip(tmp_path / "b.mov", codec="libx264", frames=20, rate=Fraction(30))
    assert clip.video is not None
    with pytest.raises(SourceChanged):
        list(read_range(other, clip.video, Chunk(0, 20, 0)))
    longer = msgspec.structs.replace(clip.video, index=5)
    with pytest.raises(SourceChanged):
        list(read_range(path, longer, Chunk(0, 20, 0)))


def test_missing_frames_are_another_clip(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=20)
    shorter = make_clip(tmp_path / "b.mov", codec="libx264", frames=12)
    clip, _, _ = read_clip(path)
    assert clip.video is not None
    with pytest.raises(SourceChanged):
        list(read_range(shorter, clip.video, Chunk(0, 20, 0)))
