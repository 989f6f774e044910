"""Under camera privacy what is not hidden is a median, and nothing hidden has a part in it."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from audit_cases import head, make_plan, scene
from numpy.typing import NDArray

from safehouse.audit.coverage import Coverage
from safehouse.audit.draw import chroma_bits, hidden_bits
from safehouse.audit.interference import Interference
from safehouse.audit.soft import beside_bits, median_of
from safehouse.media.settings import with_camera_privacy
from safehouse.model.frame import OriginalFrame, Plane, ProtectedFrame
from safehouse.model.plan import Plan, VideoOut
from safehouse.render.protect import protect
from safehouse.render.soften import soften


def private(look: str = "veil") -> Plan:
    return msgspec.structs.replace(make_plan(head()), camera_privacy=True, look=look)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (37, 51)])
def test_two_hands_make_the_same_median(
    kind: type, interlaced: bool, shape: tuple[int, int]
) -> None:
    plane: Plane = np.random.default_rng(1).integers(0, 255, shape).astype(kind)
    nothing = np.zeros(shape, np.bool_)
    made = soften(plane, nothing, interlaced=interlaced)
    assert made.dtype == plane.dtype
    assert np.array_equal(made, median_of(plane, interlaced=interlaced))


def test_a_median_takes_single_samples_out_and_keeps_edges() -> None:
    plane = np.full((20, 20), 50, np.uint8)
    plane[:, 10:] = 200
    spotted = plane.copy()
    spotted[5, 5], spotted[12, 15] = 90, 120
    nothing = np.zeros(plane.shape, np.bool_)
    assert np.array_equal(soften(spotted, nothing, interlaced=False), plane)


@pytest.mark.parametrize("look", ["veil", "solid"])
def test_nothing_under_a_mask_has_a_part_in_what_is_denoised(look: str) -> None:
    plan = private(look)
    frame = scene(4, "noisy")
    hidden = hidden_bits(plan, 4)
    chance = np.random.default_rng(3)
    planes: list[NDArray[np.uint8]] = []
    for n, plane in enumerate(frame.planes):
        bits = chroma_bits(hidden, 1, 1) if n else hidden
        other = np.asarray(plane).astype(np.uint8).copy()
        other[bits] = chance.integers(0, 255, int(bits.sum()))
        planes.append(other)
    one, two = protect(frame, plan), protect(replace(frame, planes=tuple(planes)), plan)
    assert all(np.array_equal(a, b) for a, b in zip(one.planes, two.planes, strict=True))


def test_what_is_hidden_stays_as_it_was_drawn() -> None:
    plan = private()
    frame = scene(4, "noisy")
    plain = protect(frame, msgspec.structs.replace(plan, camera_privacy=False))
    soft = protect(frame, plan)
    hidden = hidden_bits(plan, 4)
    assert np.array_equal(soft.planes[0][hidden], plain.planes[0][hidden])
    assert (soft.planes[0][~hidden] != plain.planes[0][~hidden]).mean() > 0.5
    assert not soft.planes[0].flags.writeable


def test_a_frame_without_a_mask_is_denoised_too() -> None:
    plan = msgspec.structs.replace(make_plan(), camera_privacy=True)
    frame = scene(4, "noisy")
    assert np.array_equal(
        protect(frame, plan).planes[0], median_of(frame.planes[0], interlaced=False)
    )


def faults_of(plan: Plan, change: bool = False) -> set[str]:
    checked = Coverage(plan)
    for n in range(3):
        frame = scene(n, "noisy")
        again = protect(frame, plan)
        if change:
            luma = again.planes[0].copy()
            luma[200, 300] ^= 1
            again = altered(again, luma)
        film = OriginalFrame(n, frame.pts, again.planes, frame.layout)
        checked.look(frame, again, film)
    return {find.kind for find in checked.result().finds}


def altered(frame: ProtectedFrame, luma: Plane) -> ProtectedFrame:
    return replace(frame, planes=(luma, *frame.planes[1:]))


def test_coverage_knows_the_median_and_nothing_else() -> None:
    assert faults_of(private()) == set()
    assert faults_of(private(), change=True) == {"changed outside"}
    assert faults_of(make_plan(head()), change=True) == {"changed outside"}


def test_the_audit_scrambles_such_a_film_too() -> None:
    plan = private()
    attack = Interference(plan, lambda frame: protect(frame, plan))
    frame = scene(0, "noisy")
    attack.look(frame, protect(frame, plan))
    found = attack.result()
    assert (found.frames, found.finds, found.noticed) == (1, (), 1)


def test_samples_beside_what_is_hidden_are_those_whose_nine_hold_it() -> None:
    hidden = np.zeros((9, 9), np.bool_)
    hidden[4, 4] = True
    assert beside_bits(hidden, interlaced=False).sum() == 9
    assert beside_bits(hidden, interlaced=True).sum() == 15


def test_only_codecs_with_a_quality_are_compressed_more() -> None:
    wide = VideoOut("h264", "yuv420p", {"crf": "18", "g": "240"}, ())
    assert with_camera_privacy(wide) == msgspec.structs.replace(
        wide, options={"crf": "28", "g": "240"}
    )
    lossless = VideoOut("ffv1", "yuv420p", {"level": "3"}, ())
    assert with_camera_privacy(lossless) == lossless
    assert with_camera_privacy(None) is None
