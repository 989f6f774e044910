"""Non-interference on single frames: nothing under a mask has any influence."""

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenes import (
    frame_from,
    layouts,
    looks,
    mask_at,
    mask_lists,
    noise_frame,
    plan_for,
    seeds,
    shapes_near,
    sides,
)

from safehouse.model.frame import OriginalFrame, PlaneLayout
from safehouse.model.plan import Look, Plan, Region
from safehouse.model.shape import Ellipse, Polygon
from safehouse.render.protect import protect
from safehouse.render.raster import chroma_mask, mask_of
from safehouse.render.solid import nominal_range

frames_and_plans = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def cases(draw: st.DrawFn) -> tuple[OriginalFrame, Plan]:
    """A frame of noise and a plan that hides some of it."""
    width, height = draw(sides), draw(sides)
    frame = noise_frame(
        draw(layouts),
        (width, height),
        draw(seeds),
        index=draw(st.integers(0, 9)),
        woven=draw(st.booleans()),
    )
    masks = draw(mask_lists(width, height))
    plan = plan_for((width, height), masks, look=draw(looks), seed=draw(seeds))
    if draw(st.booleans()):
        keys = mask_at(draw(shapes_near(width, height))).keys
        plan = msgspec.structs.replace(
            plan, mode="reveal-only", regions=(Region("R0001", 0, 10, keys),)
        )
    return frame, plan


def hidden_of(frame: OriginalFrame, plan: Plan) -> list[np.ndarray]:
    """What is hidden of each plane."""
    mask = mask_of(plan, frame.index)
    chroma = chroma_mask(mask, frame.layout, interlaced=frame.interlaced)
    return [chroma if number else mask for number in range(len(frame.planes))]


def scrambled(frame: OriginalFrame, hidden: list[np.ndarray], seed: int) -> OriginalFrame:
    """The frame with other noise wherever something is hidden."""
    size = (frame.width, frame.height)
    other = noise_frame(frame.layout, size, seed)
    planes = [
        np.where(mask, noise, plane)
        for mask, noise, plane in zip(hidden, other.planes, frame.planes, strict=True)
    ]
    return frame_from(planes, frame.layout, index=frame.index, woven=frame.interlaced)


@given(cases(), seeds)
@frames_and_plans
def test_what_is_under_a_mask_has_no_influence(case: tuple[OriginalFrame, Plan], seed: int) -> None:
    frame, plan = case
    other = scrambled(frame, hidden_of(frame, plan), seed)
    ours, theirs = protect(frame, plan), protect(other, plan)
    for a, b in zip(ours.planes, theirs.planes, strict=True):
        assert (a == b).all()


@given(cases())
@frames_and_plans
def test_samples_outside_are_bit_identical_and_inside_in_nominal_range(
    case: tuple[OriginalFrame, Plan],
) -> None:
    frame, plan = case
    protected = protect(frame, plan)
    hidden = hidden_of(frame, plan)
    for number, (before, after) in enumerate(zip(frame.planes, protected.planes, strict=True)):
        mask = hidden[number]
        assert (after.dtype, after.shape) == (before.dtype, before.shape)
        assert (after[~mask] == before[~mask]).all()
        low, high = nominal_range(frame.layout, number)
        assert ((after[mask] >= low) & (after[mask] <= high)).all()
        assert not after.flags.writeable


@given(cases())
@frames_and_plans
def test_the_same_frame_and_plan_give_the_same_samples(case: tuple[OriginalFrame, Plan]) -> None:
    frame, plan = case
    first, again = protect(frame, plan), protect(frame, plan)
    for a, b in zip(first.planes, again.planes, strict=True):
        assert (a == b).all()


@given(sides, sides, layouts, looks, seeds)
@frames_and_plans
def test_a_frame_with_a_decode_error_is_hidden_whole(
    width: int, height: int, layout: PlaneLayout, look: Look, seed: int
) -> None:
    plan = plan_for((width, height), look=look)
    frames = [noise_frame(layout, (width, height), seed + n) for n in (0, 1)]
    broken = [OriginalFrame(0, 0, f.planes, layout, corrupt=True) for f in frames]
    a, b = (protect(frame, plan) for frame in broken)
    for one, other in zip(a.planes, b.planes, strict=True):
        assert (one == one[0, 0]).all()
        assert (one == other).all()


@given(sides, sides, layouts, looks, seeds)
@frames_and_plans
def test_a_mask_may_be_larger_than_the_frame(
    width: int, height: int, layout: PlaneLayout, look: Look, seed: int
) -> None:
    frame = noise_frame(layout, (width, height), seed)
    covering = mask_at(Ellipse(8 * width, 8 * height, 99_999, 99_999))
    protected = protect(frame, plan_for((width, height), [covering], look=look))
    assert all((plane == plane[0, 0]).all() for plane in protected.planes)


@given(st.integers(20, 80), st.integers(20, 80), layouts, seeds, st.data())
@frames_and_plans
def test_ground_that_no_mask_touches_does_not_change_the_veil_when_far(
    width: int, height: int, layout: PlaneLayout, seed: int, data: st.DataObject
) -> None:
    """The veil reads its ring alone: a sample 60 px from every mask has no influence."""
    size = (width + 120, height + 120)
    frame = noise_frame(layout, size, seed)
    plan = plan_for(size, [mask_at(Ellipse(16 * 20, 16 * 20, 16 * 12, 16 * 12))])
    far = Polygon(((16 * 95, 16 * 95), (9**6, 16 * 95), (9**6, 9**6), (16 * 95, 9**6)))
    beyond = hidden_of(frame, plan_for(size, [mask_at(far)]))
    other = scrambled(frame, beyond, data.draw(seeds))
    ours, theirs = protect(frame, plan), protect(other, plan)
    for number, hidden in enumerate(hidden_of(frame, plan)):
        assert (ours.planes[number][hidden] == theirs.planes[number][hidden]).all()
