"""Whoever is shown looks like the person who agreed; somebody else among them is called a leak."""

import numpy as np
from audit_cases import FRAMES, head, make_plan
from test_consented import place

from safehouse.audit.embeddings import LENGTH, Sighting, _due
from safehouse.audit.same_person import attack_shown, hidden_only
from safehouse.model.plan import Plan

PEOPLE = {name: np.random.default_rng(n).normal(0, 0.1, LENGTH) for n, name in enumerate("ABC")}


def sighting(track: str, frame: int, who: str) -> Sighting:
    """A face of somebody, each a little otherwise: faces of one person are about 0.2 apart."""
    noise = np.random.default_rng(1000 + frame).normal(0, 0.012, LENGTH)
    data = (PEOPLE[who] + noise).astype(np.float32).tobytes()
    return Sighting(track, frame, data, data)


def faces(*rows: tuple[str, str]) -> list[Sighting]:
    """Sightings by place or track, and who it is in each frame: ("F0001", "AAAB")."""
    return [
        sighting(track, 10 * n + at, who)
        for at, (track, people) in enumerate(rows)
        for n, who in enumerate(people)
    ]


def plan() -> Plan:
    return make_plan(head(), shown=(place(), place(2, 100, "P07"), place(3, 200, "P09")))


def test_people_who_are_who_the_plan_says_are_no_leak() -> None:
    rows = faces(("F0001", "AAAA"), ("F0002", "AAA"), ("F0003", "BBB"), ("T0001", "CCCC"))
    attack = attack_shown(rows, plan())
    assert (attack.result, attack.control.held) == ("none found", True)
    assert "10 faces of 2 people" in attack.figure


def test_a_hidden_head_where_somebody_is_shown_is_a_leak() -> None:
    rows = faces(("F0001", "AAAA"), ("F0002", "CC"), ("F0003", "BBB"), ("T0001", "CCCC"))
    attack = attack_shown(rows, plan())
    assert attack.result == "leak"
    assert [spot.what for spot in attack.spots] == [
        "where P07 is shown, 2 of 2 faces look like somebody else in the clip"
    ]


def test_a_track_that_goes_over_to_somebody_else_is_a_leak() -> None:
    rows = faces(("F0001", "AAAACC"), ("F0003", "BBB"), ("T0001", "CCCC"))
    assert attack_shown(rows, plan()).result == "leak"


def test_two_who_are_shown_under_each_others_ids_are_found() -> None:
    rows = faces(("F0001", "AAAA"), ("F0002", "BB"), ("F0003", "BBB"))
    assert attack_shown(rows, plan()).result == "leak"


def test_a_person_who_is_also_hidden_is_no_stranger_to_herself() -> None:
    rows = faces(("F0001", "AAAA"), ("F0002", "AAA"), ("T0001", "AAAA"))
    attack = attack_shown(rows, plan())
    assert (attack.result, attack.control.held) == ("none found", None)
    two_kinds = faces(("F0001", "AAAA"), ("F0002", "BBB"), ("T0001", "AABB"))
    assert attack_shown(two_kinds, plan()).result == "none found"


def test_one_bad_view_is_no_leak() -> None:
    rows = faces(("F0001", "AAAAC"), ("T0001", "CCCC"))
    assert attack_shown(rows, plan()).result == "none found"


def test_without_faces_it_says_nothing() -> None:
    attack = attack_shown([], plan())
    assert (attack.result, attack.control.held) == ("none found", None)


def test_shown_places_are_looked_at_and_named_by_no_other_attack() -> None:
    names = {name for due in _due(plan()).values() for name, _ in due}
    assert names == {"T0001", "F0001", "F0002", "F0003"}
    rows = faces(("F0001", "A"), ("T0001", "C"))
    assert [row.track for row in hidden_only(rows, plan())] == ["T0001"]
    assert all(0 <= frame < FRAMES for frame in _due(plan()))
