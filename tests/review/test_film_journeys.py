"""From the queue to a withdrawal by keyboard alone: every step is reached by Tab and by keys."""

import re
from pathlib import Path

import pytest
from browsing import served, tab
from faces import write_face_clip
from walking import House, Walk

from safehouse.pipeline import Desk as Worktop
from safehouse.proxies import Wanted, make_proxies
from safehouse.review.desk import Desk
from safehouse.workers import Workers

pytestmark = pytest.mark.slow


def test_a_clip_is_protected_on_the_first_page(house: House, tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "a.mov", 12)
    desk = Desk(private=tmp_path / "private")
    desk.private.mkdir()
    with served(desk) as link, tab(house.browser, link) as watched:
        walk = Walk(None, desk, watched)
        walk.page.set_default_timeout(120_000)
        walk.tab_to("#path")
        walk.page.keyboard.type(str(clip))
        walk.press("Enter")
        walk.page.wait_for_selector("video")
        assert walk.page.locator("h1").inner_text() in {
            "The protected film",
            "✕ Held: the audit found a leak, or could not finish [E50]",
            "✕ Held: the audit found a leak, or could not finish",
        }
        assert str(clip.parent) not in walk.page.content()
        assert watched.elsewhere == []
        assert watched.faults == []


def test_the_queue_is_decided_from_question_to_question(walk: Walk) -> None:
    walk.go("/queue")
    walk.tab_to("main a[href*='/queue/']")
    walk.press("Enter")
    walk.page.wait_for_url("**/queue/C0001-Q001")
    for key, then in (("a", "Q002"), ("h", "Q003")):
        walk.page.wait_for_load_state("networkidle")
        walk.press(key)
        walk.page.wait_for_url(f"**/queue/C0001-{then}")
    walk.page.wait_for_load_state("networkidle")
    walk.press("2")
    walk.page.wait_for_url(re.compile(r"/queue$"))
    answers = walk.rows("SELECT answer FROM question ORDER BY id")
    assert answers == [("accept",), ("hide",), ("accept",)]
    assert walk.rows("SELECT person FROM piece WHERE id = 'C0001-A002'") == [("P02",)]
    walk.tab_to("#undo")
    walk.send()
    assert walk.rows("SELECT person FROM piece WHERE id = 'C0001-A002'") == [(None,)]


PINK = """() => {
  const still = document.getElementById("still");
  const pen = new OffscreenCanvas(still.width, still.height).getContext("2d");
  pen.drawImage(still, 0, 0);
  const { data } = pen.getImageData(0, 0, still.width, still.height);
  let pink = 0;
  for (let n = 0; n < data.length; n += 4) {
    pink += Math.hypot(data[n] - 255, data[n + 1] - 143, data[n + 2] - 192) < 40;
  }
  return pink;
}"""
"""Pixels of the picture in the colour that outlines what is asked about."""


def test_of_many_heads_the_one_that_is_asked_about_is_outlined(walk: Walk) -> None:
    walk.go("/queue/C0001-Q001")
    walk.page.wait_for_selector("#still[data-outlined='1']")
    assert walk.page.evaluate(PINK) > 100
    walk.page.keyboard.down("v")
    walk.page.wait_for_selector("#uncovered:not([hidden])")
    walk.page.wait_for_function(f"({PINK})() > 100")
    walk.page.keyboard.up("v")


def test_consent_is_weighed_before_it_counts_and_a_no_counts_at_once(walk: Walk) -> None:
    walk.go("/consent/P01")
    walk.tab_to("input[name=trait_face]")
    walk.press("ArrowRight")
    assert walk.page.locator("input[name=trait_face][value=no]").is_checked()
    walk.tab_to("form[action$='/weigh'] button.main-act")
    walk.press("Enter")
    walk.page.wait_for_url("**/weigh")
    assert "counts at once" in walk.page.locator("main").inner_text()
    assert walk.rows("SELECT count(*) FROM record") == [(0,)]
    walk.tab_to("form[action$='/record'] button.main-act")
    walk.press("Enter")
    walk.page.wait_for_url("**/consent/P01")
    assert walk.rows("SELECT person FROM record") == [("P01",)]


def test_a_version_that_nobody_watched_is_not_delivered_and_says_why(
    walk: Walk, tmp_path: Path
) -> None:
    walk.refusals = {409}
    walk.go("/versions")
    walk.tab_to("#version")
    walk.page.keyboard.type("festival-cut")
    walk.send()
    walk.go("/versions/festival-cut")
    assert walk.page.locator("#blockers").is_visible()
    walk.tab_to("#folder")
    walk.page.keyboard.type(str(tmp_path / "out"))
    walk.press("Enter")
    walk.page.wait_for_selector("section.three, [data-job]")
    walk.page.wait_for_selector("section.three", timeout=20_000)
    refusal = walk.page.locator("section.three").inner_text()
    assert re.search(r"\[E7\d\]", refusal)
    assert "Kept" in refusal
    assert "Next" in refusal
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_a_withdrawal_is_recorded_at_once_and_lists_what_it_touches(
    house: House, walk: Walk
) -> None:
    walk.go("/withdraw/P02")
    assert "What it touches" in walk.page.locator("main").inner_text()
    walk.tab_to("form[action$='/do'] button")
    walk.send()
    assert "From now on nothing of P02 may show" in walk.page.locator("main").inner_text()
    assert house.project.rows("SELECT person FROM state_change")[0][0] == "P02"


def test_the_page_locks_by_one_key_and_shows_nothing_more(walk: Walk) -> None:
    walk.clip()
    walk.press("`")
    walk.page.wait_for_url("**/locked")
    walk.page.wait_for_load_state()
    walk.go("/clips/C0001")
    assert walk.page.url.endswith("/locked")
    assert walk.page.locator("canvas, video, img, nav, #undo").count() == 0


SEEK = """async ([base, frames]) => {
  const { Times } = await import(base + '/static/times.js');
  const told = await (await fetch(base + '/clips/C0001.json')).json();
  const times = new Times(told.facts);
  const video = document.getElementById('video');
  const upper = picture => {
    const part = new OffscreenCanvas(320, 100).getContext('2d', { willReadFrequently: true });
    const wide = picture.videoWidth || picture.width;
    const tall = picture.videoHeight || picture.height;
    part.drawImage(picture, 0, 0, wide, tall * 0.55, 0, 0, 320, 100);
    return part.getImageData(0, 0, 320, 100).data;
  };
  const still = async n =>
    createImageBitmap(await (await fetch(`${base}/clips/C0001/frames/${n}.jpg`)).blob());
  const apart = (a, b) => a.reduce((sum, value, n) => sum + Math.abs(value - b[n]), 0);
  const found = [];
  for (const n of frames) {
    const seen = new Promise(done => {
      video.requestVideoFrameCallback((_, facts) => done(facts.mediaTime));
      setTimeout(() => done(-1), 3000);
    });
    video.currentTime = times.middle(n);
    const at = times.nearest(await seen);
    const shown = upper(video);
    const near = [];
    for (const k of [n - 2, n, n + 2]) near.push(apart(shown, upper(await still(k))));
    found.push([at, near.indexOf(Math.min(...near))]);
  }
  return found;
}"""


def test_with_a_cutting_copy_the_player_shows_the_very_frame(house: House, walk: Walk) -> None:
    with Workers(1) as workers:
        (made,) = make_proxies(house.project, Wanted(), Worktop(workers, lambda *_: None))
    assert made.what == "made"
    walk.clip("?frame=3")
    base = house.desk.base
    assert walk.page.evaluate(SEEK, [base, [4, 25, 47]]) == [[4, 1], [25, 1], [47, 1]]
    walk.press("Home", "l")
    walk.page.wait_for_function("() => Number(document.getElementById('seek').value) > 20")
    walk.press("k")
    walk.page.wait_for_function(
        "() => document.getElementById('still').getAttribute('aria-busy') === 'false'"
    )
    assert walk.page.evaluate("document.getElementById('video').muted")
