"""The veil: no hard edge, no flicker, no smear, grain like the film's own."""

from itertools import pairwise

import numpy as np
import pytest
from scenes import LAYOUTS, frame_from, mask_at, plan_for, plane_shape

from safehouse.model.frame import OriginalFrame, PlaneLayout
from safehouse.model.plan import Plan
from safehouse.model.shape import Ellipse
from safehouse.render.protect import protect
from safehouse.render.raster import mask_of

SIZE = (320, 240)
HEAD = Ellipse(16 * 160, 16 * 120, 16 * 50, 16 * 65)
DEEP = (slice(85, 155), slice(135, 185))
"""A part of the picture well inside HEAD."""


def film_frame(
    luma: np.ndarray, grain: float, index: int, layout: PlaneLayout = LAYOUTS[0]
) -> OriginalFrame:
    """A frame of 8-bit luma with Gaussian grain and neutral chroma."""
    rng = np.random.default_rng(1000 + index)
    scale = 1 << (layout.depth - 8)
    noisy = (luma + rng.normal(0, grain, luma.shape)) * scale
    kind = np.uint8 if layout.depth == 8 else np.uint16
    top = 235 * scale
    planes = [np.clip(np.rint(noisy), 16 * scale, top).astype(kind)]
    size = (luma.shape[1], luma.shape[0])
    for number in range(1, layout.plane_count):
        shape = plane_shape(layout, size, number)
        planes.append(np.full(shape, 128 * scale, kind))
    return frame_from(planes, layout, index=index)


def slope() -> np.ndarray:
    """A picture that grows brighter to the right and to the bottom."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    return 60 + x * 0.3 + y * 0.2


def head_plan() -> Plan:
    return plan_for(SIZE, [mask_at(HEAD)])


def veiled(luma: np.ndarray, grain: float, index: int = 0) -> np.ndarray:
    return protect(film_frame(luma, grain, index), head_plan()).planes[0].astype(int)


def test_a_smooth_slope_goes_on_under_the_mask_without_an_edge() -> None:
    mask = mask_of(head_plan(), 0)
    error = np.abs(veiled(slope(), 0.0) - slope())[mask]
    assert error.mean() < 5
    rows, columns = np.nonzero(mask[1:] & ~mask[:-1])
    plane = veiled(slope(), 0.0)
    steps = np.abs(plane[rows + 1, columns] - plane[rows, columns])
    assert steps.mean() < 4


@pytest.mark.parametrize("grain", [1.0, 2.5, 6.0])
def test_the_veil_has_the_grain_of_its_ring(grain: float) -> None:
    plane = veiled(np.full((SIZE[1], SIZE[0]), 120.0), grain)
    assert plane[DEEP].std() == pytest.approx(grain, rel=0.25)


@pytest.mark.parametrize("depth", [10, 12])
def test_grain_keeps_its_strength_at_more_bits(depth: int) -> None:
    layout = PlaneLayout(f"yuv420p{depth}le", "yuv", depth, 1, 1)
    frame = film_frame(np.full((SIZE[1], SIZE[0]), 120.0), 2.0, 0, layout)
    plane = protect(frame, head_plan()).planes[0].astype(int)
    assert plane[DEEP].std() / (1 << (depth - 8)) == pytest.approx(2.0, rel=0.25)


def test_grain_moves_in_every_frame_and_the_fill_does_not() -> None:
    flat = np.full((SIZE[1], SIZE[0]), 120.0)
    planes = [veiled(flat, 2.0, index)[DEEP] for index in range(4)]
    for a, b in pairwise(planes):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.1
        assert abs(a.mean() - b.mean()) < 0.35


def test_the_same_ring_gives_the_same_fill_while_the_mask_moves_within_its_cells() -> None:
    flat = slope()
    plan = head_plan()
    nudged = plan_for(SIZE, [mask_at(Ellipse(HEAD.cx + 16, HEAD.cy, HEAD.rx, HEAD.ry))])
    frame = film_frame(flat, 0.0, 0)
    a, b = (protect(frame, p).planes[0].astype(int) for p in (plan, nudged))
    both = mask_of(plan, 0) & mask_of(nudged, 0)
    assert np.abs(a - b)[both].mean() < 1.0


def test_a_lamp_beside_a_head_does_not_light_up_the_veil() -> None:
    dark = np.full((SIZE[1], SIZE[0]), 30.0)
    lamp = dark.copy()
    lamp[110:120, 212:222] = 235
    without, beside = veiled(dark, 0.0), veiled(lamp, 0.0)
    assert np.abs(without - beside)[DEEP].max() <= 6


def test_another_head_under_its_own_mask_leaves_no_trace_in_the_ring() -> None:
    other = Ellipse(16 * 225, 16 * 120, 16 * 12, 16 * 30)
    plan = plan_for(SIZE, [mask_at(HEAD), mask_at(other, "M0001")])
    flat = np.full((SIZE[1], SIZE[0]), 100.0)
    bright = flat.copy()
    bright[105:135, 218:232] = 230
    a = protect(film_frame(flat, 0.0, 0), plan).planes[0].astype(int)
    b = protect(film_frame(bright, 0.0, 0), plan).planes[0].astype(int)
    assert (a == b)[mask_of(plan, 0)].all()


def test_groups_that_touch_have_no_seam() -> None:
    pair = [mask_at(HEAD), mask_at(Ellipse(16 * 230, 16 * 120, 16 * 30, 16 * 30), "M0001")]
    frame = film_frame(slope(), 0.0, 0)
    plane = protect(frame, plan_for(SIZE, pair)).planes[0].astype(int)
    assert np.abs(np.diff(plane[120, 120:255])).max() <= 6


def test_black_bars_stay_black() -> None:
    black = np.full((SIZE[1], SIZE[0]), 16.0)
    plane = veiled(black, 0.0)
    assert plane[DEEP].mean() < 16.3
    assert plane.min() == 16
