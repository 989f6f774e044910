"""Where consent stands: what narrows counts whatever stood before, for everybody who is one."""

import pytest
from registers import change, person, record, register, use, widened

from safehouse.consent.rules import rule
from safehouse.consent.standing import state_of
from safehouse.model.consent import Link, Record, Register, StateChange

AGREED = {"R0001": "2026-10-10", "S0009": "2026-11-08"}
BOTH = (person(), person("P08", merged_into="P07"))


def why(held: Register, who: str = "P07", **given: object) -> str:
    return rule(held, who, "face", use(**given)).why


def turned(*changes: StateChange, said: Record | None = None) -> str:
    return why(register(said or record(), changes=changes, seconded=AGREED))


DIED = change("deceased", "2026-11-10")


@pytest.mark.parametrize("state", ["withdrawn", "suspended", "unreachable", "detained", "fine"])
def test_what_narrows_counts_after_death_too(state: str) -> None:
    assert turned(DIED) == "allowed"
    assert turned(DIED, change(state, "2026-11-15")) == "frozen"


def test_a_narrowing_after_death_leaves_only_what_was_said_since() -> None:
    assert turned(DIED, change("narrowed", "2026-11-15")) == "said before"


def test_a_narrowing_is_not_lost_in_a_pause() -> None:
    paused, narrowed = change("suspended", "2026-11-01"), change("narrowed", "2026-11-02")
    assert turned(paused, widened("given")) == "allowed"
    assert turned(paused, narrowed, widened("given")) == "said before"
    assert turned(narrowed, paused, widened("given")) == "said before"


def test_a_pause_may_end_in_a_narrowing() -> None:
    assert turned(change("suspended", "2026-11-01"), widened("narrowed")) == "said before"


def test_a_return_that_is_dated_back_brings_nothing_back_from_before_a_withdrawal() -> None:
    out = change("withdrawn", "2026-11-01")
    back = widened("given", "2026-09-01")
    assert turned(out, back) == "said before"
    assert turned(change("withdrawn", "?"), back) == "said before"


def test_a_withdrawal_behind_a_pause_is_not_forgotten() -> None:
    out, paused = change("withdrawn", "2026-11-01"), change("suspended", "2026-11-02")
    step = StateChange(
        id="S0008",
        person="P07",
        state="suspended",
        day="2026-09-01",
        by="A",
        seconded_by="B",
        proof_sha256="ab" * 32,
    )
    agreed = {**AGREED, "S0008": "2026-11-05"}
    held = register(
        record(), changes=(out, paused, step, widened("given", "2026-09-01")), seconded=agreed
    )
    assert why(held) == "said before"


def test_a_narrowing_of_one_holds_for_who_is_one_with_them() -> None:
    yes = record(person="P08")
    assert why(register(yes, people=BOTH)) == "allowed"
    narrowed = change("narrowed", "2026-11-01")
    assert why(register(yes, people=BOTH, changes=(narrowed,))) == "said before"


def test_a_withdrawal_of_one_holds_for_who_is_one_with_them_after_a_return() -> None:
    changes = (change("withdrawn"), widened("given"))
    held = register(record(person="P08"), people=BOTH, changes=changes, seconded=AGREED)
    assert why(held) == "said before"


def test_who_is_one_with_the_dead_is_frozen_with_them() -> None:
    no = record("R0000", "P08", traits={"face": False}, given="2026-09-01")
    yes = record("R0001", "P08")
    assert why(register(no, yes, people=BOTH)) == "allowed"
    assert why(register(no, yes, people=BOTH, changes=(DIED,))) == "frozen"
    late = record("R0001", "P08", given="2026-11-12")
    agreed = {"R0001": "2026-11-15"}
    assert why(register(late, people=BOTH, changes=(DIED,), seconded=agreed)) == "not yet"


def test_a_change_of_one_is_nothing_to_who_is_somebody_else() -> None:
    alone = (person(), person("P08"))
    held = register(record(), record("R0002", "P08"), people=alone, changes=(change("withdrawn"),))
    assert (why(held), why(held, "P08")) == ("withdrawn", "allowed")


def test_nobody_returns_from_death() -> None:
    agreed = {**AGREED, "S0009": "2026-11-16"}
    held = register(record(), changes=(DIED, widened("given", "2026-11-12")), seconded=agreed)
    assert state_of(held, "P07") == "deceased"


def test_what_was_said_between_a_withdrawal_and_the_return_is_asked_again() -> None:
    between = record(given="2026-11-03")
    changes = (change("withdrawn", "2026-11-01"), widened("given", "2026-11-05"))
    agreed = {"R0001": "2026-11-08", "S0009": "2026-11-08"}
    assert why(register(between, changes=changes, seconded=agreed)) == "said before"


def test_a_link_and_a_high_risk_of_one_hold_for_who_is_one_with_them() -> None:
    yes = record(scope={"until": "2027-06-30"})
    assert why(register(yes, people=BOTH)) == "allowed"
    risky = (person(), person("P08", merged_into="P07", risk="high"))
    assert why(register(yes, people=risky)) == "limit at high risk"
    link = Link(person="P08", other="P09")
    held = register(yes, people=(*BOTH, person("P09")), links=(link,))
    assert why(held) == "linked person unanswered"


def test_a_guardian_beside_somebody_who_speaks_for_themselves_has_power_over_them() -> None:
    assert why(register(record(present=("guardian",)))) == "provisional"
    assert why(register(record(present=("none", "guardian")))) == "provisional"
