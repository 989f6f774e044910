"""Pictures for the detector: shape, depth and colour."""

import numpy as np
import pytest

from safehouse.analysis.picture import cut_out, fit_size, rgb_rule, shrink
from safehouse.model.clip import Colour
from safehouse.model.frame import OriginalFrame, PlaneLayout


def frame_of(width: int, height: int, depth: int = 8) -> OriginalFrame:
    kind = np.uint8 if depth == 8 else np.uint16
    luma = np.full((height, width), 120 << (depth - 8), dtype=kind)
    chroma = np.full((-(-height // 2), -(-width // 2)), 90 << (depth - 8), dtype=kind)
    return OriginalFrame(0, 0, (luma, chroma, chroma), PlaneLayout("yuv420p", "yuv", depth, 1, 1))


@pytest.mark.parametrize(
    ("width", "height", "longest", "size"),
    [
        (1920, 1080, 960, (960, 544)),
        (426, 240, 672, (672, 384)),
        (608, 1080, 960, (608, 1088)),
        (2, 2, 672, (128, 128)),
    ],
)
def test_pictures_are_multiples_of_32(
    width: int, height: int, longest: int, size: tuple[int, int]
) -> None:
    assert fit_size(width, height, longest).size == size


@pytest.mark.parametrize(("side", "longer"), [(4, 128), (16, 128), (60, 256), (200, 672)])
def test_tiny_frames_are_not_made_huge(side: int, longer: int) -> None:
    assert fit_size(side, side // 2, 672).size[0] == longer


@pytest.mark.parametrize("depth", [8, 10])
def test_shrinking_keeps_levels_in_8_bits(depth: int) -> None:
    small = shrink(frame_of(1920, 1080, depth), fit_size(1920, 1080, 960))
    assert small.planes.shape == (3, 544, 960)
    assert set(np.unique(small.planes[0, :540])) == {120}
    assert set(np.unique(small.planes[1, :540])) == {90}
    assert (small.per_x, small.per_y) == (2, 2)


def test_odd_sizes_and_places_beyond_the_frame_are_fine() -> None:
    frame = frame_of(33, 17)
    assert shrink(frame, fit_size(33, 17, 672)).planes.shape[0] == 3
    assert cut_out(frame, (-20, -20, 60, 60), (64, 64)).shape == (3, 64, 64)
    assert cut_out(frame, (500, 500, 560, 560), (64, 64)).shape == (3, 64, 64)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", [1, 2, 5, 9])
def test_grey_stays_grey_and_white_is_white(full: bool, matrix: int) -> None:
    rule, offset = rgb_rule(PlaneLayout("yuv420p", "yuv", 8, 1, 1, full), Colour(matrix=matrix))
    white = rule @ np.array([255 if full else 235, 128, 128], dtype=np.float32) + offset
    assert white == pytest.approx([255, 255, 255], abs=0.5)


def test_planes_of_an_rgb_source_are_put_in_order() -> None:
    rule, offset = rgb_rule(PlaneLayout("gbrp", "rgb", 8), Colour())
    assert list(rule @ np.array([10, 20, 30], dtype=np.float32) + offset) == [30, 10, 20]
