"""Everybody can use the page: names and roles, large letters, right to left, no mouse needed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from every_page import every_page, without_project
from walking import House, Walk

from safehouse.model.acts import SetSetting

CONTROLS = {
    *("button", "link", "textbox", "checkbox", "radio", "combobox", "slider", "searchbox"),
    *("spinbutton", "switch", "option", "menuitem", "tab", "image", "img", "figure"),
}
"""Roles of what is used or looked at: each needs a name that can be spoken."""

SMALL = """() => {
  const hit = "a[href], button, input, select, textarea, summary, label";
  const all = [...document.querySelectorAll(hit)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".skip, .overlay"))
    .filter((e) => e.tagName !== "LABEL" || e.control?.matches("[type=checkbox], [type=radio]"));
  const inSentence = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline" &&
    e.closest("p, li, td")?.innerText.trim().length > e.innerText.trim().length + 12;
  return all
    .filter((e) => !inSentence(e) && !(e.matches("input") && e.closest("label")))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < 24 || box.width < 24))
    .map(([e, { width, height }]) => `${width | 0}x${height | 0} ${e.outerHTML.slice(0, 80)}`);
}"""
"""What is smaller than 24 px and no link within a sentence (WCAG 2.5.8)."""

pytestmark = pytest.mark.slow


@pytest.fixture
def rtl(house: House) -> Iterator[None]:
    """The interface from right to left, as in Arabic or Persian."""
    house.project.act(SetSetting("direction", json.dumps("rtl")))
    yield
    house.project.act(SetSetting("direction", json.dumps("auto")))


def nameless(walk: Walk) -> list[str]:
    """Controls without a name, as the browser tells them to a screen reader."""
    session = walk.page.context.new_cdp_session(walk.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        f"{node['role']['value']} {node.get('properties', '')}"[:200]
        for node in nodes
        if not node.get("ignored")
        and node.get("role", {}).get("value", "").lower() in CONTROLS
        and not node.get("name", {}).get("value", "").strip()
    ]


def test_on_every_page_all_has_a_name_is_large_enough_and_is_there_at_200_percent(
    house: House, walk: Walk
) -> None:
    """In one tab: 640 px is a screen of 1280 px at 200 percent."""
    faults = []
    walk.page.set_viewport_size({"width": 640, "height": 450})
    for path in every_page(house, walk):
        heads = [walk.page.locator(name).count() for name in ("main", "h1")]
        faults += [f"{path}: main and h1 are there {heads} times"] if heads != [1, 1] else []
        faults += [f"{path}: no name: {one}" for one in nameless(walk)]
        faults += [f"{path}: beside the screen: {one}" for one in beside(walk)]
        faults += [f"{path}: too small: {one}" for one in walk.page.evaluate(SMALL)]
        assert walk.page.title().endswith("safehouse")
    assert not faults, "\n".join(faults[:60])


def test_without_a_project_all_has_a_name_is_large_enough_and_is_there_at_200_percent(
    house: House, tmp_path: Path
) -> None:
    faults = []
    with without_project(house, tmp_path) as (walk, paths):
        walk.page.set_viewport_size({"width": 640, "height": 450})
        for path in paths:
            walk.page.goto(f"http://{walk.desk.host}{walk.desk.base}{path}")
            faults += [f"{path}: no name: {one}" for one in nameless(walk)]
            faults += [f"{path}: beside the screen: {one}" for one in beside(walk)]
            faults += [f"{path}: too small: {one}" for one in walk.page.evaluate(SMALL)]
    assert not faults, "\n".join(faults[:60])


def beside(walk: Walk) -> list[str]:
    """What reaches beyond the screen, where the page can be scrolled sideways because of it."""
    found: list[str] = walk.page.evaluate(
        """() => document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth
          ? [] : [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1
                         && !e.closest('.scroll, .skip, [hidden], svg'))
            .map(e => e.outerHTML.slice(0, 80)).slice(0, 3)"""
    )
    return found


def test_from_right_to_left_the_timeline_stays_left_to_right(walk: Walk, rtl: None) -> None:
    walk.clip("?frame=0")
    found = walk.page.evaluate(
        """() => ({
          dir: document.documentElement.dir,
          lanes: getComputedStyle(document.getElementById('lanes')).direction,
          seek: getComputedStyle(document.getElementById('seek')).direction,
          side: document.querySelector('.side').getBoundingClientRect().right,
          stage: document.getElementById('stage').getBoundingClientRect().left,
        })"""
    )
    assert (found["dir"], found["lanes"], found["seek"]) == ("rtl", "ltr", "ltr")
    assert found["side"] <= found["stage"]
    walk.press("ArrowRight")
    assert walk.frame() == 1
    walk.page.locator("#seek").focus()
    walk.press("ArrowRight")
    assert walk.frame() == 2


def test_the_slider_speaks_the_time_and_what_is_undecided(walk: Walk) -> None:
    walk.clip("?frame=30")
    spoken = walk.page.locator("#seek").get_attribute("aria-valuetext")
    assert spoken == "shot 1, 00:00:01:05, 3 undecided"


def test_buttons_say_their_keys_to_the_eye_and_to_a_screen_reader(walk: Walk) -> None:
    walk.clip()
    told = walk.page.evaluate(
        """() => [...document.querySelectorAll('#clip [data-key]')]
          .map(e => [e.dataset.key, e.getAttribute('aria-keyshortcuts'), e.title])"""
    )
    assert len(told) > 12
    assert [row for row in told if not row[1] or not row[2]] == []
    assert {row[0]: row[1] for row in told}["sign"] == "Control+Enter"


def test_the_clip_view_reads_as_it_did(walk: Walk, golden: Callable[[str, str], None]) -> None:
    """What a screen reader goes through, in its order."""
    walk.clip("?frame=2")
    walk.press("BracketRight")
    read = walk.page.locator("#clip").aria_snapshot().replace(walk.desk.base, "/BASE")
    golden("clip-view.aria.txt", read + "\n")
