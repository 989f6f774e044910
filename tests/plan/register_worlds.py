"""The films of `shown_worlds` with all that a register and a reviewer can hold.

What those seldom or never have: people who turned out to be one, several changes of state, each
with a second person or without, links, days on which the register is read and films are dated,
questions that wait, and spans that a slate or a frame stands for. `permitted` says who may be
shown, from the rules as docs/consent.md tells them and with no code of safehouse.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import msgspec
from shown_worlds import FRAMES, PEOPLE, PROOF, Dice, World, make_world

from safehouse.model.acts import ReplaceSpan
from safehouse.model.consent import (
    STATES,
    Link,
    Person,
    Record,
    Register,
    StateChange,
    Trait,
    Use,
)
from safehouse.model.showing import Answered

__all__ = ["RichWorld", "make_rich", "permitted"]

DAYS = ("2026-03-01", "2026-06-10", "2026-06-12", "2026-09-01", "2027-07-15")
SAID = ("2026-01-10", "2026-03-10", "2026-06-01", "2026-06-09", "2026-06-10")
CLOSED = {"provisional", "suspended", "unreachable", "detained", "withdrawn"}
IDENTIFYING = {"face", "voice", "name"}


@dataclass
class RichWorld(World):
    """A world with spans that were replaced."""

    spans: tuple[ReplaceSpan, ...]


def make_rich(seed: int) -> RichWorld:
    """Return the world of a seed."""
    world, dice = make_world(seed), Dice(1_000_000 + seed)
    register = _register(dice, world.register)
    roots = {person.id: _root(register, person.id) for person in register.people}
    named = [
        msgspec.structs.replace(row, person=roots.get(row.person, "") or row.person)
        for row in world.pieces
    ]
    plain = replace(
        world,
        register=register,
        use=msgspec.structs.replace(world.use, day=dice.pick(DAYS)),
        pieces=tuple(named),
        answers=tuple(_waiting(dice, row) for row in world.answers),
    )
    return RichWorld(**vars(plain), spans=tuple(_spans(dice)))


def _waiting(dice: Dice, row: Answered) -> Answered:
    """Now and then a question waits; a plan must not take that for an answer."""
    return Answered(row.question, "waits") if dice.chance(0.3) else row


def _spans(dice: Dice) -> Iterator[ReplaceSpan]:
    first = 0
    while dice.chance(0.5) and first < FRAMES - 2:
        first += dice.below(FRAMES - 2 - first)
        end = first + 1 + dice.below(FRAMES - first)
        yield ReplaceSpan(clip="C0001", first=first, end=end, by=dice.pick(("still", "slate")))
        first = end


def _register(dice: Dice, held: Register) -> Register:
    """Return a register in which people are merged, linked, and change their state."""
    people = tuple(_person(dice, person) for person in held.people)
    records = [_record(dice, record) for record in held.records]
    records += [
        _record(dice, msgspec.structs.replace(records[0], id=f"R01{n:02d}")) for n in range(3)
    ]
    changes = tuple(_change(dice, f"S{n:04d}") for n in range(dice.pick((0, 0, 1, 2, 3))))
    seconded = {r.id: dice.pick(SAID) for r in records if dice.chance(0.95)}
    seconded |= {c.id: dice.pick(SAID) for c in changes if dice.chance(0.6)}
    links = tuple(
        Link(person=dice.pick(PEOPLE), other="P09", answered=dice.pick(("risk", *["no risk"] * 3)))
        for _ in range(dice.chance(0.3))
    )
    return Register(
        people=people,
        records=tuple(records),
        changes=changes,
        links=links,
        seconded=seconded,
        today=dice.pick(("", *DAYS)),
    )


def _person(dice: Dice, person: Person) -> Person:
    into = ""
    if person.id != "P09" and dice.chance(0.25):
        into = dice.pick((*PEOPLE, *PEOPLE[: int(person.id[1:]) - 1], "P77"))
    return msgspec.structs.replace(person, merged_into=into)


def _record(dice: Dice, record: Record) -> Record:
    traits: dict[Trait, bool] = dict(record.traits)
    if dice.chance(0.3):
        traits = {trait: dice.chance(0.5) for trait in traits}
    return msgspec.structs.replace(
        record, person=dice.pick(PEOPLE), traits=traits, given=dice.pick(SAID)
    )


def _change(dice: Dice, name: str) -> StateChange:
    return StateChange(
        id=name,
        person=dice.pick(PEOPLE),
        state=dice.pick((*STATES, "given", "given", "narrowed")),
        day=dice.pick(SAID),
        by="anna",
        seconded_by=dice.pick(("", "anna", "ben", "ben", "ben")),
        proof_sha256=PROOF if dice.chance(0.8) else "",
    )


# What may be shown, from the rules as they are written for people.


def permitted(register: Register, use: Use, who: str, trait: Trait) -> bool:
    """Return whether every rule permits a trait of a person in a use."""
    root = _root(register, who)
    group = [p for p in register.people if root and _root(register, p.id) == root]
    late, early = max(use.day, register.today or use.day), min(use.day, register.today or use.day)
    if not group or _is_shut(register, {person.id for person in group}, group, early):
        return False
    said = {_said(register, group, person, (use, trait, early, late)) for person in group}
    return "no" not in said and "yes" in said


Asked = tuple[Use, Trait, str, str]
"""A use, a trait, and the first and the last day that count."""


def _said(register: Register, group: list[Person], person: Person, asked: Asked) -> str:
    """Return what the records of one of a group say: yes, no, or nothing."""
    use, trait, early, late = asked
    changes = [c for c in register.changes if c.person in {one.id for one in group}]
    died = min((c.day for c in changes if c.state == "deceased"), default="")
    since = max(
        _since([c for c in changes if c.person == one.id], register, early) for one in group
    )
    high = person.risk == "unanswered" or any(one.risk == "high" for one in group)
    rows = [r for r in register.records if r.person == person.id and trait in r.traits]
    no = [r for r in rows if not r.traits[trait] and _forbids(r, use, late, high or died)]
    spoken = [r for r in rows if r.traits[trait] and _meets(r, use)]
    days = (min(early, died or early), min(late, died or late), late)
    yes = [
        r
        for r in spoken
        if r.given >= since
        and _counts(r, register, use, days, high)
        and all(r.given > n.given and rows.index(r) > rows.index(n) for n in no)
    ]
    if not yes or (died and no):
        return "no" if no or spoken else "nothing"
    adult = person.age == "adult" and all(one.age != "child" for one in group)
    return "yes" if _by_the_right_people(yes, trait, adult=adult) else "no"


def _is_shut(register: Register, ids: set[str], group: list[Person], early: str) -> bool:
    """Return whether nothing of a group shows, whatever was said of any trait."""
    changes = [change for change in register.changes if change.person in ids]
    died = any(change.state == "deceased" for change in changes)
    return (
        any(person.hidden_from for person in group)
        or any(link.person in ids and link.answered != "no risk" for link in register.links)
        or any(_is_closed([c for c in changes if c.person == one], register, early) for one in ids)
        or (died and any(change.state in CLOSED for change in changes))
    )


def _root(register: Register, who: str) -> str:
    """Return who somebody turned out to be; "" in a circle or at nobody."""
    into = {person.id: person.merged_into for person in register.people}
    seen: list[str] = []
    while who in into and who not in seen:
        seen.append(who)
        if not into[who]:
            return who
        who = into[who]
    return ""


def _is_closed(changes: list[StateChange], register: Register, day: str) -> bool:
    """Return whether one is in a state in which nothing shows: one that no proper return ended."""
    closed = dead = False
    for change in changes:
        if change.state in CLOSED:
            closed = True
        elif change.state == "deceased":
            dead = True
        elif not dead and _is_proper(change, register, day):
            closed = False
    return closed


def _since(changes: list[StateChange], register: Register, day: str) -> str:
    """Return the day before which nothing that one said counts any more; "" where all does.

    Who withdrew and came back is asked everything again, on that day or later.
    """
    since, out, dead = "", False, False
    for change in changes:
        returns = out and not dead and _is_proper(change, register, day)
        if change.state in {"narrowed", "withdrawn"} or (returns and change.state != "deceased"):
            since = max(since, change.day)
        out = change.state == "withdrawn" or (out and not returns)
        dead = dead or change.state == "deceased"
    return since


def _is_proper(change: StateChange, register: Register, day: str) -> bool:
    two = change.seconded_by not in {"", change.by}
    from_day = register.seconded.get(change.id, "")
    waited = from_day and max(from_day, _after(change.day)) <= day
    return bool(two and change.proof_sha256 and waited)


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=3)).isoformat()


def _meets(record: Record, use: Use) -> bool:
    """Return whether a record is about any part of a use."""
    if _is_unclear(record):
        return True
    scope = record.scope
    lands = not (scope.territories and use.territories) or bool(
        set(scope.territories) & set(use.territories)
    )
    versions = not scope.versions or use.version in scope.versions
    return versions and (not scope.media or use.medium in scope.media) and lands


def _is_unclear(record: Record) -> bool:
    """Return whether its days can't be: then nobody knows what it is about, and a no is of all."""
    scope = record.scope
    return any(day and day < scope.valid_from for day in (scope.until, scope.review))


def _forbids(record: Record, use: Use, late: str, wide: object) -> bool:
    """Return whether a no reaches a use; where wide, all of its lands and days."""
    anywhere = msgspec.structs.replace(use, territories=()) if wide else use
    ended = record.scope.until and record.scope.until < late
    return _is_unclear(record) or (_meets(record, anywhere) and (bool(wide) or not ended))


def _counts(
    record: Record, register: Register, use: Use, days: tuple[str, str, str], high: bool
) -> bool:
    """Return whether a yes counts: by when it waited, by when it began, until when it holds."""
    early, begun, late = days
    scope, from_day = record.scope, register.seconded.get(record.id, "")
    lands = set(use.territories)
    free = {"none", "guardian"} if record.guardian else {"none"}
    return all(
        (
            _meets(record, use) and not _is_unclear(record),
            not scope.territories or (bool(lands) and lands <= set(scope.territories)),
            not scope.until or scope.until >= max(late, scope.valid_from),
            max(record.given, scope.valid_from) <= begun,
            not scope.review or scope.review > late,
            not (high and (scope.territories or scope.until)),
            record.how != "told" and bool(record.proof_sha256),
            not record.in_flight and record.safe_when_asked is True,
            bool(record.present) and set(record.present) <= free,
            set(record.conditions) <= set(record.met),
            bool(from_day) and max(from_day, _after(record.given)) <= early,
        )
    )


def _by_the_right_people(yes: list[Record], trait: Trait, *, adult: bool) -> bool:
    own, guardian = any(not r.guardian for r in yes), any(r.guardian for r in yes)
    if adult:
        return own
    return guardian and (own or trait not in IDENTIFYING)
