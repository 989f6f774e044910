"""Heads that lean are found in a picture that leans too, and looked for at their angle."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from faces import RATE, portrait
from hypothesis import given
from hypothesis import strategies as st

from safehouse.analysis.follow import BIG_HITS, BIG_SURE, Follower
from safehouse.analysis.look import Looker
from safehouse.analysis.picture import Small, lean
from safehouse.analysis.places import Area, Hit, turn_back
from safehouse.analysis.run import Settings, analyse
from safehouse.model.frame import OriginalFrame, PlaneLayout

LEANS = st.sampled_from([-1.5, -0.5, 0.5, 1.5])


@given(LEANS, st.integers(60, 130), st.integers(60, 130))
def test_a_spot_of_a_leaning_picture_is_found_again(turn: float, x: int, y: int) -> None:
    planes = np.zeros((3, 200, 200), dtype=np.uint8)
    planes[0, y - 3 : y + 3, x - 3 : x + 3] = 255
    leaning = lean(planes, (100, 100), turn, 200, 1)
    rows, columns = np.nonzero(leaning[0] > 128)
    spot = (columns.mean() + 0.5, rows.mean() + 0.5)
    x0, y0, x1, y1 = turn_back((spot[0] - 1, spot[1] - 1, spot[0] + 1, spot[1] + 1), turn, 200, 200)
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((x, y), abs=1.5)
    assert leaning[1:].min() >= 0


def test_a_leaning_oval_comes_back_in_the_box_around_it() -> None:
    x0, y0, x1, y1 = turn_back((80, 70, 120, 130), 0.5, 200, 200)
    half = ((20**2 + 30**2) / 2) ** 0.5
    assert (x0, y0, x1, y1) == pytest.approx((100 - half, 100 - half, 100 + half, 100 + half))


def write_leaning_clip(path: Path, degrees: float, frames: int) -> None:
    """Write the portrait, turned about its middle, over a grey wall."""
    rule = cv2.getRotationMatrix2D((150, 150), degrees, 1)
    person = cv2.warpAffine(portrait(), rule, (300, 300), borderValue=(110, 110, 110))
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(frames):
            picture = np.full((360, 640, 3), 110, dtype=np.uint8)
            picture[40:340, 100 + 2 * number : 400 + 2 * number] = person
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [50, -50, 130])
def test_a_head_that_leans_is_found_in_every_frame(degrees: float, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    write_leaning_clip(clip, degrees, 10)
    found = analyse(clip, "C0001")
    best = max(found.tracks, key=lambda track: max(s.score for s in track.samples))
    assert (best.first, best.end) == (0, 10)
    assert max(sample.score for sample in best.samples) > 0.5
    inner = cv2.getRotationMatrix2D((150, 150), degrees, 1) @ np.array([155, 110, 1])
    for sample in best.samples:
        head = sample.head
        assert head.x0 < 100 + 2 * sample.frame + inner[0] < head.x1
        assert head.y0 < 40 + inner[1] < head.y1


class NoLook(Looker):
    """Finds the leaning head at its own angle only, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def close(self, source: OriginalFrame | Small, head: Area, turn: float) -> Hit | None:
        self.asked.append(turn)
        return Hit(head, head, 0.7, turn) if turn % 1 else None


def frame_of(index: int) -> OriginalFrame:
    plane = np.zeros((36, 64), np.uint8)
    return OriginalFrame(index, index, (plane, plane, plane), PlaneLayout("yuv444p", "yuv", 8))


def followed(hits: list[list[Hit]], looker: NoLook) -> Follower:
    follower = Follower(looker, Settings(), (640, 360))
    for index, found in enumerate(hits):
        follower.step(frame_of(index), found)
    follower.end_shot()
    return follower


HERE: Area = (100, 100, 160, 170)
BIG: Area = (100, 50, 300, 300)


def test_a_head_found_leaning_is_looked_for_at_its_angle() -> None:
    looker = NoLook()
    upright_and_faint = Hit(HERE, HERE, 0.1)
    (track,) = followed([[Hit(HERE, HERE, 0.5, 0.5)], [], [upright_and_faint]], looker).ended
    assert looker.asked == [0.5, 0.5]
    assert [hit.score for hit in track.hits.values()] == [0.5, 0.7, 0.7]


@pytest.mark.parametrize(
    ("scores", "certain"),
    [
        ([BIG_SURE], True),
        ([0.65], False),
        ([0.65, 0.5], False),
        ([0.5] * BIG_HITS, True),
        ([0.5, 0.2, 0.2, 0.2], False),
    ],
)
def test_a_face_as_large_as_the_picture_is_seen_well_or_often(
    scores: list[float], certain: bool
) -> None:
    big = [[Hit(BIG, BIG, score)] for score in scores]
    assert bool(followed(big, NoLook()).ended) == certain
    small = [[Hit(HERE, HERE, score)] for score in scores]
    assert followed(small, NoLook()).ended
