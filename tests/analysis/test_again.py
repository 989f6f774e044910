"""The finder's second look at single frames: what every way of looking must find."""

import av
import numpy as np
import pytest
from faces import face_frame

from safehouse.analysis.again import SecondSearch, ways
from safehouse.model.clip import FrameTimes, PtsRun, VideoStream
from safehouse.model.frame import OriginalFrame, Plane, PlaneLayout

LAYOUT = PlaneLayout("yuv420p", "yuv", 8, 1, 1)
FACE = (105.0, 90.0, 265.0, 260.0)
"""About where the portrait's face is in frame 0, px."""


def frame(turns: int = 0) -> OriginalFrame:
    whole = av.VideoFrame.from_ndarray(face_frame(0), format="rgb24").reformat(format="yuv420p")
    sheet = whole.to_ndarray()
    planes: list[Plane] = [sheet[:360], *(sheet[360:].reshape(2, 180, 320))]
    turned = tuple(np.ascontiguousarray(np.rot90(plane, turns)) for plane in planes)
    return OriginalFrame(0, 0, turned, LAYOUT)


def video(width: int, height: int, rotation: int = 0) -> VideoStream:
    times = FrameTimes("1/25", (PtsRun(0, 1, 1),), 1)
    return VideoStream(0, "h264", "yuv420p", width, height, times, rotation=rotation)


def test_every_way_but_the_turned_ones_finds_the_face_where_it_is() -> None:
    found = SecondSearch(video(640, 360), threads=1)(frame())
    names = {name for name, _, turn, _ in ways(frame(), 0) if turn == 0}
    assert len(names) == 9
    for name in names:
        area, score, _ = max((f for f in found if f[2] == name), key=lambda f: f[1])
        assert score > 0.6, name
        middle = ((area[0] + area[2]) / 2, (area[1] + area[3]) / 2)
        assert FACE[0] < middle[0] < FACE[2], name
        assert FACE[1] < middle[1] < FACE[3], name


def test_a_face_that_lies_is_found_by_a_turned_look() -> None:
    found = SecondSearch(video(360, 640), threads=1)(frame(turns=1))
    turned = [f for f in found if f[2].endswith("turned")]
    area, score, _ = max(turned, key=lambda f: f[1])
    assert score > 0.6
    assert 90 < (area[0] + area[2]) / 2 < 260
    assert 640 - 265 < (area[1] + area[3]) / 2 < 640 - 105


def test_a_wall_shows_nobody() -> None:
    rows, columns = np.mgrid[0:360, 0:640]
    luma = (90 + columns // 12 + rows // 8).astype(np.uint8)
    grey = np.full((180, 320), 128, np.uint8)
    wall = OriginalFrame(0, 0, (luma, grey, grey), LAYOUT)
    assert SecondSearch(video(640, 360), threads=1)(wall) == []


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_clip_with_a_turn_in_its_tags_is_looked_at_upright(rotation: int) -> None:
    upright = {
        turn % 4 for name, _, turn, _ in ways(frame(), rotation // 90) if "turned" not in name
    }
    assert upright == {rotation // 90}
