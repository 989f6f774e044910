"""Rulings in plain words, for the command: what shows, what not, and why."""

from collections.abc import Mapping

import msgspec

from safehouse.model.consent import Record, Register, Ruling, Trait
from safehouse.model.days import WAITING_DAYS, day_after

__all__ = ["REASONS", "as_if_counted", "differences", "tell"]

REASONS: dict[str, str] = {
    "allowed": "every rule permits it",
    "no record": "nobody asked, or nothing is on record",
    "another use": "what was said is about another use",
    "dates that can't be": "its dates or limits can't be",
    "said before": "it was said before a narrowing or withdrawal; ask again",
    "limit at high risk": (
        "limited to countries or dates, at a risk that is high or not answered: once shown in one"
        " country it can be seen in all"
    ),
    "not yet": "it counts from a later day",
    "expired": "it has expired",
    "review day passed": "the day to ask again has come",
    "no proof": "there is no proof, and only proof widens",
    "provisional": "it was said in dependence, in flight or not known to be in safety",
    "condition not met": "a condition is not met",
    "not seconded": "a second person has not agreed yet",
    "waiting": "the waiting time is not over",
    "child alone": "under 18 or age unknown, and no guardian has said yes",
    "guardian alone": "only a guardian has said yes",
    "said no": "they said no",
    "contradiction": "records contradict each other",
    "frozen": "deceased: frozen at the narrowest",
    "suspended": "consent is suspended",
    "unreachable": "they can't be reached",
    "detained": "they are detained",
    "withdrawn": "consent is withdrawn",
    "hidden from somebody": "they are to be hidden from somebody, and copies travel",
    "linked person unanswered": "somebody linked to them may be at risk; nobody answered",
    "linked person at risk": "somebody linked to them is at risk",
    "unknown person": "nobody on record",
    "merged in a circle": "merged in a circle",
    "described twice": "described twice",
    "unknown trait": "unknown trait",
    "unknown medium": "unknown medium",
    "unknown country": "unknown country",
    "unknown day": "unknown day",
}
"""What a ruling's `why` means; a test holds that none is missing."""


def tell(ruling: Ruling) -> str:
    """Return one line: shown or hidden, why, and by which records."""
    by = f" ({', '.join(ruling.records)})" if ruling.records else ""
    if ruling.allowed:
        return f"{ruling.trait}: shown{by}"
    return f"{ruling.trait}: hidden, {REASONS[ruling.why]}{by}"


def as_if_counted(register: Register, record: Record) -> Register:
    """Return a register in which a record of it is seconded and has waited: what would show then.

    It is read on the day on which that can be at the earliest, if it is seconded today.
    """
    day = day_after(max(register.today or record.given, record.given), WAITING_DAYS)
    seconded = {**register.seconded, record.id: day}
    return msgspec.structs.replace(register, seconded=seconded, today=day)


def differences(
    before: Mapping[tuple[str, Trait], Ruling], after: Mapping[tuple[str, Trait], Ruling]
) -> str:
    """Return what a change of the register would show or hide, in one sentence."""
    shown = [f"{p} {t}" for (p, t), one in after.items() if one.allowed and not _was(before, p, t)]
    hidden = [f"{p} {t}" for (p, t), one in before.items() if one.allowed and not _was(after, p, t)]
    parts = [
        *([f"newly shown: {', '.join(shown)}"] if shown else []),
        *([f"newly hidden: {', '.join(hidden)}"] if hidden else []),
    ]
    return "; ".join(parts) if parts else "nothing changes in what shows"


def _was(rulings: Mapping[tuple[str, Trait], Ruling], person: str, trait: Trait) -> bool:
    found = rulings.get((person, trait))
    return found is not None and found.allowed
