"""Faces of people who agreed are counted; a second head in their place is a leak, as elsewhere."""

import msgspec
import pytest
from audit_cases import FRAMES, head, make_plan, scene

from safehouse.audit import faces
from safehouse.audit.consented import Shown as Places
from safehouse.audit.consented import notes_of
from safehouse.audit.detectors import Face
from safehouse.audit.faces import Faces, Looked, build_attack
from safehouse.audit.page import build_page
from safehouse.audit.questions import questions_of
from safehouse.audit.remains import SHOWN, remains_of
from safehouse.audit.strip import lanes_of
from safehouse.model.box import Box
from safehouse.model.plan import Heard, Plan, Shown, Still
from safehouse.model.report import Report
from safehouse.model.shape import Ellipse, Key

INSIDE = Box(240, 20, 290, 76)
BESIDE = Box(180, 150, 230, 206)


def place(number: int = 1, cx: int = 265, person: str = "P07") -> Shown:
    keys = (Key(0, Ellipse(cx * 16, 48 * 16, 44 * 16, 48 * 16)),)
    name = f"C0001-A{number:03}"
    return Shown(f"F{number:04}", 0, FRAMES, keys, name, person, ("R0012",), f"T{number + 1:04}")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Face]]:
    """Faces that the detectors are made to find, in every picture."""
    answers: dict[str, list[Face]] = {"hog": [], "cnn": []}
    monkeypatch.setattr(faces, "check_models", lambda: "")
    monkeypatch.setattr(faces, "find_hog", lambda *a: answers["hog"])
    monkeypatch.setattr(faces, "find_cnn", lambda *a: answers["cnn"])
    return answers


def look(plan: Plan) -> Looked:
    looking = Faces(plan, quick=True)
    for n in range(FRAMES):
        looking.look(scene(n), scene(n))
    return looking.result()


def test_the_face_of_somebody_who_agreed_is_counted_and_no_leak(
    found: dict[str, list[Face]],
) -> None:
    found["hog"] = [Face(INSIDE, 1.2)]
    plan = make_plan(head(), shown=(place(),))
    result = look(plan)
    assert (result.seen, result.weak) == ((), 0)
    assert result.agreed > 0
    attack = build_attack(result, plan)
    assert attack.result == "none found"
    assert "of people who are shown by consent" in attack.figure
    bare = look(msgspec.structs.replace(plan, shown=()))
    assert bare.seen


def test_one_face_that_two_ways_find_is_one(found: dict[str, list[Face]]) -> None:
    found["hog"] = [Face(INSIDE, 1.2), Face(Box(244, 26, 288, 74), 0.9)]
    assert look(make_plan(head(), shown=(place(),))).seen == ()


@pytest.mark.parametrize("second", [Box(226, 60, 244, 80), Box(285, 20, 305, 50), BESIDE])
def test_a_second_head_in_the_place_or_beside_it_is_a_leak(
    found: dict[str, list[Face]], second: Box
) -> None:
    found["hog"] = [Face(Box(245, 20, 285, 60), 1.2), Face(second, 1.1)]
    result = look(make_plan(head(), shown=(place(),)))
    assert {seen.box for seen in result.seen} == {second}
    assert build_attack(result, make_plan(head())).result == "leak"


def test_a_face_that_only_reaches_into_a_shown_place_is_a_leak(
    found: dict[str, list[Face]],
) -> None:
    reaches = Box(192, 30, 242, 86)
    found["hog"] = [Face(reaches, 1.2)]
    result = look(make_plan(head(), shown=(place(),)))
    assert {seen.box for seen in result.seen} == {reaches}


def test_a_face_before_or_after_the_shown_span_is_a_leak(found: dict[str, list[Face]]) -> None:
    found["hog"] = [Face(INSIDE, 1.2)]
    short = msgspec.structs.replace(place(), first=10, end=20)
    result = look(make_plan(head(12, 18), shown=(short,)))
    assert {seen.frame for seen in result.seen} >= {0, 25}
    assert not {seen.frame for seen in result.seen} & set(range(10, 20))


def test_two_who_agreed_have_a_place_each() -> None:
    plan = make_plan(shown=(place(), place(2, 280, "P09")))
    shown = Places(plan, 3)
    assert shown.takes(Box(240, 20, 270, 60))
    assert shown.takes(Box(275, 20, 305, 60))
    assert not shown.takes(Box(255, 62, 275, 82))


def test_the_report_says_whom_the_film_shows_by_their_ids() -> None:
    voices = (Heard("V0001", 1, 0, 9, "P09", ("R0003",)),)
    plan = make_plan(
        shown=(place(), place(2, 100, "P05")), heard=voices, stills=(Still(3, 5), Still(7, 8))
    )
    assert list(notes_of(plan)) == [
        "2 people are shown by consent: P05 (R0012), P07 (R0012)",
        "1 person is heard by consent: P09 (R0003)",
        "3 frames are not the clip's: the frame before them stays",
    ]
    assert list(notes_of(make_plan(head()))) == []
    assert SHOWN in remains_of(plan)
    assert SHOWN not in remains_of(make_plan(head()))
    assert "agreed" in {question.id for question in questions_of(plan)}
    (_, second), _ = lanes_of(plan)
    assert second.bars[0].kind == "shown"
    assert "P05 is shown by consent" in second.bars[0].words


def test_the_page_says_it_too_and_has_a_lane_for_it() -> None:
    plan = make_plan(head(), shown=(place(),))
    report = Report(
        clip="C0001",
        film_sha256="a" * 64,
        plan_sha256="b" * 64,
        held=False,
        attacks=(build_attack(Looked(whole=(0,), agreed=2), plan),),
        remains=remains_of(plan),
        notes=tuple(notes_of(plan)),
    )
    page = build_page(report, plan, ())
    assert "Only outlined: shown by consent." in page
    assert '<rect class="shown"' in page
    assert "1 person is shown by consent: P07 (R0012)" in page
    assert "outlined: shown" not in build_page(report, make_plan(head()), ())
