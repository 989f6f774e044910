"""The solid look: one neutral tone."""

import numpy as np
import pytest
from scenes import LAYOUTS, mask_at, noise_frame, plan_for

from safehouse.model.frame import PlaneLayout
from safehouse.model.shape import Ellipse
from safehouse.render.protect import protect
from safehouse.render.solid import nominal_range, solid_tone


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.pix_fmt)
def test_the_tone_is_mid_grey_without_colour(layout: PlaneLayout) -> None:
    low, high = nominal_range(layout, 0)
    assert abs(2 * solid_tone(layout, 0) - low - high) <= 1
    if layout.kind == "yuv":
        assert solid_tone(layout, 1) == 1 << (layout.depth - 1)


def test_limited_range_is_that_of_the_standard() -> None:
    ten = PlaneLayout("yuv420p10le", "yuv", 10, 1, 1)
    assert [nominal_range(ten, plane) for plane in (0, 1, 2)] == [(64, 940), (64, 960), (64, 960)]


def test_a_solid_mask_over_a_veil_wins_and_neither_leaves_a_gap() -> None:
    left = mask_at(Ellipse(16 * 30, 16 * 32, 16 * 20, 16 * 20), "M0001", "veil")
    right = mask_at(Ellipse(16 * 50, 16 * 32, 16 * 20, 16 * 20), "M0002", "solid")
    plan = plan_for((96, 64), [left, right])
    frame = noise_frame(LAYOUTS[0], (96, 64), 1)
    plane = protect(frame, plan).planes[0]
    assert (plane[20:44, 40:60] == 126).all()
    assert not np.array_equal(plane[20:44, 14:28], frame.planes[0][20:44, 14:28])
    assert (plane[20:44, 14:28] != 126).any()
