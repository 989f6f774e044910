"""Whoever is shown looks like the person who agreed; somebody else among them is called a leak."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from audit_cases import FRAMES, head, make_plan
from test_consented import place

from safehouse.audit import same_person
from safehouse.audit.embeddings import LENGTH, Embeddings, Sighting, _due
from safehouse.audit.same_person import attack_shown, hidden_only
from safehouse.media.reader import ClipReader
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Mask, Plan, Shown
from safehouse.model.shape import Ellipse, Key

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


def test_an_attack_that_notices_nobody_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = faces(("F0001", "AAAA"), ("F0002", "AAA"), ("F0003", "BBB"), ("T0001", "CCCC"))
    monkeypatch.setattr(same_person, "strangers", lambda *_: [])
    assert attack_shown(rows, plan()).control.held is not True


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


def two_speakers(media: Path) -> list[OriginalFrame]:
    """A man for 30 frames, a woman for 30, and she again for 30, heads in the same place."""
    rows: list[OriginalFrame] = []
    for name, takes in (("grid_bbaf2n", ((0, 30),)), ("grid_lwbsza", ((0, 30), (40, 70)))):
        with ClipReader(media / "video" / f"{name}.mpg", "C0001") as reader:
            frames = list(reader.frames())
        for first, end in takes:
            rows += [replace(f, index=len(rows) + n) for n, f in enumerate(frames[first:end])]
    return rows


def of_speakers(*people: str) -> Plan:
    """A plan that shows the three takes as these people's; "" is hidden."""
    keys = (Key(0, Ellipse(163 * 16, 180 * 16, 85 * 16, 110 * 16)),)
    shown, masks = [], []
    for n, who in enumerate(people):
        first, end = 30 * n, 30 * n + 30
        if who:
            piece = f"C0001-A{n:03}"
            shown.append(Shown(f"F{n:04}", first, end, keys, piece, who, ("R0012",), f"T{n:04}"))
        else:
            masks.append(Mask(f"M{n:04}", first, end, keys, f"T{n:04}"))
    return make_plan(*masks, frames=90, width=360, height=288, shown=tuple(shown))


@pytest.mark.media
def test_a_woman_shown_as_a_man_is_found_among_real_faces(media: Path) -> None:
    looking = Embeddings(of_speakers("P01", "P02", "P02"))
    for frame in two_speakers(media):
        looking.look(frame, frame)
    rows = looking.result()
    hidden = [msgspec.structs.replace(r, track=r.track.replace("F0002", "T0002")) for r in rows]

    right = attack_shown(hidden, of_speakers("P01", "P02", ""))
    assert (right.result, right.control.held) == ("none found", True)
    for seen, third in ((rows, "P02"), (hidden, "")):
        wrong = attack_shown(seen, of_speakers("P01", "P01", third))
        assert wrong.result == "leak"
        assert {spot.first for spot in wrong.spots} == {30}
