"""The consent sheet: what a person allows where, and what would show before a change counts."""

from pathlib import Path
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.consent.checking import require_record
from safehouse.consent.rules import rule
from safehouse.consent.widening import widens
from safehouse.errors import RecordRefused, UsageError
from safehouse.model.acts import (
    AnswerLink,
    DescribePerson,
    NamePerson,
)
from safehouse.model.consent import (
    MEDIA,
    STATES,
    TRAITS,
    Link,
    Person,
    Record,
    Register,
    StateChange,
    Use,
)
from safehouse.model.days import WAITING_DAYS, day_after
from safehouse.model.text import escape
from safehouse.outputs import require_source
from safehouse.pipeline import digest_file
from safehouse.registering import change_state, record_consent, second_widening
from safehouse.review.acting import save, save_by, save_narrowing
from safehouse.review.asking import Ask, answer, go, page
from safehouse.review.consent_words import HOWS, PRESENT, STATE_WORDS, TRAIT_WORDS, WHY_WORDS
from safehouse.store.reading_register import (
    next_id,
    open_widenings,
    pending_descriptions,
    read_name,
    read_person,
    read_register,
    today_of,
)
from safehouse.store.reading_versions import read_versions
from safehouse.version_states import use_of

__all__ = ["ROUTES", "still_hidden", "would_change"]

OPEN = ("provisional", "given")
"""States that widen; the others narrow, and count at once."""


def _matrix(register: Register, person: str, day: str) -> list[dict[str, Any]]:
    """Return the rulings, by trait and medium, for a version of no name that is seen everywhere."""
    return [
        {
            "trait": trait,
            "cells": [
                msgspec.to_builtins(
                    rule(register, person, trait, Use(version="", medium=medium, day=day))
                )
                for medium in MEDIA
            ],
        }
        for trait in TRAITS
    ]


def _sheet(ask: Ask) -> Response:
    project, who = ask.project, ask.named("person")
    person, register = read_person(project, who), read_register(project)
    links = [link for link in register.links if who in {link.person, link.other}]
    seconded = register.seconded
    facts = {
        "person": msgspec.to_builtins(person),
        "day": today_of(),
        "media": list(MEDIA),
        "matrix": _matrix(register, who, today_of()),
        "versions": _by_version(ask, register, who),
        "records": [
            msgspec.to_builtins(r) | {"counts": seconded.get(r.id, ""), "widens": widens(r)}
            for r in register.records
            if r.person == who
        ],
        "changes": [msgspec.to_builtins(c) for c in register.changes if c.person == who],
        "links": [msgspec.to_builtins(link) for link in links],
        "waiting": [msgspec.to_builtins(w) for w in open_widenings(project) if w.person == who],
        "pending": who in pending_descriptions(project),
        "people": [p.id for p in register.people if p.id != who and not p.merged_into],
    }
    name = read_name(project, who) if ask.query("name") == "1" and not ask.wants_json else ""
    return answer(ask, "consent.html", facts, **_words(), name=name, asks_name=ask.query("name"))


def _words() -> dict[str, Any]:
    return {
        "trait_words": TRAIT_WORDS,
        "why_words": WHY_WORDS,
        "state_words": STATE_WORDS,
        "hows": HOWS,
        "present_words": PRESENT,
        "states": STATES,
        "traits": TRAITS,
        "waiting_days": WAITING_DAYS,
    }


def _by_version(ask: Ask, register: Register, who: str) -> list[dict[str, Any]]:
    """Return what of a person shows in each version, as it is used."""
    return [
        {
            "version": version.version,
            "medium": version.medium,
            "shows": [t for t in TRAITS if rule(register, who, t, use_of(version)).allowed],
        }
        for version in read_versions(ask.project)
    ]


def _weigh(ask: Ask) -> Response:
    """Say what a record would change, before it counts; nothing is saved."""
    record, register = _record_of(ask), read_register(ask.project)
    require_record(record, today=register.today)
    versions = [use_of(version) for version in read_versions(ask.project)]
    facts = {
        "record": msgspec.to_builtins(record),
        "widens": widens(record),
        "changes": would_change(register, record, versions),
        "still": still_hidden(register, record),
        "counts_at_once": not widens(record),
    }
    form = {n: list(v) for n, v in ask.form.items() if n not in {"expect", "looked", "proof"}}
    form["proof_sha256"] = [record.proof_sha256]
    return answer(ask, "consent_weigh.html", facts, given=form, **_words())


def would_change(register: Register, record: Record, uses: list[Use]) -> list[dict[str, Any]]:
    """Return each use and trait that a record opens or closes, once it counts.

    Versions as they are, and one of no name in each medium. A yes is taken as seconded, and as
    having waited.
    """
    day, before, after = _weighed(register, record)
    everywhere = [Use(version="", medium=medium, day=day) for medium in MEDIA]
    found = []
    for use in (*uses, *everywhere):
        use = msgspec.structs.replace(use, day=max(use.day, day))
        for trait in record.traits:
            was = rule(before, record.person, trait, use)
            now = rule(after, record.person, trait, use)
            if was.allowed != now.allowed:
                found.append(
                    {
                        "version": use.version,
                        "medium": use.medium,
                        "trait": trait,
                        "shows": now.allowed,
                    }
                )
    return found


def still_hidden(register: Register, record: Record) -> list[dict[str, str]]:
    """Return why a trait that the record says yes to would stay hidden all the same, by medium."""
    day, _, after = _weighed(register, record)
    media = record.scope.media or MEDIA
    found: dict[tuple[str, str], None] = {}
    for trait, yes in record.traits.items():
        for medium in media if yes else ():
            ruling = rule(after, record.person, trait, Use(version="", medium=medium, day=day))
            if not ruling.allowed:
                found[trait, ruling.why] = None
    return [{"trait": trait, "why": why} for trait, why in found]


def _weighed(register: Register, record: Record) -> tuple[str, Register, Register]:
    """Return a day on which a record counts, and the register then, without it and with it."""
    day = max(day_after(register.today or record.given, WAITING_DAYS + 1), record.given)
    seconded = register.seconded | {record.id: day_after(record.given, WAITING_DAYS)}
    after = msgspec.structs.replace(
        register, records=(*register.records, record), seconded=seconded, today=day
    )
    return day, msgspec.structs.replace(register, today=day), after


def _record_of(ask: Ask) -> Record:
    """Return the record that a form says.

    Raises:
        RecordRefused: something in it can't be.
    """
    who = ask.named("person")
    read_person(ask.project, who)
    values = {"id": next_id(ask.project, "R"), "person": who, **_asked(ask), **_told(ask)}
    try:
        record = msgspec.convert(values, Record)
    except msgspec.ValidationError as error:
        raise RecordRefused(
            "something in the form is none of its choices", next_step="fill it in on the page"
        ) from error
    require_record(record, today=today_of())
    return record


def _asked(ask: Ask) -> dict[str, Any]:
    """Return what was asked, and for which uses."""
    return {
        "traits": {t: ask.one(f"trait_{t}") == "yes" for t in TRAITS if ask.one(f"trait_{t}")},
        "scope": {
            "versions": _several(ask, "versions"),
            "media": list(ask.all("media")),
            "territories": [code.upper() for code in _several(ask, "territories")],
            "valid_from": ask.one("valid_from"),
            "until": ask.one("until"),
            "review": ask.one("review"),
        },
        "conditions": _several(ask, "conditions"),
        "met": list(ask.all("met")),
        "out_already": _several(ask, "out_already"),
    }


def _told(ask: Ask) -> dict[str, Any]:
    """Return how it was given, and who was there."""
    return {
        "how": ask.one("how", "told"),
        "proof_sha256": _proof(ask),
        "language": ask.one("language"),
        "interpreter": ask.one("interpreter"),
        "asked_by": ask.one("asked_by"),
        "witnesses": _several(ask, "witnesses"),
        "present": list(ask.all("present")) or ["unknown"],
        "safe_when_asked": {"yes": True, "no": False}.get(ask.one("safe")),
        "in_flight": ask.one("in_flight") == "yes",
        "guardian": ask.one("guardian"),
        "explanation": ask.one("explanation"),
        "given": ask.one("given") or today_of(),
    }


def _several(ask: Ask, name: str) -> list[str]:
    return [part.strip() for part in ask.one(name).split(",") if part.strip()]


def _proof(ask: Ask) -> str:
    """Return the digest of the paper's scan or the recording; the file stays where it is."""
    if ask.one("proof_sha256"):
        return ask.one("proof_sha256")
    if not ask.one("proof"):
        return ""
    path = Path(ask.one("proof")).expanduser()
    require_source(path)
    return digest_file(path)


def _record(ask: Ask) -> Response:
    """Save a record; one that reveals takes a second look first."""
    record = _record_of(ask)
    if widens(record) and ask.one("looked") != "yes":
        raise UsageError(
            "a yes takes a second look: nobody has seen yet what it would show",
            kept="nothing was recorded",
            next_step="look at what would show, and tick that you did",
        )
    saves = save_by if widens(record) else save_narrowing
    saves(ask, lambda project: record_consent(project, record))
    return go(ask, f"/consent/{record.person}")


def _state(ask: Ask) -> Response:
    """Save a change of state; narrowing is taken from anybody, at once."""
    who = ask.named("person")
    values = {
        "id": next_id(ask.project, "S"),
        "person": who,
        "state": ask.one("state"),
        "day": ask.one("day") or today_of(),
        "proof_sha256": _proof(ask),
    }
    try:
        change = msgspec.convert(values, StateChange)
    except msgspec.ValidationError as error:
        raise RecordRefused("there is no such state", next_step="choose on the page") from error
    saves = save_by if change.state == "given" else save_narrowing
    saves(ask, lambda project: change_state(project, change))
    return go(ask, f"/consent/{who}")


def _second(ask: Ask) -> Response:
    """A second person agrees to what widens; it counts after the waiting time."""
    record = ask.one("record")
    if ask.one("looked") != "yes":
        raise UsageError(
            "a second look is asked for: tick that you saw what would show",
            kept="nothing was changed",
            next_step="look at the matrix of what would show",
        )
    save_by(ask, lambda project: second_widening(project, record))
    return go(ask, f"/consent/{ask.named('person')}")


def _link(ask: Ask) -> Response:
    who, other = ask.named("person"), ask.one("other")
    said = {"person": who, "other": other, "answered": ask.one("answered", "unanswered")}
    try:
        link = msgspec.convert(said, Link)
    except msgspec.ValidationError as error:
        raise RecordRefused("that is no answer", next_step="choose on the page") from error
    save(ask, AnswerLink(link))
    return go(ask, f"/consent/{who}")


def _describe(ask: Ask) -> Response:
    before = read_person(ask.project, ask.named("person"))
    values = msgspec.to_builtins(before) | {
        "role": ask.one("role", before.role),
        "risk": ask.one("risk", before.risk),
        "age": ask.one("age", before.age),
        "hidden_from": list(ask.all("hidden_from")),
    }
    try:
        person = msgspec.convert(values, Person)
    except msgspec.ValidationError as error:
        raise RecordRefused(
            "that is none of the choices", next_step="choose on the page"
        ) from error
    save(ask, DescribePerson(person))
    return go(ask, f"/consent/{before.id}")


def _name(ask: Ask) -> Response:
    """Seal a person's real name, or forget it; it is in no list, address or title."""
    who, name = ask.named("person"), ask.one("name")
    read_person(ask.project, who)
    if len(name) > 200 or escape(name) != name:
        raise UsageError(
            "a name has at most 200 letters, and nothing hidden between them",
            kept="nothing was changed",
            next_step="type it anew",
        )
    save(ask, NamePerson(who, ask.project.seal(name) if name else ""))
    return go(ask, f"/consent/{who}")


ROUTES = [
    Route("/consent/{person}.json", page(_sheet)),
    Route("/consent/{person}", page(_sheet)),
    Route("/consent/{person}/weigh", page(_weigh), methods=["POST"]),
    Route("/consent/{person}/weigh.json", page(_weigh), methods=["POST"]),
    Route("/consent/{person}/record", page(_record), methods=["POST"]),
    Route("/consent/{person}/state", page(_state), methods=["POST"]),
    Route("/consent/{person}/second", page(_second), methods=["POST"]),
    Route("/consent/{person}/link", page(_link), methods=["POST"]),
    Route("/consent/{person}/describe", page(_describe), methods=["POST"]),
    Route("/consent/{person}/name", page(_name), methods=["POST"]),
]
