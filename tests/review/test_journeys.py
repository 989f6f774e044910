"""Whole journeys through the page, walked in Chromium by keyboard alone, as a person would."""

import json
import re

import pytest
from made_projects import CUT, FRAMES
from walking import Walk

from safehouse.model.acts import Decide, NoteContent, Suggestion, SuggestPieces

pytestmark = pytest.mark.slow


def test_stepping_by_keys_shows_each_frame_and_a_reload_returns_to_it(walk: Walk) -> None:
    walk.clip()
    assert walk.frame() == 0
    walk.press("ArrowRight", "ArrowRight", "ArrowLeft")
    assert walk.frame() == 1
    walk.press("Shift+ArrowRight")
    assert walk.frame() == 26
    walk.press("ArrowDown")
    assert walk.frame() == CUT
    walk.press("ArrowUp")
    assert walk.frame() == 0
    walk.press("End")
    assert walk.frame() == FRAMES - 1
    walk.press("Home", "Shift+ArrowRight", "i", "ArrowRight", "o", "Home", "Shift+O")
    assert walk.frame() == 26
    walk.page.reload()
    walk.page.wait_for_selector("#clip[data-ready=yes]")
    assert walk.frame() == 26
    assert walk.page.locator("#code").inner_text() == "00:00:01:01"


def test_k_held_makes_j_and_l_step_and_l_plays(walk: Walk) -> None:
    walk.clip("?frame=10")
    walk.page.keyboard.down("k")
    walk.press("l", "l", "j")
    walk.page.keyboard.up("k")
    assert walk.frame() == 11
    walk.press("l")
    walk.page.wait_for_function("() => Number(document.getElementById('seek').value) > 13")
    walk.press("k")
    walk.page.wait_for_function(
        "() => document.getElementById('play').getAttribute('aria-pressed') === 'false'"
    )


def test_a_queue_is_decided_and_undone_by_keyboard_alone(walk: Walk) -> None:
    walk.clip("?frame=0")
    walk.press("n")
    assert walk.frame() == 20
    walk.press("a")
    walk.said("accepted")
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q002'") == [("accept",)]
    left = walk.page.locator("#left")
    assert left.inner_text() == "△ 2 of 3 undecided in this clip · 2 in the film"
    walk.press("Shift+N", "h")
    walk.said("the whole picture is hidden")
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q001'") == [("hide",)]
    undo = walk.page.get_by_role("button", name=re.compile("Undo: .*question"))
    assert undo.is_enabled()
    walk.press("Control+z")
    walk.said("undone")
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q001'") == [("open",)]
    walk.press("Control+Shift+z")
    walk.said("done again")
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q001'") == [("hide",)]


def test_the_clip_view_warns_only_of_what_is_undecided_in_this_clip(walk: Walk) -> None:
    walk.project.act(*(Decide(f"C0001-Q00{n}", "nothing") for n in (1, 2, 3)))
    walk.clip("?frame=0")
    left = walk.page.locator("#left")
    assert left.inner_text() == "✓ nothing undecided, neither in this clip nor in the film"
    assert left.get_attribute("class") == "state hidden"
    walk.project.undo()
    walk.clip("?frame=0")
    assert left.get_attribute("class") == "state open"


def test_a_key_that_is_held_or_pressed_twice_acts_once(walk: Walk) -> None:
    """The second would be sent before the page has seen its own first act, and be refused."""
    walk.keyed("/people/P01")
    before = walk.project.version
    walk.page.keyboard.down("a")
    walk.page.keyboard.down("a")
    walk.page.keyboard.up("a")
    walk.press("a")
    walk.page.get_by_text("Nothing left to confirm").wait_for()
    assert walk.rows("SELECT person FROM piece WHERE id = 'C0001-A001'") == [("P01",)]
    assert walk.project.version == before + 1
    walk.keyed("/people/P01")
    walk.press("Control+z", "Control+z")
    walk.page.locator("#redo:not([disabled])").wait_for()
    assert walk.project.version == before + 2
    walk.keyed("/queue/C0001-Q001")
    walk.page.keyboard.down("x")
    walk.page.keyboard.down("x")
    walk.page.keyboard.up("x")
    walk.page.wait_for_url("**/queue/C0001-Q002")
    assert walk.rows("SELECT count(*) FROM question WHERE answer = 'nothing'") == [(1,)]


def test_who_somebody_is_is_said_by_a_digit_and_taken_back_by_u(walk: Walk) -> None:
    walk.clip("?frame=5")
    walk.press("BracketRight", "1")
    walk.said("confirmed")
    assert walk.rows("SELECT person FROM piece WHERE id = 'C0001-A001'") == [("P01",)]
    walk.press("u")
    walk.said("stays hidden")
    assert walk.rows("SELECT person FROM piece WHERE id = 'C0001-A001'") == [(None,)]
    walk.press("n", "n", "a")
    walk.said("P02")
    assert walk.rows("SELECT person FROM piece WHERE id = 'C0001-A002'") == [("P02",)]
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q003'") == [("accept",)]


def test_a_guess_near_the_line_confirms_the_person_that_it_names(walk: Walk) -> None:
    """Grouping may have put the appearance to somebody else than the neighbour it asks about."""
    rows = (Suggestion("C0001-A002", "P01", 0.2),)
    walk.project.act(SuggestPieces(rows))
    walk.clip("?question=C0001-Q003")
    assert "Yes, this is P02" in walk.page.locator("#questions").inner_text()
    walk.press("a")
    walk.said("P02")
    assert walk.rows("SELECT person, suggested FROM piece WHERE id = 'C0001-A002'") == [
        ("P02", "P01")
    ]
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q003'") == [("accept",)]


def test_a_place_is_drawn_moved_and_keyframed_by_keys_and_erased_with_undo(walk: Walk) -> None:
    walk.clip("?frame=2")
    walk.press("r")
    walk.page.wait_for_selector("[data-mask=H0001]:focus")
    walk.press("ArrowRight", "Shift+ArrowDown")
    walk.page.wait_for_function("() => document.activeElement.dataset.mask === 'H0001'")
    walk.press("Escape", "Shift+ArrowRight")
    assert walk.frame() == 27
    walk.page.locator("#drawn button").first.focus()
    walk.press("Enter", "ArrowDown", "ArrowDown")
    walk.page.wait_for_timeout(300)
    (row,) = walk.rows("SELECT first, end, keys, kind FROM mask")
    assert row[:2] == (2, CUT)
    assert [key["frame"] for key in json.loads(row[2])] == [2, 27]
    assert row[3] == "head"
    walk.press("Delete")
    walk.said("taken away")
    assert walk.rows("SELECT count(*) FROM mask") == [(0,)]
    walk.press("Control+z")
    walk.said("undone")
    assert walk.rows("SELECT count(*) FROM mask") == [(1,)]


def test_a_place_is_dragged_by_mouse(walk: Walk) -> None:
    walk.clip("?frame=40")
    seen = walk.page.locator("#overlay").bounding_box()
    across, down = seen["x"] + seen["width"] * 0.7, seen["y"] + seen["height"] * 0.2
    walk.page.mouse.move(across, down)
    walk.page.mouse.down()
    walk.page.mouse.move(across + 80, down + 60, steps=4)
    walk.page.mouse.up()
    walk.said("hidden there")
    ((first, end),) = walk.rows("SELECT first, end FROM mask")
    assert (first, end) == (40, FRAMES)


def test_the_original_is_shown_only_while_v_is_held_and_each_look_is_recorded(walk: Walk) -> None:
    walk.clip("?frame=8")
    before = walk.rows("SELECT count(*) FROM looked")[0][0]
    sign = walk.page.locator("#uncovered")
    walk.page.keyboard.down("v")
    walk.page.wait_for_selector("html.uncovered")
    assert sign.is_visible()
    walk.page.keyboard.up("v")
    walk.page.wait_for_selector("html:not(.uncovered)")
    assert not sign.is_visible()
    walk.page.wait_for_timeout(200)
    after = walk.rows("SELECT clip, first, end FROM looked ORDER BY n")
    assert len(after) == before + 1
    assert after[-1] == ("C0001", 8, 9)


def test_a_shot_with_something_undecided_is_not_signed_and_says_why(walk: Walk) -> None:
    walk.refusals = {400}
    walk.clip("?frame=40")
    walk.press("Control+Enter")
    walk.page.wait_for_selector("#refused:not([hidden])")
    lines = walk.page.locator("#refused p").all_inner_texts()
    assert len(lines) == 3
    assert "undecided" in lines[0]
    walk.press("Shift+N", "n", "a")
    walk.said("P02")
    walk.press("Control+Enter")
    walk.said("signed")
    assert walk.rows("SELECT first, end, by FROM signed") == [(CUT, FRAMES, "reviewer")]


def test_a_second_window_never_silently_wins(walk: Walk) -> None:
    walk.refusals = {409}
    walk.clip("?frame=20")
    walk.project.act(Decide("C0001-Q002", "nothing"))
    walk.press("n", "a")
    walk.page.wait_for_selector("#refused:not([hidden])")
    assert "since" in walk.page.locator("#refused").inner_text()
    assert walk.rows("SELECT answer FROM question WHERE id = 'C0001-Q002'") == [("nothing",)]
    walk.page.wait_for_function(
        "() => document.getElementById('left').textContent.startsWith('△ 2 of 3 undecided')"
    )


def test_a_span_is_replaced_and_a_comment_written_without_a_mouse(walk: Walk) -> None:
    walk.clip("?frame=3")
    walk.press("i", "ArrowRight", "ArrowRight", "o")
    walk.page.get_by_role("button", name="Replace by a slate").focus()
    walk.press("Enter")
    walk.said("slate")
    assert walk.rows("SELECT first, end, by FROM span") == [(3, 6, "slate")]
    walk.page.locator("#stage").click(position={"x": 4, "y": 4})
    walk.press("Escape", "c")
    walk.page.keyboard.type("n and a are letters here, not keys")
    walk.press("Tab", "Enter")
    walk.said("comment saved")
    assert walk.rows("SELECT frame, text FROM comment") == [
        (5, "n and a are letters here, not keys")
    ]


def test_a_content_note_stands_before_its_shot(walk: Walk) -> None:
    walk.project.act(NoteContent("C0001", CUT, FRAMES, "a body"))
    walk.clip("?frame=0")
    assert not walk.page.locator("#note").is_visible()
    walk.press("ArrowDown")
    assert walk.page.locator("#note").is_visible()
    assert not walk.page.locator("#still").is_visible()
    walk.page.get_by_role("button", name="Show the protected picture").focus()
    walk.press("Enter")
    assert walk.page.locator("#still").is_visible()


def test_the_key_map_opens_closes_and_gives_the_focus_back(walk: Walk) -> None:
    walk.clip()
    button = walk.page.get_by_role("button", name="Keys")
    button.focus()
    walk.press("?")
    dialog = walk.page.get_by_role("dialog")
    assert dialog.is_visible()
    assert "next undecided" in dialog.inner_text()
    walk.press("Escape")
    assert not dialog.is_visible()
    assert walk.page.evaluate("document.activeElement.dataset.does") == "help"


def test_keys_are_changed_and_switched_off(walk: Walk) -> None:
    walk.refusals = {400, 409}
    walk.go("/keys")
    walk.page.locator("[data-change=hide]").focus()
    walk.press("Enter", "d")
    walk.page.wait_for_function("() => document.querySelector('.state.open') !== null")
    walk.page.locator("[data-change=play]").focus()
    walk.press("Enter", "d")
    walk.page.wait_for_selector("#refused:not([hidden])")
    walk.clip("?frame=0")
    walk.press("d")
    walk.said("hidden")
    walk.go("/keys")
    with walk.page.expect_navigation():
        walk.page.locator("#on").press("Space")
    walk.clip("?frame=0")
    walk.press("ArrowRight")
    assert walk.frame() == 0
    walk.go("/keys")
    with walk.page.expect_navigation():
        walk.page.locator("#on").press("Space")
