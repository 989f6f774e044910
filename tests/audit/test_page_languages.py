"""The page speaks one language at a time, and says in each what it says in English."""

import ast
import re
import string
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from audit_cases import head, make_plan
from loading import ROOT

from safehouse.audit import (
    coverage,
    covered,
    embeddings,
    faces,
    interference,
    seen,
    sound,
    versions,
    voiced,
)
from safehouse.audit.advice import NAMES, REMEDIES
from safehouse.audit.container import build_attack as build_container
from safehouse.audit.known import KNOWN
from safehouse.audit.page import build_page
from safehouse.audit.questions import questions_of
from safehouse.audit.remains import remains_of
from safehouse.language import Language, load_language
from safehouse.media.search import Hit
from safehouse.model.box import Box
from safehouse.model.findings import Unsure
from safehouse.model.plan import Mask, Plan, Region, SoundPlan, SoundSpan
from safehouse.model.report import Attack, Report
from safehouse.model.shape import Ellipse, Key, Whole

SRC = ROOT / "src" / "safehouse"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
OVAL = (Key(0, Ellipse(800, 800, 320, 320)),)
PLANS = (
    make_plan(
        head(4, 20),
        Mask("M0002", 22, 30, (Key(0, Whole()),), why="unsure"),
        Mask("M0003", 1, 2, (Key(0, Whole()),), track="T0003", why="lost"),
        Mask("M0004", 1, 2, (Key(0, Whole()),), why="corrupt"),
        Mask("M0005", 1, 2, OVAL, why="hand"),
    ),
    make_plan(mode="reveal-only", regions=(Region("R0001", 0, 9, OVAL),)),
    make_plan(),
)
LETTERS = re.compile(
    r"\b(?:[A-Z]+\d+|C0001|solid|veil|hide|reveal-only|x264|[0-9a-f]{64}|report/1|safehouse [\d.]+"
    r"|SOLIDER|OpenGait|CVPR|docs/voices\.md|HOG|CNN|utf-8|udta)\b"
)
"""What is no language's: ids, settings, digests, names."""


def attacks(plan: Plan) -> tuple[Attack, ...]:
    """Every attack with every kind of find, and with none."""
    video = plan.clip.video
    assert video is not None
    kinds = tuple(covered.Find(n, n + 1, "M0001", k, 0.5) for n, k in enumerate(covered.WORDS))
    nameless = covered.Find(3, 4, "", "open", 0.5)
    face = [faces.Seen(9, Box(0, 0, 20, 20), 0.9, by) for by in ("HOG", "CNN", faces.AGAIN)]
    looked = faces.Looked((0, 9), 4, 2, 1, 1, 1, 3, 2, 2, tuple(face))
    heard = sound.Heard(
        1, 9, 5, 0.2, 0.3, 0.5, 0.0, (sound.SoundFind(0, 2, voiced.COPY),), 1, 2, 0.5, 0.4
    )
    quiet = msgspec.structs.replace(heard, peak=0.0, alike=None, copy_control=2.0, finds=())
    frame_of = sound.FrameOf((), __import__("numpy").zeros(0))
    hit = Hit("x", "utf-8", 12, "file")
    return (
        coverage.build_attack(covered.Checked(32, 9, 2, 0.2, 5, 3, 3, (*kinds, nameless)), plan),
        coverage.build_attack(covered.Checked(3, 9), plan),
        coverage.build_attack(covered.Checked(), plan),
        faces.build_attack(looked, plan),
        faces.build_attack(faces.Looked(), plan),
        seen.build_attack((*kinds,), face, plan, whole=True),
        seen.build_attack((), (), plan, whole=False),
        interference.build_attack(interference.Scrambled(3, 99, 2, 1, (4,))),
        interference.build_attack(interference.Scrambled(3, 99)),
        interference.build_attack(interference.Scrambled()),
        embeddings.build_attack(()),
        build_container(("udta",), (hit,) * 30, searched=3, control=2, size=99),
        build_container((), (), searched=0, control=0, size=99),
        sound.build_attack((heard, quiet), ("",), frame_of),
        sound.build_attack((), (), frame_of),
        versions.build_attack(_compared(), plan),
        versions.build_attack((versions.Compared(),), plan),
    )


def _compared() -> tuple[versions.Compared, ...]:
    finds = (covered.Find(3, 4, "M0001", "shown", 1.0), covered.Find(3, 4, "", "shown", 1.0))
    shown = versions.Compared(32, 9, 2, 99, 9, 3, 1, 2, 2, finds)
    return (shown, *(versions.Compared(fault=fault) for fault in versions.FAULTS))


def report(plan: Plan) -> Report:
    found = attacks(plan)
    return Report(
        clip="C0001",
        film_sha256="a" * 64,
        plan_sha256="b" * 64,
        held=True,
        attacks=found,
        remains=remains_of(plan),
        unsure=(
            Unsure(3, 9, "head lost inside the shot", whole=True, track="T0001"),
            Unsure(3, 9, "weak detection"),
        ),
        notes=tuple(line.format_map(Filled()) for line in KNOWN),
        frames=32,
        questions=questions_of(plan),
        program="safehouse 0.1.0",
    )


class Filled(dict[str, str]):
    """Gives every name a figure."""

    def __missing__(self, name: str) -> str:
        return "7"


class Blank(GNUTranslations):
    """Knows every sentence, and says of each only its figures."""

    def __init__(self, known: Any) -> None:
        self._catalog = {key: _figures(key) for key in known._catalog if key}
        self._fallback = None
        self._charset = "utf-8"
        self.plural = lambda n: int(n > 1)


def _figures(key: Any) -> str:
    template = key if isinstance(key, str) else key[0]
    rows = string.Formatter().parse(template)
    return " ".join(f"{{{name}:{spec}}}" for _, name, spec, _ in rows if name) or "…"


class Words(HTMLParser):
    """Gathers what a page says, seen and heard."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tags.append(tag)
        self.said += [v or "" for k, v in attrs if k in {"alt", "title", "aria-label"}]

    def handle_endtag(self, tag: str) -> None:
        while self._tags and self._tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "code"} & set(self._tags) and data.strip():
            self.said.append(data.strip())


def words_of(page: str) -> list[str]:
    reader = Words()
    reader.feed(page)
    return reader.said


@pytest.mark.parametrize("plan", PLANS, ids=["masks", "regions", "nothing"])
def test_nothing_on_the_page_stays_english_in_another_language(plan: Plan) -> None:
    blank = Language("fr", Blank(load_language("fr").words))
    page = build_page(report(plan), plan, [PNG] * 12, blank)
    left = [text for text in words_of(page) if re.search(r"[A-Za-zé]{2}", LETTERS.sub("", text))]
    assert left == []


@pytest.mark.parametrize("plan", PLANS, ids=["masks", "regions", "nothing"])
def test_the_french_page_is_french_and_says_so(plan: Plan) -> None:
    page = build_page(report(plan), plan, [PNG] * 12, load_language("fr"))
    assert '<html lang="fr">' in page
    words = " ".join(words_of(page))
    assert not re.search(r"\b(the|of|is|are|and|no|was|with)\b", words)
    assert "Film retenu" in words
    assert not re.search(r"\b(sûr|sécurisé|anonym\w*|réussi)\b", words.replace("sûr de lui", ""))


def test_both_pages_hold_the_same_figures() -> None:
    plan = PLANS[0]
    pages = [build_page(report(plan), plan, [], load_language(code)) for code in ("en", "fr")]
    english, french = (sorted(re.findall(r"\d+", " ".join(words_of(p)))) for p in pages)
    assert english == french


def test_sound_of_every_kind_is_named_among_what_remains() -> None:
    plans = [
        msgspec.structs.replace(PLANS[0], sound=(SoundPlan(1, (SoundSpan(0, 9, action),), "S01"),))
        for action in ("mute", "bed", "revoice", "disguise", "reveal")
    ]
    french = load_language("fr")
    for plan in plans:
        rows = [*remains_of(plan), *(q.words for q in questions_of(plan))]
        assert all(french.say(row) != row for row in rows)


WORDY = re.compile(r"[a-z]{3,} [a-z]{2,}")
NOT_SAID = frozenset({"proof.py", "short.py", "detectors.py", "speakers.py", "weights.py"})
"""Modules that write sentences for failures, which are English."""


def bare_sentences(path: Path) -> list[str]:
    """Sentences of a module that are written as they are, where another language is wanted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
            found += [text] if WORDY.search(text) else []
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in FACTS:
            values = [*node.args, *(k.value for k in node.keywords if k.arg != "name")]
            texts = [v.value for v in values if isinstance(v, ast.Constant)]
            found += [t for t in texts if isinstance(t, str) and WORDY.search(t) and t != "not run"]
    return [f"{path.name}: {text}" for text in found if text != "none found"]


FACTS = frozenset({"Attack", "Control", "Spot", "Question"})


def test_every_sentence_of_an_attack_can_be_said_in_another_language() -> None:
    modules = [p for p in (SRC / "audit").rglob("*.py") if p.name not in NOT_SAID]
    assert len(modules) > 20
    assert [fault for path in modules for fault in bare_sentences(path)] == []


def test_a_bare_sentence_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('Spot(0, 1, "a face is here")\nx = f"{n} faces were found"\n')
    assert len(bare_sentences(module)) == 2


def test_every_attack_has_its_heading_and_its_remedy() -> None:
    text = "".join(path.read_text() for path in (SRC / "audit").rglob("*.py"))
    names = set(re.findall(r'Attack\(\s*name="([^"]+)"', text))
    assert {"coverage", "versions", "sensor noise"} <= names
    assert names <= NAMES.keys()
    assert names - {"outlines"} <= REMEDIES.keys()
