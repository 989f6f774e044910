"""A renderer that lets anything through from under a mask is found out; ours is not."""

from dataclasses import replace

import numpy as np
import pytest
from audit_cases import head, make_plan, scene

from safehouse.audit.interference import STEP, Interference, Scrambled, build_attack, merge
from safehouse.model.frame import OriginalFrame, ProtectedFrame
from safehouse.model.plan import Plan
from safehouse.render.protect import protect


def look_at(plan: Plan, render: object = None, frames: int = 8) -> Scrambled:
    again = render or (lambda frame: protect(frame, plan))
    looked = Interference(plan, again)  # type: ignore[arg-type]  # a renderer of the test's
    for index in range(frames):
        frame = scene(index)
        looked.look(frame, again(frame))  # type: ignore[operator]  # the same
    return looked.result()


def test_nothing_under_a_mask_has_a_part_and_the_control_holds() -> None:
    seen = look_at(make_plan(head(2, 20)))
    attack = build_attack(seen)
    assert (attack.result, attack.control.held, seen.frames) == ("none found", True, 1)
    assert seen.samples > 100


@pytest.mark.parametrize("share", [1.0, 0.02])
def test_a_renderer_that_leaks_is_found(share: float) -> None:
    plan = make_plan(head(0, 20))

    def leaking(frame: OriginalFrame) -> ProtectedFrame:
        made = protect(frame, plan)
        luma = made.planes[0] + share * frame.planes[0].astype(float)
        planes = (np.clip(luma, 0, 255).astype(np.uint8), *made.planes[1:])
        return replace(made, planes=planes)

    attack = build_attack(look_at(plan, leaking))
    assert attack.result == "leak"
    assert attack.spots[0].first == 0


def test_one_colour_sample_that_depends_on_the_hidden_ones_is_found() -> None:
    plan = make_plan(head(0, 20))

    def leaking(frame: OriginalFrame) -> ProtectedFrame:
        made = protect(frame, plan)
        chroma = made.planes[1].copy()
        chroma[0, 0] = frame.planes[0].astype(int).sum() % 200
        return replace(made, planes=(made.planes[0], chroma, *made.planes[2:]))

    assert build_attack(look_at(plan, leaking)).result == "leak"


def test_a_renderer_that_shows_nothing_of_the_clip_makes_the_control_fail() -> None:
    plan = make_plan(head(0, 20))
    still = protect(scene(0), plan)
    assert build_attack(look_at(plan, lambda _: still)).result == "not run"


def test_one_frame_in_ninety_six_is_looked_at_and_ranges_add_up() -> None:
    plan = make_plan(head(0, 32))
    part = look_at(plan, frames=8)
    both = merge([part, part])
    assert STEP == 96
    assert (both.frames, both.samples, both.tried) == (2, 2 * part.samples, 2)
    assert build_attack(look_at(make_plan())).control.held is None
