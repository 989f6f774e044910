"""Pictures of the page: nothing of a hidden head is in a protected one, nor of what was drawn."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest
from faces import face_frame
from made_projects import findings_of, head_at
from numpy.typing import NDArray

from safehouse.model.box import Box
from safehouse.model.shape import Ellipse, Key, shape_at
from safehouse.review.picture_jobs import Wanted, original_pictures, protected_pictures
from safehouse.review.view_plan import masks_between, plan_for, seen_of
from safehouse.store.reading_view import HandMask, Marks

NOTHING = Marks((), (), (), (), (), (), (), ())
COUNT = 12


def write(path: Path, *, noise: bool) -> Path:
    """A lossless clip of the portrait; with noise, its face is another one altogether."""
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as target:
        stream = target.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(COUNT):
            picture = face_frame(number)
            if noise:
                box = head_at(number).grow(-40, -50)
                place = picture[box.y0 : box.y1, box.x0 : box.x1]
                place[:] = rng.integers(0, 255, place.shape, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return write(folder / "a.mkv", noise=False), write(folder / "b.mkv", noise=True)


def plan_of(path: Path, first: int, marks: Marks = NOTHING) -> bytes:
    findings = findings_of(path, "C0001", shots=(0,))
    return msgspec.json.encode(
        plan_for(seen_of(msgspec.json.encode(findings)), marks, first, COUNT)
    )


def pixels(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED))


def test_a_protected_picture_is_the_same_whoever_is_under_the_mask(
    clips: tuple[Path, Path],
) -> None:
    wanted = [Wanted(frame, 0, 640) for frame in (3, 5, 4)]
    first, second = (protected_pictures(path, plan_of(path, 3), wanted) for path in clips)
    assert len(set(first)) == 3
    assert first == second
    looks = [original_pictures(path, plan_of(path, 3), wanted) for path in clips]
    assert not set(looks[0]) & set(looks[1])


def test_what_was_drawn_by_hand_is_hidden_in_the_pages_pictures_too(
    clips: tuple[Path, Path],
) -> None:
    corner = HandMask(
        "H0001", 0, COUNT, (Key(0, Ellipse(600 * 16, 40 * 16, 400, 400)),), "sign", ""
    )
    marks = msgspec.structs.replace(NOTHING, masks=(corner,))
    bare, drawn = (
        pixels(protected_pictures(clips[0], plan_of(clips[0], 0, m), [Wanted(0, 0, 640)])[0])
        for m in (NOTHING, marks)
    )
    changed = np.abs(bare.astype(int) - drawn).max(axis=2) > 12
    rows, columns = np.nonzero(changed)
    assert rows.size == 0 or (columns.min() > 520 and rows.max() < 120)
    whole = msgspec.structs.replace(NOTHING, spans=((0, COUNT, "slate"),))
    all_hidden = pixels(
        protected_pictures(clips[0], plan_of(clips[0], 0, whole), [Wanted(0, 0, 640)])[0]
    )
    assert all_hidden.std() < 12


def test_a_look_at_the_original_is_small_and_grey_where_wished(clips: tuple[Path, Path]) -> None:
    plan = plan_of(clips[0], 0)
    wanted = [Wanted(0, 0, 320, grey=True), Wanted(0, 0, 160, Box(600, -40, 700, 60))]
    grey, head = map(pixels, original_pictures(clips[0], plan, wanted))
    assert grey.shape == (180, 320)
    assert head.shape[:2] == (60, 40)


def test_masks_of_some_frames_keep_the_shapes_that_those_frames_need(
    clips: tuple[Path, Path],
) -> None:
    text = msgspec.json.encode(findings_of(clips[0], "C0001", shots=(0,)))
    whole = seen_of(text).masks
    for first in range(COUNT):
        for end in range(first + 1, COUNT + 1):
            for short, long in zip(masks_between(whole, first, end), whole, strict=True):
                for frame in range(first, end):
                    assert shape_at(short.keys, frame) == shape_at(long.keys, frame)
