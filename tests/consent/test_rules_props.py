"""What holds of every register: narrowing never shows, merging never shows more than both."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from registers import PROOF

from safehouse.consent.rules import rule_all
from safehouse.consent.standing import RANK
from safehouse.model.consent import (
    MEDIA,
    STATES,
    TRAITS,
    Link,
    Person,
    Record,
    Register,
    Scope,
    StateChange,
    Use,
)

PEOPLE = ["P01", "P02", "P03"]
SOME_TRAITS = ["face", "voice", "place"]
LATER = "2026-11-20"


def mostly(fine: object, *odd: object) -> st.SearchStrategy:  # type: ignore[type-arg]
    """What is fine 14 times in 15: else hardly a register would show anybody."""
    return st.sampled_from([fine] * (14 * len(odd)) + [*odd])


DAYS = mostly("2026-10-01", "2026-10-05", LATER, "2027-01-01")
OPEN_DAYS = mostly("", "2026-10-03", "2026-11-10", "2027-06-30")
LANDS = st.lists(st.sampled_from(["FR", "DE"]), max_size=2, unique=True).map(tuple)


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    return Scope(
        versions=draw(mostly((), ("cut",), ("tv",))),
        media=draw(mostly((), ("festival",), ("online", "festival"))),
        territories=draw(st.one_of(st.just(()), LANDS)),
        valid_from=draw(mostly("", "2026-10-02")),
        until=draw(OPEN_DAYS),
        review=draw(OPEN_DAYS),
    )


@st.composite
def records(draw: st.DrawFn, *, yes: bool | None = None) -> Record:
    answer = st.sampled_from([True, True, True, False]) if yes is None else st.just(yes)
    named = st.dictionaries(st.sampled_from(SOME_TRAITS), answer, min_size=1)
    return Record(
        id="R",
        person=draw(st.sampled_from(PEOPLE)),
        traits=draw(named),
        scope=draw(st.one_of(st.just(Scope()), scopes())),
        how=draw(mostly("audio", "told")),
        proof_sha256=draw(mostly(PROOF, "")),
        present=draw(mostly(("none",), ("guardian",), ("spouse",))),
        safe_when_asked=draw(mostly(True, None)),
        guardian=draw(mostly("", "P09")),
        given=draw(DAYS),
    )


@st.composite
def people(draw: st.DrawFn) -> tuple[Person, ...]:
    return tuple(
        Person(
            id=id_,
            risk=draw(mostly("none", "some", "high", "unanswered")),
            age=draw(mostly("adult", "child", "unknown")),
            hidden_from=draw(mostly((), ("state",))),
            merged_into=draw(st.sampled_from(["", *(p for p in PEOPLE if p < id_)])),
        )
        for id_ in PEOPLE
    )


@st.composite
def changes(draw: st.DrawFn) -> StateChange:
    return StateChange(
        id="S",
        person=draw(st.sampled_from(PEOPLE)),
        state=draw(st.sampled_from(STATES)),
        day=draw(DAYS),
        by="A",
        seconded_by=draw(st.sampled_from(["", "A", "B", "B"])),
        proof_sha256=draw(mostly(PROOF, "")),
    )


@st.composite
def registers(draw: st.DrawFn) -> Register:
    said = [
        msgspec.structs.replace(one, id=f"R{n:04d}")
        for n, one in enumerate(draw(st.lists(records(), min_size=3, max_size=8)))
    ]
    turned = [
        msgspec.structs.replace(one, id=f"S{n:04d}")
        for n, one in enumerate(draw(st.lists(changes(), max_size=draw(mostly(1, 2, 3)))))
    ]
    agreed = {
        one.id: day
        for one in (*said, *turned)
        if (day := draw(mostly("2026-10-08", "2026-11-10", "")))
    }
    link = Link(
        person=draw(st.sampled_from(PEOPLE)),
        other="P09",
        answered=draw(mostly("no risk", "unanswered")),
    )
    return Register(
        people=draw(people()),
        records=tuple(said),
        changes=tuple(turned),
        links=(link,),
        seconded=agreed,
        today=draw(st.sampled_from(["", "2026-11-15", "2027-02-01"])),
    )


USES = st.builds(
    Use,
    version=st.sampled_from(["cut", "tv"]),
    medium=st.sampled_from(MEDIA[:3]),
    territories=LANDS,
    day=st.sampled_from(["2026-10-20", "2026-11-21", "2027-03-01"]),
)


def allowed(held: Register, use: Use) -> set[tuple[str, str]]:
    return {one for one, ruling in rule_all(held, use).items() if ruling.allowed}


@settings(max_examples=120, deadline=None)
@given(registers(), USES, records(yes=False))
def test_a_record_that_only_says_no_never_shows_anybody(
    held: Register, use: Use, no: Record
) -> None:
    told = msgspec.structs.replace(no, id="R9999")
    after = msgspec.structs.replace(held, records=(*held.records, told))
    assert allowed(after, use) <= allowed(held, use)


@settings(max_examples=120, deadline=None)
@given(registers(), USES, st.data())
def test_a_change_of_state_that_nobody_seconded_never_shows_anybody(
    held: Register, use: Use, data: st.DataObject
) -> None:
    turned = msgspec.structs.replace(data.draw(changes()), id="S9999")
    after = msgspec.structs.replace(held, changes=(*held.changes, turned))
    assert allowed(after, use) <= allowed(held, use)


@settings(max_examples=200, deadline=None)
@given(registers(), USES, st.data())
def test_a_narrowing_among_the_changes_shows_nobody_whatever_came_before_or_after(
    held: Register, use: Use, data: st.DataObject
) -> None:
    state = data.draw(st.sampled_from([one for one in STATES if one != "given"]))
    told = StateChange(person=data.draw(st.sampled_from(PEOPLE)), state=state, day=data.draw(DAYS))
    at = data.draw(st.integers(0, len(held.changes)))
    rows = (*held.changes[:at], told, *held.changes[at:])
    after = msgspec.structs.replace(held, changes=rows)
    assert allowed(after, use) <= allowed(held, use)


@settings(max_examples=200, deadline=None)
@given(registers(), USES, st.data())
def test_what_narrows_one_shows_no_more_of_who_is_one_with_them(
    held: Register, use: Use, data: st.DataObject
) -> None:
    """Whatever is said of one of two who are one, it may as well have been said of the other."""
    into, person = sorted(data.draw(st.permutations(PEOPLE))[:2])
    joined = msgspec.structs.replace(
        held,
        people=tuple(
            msgspec.structs.replace(p, merged_into=into if p.id == person else "")
            for p in held.people
        ),
    )
    state = data.draw(st.sampled_from([one for one in STATES if one != "given"]))
    shown = []
    for who in (into, person):
        told = StateChange(person=who, state=state, day="2026-11-20")
        shown.append(
            allowed(msgspec.structs.replace(joined, changes=(*held.changes, told)), use)
            & {(one, trait) for one in (into, person) for trait in TRAITS}
        )
    assert not shown[0] - allowed(joined, use)
    if state != "deceased":
        assert shown[0] == shown[1]


@settings(max_examples=80, deadline=None)
@given(registers(), USES, st.sampled_from(PEOPLE))
def test_after_a_withdrawal_nothing_of_a_person_shows(
    held: Register, use: Use, person: str
) -> None:
    out = StateChange(id="S9999", person=person, state="withdrawn", day="2026-11-20")
    after = msgspec.structs.replace(held, changes=(*held.changes, out))
    assert not {one for one in allowed(after, use) if one[0] == person}


@settings(max_examples=120, deadline=None)
@given(registers(), USES, st.permutations(PEOPLE))
def test_merging_never_shows_more_than_one_of_both_showed(
    held: Register, use: Use, order: list[str]
) -> None:
    into, person = sorted(order[:2])
    apart = msgspec.structs.replace(
        held, people=tuple(msgspec.structs.replace(p, merged_into="") for p in held.people)
    )
    joined = msgspec.structs.replace(
        apart,
        people=tuple(
            msgspec.structs.replace(p, merged_into=into if p.id == person else "")
            for p in held.people
        ),
    )
    before, after = allowed(apart, use), allowed(joined, use)
    for who, trait in after:
        assert {(who, trait)} & before or {(into, trait), (person, trait)} & before
    for trait in TRAITS:
        refusals = [
            one
            for one in apart.records
            if one.person in {into, person} and one.traits.get(trait) is False
        ]
        if refusals and not {(into, trait), (person, trait)} & before:
            assert not {(into, trait), (person, trait)} & after


@settings(max_examples=120, deadline=None)
@given(registers(), USES, st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter_where_nobody_said_no(
    held: Register, use: Use, chance: object
) -> None:
    yeses = [
        msgspec.structs.replace(one, traits=dict.fromkeys(one.traits, True)) for one in held.records
    ]
    other = list(yeses)
    chance.shuffle(other)  # type: ignore[attr-defined]
    first = msgspec.structs.replace(held, records=tuple(yeses))
    second = msgspec.structs.replace(held, records=tuple(other))
    assert allowed(first, use) == allowed(second, use)


@settings(max_examples=120, deadline=None)
@given(registers(), USES, st.randoms(use_true_random=False))
def test_a_no_that_is_recorded_later_never_shows_more(
    held: Register, use: Use, chance: object
) -> None:
    refusals = [one for one in held.records if not any(one.traits.values())]
    rest = [one for one in held.records if any(one.traits.values())]
    early = msgspec.structs.replace(held, records=(*refusals, *rest))
    late = msgspec.structs.replace(held, records=(*rest, *refusals))
    assert allowed(late, use) <= allowed(early, use)


@settings(max_examples=80, deadline=None)
@given(registers(), USES)
def test_nobody_is_shown_whom_a_second_person_did_not_agree_to(held: Register, use: Use) -> None:
    alone = msgspec.structs.replace(held, seconded={})
    assert allowed(alone, use) == set()


@settings(max_examples=80, deadline=None)
@given(registers(), USES)
def test_a_film_everywhere_shows_no_more_than_one_somewhere(held: Register, use: Use) -> None:
    everywhere = msgspec.structs.replace(use, territories=())
    assert allowed(held, everywhere) <= allowed(held, use)


@settings(max_examples=80, deadline=None)
@given(registers(), USES, st.sampled_from(["risk", "age", "hidden_from"]))
def test_a_narrower_description_never_shows_anybody(held: Register, use: Use, what: str) -> None:
    narrow = {"risk": "high", "age": "unknown", "hidden_from": ("public",)}[what]
    people_ = tuple(msgspec.structs.replace(p, **{what: narrow}) for p in held.people)
    after = msgspec.structs.replace(held, people=people_)
    shown = allowed(after, use) - allowed(held, use)
    assert shown == set() or (what == "age" and _by_guardian(held))


def _by_guardian(held: Register) -> bool:
    return any(one.guardian for one in held.records)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(registers(), USES)
def _look(held: Register, use: Use) -> None:
    SEEN.append(bool(allowed(held, use)))


SEEN: list[bool] = []


def test_the_registers_drawn_here_show_somebody_often_enough() -> None:
    _look()
    assert sum(SEEN) > len(SEEN) / 4


def test_every_state_has_its_rank() -> None:
    assert set(RANK) == set(STATES)
