"""A cutting copy is made of protected samples alone, small, in 8 bits, with its words burned in."""

import numpy as np
import pytest
from hypothesis import given, settings
from scenes import LAYOUTS, layouts, mask_at, noise_frame, plan_for, seeds

from safehouse.model.clip import FrameTimes, PtsRun, VideoStream
from safehouse.model.frame import PlaneLayout, ProtectedFrame
from safehouse.model.shape import Ellipse
from safehouse.render.protect import protect
from safehouse.render.proxy import LAYOUT, burn, proxy_size, shrink

WORDS = "CUTTING COPY C0003"


def copy_of(layout: PlaneLayout, seed: int, size: tuple[int, int] = (64, 48)) -> ProtectedFrame:
    frame = noise_frame(layout, size, seed)
    plan = plan_for(size, [mask_at(Ellipse(16 * 30, 16 * 20, 16 * 12, 16 * 12))])
    return shrink(protect(frame, plan), 32, 24, burn(WORDS, 32, 24))


def video(width: int, height: int) -> VideoStream:
    return VideoStream(
        0, "h264", "yuv420p", width, height, FrameTimes("1/25", (PtsRun(0, 1, 2),), 1)
    )


@given(layouts, seeds)
@settings(max_examples=60, deadline=None)
def test_every_layout_becomes_one_that_any_browser_plays(layout: PlaneLayout, seed: int) -> None:
    copy = copy_of(layout, seed)
    assert copy.layout == LAYOUT
    assert [plane.shape for plane in copy.planes] == [(24, 32), (12, 16), (12, 16)]
    assert all(plane.dtype == np.uint8 and not plane.flags.writeable for plane in copy.planes)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.pix_fmt)
def test_nothing_under_a_mask_reaches_the_copy(layout: PlaneLayout) -> None:
    size = (64, 48)
    plan = plan_for(size, [mask_at(Ellipse(16 * 32, 16 * 24, 16 * 200, 16 * 200))], look="solid")
    words = burn(WORDS, 32, 24)
    one, other = (
        shrink(protect(noise_frame(layout, size, seed), plan), 32, 24, words) for seed in (1, 2)
    )
    for a, b in zip(one.planes, other.planes, strict=True):
        assert np.array_equal(a, b)


def test_the_time_and_number_of_a_frame_stay() -> None:
    frame = noise_frame(LAYOUTS[0], (64, 48), 3, index=7)
    copy = shrink(protect(frame, plan_for((64, 48))), 32, 24, burn(WORDS, 32, 24))
    assert (copy.index, copy.pts) == (frame.index, frame.pts)


def test_the_words_are_white_with_a_black_rim_and_stand_low() -> None:
    words = burn(WORDS, 960, 540)
    assert not (words.ink & words.rim).any()
    rows, columns = np.nonzero(words.ink)
    assert rows.min() > 540 * 0.8
    assert 0.4 < (columns.max() - columns.min()) / 960 < 0.6
    copy = shrink(
        protect(noise_frame(LAYOUTS[0], (64, 48), 5), plan_for((64, 48))), 960, 540, words
    )
    assert set(np.unique(copy.planes[0][words.ink])) == {235}
    assert set(np.unique(copy.planes[0][words.rim])) == {16}


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_the_words_are_upright_however_the_camera_was_held(turns: int) -> None:
    seen = (540, 960) if turns % 2 else (960, 540)
    coded = burn(WORDS, 960, 540, turns)
    assert coded.ink.shape == (540, 960)
    assert np.array_equal(np.rot90(coded.ink, turns), burn(WORDS, *seen).ink)


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((1920, 1080), (960, 540)),
        ((3840, 2160), (960, 540)),
        ((1080, 1920), (540, 960)),
        ((720, 576), (720, 576)),
        ((321, 241), (320, 240)),
        ((4096, 858), (960, 202)),
        ((5, 3), (16, 16)),
    ],
)
def test_the_longest_side_is_at_most_960_px_and_sides_are_even(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    assert proxy_size(video(*size)) == small


def test_full_range_and_rgb_become_limited_range() -> None:
    full = PlaneLayout("yuvj420p", "yuv", 8, 1, 1, full_range=True)
    for layout in (full, PlaneLayout("gbrp14le", "rgb", 14, full_range=True)):
        luma = copy_of(layout, 9).planes[0]
        assert luma.min() >= 16
        assert luma.max() <= 235


def test_white_of_rgb_is_white_and_has_no_colour() -> None:
    layout = PlaneLayout("gbrp", "rgb", 8, full_range=True)
    frame = noise_frame(layout, (64, 48), 1)
    white = tuple(np.full_like(plane, 255) for plane in frame.planes)
    plain = type(frame)(0, 0, white, layout)
    copy = shrink(protect(plain, plan_for((64, 48))), 32, 24, burn("C", 32, 24))
    assert copy.planes[0][0, 0] == 235
    assert {int(copy.planes[n][0, 0]) for n in (1, 2)} == {128}
