"""The page says first what to do, holds nothing from outside, and never claims too much."""

import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from audit_cases import head, make_plan

from safehouse.audit.advice import headline, next_steps
from safehouse.audit.page import build_page
from safehouse.audit.remains import remains_of
from safehouse.audit.strip import time_code
from safehouse.model.clip import Dropped
from safehouse.model.findings import Unsure
from safehouse.model.plan import Mask, Region, SoundOut, SoundPlan, SoundSpan
from safehouse.model.report import Attack, Control, Report, Spot
from safehouse.model.shape import Ellipse, Key, Whole

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
HOSTILE = "<script>alert(1)</script> https://example.org \u202e"
PLAN = make_plan(
    head(4, 20),
    Mask("M0002", 22, 30, (Key(0, Whole()),), why="unsure"),
    Mask("M0003", 1, 2, (Key(0, Whole()),), track="T0003", why="lost"),
)


def attack(result: str = "none found", name: str = "coverage", *spots: Spot) -> Attack:
    return msgspec.convert(
        {
            "name": name,
            "title": "Is every mask there?",
            "result": result,
            "figure": "32 of 32 frames",
            "control": {"held": True, "what": "called open in 3 of 3"},
            "spots": [msgspec.to_builtins(s) for s in spots],
        },
        Attack,
    )


def report(*attacks: Attack, **change: object) -> Report:
    facts = {
        "clip": "C0001",
        "film_sha256": "a" * 64,
        "plan_sha256": "b" * 64,
        "held": any(a.result != "none found" for a in attacks),
        "attacks": attacks,
        "remains": remains_of(PLAN),
        "frames": 32,
    }
    return Report(**(facts | change))  # type: ignore[arg-type]  # the facts above are of the right types


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def read(page: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(page)
    return reader.tags


HELD = report(
    attack("leak", "coverage", Spot(12, 14, f"M0001 shows the original {HOSTILE}")),
    attack("not run", "sound"),
    attack("leak", "container", Spot(0, 1, "box udta")),
    unsure=(Unsure(3, 9, "head lost inside the shot", whole=True, track="T0001"),),
    notes=("chroma widened",),
)


def test_a_copy_with_disguised_voices_says_first_that_it_is_for_cutting() -> None:
    sound = (SoundPlan(1, (SoundSpan(0, 9, "disguise"),), "S01"),)
    steps = next_steps(report(attack()), msgspec.structs.replace(PLAN, sound=sound))
    assert "copy to cut with" in steps[0]
    assert not any("copy to cut with" in step for step in next_steps(report(attack()), PLAN))


def test_the_first_words_are_what_to_do() -> None:
    assert headline(HELD).startswith("Held: 2 places")
    steps = next_steps(HELD, PLAN)
    assert "Do not give this film away" in steps[0]
    assert "0:00:00.480 (frame 12)" in steps[1]
    assert "render it again" in steps[1]
    assert steps[2].startswith("Look at the file: box udta. Write the film anew")
    assert steps[3].startswith("Sound: Nobody knows what it would have found")
    assert any("No person has watched this yet: 1 uncertain span." in s for s in steps)
    clear = report(attack())
    assert headline(clear) == (
        f"No leak found by these tests; {len(clear.remains)} things remain; "
        "nobody has watched it yet"
    )
    watched = msgspec.structs.replace(clear, watched=True)
    assert headline(watched).endswith(f"{len(clear.remains)} things remain")
    assert headline(report(attack("not run"))).startswith("Held: a test could not be run")


def test_who_is_seen_comes_first() -> None:
    seen = attack("leak", "seen", Spot(12, 15, "T0001 is seen for 3 frames"))
    shown = report(attack("leak", "coverage", Spot(12, 15, "M0001")), seen)
    words = "Held: T0001 is seen for 3 frames, at 0:00:00.480"
    assert headline(shown, PLAN.clip.video) == words
    assert words in build_page(shown, PLAN, [])
    assert any("“why”: “hand”" in step for step in next_steps(shown, PLAN))


def test_the_page_loads_nothing_from_outside_and_runs_nothing() -> None:
    page = build_page(HELD, PLAN, [PNG] * 12)
    for tag, facts in read(page):
        assert tag not in {"script", "link", "iframe", "object", "embed", "form", "base"}
        assert (facts.get("src") or "data:").startswith("data:")
        assert (facts.get("href") or "#").startswith("#")
        assert not any(name.startswith("on") for name in facts)
    assert not re.search(
        r"https?:|url\((?!#)|@import|//[a-z]", page.replace("https://example.org", "")
    )
    assert "default-src 'none'" in page


def test_text_from_a_file_is_only_shown() -> None:
    page = build_page(HELD, PLAN, [])
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("shown", [HELD, report(attack())])
def test_it_never_says_safe_or_passed(shown: Report) -> None:
    words = re.sub(r"safehouse", "", build_page(shown, PLAN, [PNG]))
    assert not re.search(r"\b(safe|safely|passed|pass|anonymi[sz]ed?)\b", words, re.IGNORECASE)


def test_readers_for_the_blind_get_everything() -> None:
    tags = read(build_page(HELD, PLAN, [PNG] * 12))
    assert ("html", {"lang": "en"}) in tags
    assert [t for t, _ in tags].count("h1") == 1
    assert all(facts.get("alt") for tag, facts in tags if tag == "img")
    assert all(facts.get("scope") for tag, facts in tags if tag == "th")
    assert any(tag == "svg" and facts.get("role") == "img" for tag, facts in tags)
    labels = [f["aria-labelledby"] for _, f in tags if f.get("aria-labelledby")]
    ids = {f.get("id") for _, f in tags}
    assert all(part in ids for label in labels for part in str(label).split())


def test_every_fact_of_the_report_is_on_the_page() -> None:
    page = build_page(HELD, PLAN, [PNG] * 12)
    for words in ("T0001", "chroma widened", "head lost inside the shot", "a" * 64, "box udta"):
        assert words in page
    for row in HELD.remains:
        assert row.replace("'", "&#39;") in page


def test_reveal_only_sound_only_and_empty_plans_have_pages() -> None:
    region = Region("R0001", 0, 9, (Key(0, Ellipse(800, 800, 320, 320)),))
    shown = make_plan(mode="reveal-only", regions=(region,))
    assert "1 drawn region" in build_page(report(attack()), shown, [])
    clip = msgspec.structs.replace(
        PLAN.clip, video=None, dropped=(Dropped(1, "data", "telemetry"),)
    )
    silent = msgspec.structs.replace(PLAN, clip=clip, masks=())
    assert "there is none" in build_page(report(frames=0), silent, [])
    assert "no head was found" in build_page(report(attack()), make_plan(), [])


def test_time_codes_are_exact() -> None:
    video = PLAN.clip.video
    assert [time_code(video, n) for n in (0, 1, 25, 32, 99)] == [
        "0:00:00.000",
        "0:00:00.040",
        "0:00:01.000",
        "0:00:01.280",
        "0:00:01.280",
    ]
    assert time_code(None, 3) == "-"


@pytest.mark.parametrize(
    ("mode", "actions", "wanted"),
    [
        ("reveal-only", ("mute",), True),
        ("reveal-only", ("revoice",), True),
        ("hide", ("reveal", "mute"), True),
        ("hide", ("disguise",), True),
        ("reveal-only", ("reveal",), False),
        ("hide", ("mute",), False),
    ],
)
def test_lips_are_named_where_a_face_may_be_shown(
    mode: Any, actions: tuple[Any, ...], *, wanted: bool
) -> None:
    spans = tuple(SoundSpan(n * 100, n * 100 + 100, action) for n, action in enumerate(actions))
    output = msgspec.structs.replace(PLAN.output, sound=(SoundOut(1, "aac", 48_000, "mono"),))
    plan = msgspec.structs.replace(PLAN, mode=mode, sound=(SoundPlan(1, spans),), output=output)
    assert any("lips can be read" in row for row in remains_of(plan)) is wanted


def test_what_remains_names_what_the_plan_shows() -> None:
    assert any("Clothing" in row for row in remains_of(PLAN))
    assert not any("Voices" in row for row in remains_of(PLAN))
    assert Control(None, "").held is None
