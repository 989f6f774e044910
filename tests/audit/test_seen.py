"""Attack 3: what coverage and faces found, told as people seen in time."""

import pytest
from audit_cases import FRAMES, head, make_plan
from hypothesis import given
from hypothesis import strategies as st

from safehouse.audit.coverage import Find
from safehouse.audit.faces import Seen
from safehouse.audit.seen import appearances, bound, build_attack
from safehouse.model.box import Box


def test_a_film_in_which_nothing_was_found_shows_nobody_and_gives_the_bound() -> None:
    attack = build_attack([], [], make_plan(head()), whole=True)
    assert attack.result == "none found"
    assert "0 of 1 appearances" in attack.figure
    assert "up to 95%" in attack.figure


def test_a_film_that_was_not_looked_at_to_its_end_is_not_clear() -> None:
    assert build_attack([], [], make_plan(head()), whole=False).result == "not run"


def test_open_frames_of_a_mask_are_counted_for_its_track_with_the_longest_run() -> None:
    finds = [Find(3, 6, "M0001", "open", 0.9), Find(10, 11, "M0001", "colour open", 0.6)]
    attack = build_attack(finds, [], make_plan(head()), whole=True)
    assert attack.result == "leak"
    assert "1 of 1 appearances were seen, in 4 frames, the longest run 3" in attack.figure
    assert attack.spots[0].what == "T0001 is seen for 4 frames"
    assert (attack.spots[0].first, attack.spots[0].end) == (3, 11)


def test_finds_that_show_nobody_are_left_to_coverage() -> None:
    finds = [Find(3, 6, "", "another picture", 40.0), Find(0, 1, "M0001", "another fill", 30.0)]
    assert build_attack(finds, [], make_plan(head()), whole=True).result == "none found"


def test_a_face_before_the_first_cover_near_the_way_is_that_appearances() -> None:
    plan = make_plan(head(first=10))
    face = Seen(8, Box(90, 80, 160, 160), 0.9, "HOG")
    (row,) = appearances([], [face], plan)
    assert (row.track, row.frames, row.outside) == ("T0001", (8,), 1)
    assert (
        "1 of them before a first or after a last"
        in build_attack([], [face], plan, whole=True).figure
    )


def test_a_face_near_nobody_is_somebody_under_no_mask() -> None:
    face = Seen(8, Box(1200, 900, 1280, 980), 0.9, "HOG")
    attack = build_attack([], [face], make_plan(head()), whole=True)
    assert attack.spots[0].what == "somebody under no mask is seen for 1 frame"
    assert "0 of 1 appearances" in attack.figure
    assert FRAMES > 8


@pytest.mark.parametrize(
    ("seen", "tries", "share"), [(0, 30, 0.0950), (0, 100, 0.0295), (2, 50, 0.1206)]
)
def test_the_bound_is_clopper_and_pearsons(seen: int, tries: int, share: float) -> None:
    assert bound(seen, tries) == pytest.approx(share, abs=2e-4)


@given(st.integers(1, 3000), st.data())
def test_the_bound_lies_above_the_share_and_falls_with_more_tries(
    tries: int, data: st.DataObject
) -> None:
    seen = data.draw(st.integers(0, tries))
    assert seen / tries <= bound(seen, tries) <= 1.0
    assert bound(0, tries) <= 3.0 / tries + 1e-9
