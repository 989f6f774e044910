"""Encoding: nothing but protected frames gets in, and the same frames give the same bytes."""

import hashlib
import os
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import make_clip
from rendering import passed, plan_for, read_clip, render_pieces

from safehouse.errors import FormatRefused
from safehouse.media.chunkfile import read_chunk, read_header
from safehouse.media.encode import encode_chunk, encode_sound, track_unit
from safehouse.model.clip import FrameTimes, PtsRun, VideoStream
from safehouse.model.frame import RENDER_TOKEN, OriginalFrame, OriginalSound, ProtectedSound
from safehouse.model.plan import SoundOut, VideoOut

ENCODE_AGAIN = """
import sys
from pathlib import Path
from rendering import plan_for, render_pieces
source, folder = Path(sys.argv[1]), Path(sys.argv[2])
render_pieces(source, plan_for(source, sys.argv[3], sys.argv[4]), folder)
"""


def stream(width: int = 64, height: int = 48) -> VideoStream:
    times = FrameTimes("1/25", (PtsRun(0, 1, 4),), 1)
    return VideoStream(0, "h264", "yuv420p", width, height, times)


def test_original_frame_does_not_get_in(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=2)
    plan = plan_for(path)
    frames: Any = read_clip(path)[2]
    assert isinstance(frames[0], OriginalFrame)
    assert plan.clip.video is not None
    assert plan.output.video is not None
    with pytest.raises(TypeError):
        encode_chunk(frames, plan.clip.video, plan.output.video, tmp_path / "chunk")


def test_original_sound_does_not_get_in(tmp_path: Path) -> None:
    blocks: Any = [OriginalSound(0, np.zeros((1, 99), np.float32), 48000)]
    with pytest.raises(TypeError):
        encode_sound(blocks, SoundOut(1, "aac", 48000, "mono", 96000), tmp_path / "sound")


def test_chunk_left_midway_can_not_be_read(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=2)
    plan = plan_for(path, "mp4", "ffv1")
    frames: Any = [passed(read_clip(path)[2][0]), "no frame"]
    assert plan.clip.video is not None
    assert plan.output.video is not None
    with pytest.raises(TypeError):
        encode_chunk(frames, plan.clip.video, plan.output.video, tmp_path / "chunk")
    with pytest.raises(Exception, match="damaged"):
        list(read_chunk(tmp_path / "chunk"))


@pytest.mark.parametrize(
    ("container", "codec", "pix_fmt"),
    [
        ("mov", "h264", "yuv420p"),
        ("mov", "hevc", "yuv420p10le"),
        ("mov", "prores", "yuv422p10le"),
        ("mp4", "ffv1", "yuv420p"),
    ],
)
def test_bytes_do_not_depend_on_what_memory_held(
    tmp_path: Path, container: str, codec: str, pix_fmt: str
) -> None:
    path = make_clip(tmp_path / "a.mkv", pix_fmt=pix_fmt, size=(322, 242), frames=12, tones=(440,))
    digests = set()
    for value in ("1", "85", "170"):
        folder = tmp_path / value
        folder.mkdir()
        surroundings = os.environ | {
            "MALLOC_PERTURB_": value,
            "PYTHONPATH": str(Path(__file__).parent),
        }
        subprocess.run(
            [sys.executable, "-c", ENCODE_AGAIN, str(path), str(folder), container, codec],
            env=surroundings,
            check=True,
        )
        pieces = sorted(folder.iterdir())
        assert len(pieces) == 2
        digests.add(tuple(hashlib.sha256(p.read_bytes()).hexdigest() for p in pieces))
    assert len(digests) == 1


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_encoder_does_not_say_its_name(tmp_path: Path, codec: str) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=4)
    chunks, _ = render_pieces(path, plan_for(path, "mov", codec), tmp_path / "pieces")
    content = b"".join(packet.content for packet in read_chunk(chunks[0]))
    held = (content + read_header(chunks[0]).setup).lower()
    assert not any(word in held for word in (b"x264", b"x265", b"videolan", b"lavc", b"options"))


def test_chunk_begins_with_a_key_frame(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", frames=8, calm=True)
    chunks, _ = render_pieces(path, plan_for(path), tmp_path / "pieces")
    keys = [packet.key for packet in read_chunk(chunks[0])]
    assert keys == [True, *[False] * 7]


def test_settings_that_the_encoder_does_not_take_are_refused(tmp_path: Path) -> None:
    out = VideoOut("hevc", "yuv420p", {"threads": "1"}, ())
    with pytest.raises(FormatRefused):
        encode_chunk([], stream(8, 8), out, tmp_path / "chunk")


def test_every_sample_of_sound_is_coded(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (2, 5000)).astype(np.float32)
    cuts = (0, 700, 701, 4000, 5000)
    blocks = [ProtectedSound(a, noise[:, a:b], 48000, RENDER_TOKEN) for a, b in pairwise(cuts)]
    encode_sound(blocks, SoundOut(1, "pcm_s16le", 48000, "stereo"), tmp_path / "sound")
    packets = list(read_chunk(tmp_path / "sound"))
    coded = np.frombuffer(b"".join(p.content for p in packets), "<i2").reshape(-1, 2).T
    assert np.array_equal(coded, np.clip(np.rint(noise * 32768.0), -32768, 32767))


@pytest.mark.parametrize(
    ("timebase", "unit"),
    [("1/25", (25, 1)), ("1001/30000", (30000, 1001)), ("8/30625", (30625, 8))],
)
def test_track_units_say_every_time(timebase: str, unit: tuple[int, int]) -> None:
    video = VideoStream(0, "h264", "yuv420p", 64, 48, FrameTimes(timebase, (), 1))
    assert track_unit(video) == unit
    assert Fraction(unit[1], unit[0]) == Fraction(timebase)


def test_times_too_fine_for_a_container_are_refused() -> None:
    video = VideoStream(0, "h264", "yuv420p", 64, 48, FrameTimes("1/10000000000", (), 1))
    with pytest.raises(FormatRefused):
        track_unit(video)
