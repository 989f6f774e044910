"""Faces outside masks are leaks, faces on fills are accidents, and weak words need a second."""

import msgspec
import numpy as np
import pytest
from audit_cases import FRAMES, head, make_plan, scene

from safehouse.audit import detectors, faces
from safehouse.audit.case import Found
from safehouse.audit.crops import crops_of
from safehouse.audit.detectors import Face
from safehouse.audit.faces import Faces, Looked, Seen, build_attack, merge
from safehouse.model.box import Box
from safehouse.model.plan import Mask
from safehouse.model.shape import Key, Whole


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Face]]:
    """Faces that the detectors are made to find, in every picture."""
    answers: dict[str, list[Face]] = {"hog": [], "cnn": []}
    monkeypatch.setattr(faces, "check_models", lambda: "")
    monkeypatch.setattr(faces, "find_hog", lambda *a: answers["hog"])
    monkeypatch.setattr(faces, "find_cnn", lambda *a: answers["cnn"])
    return answers


def look(*masks: Mask, **more: object) -> Looked:
    plan = make_plan(*masks, **more)  # type: ignore[arg-type]  # passed on
    looking = Faces(plan, quick=True)
    for n in range(FRAMES):
        looking.look(scene(n), scene(n))
    return looking.result()


def test_a_face_under_no_mask_is_a_leak(found: dict[str, list[Face]]) -> None:
    found["hog"] = [Face(Box(250, 20, 300, 70), 1.2)]
    result = look(head())
    attack = build_attack(result, make_plan(head()))
    assert attack.result == "leak"
    assert "50 px wide around (275, 45)" in attack.spots[0].what


def test_a_face_on_a_fill_is_counted_and_no_leak(found: dict[str, list[Face]]) -> None:
    found["hog"] = [Face(Box(60, 90, 120, 150), 1.2)]
    result = look(Mask("M0001", 0, FRAMES, (Key(0, Whole()),)))
    assert result.under > 0
    assert build_attack(result, make_plan(head())).result == "none found"


def test_a_weak_face_needs_the_second_detector(found: dict[str, list[Face]]) -> None:
    weak = Face(Box(250, 20, 300, 70), 0.1)
    found["hog"] = [weak]
    result = look()
    assert (result.weak, result.seen) == (2, ())
    found["cnn"] = [Face(Box(252, 22, 298, 72), 0.9)]
    assert {s.by for s in look().seen} == {"HOG and CNN"}


def test_a_face_in_a_region_that_a_person_drew_is_no_leak(found: dict[str, list[Face]]) -> None:
    from safehouse.model.plan import Region
    from safehouse.model.shape import Ellipse

    found["hog"] = [Face(Box(90, 90, 110, 110), 1.0)]
    region = Region("R0001", 0, FRAMES, (Key(0, Ellipse(1600, 1600, 800, 800)),))
    result = look(mode="reveal-only", regions=(region,))
    assert (result.drawn, result.seen) == (2, ())


def test_the_sampling_is_said_and_the_control_counts(found: dict[str, list[Face]]) -> None:
    found["hog"] = [Face(Box(60, 90, 120, 150), 1.2)]
    plan = make_plan(head(6, 20))
    attack = build_attack(look(head(6, 20)), plan)
    assert "2 of 32 frames" in attack.figure
    assert "longest run not looked at 24 frames" in attack.figure
    assert attack.control.held is True


def test_a_full_audit_asks_the_cnn_before_and_after_every_track() -> None:
    masks = [msgspec.structs.replace(head(6, 20), id=f"M{n:04}") for n in range(20)]
    quick, full = (crops_of(make_plan(*masks), quick=depth) for depth in (True, False))
    deep = [sum(crop.deep for row in some.values() for crop in row) for some in (quick, full)]
    assert deep == [4, 40]


def test_crops_look_before_begin_and_after_end() -> None:
    crops = crops_of(make_plan(head(6, 20)))
    assert {3, 5, 6, 13, 19, 20, 22} == set(crops)
    assert crops[5][0].deep
    assert crops[20][0].deep


def test_no_face_to_see_is_no_control() -> None:
    attack = build_attack(Looked(whole=(0,), tried=3), make_plan(head()))
    assert attack.control.held is None
    assert "no face here that this detector can see" in attack.control.what


def test_nothing_looked_at_is_not_run() -> None:
    assert build_attack(Looked(), make_plan()).result == "not run"


def test_ranges_join() -> None:
    seen = Seen(3, Box(0, 0, 9, 9), 1.0, "HOG")
    joined = merge([Looked(whole=(25,), crops=2), Looked(whole=(0,), crops=1, seen=(seen,))])
    assert (joined.whole, joined.crops, joined.seen) == ((0, 25), 3, (seen,))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_come_back_to_the_coded_frame(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    grey = np.zeros((60, 100), np.uint8)
    grey[10:20, 30:50] = 255

    class Hog:
        def run(
            self, picture: np.ndarray, upsample: int, least: float
        ) -> tuple[list[object], list[float], list[int]]:  # type: ignore[type-arg]  # any picture
            import dlib

            y, x = np.nonzero(picture > 128)
            box = dlib.rectangle(int(x.min()), int(y.min()), int(x.max()), int(y.max()))
            return [box], [1.0], [0]

    monkeypatch.setattr(detectors, "_hog", Hog)
    (face,) = detectors.find_hog(grey, Box(20, 0, 100, 60), 1.0, turns)
    assert face.box == Box(30, 10, 50, 20)


def test_the_pinned_model_is_here_and_another_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from safehouse.errors import EnvironmentLacks

    assert "CNN" in detectors.check_models()
    detectors._cnn.cache_clear()
    monkeypatch.setattr(detectors, "CNN_SHA256", "0" * 64)
    with pytest.raises(EnvironmentLacks, match="SHA-256"):
        detectors.check_models()
    detectors._cnn.cache_clear()


def test_nobody_in_noise() -> None:
    grey = np.random.default_rng(1).integers(0, 255, (240, 320)).astype(np.uint8)
    assert detectors.find_hog(grey, Box(0, 0, 320, 240), 2.0, 0) == []
    assert msgspec.to_builtins(Looked())["seen"] == ()


@pytest.mark.parametrize(("ways", "seen"), [(faces.WAYS, 1), (faces.WAYS - 1, 0)])
def test_the_finders_word_counts_alone_where_several_of_its_ways_agree(
    found: dict[str, list[Face]], ways: int, seen: int
) -> None:
    hit = Found(Box(250, 20, 300, 70), 0.7)
    looking = Faces(make_plan(), quick=False, find=lambda _: [hit] * ways)
    looking.look(scene(0), scene(0))
    result = looking.result()
    looking.close()
    assert found["hog"] == []
    assert (len(result.seen), result.weak) == (seen, 1 - seen)
