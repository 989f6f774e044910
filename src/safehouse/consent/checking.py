"""Refuses, before it is recorded, what can't be: unknown countries, media, traits, days."""

from safehouse.consent.scope import scope_faults
from safehouse.errors import RecordRefused
from safehouse.model.consent import TRAITS, Record
from safehouse.model.days import WRITE_DAYS, day_after, is_day
from safehouse.model.scopes import way_out
from safehouse.model.text import escape

__all__ = ["require_record"]


def require_record(record: Record, *, today: str = "") -> None:
    """Check that a record can be: days, countries, media, traits.

    today is that of UTC: east of it, this morning is tomorrow, and a no is taken at once.

    Raises:
        RecordRefused: something in it can't be.
    """
    if faults := scope_faults(record.scope):
        raise RecordRefused(escape(faults[0]), next_step=way_out(record.scope))
    if not record.traits or set(record.traits) - set(TRAITS):
        raise RecordRefused("a record of no known trait", next_step="--face yes")
    if not is_day(record.given):
        raise RecordRefused(f"'{escape(record.given)}' is no day", next_step=WRITE_DAYS)
    if today and record.given > day_after(today, 1):
        raise RecordRefused(
            f"nobody has said anything on {record.given} yet", next_step="give the day it was said"
        )
    if record.scope.until and record.scope.until < record.given:
        raise RecordRefused(
            f"it ends on {record.scope.until}, before it was said", next_step="--until a later day"
        )
