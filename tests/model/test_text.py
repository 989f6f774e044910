"""Untrusted text: harmless on a terminal, readable in every script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.text import READABLE_FORMAT, escape


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    steering = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    left = {c for c in escape(text) if unicodedata.category(c) in steering}
    assert left <= READABLE_FORMAT


@pytest.mark.parametrize(
    "text", ["می\u200cروم", "مرحبا", "ভিডিও", "影片", "👩\u200d🌾", "café.mov"]
)
def test_every_script_stays_readable(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb", r"a\x0ab"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\udc80", r"\udc80"),
    ],
)
def test_hostile_names_are_shown_as_numbers(hostile: str, shown: str) -> None:
    assert escape(hostile) == shown
