"""Masks at the places where others have failed: edges, odd sizes, tall ovals, no picture."""

import msgspec
import numpy as np
import pytest
from scenes import LAYOUTS, mask_at, plan_for

from safehouse.errors import PlanMismatch
from safehouse.model.shape import Ellipse, Polygon
from safehouse.render.raster import chroma_mask, mask_of


def test_last_row_and_column_are_covered_by_a_mask_that_leaves_the_frame() -> None:
    plan = plan_for((65, 33), [mask_at(Ellipse(16 * 65, 16 * 33, 16 * 20, 16 * 10))])
    mask = mask_of(plan, 0)
    assert mask[32, 64]
    assert mask[32, 50:].all()
    assert mask[26:, 64].all()


def test_a_tall_oval_on_a_wide_frame_stays_tall() -> None:
    plan = plan_for((400, 100), [mask_at(Ellipse(16 * 200, 16 * 50, 16 * 10, 16 * 40))])
    rows, columns = np.nonzero(mask_of(plan, 0))
    assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == (20, 80)


def test_a_mask_wholly_outside_hides_nothing() -> None:
    plan = plan_for((40, 30), [mask_at(Ellipse(-999, -999, 500, 500))])
    assert not mask_of(plan, 0).any()


def test_one_pixel_can_be_hidden() -> None:
    plan = plan_for((9, 9), [mask_at(Ellipse(16 * 4 + 8, 16 * 5 + 8, 1, 1))])
    assert np.argwhere(mask_of(plan, 0)).tolist() == [[5, 4]]


def test_the_inside_of_a_crossed_polygon_follows_the_even_odd_rule() -> None:
    bow_tie = Polygon(((0, 0), (16 * 10, 16 * 10), (16 * 10, 0), (0, 16 * 10)))
    mask = mask_of(plan_for((10, 10), [mask_at(bow_tie)]), 0)
    assert not mask[0, 4:6].any()
    assert mask[5, 0]
    assert mask[5, 9]


def test_odd_sizes_keep_their_last_chroma_samples_hidden() -> None:
    mask = np.zeros((5, 7), np.bool_)
    mask[4, 6] = True
    chroma = chroma_mask(mask, LAYOUTS[0], interlaced=False)
    assert np.argwhere(chroma).tolist() == [[2, 3]]


def test_woven_fields_hide_the_chroma_of_both_readings() -> None:
    mask = np.zeros((8, 2), np.bool_)
    mask[2, 0] = True
    chroma = chroma_mask(mask, LAYOUTS[0], interlaced=True)
    assert chroma[:, 0].tolist() == [True, True, False, False]


def test_a_plan_for_sound_alone_has_no_mask() -> None:
    plan = plan_for((8, 8))
    clip = msgspec.structs.replace(plan.clip, video=None)
    with pytest.raises(PlanMismatch, match="no picture"):
        mask_of(msgspec.structs.replace(plan, clip=clip), 0)
