"""Every rule of consent, one test each; docs/consent.md lists them by these names."""

import time

import msgspec
import pytest
from registers import PROOF, change, person, record, register, use, widened

from safehouse.consent.rules import rule, rule_all
from safehouse.consent.widening import WAITING_DAYS
from safehouse.model.consent import TRAITS, Link, Record, Register, Scope, StateChange
from safehouse.model.days import day_after


def why(held: Register, trait: str = "face", who: str = "P07", **given: object) -> str:
    ruling = rule(held, who, trait, use(**given))  # type: ignore[arg-type]
    assert ruling.allowed == (ruling.why == "allowed")
    return ruling.why


def test_a_yes_that_is_whole_shows_what_it_names() -> None:
    held = register(record())
    assert rule(held, "P07", "face", use()).records == ("R0001",)
    assert why(held) == "allowed"


def test_absence_is_no() -> None:
    assert why(register()) == "no record"
    assert why(register(record()), "voice") == "no record"


def test_somebody_who_is_not_on_record_is_hidden() -> None:
    assert why(register(record()), who="P99") == "unknown person"


def test_a_record_about_another_use_says_nothing() -> None:
    assert why(register(record(scope={"media": ("online",)}))) == "another use"
    assert why(register(record(scope={"versions": ("tv",)}))) == "another use"
    assert why(register(record(scope={"territories": ("DE",)}))) == "another use"


def test_a_limit_to_a_country_does_not_cover_the_world() -> None:
    assert why(register(record(scope={"territories": ("FR",)}))) == "allowed"
    assert why(register(record(scope={"territories": ("FR",)})), territories=()) == "another use"


def test_the_narrowest_of_several_records_wins() -> None:
    no = record("R0002", traits={"face": False}, given="2026-10-02")
    assert why(register(record(), no)) == "said no"
    assert why(register(no, record())) == "said no"


def test_an_earlier_no_outlasts_a_later_yes_that_is_no_proper_widening() -> None:
    no = record("R0001", traits={"face": False}, given="2026-10-01")
    yes = record("R0002", given="2026-10-05")
    assert why(register(no, yes)) == "allowed"
    assert why(register(no, yes, seconded={})) == "said no"
    told = msgspec.structs.replace(yes, proof_sha256="")
    assert why(register(no, told)) == "said no"


def test_a_no_that_was_not_known_when_the_yes_was_taken_is_not_undone_by_it() -> None:
    no = record("R0002", traits={"face": False}, given="2026-10-01")
    yes = record("R0001", given="2026-10-05")
    assert why(register(yes, no)) == "said no"


def test_a_no_about_part_of_a_use_is_a_no() -> None:
    no = record("R0002", traits={"face": False}, given="2026-10-02", scope={"territories": ("DE",)})
    assert why(register(record(), no), territories=("FR",)) == "allowed"
    assert why(register(record(), no), territories=("FR", "DE")) == "said no"
    assert why(register(record(), no), territories=()) == "said no"


def test_a_no_that_has_ended_is_no_longer_one() -> None:
    ended = {"until": "2026-11-20"}
    no = record("R0002", traits={"face": False}, given="2026-10-02", scope=ended)
    assert why(register(record(), no)) == "allowed"
    assert why(register(record(), no), day="2026-11-20") == "said no"


def test_a_no_for_later_counts_now() -> None:
    later = {"valid_from": "2027-01-01"}
    no = record("R0002", traits={"face": False}, given="2026-10-02", scope=later)
    assert why(register(record(), no)) == "said no"


def test_expired_is_no() -> None:
    held = register(record(scope={"until": "2026-11-21"}))
    assert why(held) == "allowed"
    assert why(held, day="2026-11-22") == "expired"


def test_a_clock_that_was_set_back_brings_nothing_back() -> None:
    held = register(record(scope={"until": "2026-11-21"}))
    later = msgspec.structs.replace(held, seen="2026-11-22")
    assert why(held) == "allowed"
    assert why(later) == "expired"
    waits = msgspec.structs.replace(held, today="2026-11-20", seen="2026-11-22", seconded={})
    assert why(waits) != "allowed", "and nothing that waits counts sooner"


def test_not_yet_is_no() -> None:
    held = register(record(scope={"valid_from": "2026-11-22"}))
    assert why(held) == "not yet"
    assert why(held, day="2026-11-22") == "allowed"
    assert why(register(record(given="2026-12-01")), day="2026-11-30") == "not yet"


def test_from_the_review_day_on_it_unlocks_nothing() -> None:
    held = register(record(scope={"review": "2026-11-21"}))
    assert why(held, day="2026-11-20") == "allowed"
    assert why(held) == "review day passed"


def test_dates_that_end_before_they_begin_unlock_nothing() -> None:
    backwards = {"valid_from": "2026-12-01", "until": "2026-10-01"}
    assert why(register(record(scope=backwards))) == "dates that can't be"
    assert why(register(record(scope={"until": "2026-02-30"}))) == "dates that can't be"
    assert why(register(record(given="yesterday"))) == "dates that can't be"


def test_a_no_whose_scope_can_not_be_understood_holds_everywhere_and_for_good() -> None:
    for scope in ({"until": "soon"}, {"territories": ("XX",)}, {"media": ("stage",)}):
        no = record("R0002", traits={"face": False}, given="2026-10-02", scope=scope)
        assert why(register(record(), no)) == "said no"


def test_a_contradiction_is_no_and_is_called_one() -> None:
    no = record("R0002", traits={"face": False})
    assert why(register(record(), no)) == "contradiction"
    assert why(register(no, record())) == "contradiction"


@pytest.mark.parametrize("power", ["broker", "employer", "spouse", "payer", "crew", "unknown"])
def test_consent_before_somebody_with_power_is_provisional(power: str) -> None:
    assert why(register(record(present=(power,)))) == "provisional"
    assert why(register(record(present=("none", power)))) == "provisional"


def test_consent_in_flight_or_not_known_to_be_in_safety_is_provisional() -> None:
    assert why(register(record(in_flight=True))) == "provisional"
    assert why(register(record(safe_when_asked=False))) == "provisional"
    assert why(register(record(safe_when_asked=None))) == "provisional"
    assert why(register(record(present=()))) == "provisional"


def test_provisional_consent_counts_when_asked_again_in_safety() -> None:
    again = record("R0002", given="2026-10-05")
    assert why(register(record(in_flight=True), again)) == "allowed"


@pytest.mark.parametrize("age", ["child", "unknown"])
@pytest.mark.parametrize("trait", ["face", "voice", "name"])
def test_a_guardian_alone_never_shows_face_voice_or_name(age: str, trait: str) -> None:
    by_guardian = record(traits={trait: True}, guardian="P08", present=("guardian",))
    own = record("R0002", traits={trait: True})
    people = (person(age=age),)
    assert why(register(by_guardian, people=people), trait) == "guardian alone"
    assert why(register(own, people=people), trait) == "child alone"
    assert why(register(by_guardian, own, people=people), trait) == "allowed"


def test_a_guardian_may_allow_what_identifies_less() -> None:
    by_guardian = record(traits={"place": True}, guardian="P08", present=("guardian",))
    assert why(register(by_guardian, people=(person(age="child"),)), "place") == "allowed"


def test_nobody_says_yes_for_an_adult() -> None:
    assert why(register(record(guardian="P08", present=("none",)))) == "guardian alone"


@pytest.mark.parametrize(
    "state", ["suspended", "unreachable", "detained", "withdrawn", "provisional"]
)
def test_in_these_states_nothing_shows_at_once_and_unproven(state: str) -> None:
    assert why(register(record(), changes=(change(state, "2027-01-01"),))) == state


def test_a_state_that_is_not_known_counts_as_withdrawn() -> None:
    assert why(register(record(), changes=(change("fine"),))) == "withdrawn"


def test_only_a_proper_widening_leaves_a_narrow_state() -> None:
    out = change("suspended")
    back = widened("given")
    agreed = {"R0001": "2026-10-10", "S0009": "2026-11-08"}

    def with_(*changes: StateChange, seconded: dict[str, str] = agreed, day: str = "") -> str:
        held = register(record(), changes=changes, seconded=seconded)
        return why(held, day=day or "2026-11-21")

    assert with_(out, back) == "allowed"
    assert with_(out, change("given")) == "suspended"
    assert with_(out, back, seconded={"R0001": "2026-10-10"}) == "suspended"
    assert with_(out, back, day="2026-11-07") == "suspended"
    alone = msgspec.structs.replace(back, seconded_by="A")
    assert with_(out, alone) == "suspended"
    unproven = msgspec.structs.replace(back, proof_sha256="")
    assert with_(out, unproven) == "suspended"


def test_after_a_withdrawal_everything_is_asked_again() -> None:
    changes = (change("withdrawn"), widened("given"))
    agreed = {"R0001": "2026-10-10", "R0002": "2026-11-08", "S0009": "2026-11-08"}
    assert why(register(record(), changes=changes, seconded=agreed)) == "said before"
    again = record("R0002", given="2026-11-05")
    assert why(register(record(), again, changes=changes, seconded=agreed)) == "allowed"


def test_after_a_narrowing_only_what_was_said_since_counts() -> None:
    narrowed = (change("narrowed", "2026-10-05"),)
    assert why(register(record(), changes=narrowed)) == "said before"
    since = record("R0002", given="2026-10-05")
    assert why(register(record(), since, changes=narrowed)) == "allowed"


def test_the_dead_are_frozen_at_the_narrowest() -> None:
    died = change("deceased", "2026-11-10")
    assert why(register(record(), changes=(died,))) == "allowed"
    no = record("R0000", traits={"face": False}, given="2026-09-01")
    assert why(register(no, record())) == "allowed"
    assert why(register(no, record(), changes=(died,))) == "frozen"
    ended = record(
        "R0000", traits={"face": False}, scope={"until": "2026-09-01"}, given="2026-08-01"
    )
    assert why(register(ended, record(), changes=(died,))) == "frozen"
    paused = (change("suspended"), widened("given"), died)
    agreed = {"R0001": "2026-10-10", "S0009": "2026-11-08"}
    assert why(register(record(), changes=paused, seconded=agreed)) == "frozen"


def test_nothing_widens_after_death() -> None:
    died = change("deceased", "2026-11-10")
    late = record("R0002", given="2026-11-12")
    assert why(register(late, changes=(died,), seconded={"R0002": "2026-11-15"})) == "not yet"
    assert why(register(record(), changes=(died,), seconded={"R0001": "2026-11-12"})) == "waiting"
    agreed = {"R0001": "2026-10-10", "S0009": "2026-11-16"}
    back = (change("withdrawn", "2026-11-09"), died, widened("given", "2026-11-12"))
    assert why(register(record(), changes=back, seconded=agreed)) == "frozen"
    broken = (change("deceased", "?"),)
    assert why(register(record(), changes=broken)) != "allowed"


@pytest.mark.parametrize("answered", ["unanswered", "risk"])
def test_showing_waits_until_the_linked_person_is_at_no_risk(answered: str) -> None:
    people = (person(), person("P08"))
    held = register(
        record(),
        people=people,
        links=(Link(person="P07", other="P08", answered=answered),),  # type: ignore[arg-type]
    )
    assert why(held).startswith("linked person")
    free = msgspec.structs.replace(
        held, links=(Link(person="P07", other="P08", answered="no risk"),)
    )
    assert why(free) == "allowed"
    both = msgspec.structs.replace(held, links=(*held.links, *free.links))
    assert why(both).startswith("linked person")


@pytest.mark.parametrize("risk", ["high", "unanswered"])
def test_at_high_risk_no_limit_of_country_or_date_reveals(risk: str) -> None:
    people = (person(risk=risk),)
    for scope in ({"territories": ("FR",)}, {"until": "2027-06-30"}):
        assert why(register(record(scope=scope), people=people)) == "limit at high risk"
        assert why(register(record(scope=scope))) == "allowed"
    assert why(register(record(), people=people)) == "allowed"


def test_at_high_risk_a_no_in_one_country_or_for_a_time_is_a_no_in_all() -> None:
    people = (person(risk="high"),)
    for scope in ({"territories": ("DE",)}, {"until": "2026-10-20"}):
        no = record("R0002", traits={"face": False}, given="2026-10-02", scope=scope)
        assert why(register(record(), no)) == "allowed"
        assert why(register(record(), no, people=people)) == "said no"


@pytest.mark.parametrize("who", ["public", "known", "state"])
def test_who_is_to_be_hidden_from_somebody_is_hidden_everywhere(who: str) -> None:
    assert why(register(record(), people=(person(hidden_from=(who,)),))) == "hidden from somebody"


def test_a_condition_that_is_not_met_is_no() -> None:
    held = record(conditions=("show me first",))
    assert why(register(held)) == "condition not met"
    assert why(register(msgspec.structs.replace(held, met=("show me first",)))) == "allowed"


def test_what_was_only_told_can_only_narrow() -> None:
    assert why(register(record(how="told"))) == "no proof"
    assert why(register(record(proof_sha256="AB" * 32))) == "no proof"
    no = record("R0002", traits={"face": False}, how="told", proof_sha256="", given="2026-10-02")
    assert why(register(record(), no, seconded={"R0001": "2026-10-10"})) == "said no"


def test_a_yes_needs_a_second_person_and_its_waiting_time() -> None:
    assert why(register(record(), seconded={})) == "not seconded"
    assert why(register(record(), seconded={"R0001": "2026-11-22"})) == "waiting"
    assert why(register(record(), seconded={"R0001": "soon"})) == "waiting"


def test_a_day_on_record_that_is_too_early_is_not_believed() -> None:
    held = register(record(given="2026-11-20"), seconded={"R0001": "2026-11-20"})
    assert why(held) == "waiting"
    assert why(held, day=day_after("2026-11-20", WAITING_DAYS)) == "allowed"


def test_a_film_that_is_dated_ahead_shortens_no_waiting_time() -> None:
    held = register(record(), seconded={"R0001": "2026-11-25"})
    assert why(held, day="2026-12-24") == "allowed"
    assert why(msgspec.structs.replace(held, today="2026-11-21"), day="2026-12-24") == "waiting"


def test_a_film_that_is_dated_back_lengthens_no_consent() -> None:
    held = register(record(scope={"until": "2026-11-21"}))
    late = msgspec.structs.replace(held, today="2026-11-22")
    assert why(late, day="2026-11-01") == "expired"


def test_merged_people_get_the_narrowest_of_both() -> None:
    people = (person(), person("P08", merged_into="P07"), person("P09", merged_into="P08"))
    no = record("R0002", "P09", traits={"face": False}, given="2026-09-01")
    for who in ("P07", "P08", "P09"):
        assert why(register(record(), people=people), who=who) == "allowed"
        assert why(register(no, record(), people=people), who=who) == "said no"
        out = (change("withdrawn", person="P08"),)
        assert why(register(record(), people=people, changes=out), who=who) == "withdrawn"


def test_records_of_merged_people_are_not_mixed_into_a_yes() -> None:
    people = (person(age="child"), person("P08", age="child", merged_into="P07"))
    by_guardian = record(guardian="P01", present=("guardian",))
    own = record("R0002", "P08")
    assert why(register(by_guardian, own, people=people)) == "guardian alone"


def test_what_a_merged_person_allowed_in_one_country_is_not_wider_in_all() -> None:
    people = (person(), person("P08", merged_into="P07"))
    part = record("R0002", "P08", scope={"territories": ("FR",), "until": "2026-11-01"})
    held = register(record(), part, people=people)
    assert why(held, territories=("FR",)) == "expired"
    assert why(held, territories=()) == "another use"
    assert why(held, territories=("DE",)) == "allowed"


def test_a_merged_child_makes_nobody_else_an_adult() -> None:
    people = (person(), person("P08", age="child", merged_into="P07"))
    assert why(register(record(), people=people)) == "child alone"


def test_a_person_merged_in_a_circle_is_hidden() -> None:
    assert why(register(record(), people=(person(merged_into="P07"),))) == "merged in a circle"
    ring = (person(merged_into="P08"), person("P08", merged_into="P07"))
    assert why(register(record(), people=ring)) == "merged in a circle"
    lost = (person(merged_into="P99"),)
    assert why(register(record(), people=lost)) == "merged in a circle"


def test_unknown_country_or_medium_is_never_a_yes() -> None:
    held = register(record())
    assert why(held, territories=("XX",)) == "unknown country"
    assert why(held, territories=("fr",)) == "unknown country"
    assert why(held, medium="cinema") == "unknown medium"
    assert why(held, day="21.11.2026") == "unknown day"
    assert why(register(record(scope={"territories": ("FR", "XX")}))) != "allowed"


def test_a_register_edited_by_hand_gains_nothing() -> None:
    assert why(register(record(), record(traits={"voice": True}))) != "allowed"
    assert why(register(record(), people=(person(), person()))) == "described twice"
    assert why(register(record()), "gait") == "unknown trait"
    assert why(register(record(), people=(person(age="old"),))) != "allowed"
    assert why(register(record(scope={"until": "2027-01-01"}), people=(person(risk="?"),))) != (
        "allowed"
    )


def test_a_thousand_people_are_ruled_in_under_a_second() -> None:
    people = tuple(person(f"P{n:04d}") for n in range(1000))
    records = tuple(
        Record(
            id=f"R{n:05d}",
            person=f"P{n % 1000:04d}",
            traits={"face": True, "voice": n % 2 == 0},
            scope=Scope(media=("festival",), review="2027-01-01"),
            how="video",
            proof_sha256=PROOF,
            present=("none",),
            safe_when_asked=True,
            given="2026-10-01",
        )
        for n in range(5000)
    )
    held = register(*records, people=people)
    began = time.process_time()
    rulings = rule_all(held, use())
    assert time.process_time() - began < 1
    assert len(rulings) == 1000 * len(TRAITS)
    assert rulings["P0000", "face"] == rule(held, "P0000", "face", use())


def test_a_register_is_read_once_however_often_it_is_asked() -> None:
    people = tuple(person(f"P{n:04d}") for n in range(1000))
    held = register(*(record(f"R{n:04d}", f"P{n:04d}") for n in range(1000)), people=people)
    rule(held, "P0000", "face", use())
    began = time.process_time()
    for n in range(500):
        assert rule(held, f"P{n:04d}", "face", use()).allowed
    assert time.process_time() - began < 1


def test_what_is_seconded_meanwhile_is_not_missed() -> None:
    held = register(record(), seconded={})
    assert why(held) == "not seconded"
    held.seconded["R0001"] = "2026-10-10"
    assert why(held) == "allowed"
