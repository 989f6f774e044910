"""The sound view: a recorder's clip is protected, named by a human, and heard on record."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import chromium, served, tab
from sounded import FIRST, RATE, recorded_project
from walking import Walk
from window import Window

from safehouse.listening import listen
from safehouse.pipeline import Desk as Bench
from safehouse.proxies import Wanted, make_proxies
from safehouse.review.desk import Desk
from safehouse.store.reading_view import read_marks
from safehouse.workers import Workers


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with recorded_project(tmp_path_factory.mktemp("film")) as project:
        listen(project, "C0001")
        with Workers(1) as workers:
            make_proxies(project, Wanted(voices="disguise"), Bench(workers))
        desk = Desk(private=tmp_path_factory.mktemp("private"), project=project, who="reviewer")
        with served(desk):
            yield desk


@pytest.fixture
def window(desk: Desk) -> Window:
    made = Window(desk)
    made.enter(desk.link())
    return made


def test_a_clip_without_a_picture_leads_to_its_sound(window: Window) -> None:
    told = window.get("/clips/C0001")
    assert told.status == 303
    assert told.heads["location"].endswith("/clips/C0001/sound")
    found = window.get("/clips/C0001/sound.json").json()
    assert (found["picture"], found["listened"], found["people"]) == (False, True, ["P01", "P02"])
    assert found["copy"] == "C0001.wav"
    assert any(turn["first"] <= RATE < turn["end"] for turn in found["turns"])
    assert len(found["tracks"][0]["bars"]) == 600


def test_the_protected_copy_is_what_plays(window: Window) -> None:
    project = window.desk.require_project()
    copy = (project.folder / "proxies" / "C0001.wav").read_bytes()
    told = window.get("/clips/C0001/sound/copy", Range="bytes=0-99")
    assert (told.status, told.heads["content-type"]) == (206, "audio/wav")
    assert told.body == copy[:100]


def test_a_name_counts_only_with_a_human_who_listened(window: Window) -> None:
    project = window.desk.require_project()
    turn = window.get("/clips/C0001/sound.json").json()["turns"][0]["id"]
    refused = window.post("/clips/C0001/sound/say", turn=turn, person="P01")
    assert refused.status == 400
    assert window.post("/clips/C0001/sound/say", turn=turn, alone="yes").status == 400
    assert read_marks(project, "C0001").voices == ()
    window.post("/clips/C0001/sound/say", turn=turn, person="P01", alone="yes")
    assert [row.person for row in read_marks(project, "C0001").voices] == ["P01"]
    window.post("/undo")
    window.post("/clips/C0001/sound/say", **{"from": "4", "to": "6.5"}, stream="0", person="nobody")
    assert [(row.first, row.end, row.person) for row in read_marks(project, "C0001").voices] == [
        (4 * RATE, 6 * RATE + RATE // 2, "")
    ]
    window.post("/undo")
    typed = window.post(
        "/clips/C0001/sound/say", **{"from": "x", "to": "6"}, stream="0", person="P01", alone="yes"
    )
    assert typed.status == 400


def test_a_window_that_missed_something_names_nobody(window: Window) -> None:
    project = window.desk.require_project()
    seen = project.version
    window.post("/people/add")
    turn = window.get("/clips/C0001/sound.json").json()["turns"][0]["id"]
    told = window.post(
        "/clips/C0001/sound/say", turn=turn, person="P01", alone="yes", expect=str(seen)
    )
    assert told.status == 409
    assert read_marks(project, "C0001").voices == ()


def test_the_original_is_heard_only_on_record(window: Window) -> None:
    project = window.desk.require_project()
    before = project.version
    wanted = json.dumps({"stream": 0, "first": FIRST[0], "end": FIRST[1]}).encode()
    kind = {"content-type": "application/json"}
    told = window.ask("POST", "/clips/C0001/sound/hear.json", body=wanted, heads=kind)
    assert (told.status, told.heads["content-type"]) == (200, "audio/wav")
    assert told.heads["cache-control"] == "no-store"
    assert project.version == before + 1
    for body in (b"{}", b'{"stream":0,"first":5,"end":2}', b'{"stream":9,"first":0,"end":2}'):
        told = window.ask("POST", "/clips/C0001/sound/hear.json", body=body, heads=kind)
        assert told.status == 400
    assert window.get("/clips/C0001/sound/hear.json").status in {404, 405}
    assert project.version == before + 1


def test_a_reviewer_names_a_voice_by_keyboard_alone(desk: Desk, tmp_path: Path) -> None:
    project = desk.require_project()
    with chromium() as browser, tab(browser, desk.link(), reduced_motion="reduce") as watched:
        walk = Walk(project, desk, watched)
        walk.go("/clips/C0001/sound")
        before = project.version
        walk.tab_to("[data-hear]")
        with watched.page.expect_response(lambda told: told.url.endswith("hear.json")) as heard:
            walk.press("Enter")
        assert heard.value.status == 200
        assert project.version == before + 1
        walk.tab_to("#person")
        walk.press("P")
        walk.tab_to("input[name=alone]")
        walk.press("Space")
        watched.page.locator("input[name=turn]").first.focus()
        walk.press("Space")
        walk.tab_to("#says button[type=submit]")
        walk.send()
        assert watched.page.locator("td .state.shown").first.inner_text().endswith("P01")
        wide = watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert wide
        watched.page.screenshot(path=str(tmp_path / "sound.png"), full_page=True)
    assert watched.faults == []
    project.undo()
