"""The page that goes out tells what was done and what remains, and nothing of anybody."""

from dataclasses import replace

import pytest

from safehouse.deliver.page import Told, build_delivered
from safehouse.errors import FilmChanged
from safehouse.language import load_language

TOLD = Told(
    version="festival-cut",
    medium="festival",
    films=3,
    look="veil",
    disguised=False,
    attacks={"A program that had no part in hiding looked for faces that were left over.": 3},
    remains=("clothing and body shape",),
    full=True,
    head="acid acid acid",
    program="safehouse 0.1.0",
)


def test_it_says_what_was_hidden_what_was_tried_and_what_remains() -> None:
    page = build_delivered(TOLD)
    for words in ("3 films", "at festivals", "(3 films)", "clothing and body shape", "acid acid"):
        assert words in page
    assert "in some of the frames" not in page
    assert "disguise is no promise" not in page


def test_it_promises_nothing() -> None:
    page = build_delivered(TOLD).lower()
    for word in ("anonym", " safe.", "passed", "guarantee", "target", "victim", "subject"):
        assert word not in page


def test_a_quick_audit_and_a_disguise_are_told() -> None:
    page = build_delivered(replace(TOLD, full=False, disguised=True, look="solid", films=1))
    assert "in some of the frames" in page
    assert "a disguise is no promise" in page
    assert "one film" in page
    assert "one tone" in page


@pytest.mark.parametrize(
    "line", ["P07 is hidden", "by R0012", "0" * 64, "at 0:12", "interview.mov", "a.json"]
)
def test_a_line_that_tells_of_somebody_stops_it(line: str) -> None:
    with pytest.raises(FilmChanged):
        build_delivered(replace(TOLD, remains=(line,)))


def test_words_of_a_version_can_break_nothing() -> None:
    page = build_delivered(replace(TOLD, version="<script>alert(1)</script>"))
    assert "<script>" not in page


def test_nothing_comes_from_outside() -> None:
    page = build_delivered(TOLD)
    for word in ("http:", "https:", "src=", "<link", "<script", "@import", "url("):
        assert word not in page


def test_it_is_there_in_french() -> None:
    page = build_delivered(TOLD, load_language("fr"))
    assert '<html lang="fr">' in page
    assert "À propos de ce film" in page
    assert "en festival" in page
