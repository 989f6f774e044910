from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from faces import RATE, face_frame
from hypothesis import given
from hypothesis import strategies as st

from safehouse.analysis.places import Hit
from safehouse.analysis.run import analyse
from safehouse.analysis.upright import coded_area, display_turns, seen_size, upright
from safehouse.analysis.watch import choose_turn
from safehouse.model.clip import FrameTimes, VideoStream
from safehouse.model.frame import OriginalFrame, PlaneLayout


def video(rotation: int, *, vflip: bool = False) -> VideoStream:
    times = FrameTimes("1/25", (), 0)
    return VideoStream(0, "h264", "yuv422p", 40, 24, times, rotation=rotation, vflip=vflip)


@given(st.sampled_from([-270, -180, -90, 0, 90, 180, 270]), st.integers(0, 36), st.integers(0, 20))
def test_an_area_of_the_upright_frame_lies_on_the_same_samples_of_the_coded_one(
    rotation: int, x: int, y: int
) -> None:
    luma = np.zeros((24, 40), np.uint8)
    luma[y : y + 4, x : x + 4] = 200
    chroma = np.zeros((24, 20), np.uint8)
    frame = OriginalFrame(0, 0, (luma, chroma, chroma), PlaneLayout("yuv422p", "yuv", 8, 1, 0))
    stream = video(rotation)
    turns = display_turns(stream)
    seen = upright(frame, turns)
    assert (seen.width, seen.height) == seen_size(stream)
    rows, columns = np.nonzero(seen.planes[0])
    area = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert coded_area(area, turns, stream) == (x, y, x + 4, y + 4)


def test_a_picture_upside_down_in_a_mirror_is_turned_half_round() -> None:
    assert display_turns(video(0, vflip=True)) == 2
    assert display_turns(video(180, vflip=True)) == 0


def test_a_shot_is_looked_at_in_the_turn_that_shows_clearly_more() -> None:
    def hits(*scores: float) -> list[Hit]:
        return [Hit((0, 0, 9, 9), (0, 0, 9, 9), score) for score in scores]

    assert choose_turn([hits(0.5), hits(0.9, 0.8), hits(), hits(0.2)], 0) == 1
    assert choose_turn([hits(0.7), hits(0.8), hits(), hits()], 0) == 0
    assert choose_turn([hits(), hits(0.2), hits(), hits()], 0) == 0


@pytest.mark.slow
@pytest.mark.parametrize("flagged", [True, False])
def test_a_head_that_lies_in_the_coded_frame_is_found(flagged: bool, tmp_path: Path) -> None:
    path = tmp_path / "clip.mov"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        if flagged:
            stream.set_display_rotation(-90)
        for number in range(10):
            lying = np.ascontiguousarray(np.rot90(face_frame(number)))
            frame = av.VideoFrame.from_ndarray(lying, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    found = analyse(path, "C0001")
    assert found.clip.video is not None
    assert bool(found.clip.video.rotation) == flagged
    best = max(found.tracks, key=lambda track: max(s.score for s in track.samples))
    assert (best.first, best.end) == (0, 10)
    left = (
        40  # the face's middle is about (155, 110) px in the portrait, which stands at (left, 40)
    )
    for sample in best.samples:
        x, y = left + 3 * sample.frame + 145, 40 + 110
        head = sample.head
        assert head.x0 < y < head.x1
        assert head.y0 < 640 - x < head.y1
