"""Registers for the tests of consent: somebody who said yes as it has to be said."""

from typing import Any

import msgspec

from safehouse.model.consent import Link, Person, Record, Register, Scope, StateChange, Use

PROOF = "ab" * 32
USE = Use(version="festival-cut", medium="festival", territories=("FR",), day="2026-11-21")


def person(id_: str = "P07", **given: Any) -> Person:
    return Person(id=id_, **{"role": "participant", "risk": "some", "age": "adult", **given})


def record(id_: str = "R0001", person: str = "P07", **given: Any) -> Record:
    scope = Scope(**given.pop("scope", {}))
    fine = {
        "traits": {"face": True},
        "how": "audio",
        "proof_sha256": PROOF,
        "present": ("none",),
        "safe_when_asked": True,
        "asked_by": "A1",
        "given": "2026-10-01",
    }
    return Record(id=id_, person=person, scope=scope, **{**fine, **given})


def change(state: str, day: str = "2026-11-01", **given: Any) -> StateChange:
    return StateChange(**{"id": "", "person": "P07", "state": state, "day": day, **given})


def widened(state: str, day: str = "2026-11-05", id_: str = "S0009") -> StateChange:
    return change(state, day, id=id_, by="A", seconded_by="B", proof_sha256=PROOF)


def register(
    *records: Record,
    people: tuple[Person, ...] = (person(),),
    changes: tuple[StateChange, ...] = (),
    links: tuple[Link, ...] = (),
    seconded: dict[str, str] | None = None,
) -> Register:
    """A register in which every record was seconded in time, unless said."""
    agreed = {one.id: "2026-10-10" for one in records} if seconded is None else seconded
    return Register(people=people, records=records, changes=changes, links=links, seconded=agreed)


def use(**given: Any) -> Use:
    return msgspec.structs.replace(USE, **given)
