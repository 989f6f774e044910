"""Boxes as floats: turning, distance, and the head around a face."""

import numpy as np
import pytest

from safehouse.analysis.places import (
    head_around,
    mix,
    move,
    nearness,
    nearness_of,
    overlap,
    stretch,
    turn_back,
)

FACE = (100.0, 100.0, 140.0, 150.0)


def points(aside: float = 0.0, down: float = 0.55) -> np.ndarray:
    """Eyes, nose and mouth corners of FACE; the nose aside and down by shares."""
    x = 120 + aside * 40
    return np.array([[110, 118], [130, 118], [x, 118 + down * 20], [112, 138], [128, 138]])


def test_the_head_holds_the_face_with_hair_and_ears() -> None:
    x0, y0, x1, y1 = head_around(FACE, points(), 0.9)
    assert x0 <= 92
    assert y0 <= 75
    assert x1 >= 148
    assert y1 >= 155


def test_a_head_that_looks_aside_reaches_back() -> None:
    x0, _, x1, _ = head_around(FACE, points(aside=-0.2), 0.9)
    assert x1 - 140 > 2 * (100 - x0)


def test_the_points_of_a_faint_face_say_little() -> None:
    sure = head_around(FACE, points(aside=-0.2), 0.9)
    faint = head_around(FACE, points(aside=-0.2), 0.1)
    assert faint[2] < sure[2]


def test_a_head_that_looks_down_shows_more_crown() -> None:
    assert head_around(FACE, points(down=0.66), 0.9)[1] < head_around(FACE, points(), 0.9)[1]


def test_a_face_lying_on_its_side_grows_evenly() -> None:
    lying = (100.0, 100.0, 200.0, 150.0)
    assert head_around(lying, points(aside=0.3), 0.9) == stretch(lying, 0.3)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_turning_back_finds_the_pixel_again(turn: int) -> None:
    picture = np.zeros((30, 50), dtype=int)
    picture[5:9, 10:20] = 1
    rows, columns = np.nonzero(np.rot90(picture, turn))
    area = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert turn_back(area, turn, 50, 30) == (10, 5, 20, 9)


def test_nearness_is_nought_for_the_same_area_and_grows() -> None:
    assert nearness(FACE, FACE) == 0
    assert nearness(FACE, move(FACE, 20, 0)) < nearness(FACE, move(FACE, 40, 0))
    table = nearness_of([FACE, move(FACE, 9, 9)], [move(FACE, 40, 0)])
    assert table[0, 0] == pytest.approx(nearness(FACE, move(FACE, 40, 0)))


def test_overlap_and_mix() -> None:
    assert overlap(FACE, FACE) == 1
    assert overlap(FACE, move(FACE, 400, 0)) == 0
    assert mix(FACE, move(FACE, 10, 0), 0.5) == move(FACE, 5, 0)


def test_full_hair_and_crown_fade_where_a_face_fills_the_picture() -> None:
    def shares(share: float) -> tuple[float, float]:
        x0, y0, x1, _ = head_around(FACE, points(), 0.9, share)
        return (x1 - x0) / 40, (150 - y0) / 50

    wide, tall = zip(*(shares(share) for share in (0.1, 0.45, 0.6, 0.75, 0.9)), strict=True)
    assert wide[0] == wide[1] > wide[2] > wide[3] == wide[4] >= 1.4
    assert tall[0] == tall[1] > tall[2] > tall[3] == tall[4] >= 1.4


def test_a_profile_is_hidden_a_whole_face_width_back() -> None:
    _, _, x1, _ = head_around(FACE, points(aside=-0.2), 0.9)
    assert x1 - 140 >= 0.95 * 40
