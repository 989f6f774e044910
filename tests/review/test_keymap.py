"""The keys: one list, none twice where both would hear it, each with words, all of the brief."""

import json
from importlib.resources import files

import pytest

from safehouse.errors import UsageError
from safehouse.review.keymap import (
    Binding,
    clashes,
    format_keys,
    keys_of,
    load_keys,
    remapped,
    spoken,
)

BRIEF = {
    "play": "Space",
    "back": "KeyJ",
    "stop": "KeyK",
    "forward": "KeyL",
    "frame_back": "ArrowLeft",
    "frame_on": "ArrowRight",
    "second_back": "Shift+ArrowLeft",
    "second_on": "Shift+ArrowRight",
    "shot_back": "ArrowUp",
    "shot_on": "ArrowDown",
    "mark_in": "KeyI",
    "mark_out": "KeyO",
    "go_in": "Shift+KeyI",
    "go_out": "Shift+KeyO",
    "first": "Home",
    "last": "End",
    "undecided_on": "KeyN",
    "undecided_back": "Shift+KeyN",
    "face_back": "BracketLeft",
    "face_on": "BracketRight",
    "hide": "KeyH",
    "accept": "KeyA",
    **{f"person_{n}": f"Digit{n}" for n in range(1, 10)},
    "unknown": "KeyU",
    "original": "KeyV",
    "comment": "KeyC",
    "undo": "Ctrl+KeyZ",
    "redo": "Ctrl+Shift+KeyZ",
    "help": "Shift+Slash",
    "cancel": "Escape",
    "sign": "Ctrl+Enter",
}
"""Editors' hands first, annotation on digits and verbs: the binding table of the review page."""


def bound() -> dict[str, Binding]:
    return {row.id: row for row in load_keys()}


def test_no_key_has_two_meanings_where_both_would_hear_it() -> None:
    assert clashes(load_keys()) == []


def test_every_key_of_the_brief_does_what_it_says() -> None:
    keys = bound()
    assert {name: keys[name].codes[0] for name in BRIEF} == BRIEF


def test_a_key_bound_twice_in_a_scope_or_under_a_page_key_is_found() -> None:
    keys = list(load_keys())
    again = Binding("again", ("KeyJ",), "clip", "again")
    under = Binding("under", ("Ctrl+KeyZ",), "queue", "under a key of every page")
    twice = Binding("play", ("KeyW",), "clip", "an id twice")
    assert clashes([*keys, again]) == ["KeyJ is back and again in clip"]
    assert clashes([*keys, under]) == ["Ctrl+KeyZ is undo and under in queue"]
    assert clashes([*keys, twice]) == ["play is there 2 times"]


def test_tab_and_the_browsers_own_keys_stay_the_browsers() -> None:
    taken = {code for row in load_keys() for code in row.codes}
    assert taken & {"Tab", "Shift+Tab", "Ctrl+KeyL", "Ctrl+KeyT", "Ctrl+KeyW", "F5"} == set()


def test_a_remapped_key_takes_the_place_of_the_first() -> None:
    keys = {row.id: row for row in remapped({"hide": ("KeyD",), "accept": ()})}
    assert keys["hide"].codes == ("KeyD",)
    assert keys["accept"].codes == ()
    assert keys["play"].codes == ("Space",)


@pytest.mark.parametrize(
    "changes",
    [
        {"hide": ("KeyA",)},
        {"nothing_we_know": ("KeyW",)},
        {"hide": ("Key W",)},
        {"hide": ("Shift+Ctrl+KeyW",)},
        {"hide": ("<b>",)},
        {"hide": ("",)},
    ],
    ids=["taken", "unknown", "space", "order", "markup", "empty"],
)
def test_a_change_that_would_confuse_is_refused(changes: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(UsageError):
        remapped(changes)


def test_a_taken_key_is_refused_in_words_without_ids() -> None:
    with pytest.raises(UsageError, match="something else there already") as caught:
        remapped({"undecided_on": ("KeyA",)})
    assert caught.value.kept == "the keys are as they were"
    assert "undecided_on" not in caught.value.happened


def test_a_setting_that_can_not_be_read_leaves_the_keys_as_they_are() -> None:
    assert keys_of({"hide": ["KeyA"]}) == load_keys()
    assert keys_of(["no", "map"]) == load_keys()
    assert keys_of({"hide": ["KeyD"]}) != load_keys()


def test_keys_are_written_as_people_write_them() -> None:
    written = [spoken(c) for c in ("Shift+KeyN", "Ctrl+Enter", "ArrowLeft", "Shift+Slash")]
    assert written == ["Shift+N", "Ctrl+Enter", "←", "?"]


def test_the_page_of_keys_names_every_action() -> None:
    page = format_keys()
    assert [row.id for row in load_keys() if f"| {row.words} |" not in page] == []


def test_the_list_is_plain_json_in_the_page() -> None:
    rows = json.loads((files("safehouse.review") / "keymap.json").read_text())
    assert all(set(row) == {"id", "codes", "scope", "words"} for row in rows)
