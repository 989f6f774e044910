"""Frames come from a clip that stays open just as they come from one that is opened anew."""

import random
from pathlib import Path

import msgspec
import pytest
from faces import write_face_clip
from made_projects import findings_of

from safehouse.errors import SourceError
from safehouse.media.ranges import read_range, sum_of
from safehouse.model.clip import VideoStream
from safehouse.model.plan import Chunk
from safehouse.review import reel as reels
from safehouse.review.reel import BEHIND, Reel, Reels
from safehouse.review.view_plan import Seen, seen_of

COUNT = 40


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Seen, list[tuple[int, int]]]:
    path = tmp_path_factory.mktemp("clip") / "a.mov"
    write_face_clip(path, COUNT)
    seen = seen_of(msgspec.json.encode(findings_of(path, "C0001")))
    whole = [sum_of(frame) for frame in read_range(path, seen.video, Chunk(0, COUNT, 0))]
    return path, seen, whole


class Counted:
    """Counts how often a clip is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[int] = []
        monkeypatch.setattr(reels, "read_range", self._read)

    def _read(self, path: Path, video: VideoStream, chunk: Chunk) -> object:
        self.opened.append(chunk.decode_from)
        return read_range(path, video, chunk)


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_frames_are_those_of_the_clip(
    clip: tuple[Path, Seen, list[tuple[int, int]]], seed: int
) -> None:
    path, seen, whole = clip
    dice = random.Random(seed)  # noqa: S311 - no secret
    reel = (Reel, Reels)[seed % 2]()
    for _ in range(25):
        index = dice.randrange(COUNT)
        frame = reel.frame(path, seen.video, index, seen.decode_from(index))
        assert frame.index == index
        assert sum_of(frame) == whole[index]
    reel.let_go()


def test_steps_on_and_back_do_not_open_the_clip_again(
    clip: tuple[Path, Seen, list[tuple[int, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, _ = clip
    counted, reel = Counted(monkeypatch), Reel()
    for index in (20, 21, 25, 24, 20, 20 - BEHIND, 30):
        reel.frame(path, seen.video, index, 0)
    assert len(counted.opened) == 1
    assert reel.way_to(path, seen.video, 31, 0) == 1
    assert reel.way_to(path, seen.video, 20, 0) == 0
    assert reel.way_to(path, seen.video, 2, 0) is None
    assert reel.way_to(path, seen.video, 39, 35) is None, "a seek is shorter"
    reel.let_go()


def test_looking_elsewhere_leaves_the_place_that_is_looked_at(
    clip: tuple[Path, Seen, list[tuple[int, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, _ = clip
    counted, both = Counted(monkeypatch), Reels()
    for index in (30, 2, 31, 3, 32, 4):
        both.frame(path, seen.video, index, 0)
    assert len(counted.opened) == 2
    both.let_go()


def test_memory_is_bounded_and_let_go_forgets(
    clip: tuple[Path, Seen, list[tuple[int, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, _ = clip
    monkeypatch.setattr(reels, "KEPT_BYTES", 3 * 640 * 360 * 3 // 2)
    reel = Reel()
    for index in (0, 9, 3, 20, 19):
        reel.frame(path, seen.video, index, 0)
        assert reel._bytes == sum(reels._size(one) for one in reel._kept.values())
        assert len(reel._kept) <= 3
    reel.let_go()
    assert not reel._kept
    assert reel.way_to(path, seen.video, 20, 0) is None


def test_a_clip_that_is_not_the_one_is_refused_and_not_kept_open(
    clip: tuple[Path, Seen, list[tuple[int, int]]], tmp_path: Path
) -> None:
    path, seen, _ = clip
    other = tmp_path / "b.mov"
    write_face_clip(other, 10)
    reel = Reel()
    with pytest.raises(SourceError):
        reel.frame(other, seen.video, 30, 0)
    assert reel.way_to(other, seen.video, 30, 0) is None
    assert reel.frame(path, seen.video, 30, 0).index == 30
    reel.let_go()
