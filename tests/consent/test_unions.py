"""The union of all versions ever delivered tells who was newly hidden."""

from safehouse.consent.unions import compare, shown_anywhere

OLD = {
    "festival": [("P07", "face"), ("P07", "voice"), ("P03", "face")],
    "tv": [("P07", "face"), ("P05", "face")],
}


def test_the_union_of_versions_is_taken_and_not_each_alone() -> None:
    assert shown_anywhere(OLD)["P07", "face"] == ("festival", "tv")
    found = compare(OLD, [("P03", "face")])
    assert found.people == ("P05", "P07")
    assert [(one.person, one.trait, one.versions) for one in found.newly_hidden] == [
        ("P05", "face", ("tv",)),
        ("P07", "face", ("festival", "tv")),
        ("P07", "voice", ("festival",)),
    ]


def test_whoever_is_hidden_alone_is_told_to_be_pointed_at() -> None:
    found = compare(OLD, [("P03", "face"), ("P05", "face")], planned=("web",))
    assert any("P07 alone" in words for words in found.words)
    assert found.still_shown == ("P03", "P05")
    assert any("P03, P05" in words for words in found.offers)
    assert any("web" in words for words in found.offers)


def test_nothing_is_said_where_nothing_is_learned() -> None:
    assert compare({}, []).words == ()
    assert compare(OLD, [one for shows in OLD.values() for one in shows]).words == ()
    assert compare({}, [("P07", "face")]).newly_hidden == ()


def test_hiding_several_at_once_points_at_nobody_alone() -> None:
    found = compare(OLD, [])
    assert found.people == ("P03", "P05", "P07")
    assert not any("alone is" in words for words in found.words)
    assert found.words[0] == (
        "whoever holds an earlier version sees that 3 people were newly hidden"
    )


def test_each_trait_is_compared_and_not_the_person_alone() -> None:
    found = compare({"first": [("P07", "face"), ("P07", "voice")]}, [("P07", "voice")])
    assert [(one.person, one.trait) for one in found.newly_hidden] == [("P07", "face")]
