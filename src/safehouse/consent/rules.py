"""What the register allows: every rule of consent, each of which can only say no.

A trait of a person shows in a use when every rule permits it. Absence is no, of several records the
narrowest wins, and what can't be understood is no. docs/consent.md has the rules as a table, each
with the test that holds it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safehouse.consent.index import Group, Index, Placed, index_of
from safehouse.consent.scope import covers, scope_faults, touches, use_faults
from safehouse.consent.standing import NOTHING_SHOWS, Standing, together
from safehouse.consent.widening import counts_by, is_proof
from safehouse.model.consent import TRAITS, Person, Record, Register, Ruling, Trait, Use
from safehouse.model.days import is_day

__all__ = ["IDENTIFYING", "WHYS", "is_provisional", "rule", "rule_all"]

IDENTIFYING: frozenset[str] = frozenset({"face", "voice", "name"})
"""Traits that a guardian's yes alone never shows."""

WHYS: tuple[str, ...] = (
    "no record",
    "another use",
    "dates that can't be",
    "said before",
    "limit at high risk",
    "not yet",
    "expired",
    "review day passed",
    "no proof",
    "provisional",
    "condition not met",
    "not seconded",
    "waiting",
    "child alone",
    "guardian alone",
    "said no",
    "contradiction",
    "frozen",
)
"""Why records don't allow: the words are stable; of several, the one that came farthest is told."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One question: a member of a group, a trait, a use, and what holds for the member.

    Attributes:
        on: the day by which consent must not have ended.
        by: the day by which a widening must have waited.
        high: risk is high, or nobody has answered.
        adult: eighteen or older, as far as anybody said.
    """

    trait: Trait
    use: Use
    seconded: dict[str, str]
    standing: Standing
    on: str
    by: str
    high: bool
    adult: bool


def rule(register: Register, person: str, trait: Trait, use: Use) -> Ruling:
    """Return whether a trait of a person may be shown in a use, and why."""
    return _rule(index_of(register), person, trait, use)


def rule_all(register: Register, use: Use) -> dict[tuple[str, Trait], Ruling]:
    """Return the ruling for every trait of every person; the register is read once."""
    index = index_of(register)
    return {
        (person.id, trait): _rule(index, person.id, trait, use)
        for person in register.people
        for trait in TRAITS
    }


def _rule(index: Index, person: str, trait: Trait, use: Use) -> Ruling:
    faults = use_faults(use)
    if trait not in TRAITS:
        faults = ("unknown trait",)
    if faults:
        return _no(person, trait, faults[0])
    group = index.group(person)
    if group.fault:
        return _no(person, trait, group.fault)
    latest = max(use.day, index.today, index.seen)
    days = (latest, min(use.day, index.today or use.day))
    standings = together([index.standing(member.id, days[1]) for member in group.members])
    if why := _closed(group, standings):
        return _no(person, trait, why)
    return _of_group(index, group, standings, (person, trait, use, days))


def _closed(group: Group, standings: Sequence[Standing]) -> str:
    """Return why nothing of a person shows, whatever the records say, or ""."""
    for standing in standings:
        if standing.state in NOTHING_SHOWS:
            return standing.state
        if standing.death and standing.spoiled:
            return "frozen"
    if any(member.hidden_from for member in group.members):
        return "hidden from somebody"
    return group.link


def _of_group(
    index: Index,
    group: Group,
    standings: Sequence[Standing],
    asked: tuple[str, Trait, Use, tuple[str, str]],
) -> Ruling:
    """Return the narrowest of what each member's own records allow.

    Records of merged people are never mixed: a yes of one and a guardian's yes of the other would
    show what neither showed. A member whose records say nothing of it adds nothing.
    """
    person, trait, use, days = asked
    rests: list[str] = []
    far = "no record"
    for member, standing in zip(group.members, standings, strict=True):
        case = _case(index, group, member, standing, (trait, use, days))
        placed = [one for one in index.records(member.id) if trait in one.record.traits]
        if not any(_speaks(case, one.record) for one in placed):
            far = _farther(far, "another use" if placed else "no record")
            continue
        why, records = _alone(case, placed)
        if why:
            return _no(person, trait, why, records)
        rests += records
    if not rests:
        return _no(person, trait, far)
    return Ruling(person=person, trait=trait, allowed=True, why="allowed", records=tuple(rests))


def _case(
    index: Index,
    group: Group,
    member: Person,
    standing: Standing,
    asked: tuple[Trait, Use, tuple[str, str]],
) -> _Case:
    """Return the question for one member; what another member answered can only narrow it."""
    trait, use, (on, by) = asked
    risks = {one.risk for one in group.members}
    return _Case(
        trait=trait,
        use=use,
        seconded=index.seconded,
        standing=standing,
        on=on,
        by=min(by, standing.death) if standing.death else by,
        high=member.risk not in {"none", "some"} or "high" in risks,
        adult=member.age == "adult" and all(one.age != "child" for one in group.members),
    )


def _speaks(case: _Case, record: Record) -> bool:
    """Return whether a record says anything of the trait in this use, or in a part of it."""
    if record.traits[case.trait]:
        return touches(record.scope, case.use, everywhere=False)
    return _no_stands(case, record)


def _no_stands(case: _Case, record: Record) -> bool:
    """Return whether a no reaches the use; one that begins later counts now.

    At high risk it holds everywhere and for good: once shown, a person is shown in all countries.
    """
    held = case.high or bool(case.standing.death)
    if not touches(record.scope, case.use, everywhere=held):
        return False
    ended = bool(record.scope.until) and record.scope.until < case.on
    return held or bool(scope_faults(record.scope)) or not ended


def _alone(case: _Case, placed: Iterable[Placed]) -> tuple[str, list[str]]:
    """Return why one person's own records don't allow, or ""; and the records that decide."""
    spoken = [one for one in placed if _speaks(case, one.record)]
    refusals = [one for one in spoken if not one.record.traits[case.trait]]
    yeses = [one for one in spoken if one.record.traits[case.trait]]
    if case.standing.death and refusals:
        return "frozen", [one.record.id for one in refusals]
    whys = {one.record.id: _why_not(case, one) for one in yeses}
    good = [one for one in yeses if not whys[one.record.id]]
    left = [one for one in good if all(_undoes(one, no) for no in refusals)]
    if not left and refusals:
        return _why_no(yeses, refusals), [one.record.id for one in refusals]
    if not left:
        return _farthest(whys.values()), list(whys)
    return _of_age(case, left)


def _why_no(yeses: Sequence[Placed], refusals: Sequence[Placed]) -> str:
    last = max(no.record.given for no in refusals)
    return "contradiction" if any(yes.record.given == last for yes in yeses) else "said no"


def _undoes(yes: Placed, no: Placed) -> bool:
    """Return whether a yes that counts was said, and recorded, after a no that was known then."""
    return yes.record.given > no.record.given and yes.place > no.place


def _of_age(case: _Case, yeses: Sequence[Placed]) -> tuple[str, list[str]]:
    """Return whether the right people said yes: an adult, or a guardian and the young person."""
    own = [one.record.id for one in yeses if not one.record.guardian]
    guardians = [one.record.id for one in yeses if one.record.guardian]
    if case.adult:
        return ("", own) if own else ("guardian alone", guardians)
    if not guardians:
        return "child alone", own
    if case.trait not in IDENTIFYING:
        return "", guardians
    return ("", own + guardians) if own else ("guardian alone", guardians)


def _why_not(case: _Case, placed: Placed) -> str:
    """Return why a yes does not count, or ""; the checks are in the order of WHYS."""
    record, scope = placed.record, placed.record.scope
    if scope_faults(scope) or not is_day(record.given) or placed.doubled:
        return "dates that can't be" if not placed.doubled else "no record"
    if not covers(scope, case.use):
        return "another use"
    if record.given < case.standing.since:
        return "said before"
    if case.high and (scope.territories or scope.until):
        return "limit at high risk"
    return _why_not_day(case, record) or _why_not_given(case, record)


def _why_not_day(case: _Case, record: Record) -> str:
    last = min(case.on, case.standing.death or case.on)
    if max(record.given, record.scope.valid_from) > last:
        return "not yet"
    if record.scope.until and record.scope.until < case.on:
        return "expired"
    if record.scope.review and record.scope.review <= case.on:
        return "review day passed"
    return ""


def _why_not_given(case: _Case, record: Record) -> str:
    if record.how == "told" or not is_proof(record.proof_sha256):
        return "no proof"
    if is_provisional(record):
        return "provisional"
    if not set(record.conditions) <= set(record.met):
        return "condition not met"
    if record.id not in case.seconded:
        return "not seconded"
    return "" if counts_by(record.id, record.given, case.seconded, case.by) else "waiting"


def is_provisional(record: Record) -> bool:
    """Return whether a yes was said in dependence, in flight, or not known to be in safety.

    Whoever has power and was there makes it so; a guardian's own yes has the guardian in it.
    """
    free = {"none", "guardian"} if record.guardian else {"none"}
    alone = bool(record.present) and set(record.present) <= free
    return record.in_flight or record.safe_when_asked is not True or not alone


def _farther(one: str, other: str) -> str:
    return max(one, other, key=WHYS.index)


def _farthest(whys: Iterable[str]) -> str:
    return max(whys, key=WHYS.index, default="no record")


def _no(person: str, trait: Trait, why: str, records: Iterable[str] = ()) -> Ruling:
    return Ruling(person=person, trait=trait, allowed=False, why=why, records=tuple(records))
