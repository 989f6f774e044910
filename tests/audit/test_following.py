"""What a film still shows of a face: as it is, blurred, in blocks; and what it does not."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from safehouse.audit.following import (
    FOLLOWS,
    GAIN,
    LEVEL,
    SHAPE,
    TILED,
    follows,
    in_blocks,
    like_a_blur,
    verdict,
)
from safehouse.model.box import Box

Picture = NDArray[np.uint8]
RNG = np.random.default_rng(4)
WHERE = Box(90, 70, 190, 190)


def made_face(seed: int = 4) -> Picture:
    """A smooth pattern of 100 x 120 px with the contrast of a face."""
    noise = np.random.default_rng(seed).integers(0, 255, (120, 100), np.uint8)
    soft = cv2.GaussianBlur(noise.astype(np.float64), (0, 0), 9)
    return ((soft - soft.min()) / np.ptp(soft) * 180 + 30).astype(np.uint8)


FACE = made_face()


def scene(face: Picture) -> Picture:
    """A frame of 280 x 260 px with a face on a slope of light."""
    rows, columns = np.mgrid[:260, :280]
    frame = (100 + rows // 6 + columns // 8).astype(np.uint8)
    frame[WHERE.y0 : WHERE.y1, WHERE.x0 : WHERE.x1] = face
    return frame


def halved(picture: Picture) -> Picture:
    return (picture // 2).astype(np.uint8)


def tiles(picture: Picture, edge: int = 20) -> Picture:
    """A mosaic in which each block has the colour of its corner, as deface 1.5 draws it."""
    out = picture.copy()
    for y in range(0, picture.shape[0], edge):
        for x in range(0, picture.shape[1], edge):
            out[y : y + edge, x : x + edge] = picture[y, x]
    return out


def softened(edge: float) -> Callable[[Picture], Picture]:
    return lambda frame: cv2.blur(frame, (round(edge * 100), round(edge * 120))).astype(np.uint8)


def test_what_is_a_function_of_the_face_follows_it() -> None:
    for change in (halved, softened(0.2), lambda p: tiles(p, 12)):
        alike, gain = follows(change(FACE), FACE)
        assert alike > FOLLOWS
        assert gain > GAIN


@pytest.mark.parametrize("edge", [0.3, 0.5, 0.65, 0.8])
def test_a_box_blur_is_known_by_its_level_and_shape(edge: float) -> None:
    frame = scene(FACE)
    shape, level = like_a_blur(softened(edge)(frame), frame, WHERE)
    assert shape > SHAPE
    assert level > LEVEL
    assert verdict(softened(edge)(frame), frame, WHERE).follows


@pytest.mark.parametrize("edge", [10, 16, 20])
def test_a_mosaic_is_known_by_its_blocks(edge: int) -> None:
    alike, share = in_blocks(tiles(FACE, edge), FACE)
    assert alike > TILED
    assert share > 0.3
    assert verdict(scene(tiles(FACE, edge)), scene(FACE), WHERE).follows


def other_fills() -> list[Picture]:
    slope = np.tile(np.linspace(30, 220, 100).astype(np.uint8), (120, 1))
    noise = RNG.integers(0, 255, FACE.shape).astype(np.uint8)
    return [
        np.full_like(FACE, 120),
        slope,
        noise,
        np.clip(slope + RNG.normal(0, 3, slope.shape), 0, 255).astype(np.uint8),
        np.zeros_like(FACE),
        tiles(np.ascontiguousarray(np.rot90(FACE, 2))),
    ]


@pytest.mark.parametrize("number", range(6))
def test_a_tone_a_slope_noise_black_and_another_face_do_not(number: int) -> None:
    film, clip = scene(other_fills()[number]), scene(FACE)
    assert not verdict(film, clip, WHERE).follows


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_fill_that_knows_nothing_of_the_face_follows_none(one: int, two: int) -> None:
    """A smooth fill with grain of its own, against any face."""
    chance = np.random.default_rng(one)
    corners = chance.uniform(60, 180, (3, 3)).astype(np.float32)
    fill = cv2.resize(corners, (100, 120), interpolation=cv2.INTER_CUBIC)
    grain = chance.normal(0, 2, fill.shape)
    film = scene(np.clip(fill + grain, 0, 255).astype(np.uint8))
    found = verdict(film, scene(made_face(two + 20_000)), WHERE)
    assert not (found.follows and "as it is" not in found.how), found


def test_a_face_follows_itself() -> None:
    found = verdict(scene(FACE), scene(FACE), WHERE)
    assert found.follows
    assert found.amount == pytest.approx(1.0, abs=0.05)
