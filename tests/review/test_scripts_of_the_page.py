"""The page's scripts count frames and shapes exactly as the program does."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from browsing import chromium, served, tab
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.model.clip import FrameTimes, times_of
from safehouse.model.shape import Ellipse, Key, Polygon, Shape, Whole, shape_at
from safehouse.review.desk import Desk

UNIT = st.integers(-4000, 40000)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A page in which the scripts can be called."""
    desk = Desk(private=tmp_path_factory.mktemp("private"))
    with chromium() as browser, served(desk) as link, tab(browser, link) as watched:
        for name in ("times", "shapes", "keys", "view", "lanes"):
            watched.page.evaluate(
                f"import('{desk.base}/static/{name}.js').then(m => {{ window.{name} = m; }})"
            )
        yield watched.page


def told(times: FrameTimes, rate: Fraction) -> dict[str, Any]:
    base = Fraction(times.timebase)
    return {
        "runs": msgspec.to_builtins(times.runs),
        "timebase": [base.numerator, base.denominator],
        "rate": [rate.numerator, rate.denominator],
        "last_duration": times.last_duration,
        "frames": times.count,
    }


CLOCKS = {
    "24000/1001": (Fraction(1, 24000), 1001, Fraction(24000, 1001)),
    "30000/1001 in 90 kHz": (Fraction(1, 90000), 3003, Fraction(30000, 1001)),
    "59.94 in whole ms": (Fraction(1, 1000), 17, Fraction(60000, 1001)),
    "25": (Fraction(1, 12800), 512, Fraction(25)),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_frames_number_and_time_never_drift_over_an_hour(script: Any, name: str) -> None:
    base, step, rate = CLOCKS[name]
    count = int(3600 * rate)
    times = times_of([7 + step * n for n in range(count)], base, step)
    wrong = script.evaluate(
        """told => {
             const t = new times.Times(told);
             const wrong = [];
             for (let n = 0; n < told.frames; n += 1) {
               const µs = x => Math.round(x * 1e6) / 1e6;
               if (t.frameAt(t.middle(n)) !== n) wrong.push(n);
               if (t.nearest(µs(t.seconds(n))) !== n) wrong.push(n);
             }
             return wrong.slice(0, 5);
           }""",
        told(times, rate),
    )
    assert wrong == []


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.integers(1, 5000), min_size=1, max_size=60))
def test_variable_frame_rates_are_counted_exactly(script: Any, steps: list[int]) -> None:
    pts = [sum(steps[:n]) for n in range(len(steps))]
    times = times_of(pts, Fraction(1, 90000), 3000)
    found = script.evaluate(
        """told => { const t = new times.Times(told);
             return Array.from({length: told.frames}, (_, n) => [t.pts(n), t.frameAt(t.middle(n))]);
           }""",
        told(times, Fraction(30)),
    )
    assert found == [[time, n] for n, time in enumerate(pts)]


def test_a_time_code_is_hours_minutes_seconds_and_frames_of_the_second(script: Any) -> None:
    times = times_of([512 * n for n in range(90_500)], Fraction(1, 12800), 512)
    codes = script.evaluate(
        "told => [0, 24, 25, 1561, 90061].map(n => new times.Times(told).code(n))",
        told(times, Fraction(25)),
    )
    assert codes == ["00:00:00:00", "00:00:00:24", "00:00:01:00", "00:01:02:11", "01:00:02:11"]


def test_one_second_on_is_a_second_and_never_stands_still(script: Any) -> None:
    times = times_of([2000 * n for n in range(10)], Fraction(1, 1000), 2000)
    slow = told(times, Fraction(1, 2))
    found = script.evaluate("told => new times.Times(told).second(4, 1)", slow)
    assert found == 5


def shapes() -> st.SearchStrategy[Shape]:
    size = st.integers(1, 9000)
    points = st.lists(st.tuples(UNIT, UNIT), min_size=3, max_size=5).map(tuple)
    return st.one_of(
        st.builds(Ellipse, UNIT, UNIT, size, size), st.builds(Polygon, points), st.just(Whole())
    )


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 300), shapes()), min_size=1, max_size=6),
    frame=st.integers(-5, 310),
)
def test_a_shape_between_keys_is_drawn_where_render_draws_it(
    script: Any, rows: list[tuple[int, Shape]], frame: int
) -> None:
    keys = tuple(Key(f, s) for f, s in sorted(dict(rows).items()))
    found = script.evaluate(
        "([keys, frame]) => shapes.shapeAt(keys, frame)", [msgspec.to_builtins(keys), frame]
    )
    assert msgspec.convert(found, Ellipse | Polygon | Whole) == shape_at(keys, frame)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270, -90])
def test_a_point_on_screen_leads_back_to_the_coded_frame(script: Any, rotation: int) -> None:
    facts = {"width": 720, "height": 576, "rotation": rotation, "aspect": [16, 15]}
    found = script.evaluate(
        """facts => { const p = shapes.placing(facts);
             return [p.size, p.coded(p.show([100, 37])), p.show([0, 0])]; }""",
        facts,
    )
    assert found[1] == pytest.approx([100, 37])
    assert found[0] == ([576, 768] if rotation % 180 else [768, 576])
    at_corner = {0: [0, 0], 90: [0, 768], 180: [768, 576], 270: [576, 0], -90: [576, 0]}
    assert found[2] == pytest.approx(at_corner[rotation])


def test_no_key_acts_while_somebody_writes(script: Any) -> None:
    found = script.evaluate(
        """() => {
             const done = [];
             const map = [{ id: 'play', codes: ['Space'], scope: 'clip', words: '' }];
             const k = new keys.Keys({ map, single: true });
             k.scopes = () => ['clip'];
             k.on('play', () => done.push(document.activeElement.id));
             document.body.innerHTML = '<input id="a"><textarea id="b"></textarea>'
               + '<select id="c"></select><p id="d" contenteditable tabindex="0"></p>'
               + '<input id="e" type="range"><p id="f" tabindex="0"></p><button id="g"></button>';
             k.listen();
             for (const at of document.body.children) {
               at.focus();
               at.dispatchEvent(new KeyboardEvent('keydown', { code: 'Space', bubbles: true }));
               at.dispatchEvent(new KeyboardEvent('keyup', { code: 'Space', bubbles: true }));
             }
             return done;
           }"""
    )
    assert found == ["e", "f"]


def test_switched_off_single_keys_rest_and_keys_with_ctrl_still_act(script: Any) -> None:
    found = script.evaluate(
        """() => {
             const done = [];
             const map = [
               { id: 'play', codes: ['Space'], scope: 'clip', words: '' },
               { id: 'undo', codes: ['Ctrl+KeyZ'], scope: 'page', words: '' },
             ];
             const k = new keys.Keys({ map, single: false });
             k.scopes = () => ['clip', 'page'];
             for (const one of map) k.on(one.id, () => done.push(one.id));
             const root = document.createElement('div');
             document.body.append(root);
             k.listen(root);
             root.dispatchEvent(new KeyboardEvent('keydown', { code: 'Space' }));
             root.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyZ', ctrlKey: true }));
             return done;
           }"""
    )
    assert found == ["undo"]


def test_every_script_is_short_and_asks_nobody_else() -> None:
    folder = Path(__file__).parents[2] / "src" / "safehouse" / "review" / "static"
    scripts = {path.name: path.read_text() for path in folder.glob("*.js")}
    assert {name for name, text in scripts.items() if text.count("\n") > 300} == set()
    names = "http://www.w3.org/2000/svg"
    assert {n for n, text in scripts.items() if "://" in text.replace(names, "")} == set()
    risky = ("eval(", "innerHTML", "document.write", "new Function", "localStorage")
    assert {(n, word) for n, text in scripts.items() for word in risky if word in text} == set()


def test_one_look_at_a_shot_answers_where_heads_may_be_bare_and_nothing_else(script: Any) -> None:
    kinds = ("begins", "lost", "weak", "large", "near", "whole", "unsure", "whole")
    rows = [
        {"id": f"Q{n}", "kind": kind, "first": 10 * n, "answer": "open"}
        for n, kind in enumerate(kinds)
    ]
    rows += [
        {"id": "decided", "kind": "lost", "first": 5, "answer": "hide"},
        {"id": "next shot", "kind": "lost", "first": 100, "answer": "open"},
    ]
    found = script.evaluate(
        """rows => {
             const seen = new view.View("", "");
             seen.facts = { shots: [0, 100] };
             seen.frames = 200;
             seen.marks = { questions: rows };
             return rows.map((one) => seen.alike(one).map((other) => other.id));
           }""",
        rows,
    )
    heads = ["Q0", "Q1", "Q2", "Q3"]
    assert found[:8] == [*[heads] * 4, ["Q4"], ["Q5", "Q7"], ["Q6"], ["Q5", "Q7"]]
    assert found[9] == ["next shot"]


def test_bars_that_can_not_be_told_apart_are_drawn_as_one(script: Any) -> None:
    rows = [(0, 9, "open"), (9, 12, "open"), (12, 14, "open"), (14, 16, "known"), (16, 18, "open")]
    bars = [{"first": a, "end": b, "state": state} for a, b, state in rows]
    drawn = "([bars, frames]) => lanes.joined(bars, frames).map(b => [b.first, b.end, b.state])"
    few = [[0, 14, "open"], [14, 16, "known"], [16, 18, "open"]]
    assert script.evaluate(drawn, [bars, 10000]) == few
    assert script.evaluate(drawn, [bars, 1000]) == [list(row) for row in rows]


def test_a_head_has_its_own_open_questions_as_they_are_now(script: Any) -> None:
    found = script.evaluate(
        """() => {
             const seen = new view.View("", "");
             const asked = (id, track, first, end, answer) => ({ id, track, first, end, answer });
             const marks = answer => ({ pieces: [], questions: [
               asked("Q1", "T1", 0, 10, answer), asked("Q2", "T1", 10, 20, "open"),
               asked("Q3", "T2", 0, 10, "open"), asked("Q4", "T1", 5, 9, "hide")] });
             const told = { facts: { frames: 99 }, words: {} };
             const piece = { track: "T1", first: 0, end: 10 };
             return ["open", "accept"].map(answer => {
               seen.take({ ...told, marks: marks(answer) });
               return seen.openFor(piece).map(one => one.id);
             });
           }"""
    )
    assert found == [["Q1"], []]
