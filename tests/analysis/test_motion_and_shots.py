"""Flow carries a place; a cut is a cut, and a shaken camera is none."""

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.motion import carry
from safehouse.analysis.picture import Small
from safehouse.analysis.shots import CutWatch


def texture(seed: int, level: int = 120) -> NDArray[np.uint8]:
    """Smooth noise, 400 x 700."""
    noise = np.random.default_rng(seed).integers(0, 255, (25, 44)).astype(np.float64)
    wide = np.kron(noise, np.ones((16, 16)))[:400, :700]
    kernel = np.ones(16) / 16
    for axis in (0, 1):
        wide = np.apply_along_axis(np.convolve, axis, wide, kernel, "same")
    return np.clip(wide - 127 + level, 0, 255).astype(np.uint8)


def small(index: int, luma: NDArray[np.uint8], chroma: int = 128) -> Small:
    planes = np.full((3, 320, 512), chroma, dtype=np.uint8)
    planes[0] = luma[:320, :512]
    return Small(index, planes, 1.0, 1.0)


def test_a_place_moves_with_the_picture() -> None:
    picture = texture(1)
    area, agree = carry(
        (200, 120, 260, 190), small(0, picture[10:, 10:]), small(1, picture[5:, 18:])
    )
    assert agree > 0.8
    assert abs(area[0] - 192) < 2
    assert abs(area[1] - 125) < 2


def test_a_place_in_another_picture_is_not_followed() -> None:
    _, agree = carry((200, 120, 260, 190), small(0, texture(1)), small(1, texture(2)))
    assert agree < 0.35


def test_a_cut_is_exact_and_a_swinging_camera_is_none() -> None:
    watch = CutWatch()
    first, second = texture(3, 90), texture(4, 180)
    frames = [small(n, first[:, 4 * n :]) for n in range(6)]
    frames += [small(6 + n, second[:, 4 * n :], 90) for n in range(6)]
    assert [watch.begins(frame) for frame in frames] == [n in (0, 6) for n in range(12)]
