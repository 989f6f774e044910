import cv2
import numpy as np
import pytest

from safehouse.model.clip import Clip, FrameTimes, PtsRun, VideoStream
from safehouse.model.plan import Chunk, Mask, Output, Plan, VideoOut
from safehouse.model.shape import Ellipse, Key, Polygon, Whole
from safehouse.plan.check import check_plan
from safehouse.plan.diff import diff_plans
from safehouse.plan.masks import mask_polygons
from safehouse.render.raster import mask_of


def plan_with(*masks: Mask, frames: int = 10) -> Plan:
    times = FrameTimes("1/25", (PtsRun(0, 1, frames),), 1)
    clip = Clip("C0001", "0" * 64, 1, VideoStream(0, "h264", "yuv420p", 64, 48, times))
    video = VideoOut("h264", "yuv420p", {}, (Chunk(0, frames, 0),))
    return Plan(clip=clip, masks=masks, output=Output("mov", video), cpu="x86-64-v3")


def oval(frame: int, cx: int) -> Key:
    return Key(frame, Ellipse(cx * 16, 320, 160, 160))


def test_what_any_program_fills_between_an_ovals_corners_is_hidden() -> None:
    plan = plan_with(Mask("M0001", 0, 10, (oval(0, 20), oval(9, 29))))
    assert check_plan(plan) == ()
    outline = mask_polygons(plan, [3])[3][0]
    assert len(outline) == 64
    assert min(x for x, _ in outline) == 15.0
    assert max(x for x, _ in outline) == 31.0
    filled = np.zeros((48, 64), np.uint8)
    cv2.fillPoly(filled, [np.round(np.array(outline)).astype(np.int32)], 1)
    hidden = mask_of(plan, 3)
    assert filled.sum() > 0.6 * hidden.sum()
    assert not np.any(filled.astype(bool) & ~hidden)


def test_masks_are_told_only_where_they_hide() -> None:
    plan = plan_with(
        Mask("M0001", 2, 4, (Key(2, Whole()),)),
        Mask("M0002", 3, 5, (Key(3, Polygon(((0, 0), (160, 0), (0, 160)))),)),
    )
    found = mask_polygons(plan, [1, 2, 3])
    assert [len(found[frame]) for frame in (1, 2, 3)] == [0, 1, 2]
    assert found[2][0] == [[0.0, 0.0], [64.0, 0.0], [64.0, 48.0], [0.0, 48.0]]
    assert found[3][1] == [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]


def test_a_frame_outside_the_clip_is_refused() -> None:
    with pytest.raises(IndexError):
        mask_polygons(plan_with(), [10])


def test_equal_plans_do_not_differ_and_a_moved_mask_is_told() -> None:
    one = plan_with(Mask("M0001", 0, 10, (oval(0, 20),)))
    two = plan_with(Mask("M0001", 0, 9, (oval(0, 21),)), Mask("M0002", 1, 2, (oval(1, 2),)))
    assert diff_plans(one, one) == ()
    assert diff_plans(one, two) == (
        "mask M0002 is new (frames 1 to 2)",
        "mask M0001: frames 0 to 10 → 0 to 9, 1 keys differ",
    )
