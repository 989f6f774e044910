"""Refuses, before it is recorded, what can't be: unknown people, countries, media, days."""

from safehouse.consent.scope import scope_faults, use_faults
from safehouse.errors import MergeRefused, PersonUnknown, RecordRefused
from safehouse.model.consent import TRAITS, Record, Register, Use
from safehouse.model.days import is_day
from safehouse.model.text import escape

__all__ = ["require_merge", "require_record", "require_use"]


def require_record(record: Record, *, today: str = "") -> None:
    """Check that a record can be: days, countries, media, traits.

    Raises:
        RecordRefused: something in it can't be.
    """
    if faults := scope_faults(record.scope):
        raise RecordRefused(escape(faults[0]), next_step="give it again; nothing else is missing")
    if not record.traits or set(record.traits) - set(TRAITS):
        raise RecordRefused("a record of no known trait", next_step="--face yes")
    if not is_day(record.given):
        raise RecordRefused(
            f"'{escape(record.given)}' is no day", next_step="write days as 2027-06-30"
        )
    if today and record.given > today:
        raise RecordRefused(
            f"nobody has said anything on {record.given} yet", next_step="give the day it was said"
        )
    if record.scope.until and record.scope.until < record.given:
        raise RecordRefused(
            f"it ends on {record.scope.until}, before it was said", next_step="--until a later day"
        )


def require_use(use: Use) -> None:
    """Check that something can be said of a use.

    Raises:
        RecordRefused: an unknown country, medium or day.
    """
    if faults := use_faults(use):
        raise RecordRefused(
            f"{faults[0]} in what the film is used for",
            next_step="countries are two capitals (ISO 3166-1), days 2027-06-30",
        )


def require_merge(register: Register, person: str, into: str) -> None:
    """Check that two people may become one.

    Raises:
        PersonUnknown: one of them is not in the register.
        MergeRefused: it is one person, or would close a circle.
    """
    merged = {one.id: one.merged_into for one in register.people}
    for one in (person, into):
        if one not in merged:
            raise PersonUnknown(
                f"there is no person {escape(one)}", next_step="safehouse consent list"
            )
    seen, at = {person}, into
    while at:
        if at in seen:
            raise MergeRefused(
                f"{person} can't be merged into {into}: they are one already, or it is a circle",
                next_step="name another person",
            )
        seen.add(at)
        at = merged.get(at, "")
