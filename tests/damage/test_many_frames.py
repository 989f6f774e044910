"""A hundred thousand tiny frames: every one is there, in memory that does not grow with them."""

import tracemalloc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from safehouse.machine import cpu_level
from safehouse.media.formats import choose_output
from safehouse.media.reader import ClipReader
from safehouse.model.clip import PtsRun
from safehouse.model.documents import format_document
from safehouse.model.plan import Plan
from safehouse.plan.check import parse_plan

FRAMES = 100_000
MOST_BYTES = 64 << 20


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 100,000 frames of 16 x 16 px."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.mp4"
    noise = np.random.default_rng(1).integers(0, 255, (8, 24, 16), np.uint8)
    pictures = [av.VideoFrame.from_ndarray(planes, format="yuv420p") for planes in noise]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        for number in range(FRAMES):
            picture = pictures[number % len(pictures)]
            picture.pts, picture.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return path


@pytest.mark.slow
def test_a_hundred_thousand_tiny_frames_are_read_and_planned(tiny: Path) -> None:
    tracemalloc.start()
    with ClipReader(tiny, "C0001") as reader:
        seen = sum(not frame.corrupt for frame in reader.frames())
        clip, keys = reader.clip(), reader.key_frames()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == FRAMES
    assert most < MOST_BYTES
    assert clip.video is not None
    assert clip.video.times.runs == (PtsRun(0, 512, FRAMES),)
    output = choose_output(clip, quality=None, container="mov", key_frames=keys, cpu=cpu_level())
    text = format_document(Plan(clip=clip, output=output, cpu=cpu_level()))
    assert len(text) < 1 << 17
    read = parse_plan(text)
    assert read.output.video is not None
    assert read.output.video.chunks[-1].end == FRAMES
    assert all(chunk.first - chunk.decode_from < 1000 for chunk in read.output.video.chunks)
