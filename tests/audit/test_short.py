"""The short page says what was tried and what remains, and nothing that may not go out."""

import re

import msgspec
import pytest
from audit_cases import head, make_plan

from safehouse.audit.advice import NAMES
from safehouse.audit.remains import remains_of
from safehouse.audit.short import TRIED, build_short
from safehouse.errors import AuditBroken, LeakFound, ReportEdited
from safehouse.language import load_language
from safehouse.model.findings import Unsure
from safehouse.model.report import Attack, Control, Report, Spot

PLAN = make_plan(head())


def attack(name: str, result: str = "none found") -> Attack:
    found = Attack(
        name=name,
        title="Is every mask there?",
        result="none found",
        figure="32 of 32 frames, M0001, track 1 of film.mov",
        control=Control(True, "called open in 3 of 3"),
    )
    spots = (Spot(3, 4, "M0001"),) if result == "leak" else ()
    return msgspec.structs.replace(found, result=result, spots=spots)


def report(*attacks: Attack) -> Report:
    return Report(
        clip="C0001",
        film_sha256="a" * 64,
        plan_sha256="b" * 64,
        held=any(a.result != "none found" for a in attacks),
        attacks=attacks,
        remains=remains_of(PLAN),
        unsure=(Unsure(0, 3, "weak detection", track="T0007"),),
        notes=("stream 3 (data): data tracks hold place, time and camera",),
        frames=32123,
        program="safehouse 0.1.0",
        digest="c" * 64,
    )


CLEAR = report(*(attack(name) for name in TRIED), attack("something new"))


@pytest.mark.parametrize("code", ["en", "fr"])
def test_no_id_digest_name_count_or_time_goes_out(code: str) -> None:
    page = build_short(CLEAR, load_language(code))
    words = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert not re.search(r"[A-Z]\d{4}|[0-9a-f]{16}|32123|\d:\d\d|film\.mov|report|0\.1\.0", words)
    assert "safehouse" not in words
    assert f'<html lang="{code}">' in page


def test_it_says_what_was_tried_what_remains_and_claims_nothing() -> None:
    page = build_short(CLEAR)
    assert page.count("<li>") == len(TRIED) + 1 + len(CLEAR.remains)
    assert "does not prove that there is none" in page
    assert "nobody had recorded" in page
    assert not re.search(r"\b(safe|passed|anonym\w*)\b", page, re.IGNORECASE)
    watched = msgspec.structs.replace(CLEAR, watched=True)
    assert "nobody had recorded" not in build_short(watched)


def test_every_attack_has_its_sentence() -> None:
    assert TRIED.keys() == NAMES.keys()


def test_the_french_page_is_french() -> None:
    page = build_short(CLEAR, load_language("fr"))
    assert not re.search(
        r"\b(the|of|is|are|and|was|with)\b", re.sub(r"<[^>]*>", " ", page).split("}")[-1]
    )


@pytest.mark.parametrize(("result", "error"), [("leak", LeakFound), ("not run", AuditBroken)])
def test_nothing_goes_out_with_a_film_that_is_held(result: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        build_short(report(attack("coverage"), attack("sound", result)))


@pytest.mark.parametrize("row", ["P07 wears it", "film.mov", "at 0:00:04", "a" * 64])
def test_a_line_that_tells_something_is_refused(row: str) -> None:
    with pytest.raises(ReportEdited):
        build_short(msgspec.structs.replace(CLEAR, remains=(row,)))
