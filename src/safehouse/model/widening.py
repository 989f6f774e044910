"""What it takes to widen a register: which answers open something, and how long they wait."""

import re

from safehouse.model.consent import Person, Record
from safehouse.model.days import WAITING_DAYS, day_after

__all__ = ["UNNAMED", "earliest_day", "is_proof", "person_widens", "widens"]

UNNAMED = frozenset({"", "operator"})
"""What stands in the history for somebody who gave no pseudonym: it may be anybody."""

DIGEST = re.compile(r"[0-9a-f]{64}")


def is_proof(sha256: str) -> bool:
    """Return whether a digest is one: 64 hexadecimal digits in small letters."""
    return DIGEST.fullmatch(sha256) is not None


def widens(record: Record) -> bool:
    """Return whether a record says yes to anything: absence is no, so any yes widens."""
    return any(record.traits.values())


def earliest_day(said: str, seconded: str, *, again: bool) -> str:
    """Return the first day on which a widening may count.

    Args:
        said: the day on which it was said.
        seconded: the day on which a second person agreed.
        again: it undoes an earlier no, or a state such as withdrawn. Then the waiting time begins
            when it is seconded; a first yes has waited since it was said.
    """
    return max(seconded, day_after(seconded if again else said, WAITING_DAYS))


def person_widens(before: Person, after: Person) -> tuple[str, ...]:
    """Return what of a person's description would be opened, in words; () where nothing would.

    A first answer opens nothing that was closed: `unanswered` and `unknown` hide. To leave a high
    risk, an age under 18 or somebody to hide from does, also by way of taking the answer back.
    """
    return (
        *(["risk"] if before.risk == "high" != after.risk else []),
        *(["age"] if before.age == "child" != after.age else []),
        *(["hidden from"] if set(before.hidden_from) - set(after.hidden_from) else []),
    )
