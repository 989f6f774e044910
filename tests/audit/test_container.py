"""The container attack says what it found, and is not run when its control fails."""

from safehouse.audit.container import SHOWN, build_attack
from safehouse.media.search import Hit


def test_a_clean_film_whose_control_holds_is_clear() -> None:
    attack = build_attack((), (), searched=9, control=9, size=1000)
    assert (attack.result, attack.control.held, attack.spots) == ("none found", True, ())


def test_an_unknown_box_and_a_string_are_leaks_and_the_string_is_not_repeated() -> None:
    hit = Hit("Somebody's phone", "UTF-8", 77, "file")
    attack = build_attack(("box udta",), (hit,), searched=9, control=9, size=1000)
    assert attack.result == "leak"
    assert [spot.what for spot in attack.spots] == [
        "not in the allow-list: box udta",
        "a string of the source stands in the film at byte 77 (UTF-8)",
    ]


def test_a_search_that_does_not_find_the_source_in_itself_was_not_run() -> None:
    attack = build_attack((), (), searched=9, control=0, size=1000)
    assert (attack.result, attack.control.held) == ("not run", False)


def test_a_source_that_says_nothing_has_no_control() -> None:
    assert build_attack((), (), searched=0, control=0, size=1).control.held is None


def test_many_spots_are_counted() -> None:
    attack = build_attack(tuple(f"box {n}" for n in range(99)), (), searched=1, control=1, size=1)
    assert len(attack.spots) == SHOWN + 1
    assert attack.spots[-1].what == "and 79 more"
