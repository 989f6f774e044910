"""The page about consent names every rule with a test that is there."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "consent.md").read_text()
TESTS = set(re.findall(r"^def (test_\w+)", (HERE / "test_rules.py").read_text(), re.M))
NO_RULES = {
    "test_a_yes_that_is_whole_shows_what_it_names",
    "test_a_no_that_has_ended_is_no_longer_one",
    "test_a_guardian_may_allow_what_identifies_less",
    "test_a_state_that_is_not_known_counts_as_withdrawn",
    "test_a_film_that_is_dated_ahead_shortens_no_waiting_time",
    "test_a_film_that_is_dated_back_lengthens_no_consent",
    "test_a_merged_child_makes_nobody_else_an_adult",
    "test_what_a_merged_person_allowed_in_one_country_is_not_wider_in_all",
    "test_a_register_edited_by_hand_gains_nothing",
    "test_a_thousand_people_are_ruled_in_under_a_second",
    "test_a_register_is_read_once_however_often_it_is_asked",
    "test_what_is_seconded_meanwhile_is_not_missed",
}
"""Tests that bound a rule or hold something of all of them."""


def test_every_rule_on_the_page_has_its_test_and_every_test_its_rule() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named - TESTS == set()
    assert TESTS - named == NO_RULES
