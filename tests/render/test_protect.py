"""The only door from an original frame to a protected one."""

import msgspec
import numpy as np
import pytest
from scenes import LAYOUTS, frame_from, mask_at, noise_frame, plan_for

from safehouse.errors import PlanMismatch
from safehouse.model.frame import ProtectedFrame
from safehouse.model.shape import Ellipse, Whole
from safehouse.render.protect import protect


def test_a_frame_without_a_mask_shares_its_planes() -> None:
    frame = noise_frame(LAYOUTS[0], (40, 30), 1)
    protected = protect(frame, plan_for((40, 30)))
    assert all(a is b for a, b in zip(frame.planes, protected.planes, strict=True))
    assert (protected.index, protected.pts, protected.interlaced) == (0, 1000, False)


def test_the_original_is_never_written_to() -> None:
    frame = noise_frame(LAYOUTS[0], (40, 30), 1)
    before = [plane.copy() for plane in frame.planes]
    protect(frame, plan_for((40, 30), [mask_at(Whole())]))
    assert all((a == b).all() for a, b in zip(before, frame.planes, strict=True))


def test_planes_that_could_be_written_to_are_handed_on_read_only() -> None:
    planes = [np.zeros((4, 4), np.uint8)]
    frame = frame_from(planes, LAYOUTS[8])
    planes[0].flags.writeable = True
    protected = protect(frame, plan_for((4, 4)))
    assert not protected.planes[0].flags.writeable
    assert planes[0].flags.writeable


def test_a_frame_of_another_size_is_refused() -> None:
    with pytest.raises(PlanMismatch, match="40x30"):
        protect(noise_frame(LAYOUTS[0], (40, 30), 1), plan_for((41, 30)))


def test_a_plan_without_a_picture_is_refused() -> None:
    plan = plan_for((40, 30))
    plan = msgspec.structs.replace(plan, clip=msgspec.structs.replace(plan.clip, video=None))
    with pytest.raises(PlanMismatch):
        protect(noise_frame(LAYOUTS[0], (40, 30), 1), plan)


def test_nobody_else_makes_a_protected_frame() -> None:
    frame = noise_frame(LAYOUTS[0], (4, 4), 1)
    with pytest.raises(TypeError, match=r"only safehouse\.render"):
        ProtectedFrame(0, 0, frame.planes, frame.layout, interlaced=False, token=object())


def test_decoded_frames_of_the_smallest_size_are_hidden() -> None:
    frame = noise_frame(LAYOUTS[0], (1, 1), 3)
    protected = protect(frame, plan_for((1, 1), [mask_at(Ellipse(8, 8, 1, 1))]))
    assert [int(plane[0, 0]) for plane in protected.planes] == [126, 128, 128]
