"""Contradictions are shown, and people linked to somebody out of reach are queued."""

import pytest
from registers import change, person, record, register, widened

from safehouse.consent.matters import contradictions, queued
from safehouse.model.consent import Link


def test_a_contradiction_names_both_records() -> None:
    held = register(record(), record("R0002", traits={"face": False}))
    (found,) = contradictions(held)
    assert (found.person, found.trait, found.day) == ("P07", "face", "2026-10-01")
    assert (found.yes, found.no) == ("R0001", "R0002")


def test_opposite_words_about_other_uses_or_days_are_no_contradiction() -> None:
    abroad = {"territories": ("DE",)}
    at_home = {"territories": ("FR",)}
    no = record("R0002", traits={"face": False}, scope=abroad)
    assert contradictions(register(record(scope=at_home), no)) == ()
    later = record("R0002", traits={"face": False}, given="2026-10-02")
    assert contradictions(register(record(), later)) == ()
    before = record("R0002", traits={"face": False}, scope={"until": "2026-10-05"})
    after = record(scope={"valid_from": "2026-10-06"})
    assert contradictions(register(after, before)) == ()


def test_what_was_said_since_settles_a_contradiction() -> None:
    no = record("R0002", traits={"face": False})
    since = record("R0003", given="2026-10-09")
    assert contradictions(register(record(), no, since)) == ()
    assert len(contradictions(register(since, record(), no))) == 1


def test_merged_people_contradict_each_other() -> None:
    people = (person(), person("P08", merged_into="P07"))
    held = register(record(), record("R0002", "P08", traits={"face": False}), people=people)
    assert [found.person for found in contradictions(held)] == ["P07"]


@pytest.mark.parametrize("state", ["unreachable", "detained"])
def test_people_linked_to_somebody_out_of_reach_are_queued(state: str) -> None:
    people = (person(), person("P08"), person("P09"))
    links = (
        Link(person="P07", other="P08", answered="no risk"),
        Link(person="P09", other="P07", answered="no risk"),
    )
    held = register(people=people, links=links, changes=(change(state),))
    assert {(one.person, one.because) for one in queued(held)} == {("P08", "P07"), ("P09", "P07")}
    assert queued(register(people=people, links=links)) == ()
    back = register(people=people, links=links, changes=(change(state), widened("given")))
    assert len(queued(back)) == 2


def test_an_unanswered_link_is_queued() -> None:
    held = register(people=(person(), person("P08")), links=(Link(person="P07", other="P08"),))
    assert [(one.person, one.because) for one in queued(held)] == [("P08", "P07")]
    assert "P07" in queued(held)[0].words


def test_people_linked_to_somebody_who_is_one_with_the_detained_are_queued() -> None:
    people = (person(), person("P08"), person("P09", merged_into="P08"))
    links = (Link(person="P07", other="P09", answered="no risk"),)
    gone = change("detained", person="P08")
    held = register(people=people, links=links, changes=(gone,))
    assert [(one.person, one.because) for one in queued(held)] == [("P07", "P09")]
