"""Rulings in plain words."""

import re
from pathlib import Path

from registers import person, record, register, use

import safehouse.consent
from safehouse.consent.rules import WHYS, rule, rule_all
from safehouse.consent.standing import NOTHING_SHOWS
from safehouse.consent.telling import REASONS, differences, tell


def test_every_reason_that_a_ruling_can_have_is_in_words() -> None:
    assert {*WHYS, *NOTHING_SHOWS, "allowed"} <= set(REASONS)
    folder = Path(safehouse.consent.__file__).parent
    source = "".join((folder / f"{name}.py").read_text() for name in ("rules", "index", "scope"))
    said = set(re.findall(r'return "([a-z\' ]+)"|fault="([a-z ]+)"', source))
    assert {one for pair in said for one in pair if one} <= set(REASONS)


def test_a_line_says_what_why_and_by_which_record() -> None:
    held = register(record())
    assert tell(rule(held, "P07", "face", use())) == "face: shown (R0001)"
    assert tell(rule(held, "P07", "voice", use())) == (
        "voice: hidden, nobody asked, or nothing is on record"
    )
    late = register(record(), seconded={})
    assert "a second person" in tell(rule(late, "P07", "face", use()))


def test_before_a_change_counts_it_says_what_would_show() -> None:
    before, after = (
        rule_all(register(people=(person(),)), use()),
        rule_all(register(record()), use()),
    )
    assert differences(before, after) == "newly shown: P07 face"
    assert differences(after, before) == "newly hidden: P07 face"
    assert differences(after, after) == "nothing changes in what shows"
