"""What in a register needs somebody's attention: contradictions, and people who wait for a look."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from safehouse.consent.index import Group, Index, Placed, index_of
from safehouse.consent.scope import scopes_meet
from safehouse.model.consent import TRAITS, Register, Trait
from safehouse.model.words import Said, say

__all__ = ["Contradiction", "Queued", "contradictions", "queued"]

OUT_OF_REACH = frozenset({"unreachable", "detained"})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two records of one day that say the opposite about one trait, and nothing said since."""

    person: str
    trait: Trait
    day: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody whose risk has to be looked at, and because of whom.

    Attributes:
        person: who is to be looked at.
        because: whose state or link is the reason.
        words: why, in plain words.
    """

    person: str
    because: str
    words: Said


def contradictions(register: Register) -> tuple[Contradiction, ...]:
    """Return every contradiction that stands; each is a no until it is asked again."""
    index = index_of(register)
    return tuple(
        found
        for group in index.groups()
        for trait in TRAITS
        for found in _of_trait(index, group, trait)
    )


def _of_trait(index: Index, group: Group, trait: Trait) -> Iterator[Contradiction]:
    placed = [
        one
        for member in group.members
        for one in index.records(member.id)
        if trait in one.record.traits
    ]
    yeses = [one for one in placed if one.record.traits[trait]]
    refusals = [one for one in placed if not one.record.traits[trait]]
    for yes, no in product(yeses, refusals):
        day = yes.record.given
        opposed = day == no.record.given and scopes_meet(yes.record.scope, no.record.scope)
        if opposed and not any(_is_later(one, yes, no) for one in placed):
            yield Contradiction(group.root, trait, day, yes.record.id, no.record.id)


def _is_later(one: Placed, yes: Placed, no: Placed) -> bool:
    return one.record.given > no.record.given and one.place > max(yes.place, no.place)


def queued(register: Register) -> tuple[Queued, ...]:
    """Return who has to be looked at, each once for each reason.

    Those linked to somebody who is out of reach, in either direction: what happened to one may
    happen to the other. And those about whose risk a link still asks.
    """
    out = _out_of_reach(index_of(register), register)
    found: dict[tuple[str, str], Queued] = {}
    for link in register.links:
        if link.answered == "unanswered":
            words = say(
                "{person} waits for an answer about {other}", person=link.person, other=link.other
            )
            found[link.other, link.person] = Queued(link.other, link.person, words)
        for one, other in ((link.person, link.other), (link.other, link.person)):
            if one in out:
                words = say("linked to {person}, who is {state}", person=one, state=out[one])
                found[other, one] = Queued(other, one, words)
    return tuple(found.values())


def _out_of_reach(index: Index, register: Register) -> dict[str, str]:
    """Return who can't be reached → the state; whoever is one with them can't be either."""
    day = register.today or "9999-12-31"
    out: dict[str, str] = {}
    for person in register.people:
        for member in index.group(person.id).members or (person,):
            if (state := index.standing(member.id, day).state) in OUT_OF_REACH:
                out[person.id] = state
    return out
