"""Days as registers write them, `2027-06-30`, and how long a widening waits."""

import re
from datetime import date, timedelta

__all__ = ["WAITING_DAYS", "WRITE_DAYS", "WRITE_PERIODS", "day_after", "is_day", "is_period"]

WAITING_DAYS = 3
"""Days between a widening and the first film that may show it.

Enough to be away from those who were there, to sleep on it and to call back. More protects better
against pressure and tempts to date back; docs/decisions says when the number is wrong.
"""

WRITE_DAYS = "write days as YYYY-MM-DD: 2027-06-30"
"""What to do about a day that can't be read."""

WRITE_PERIODS = "write it as YYYY-MM: 2027-03, or as a day or a year"
"""What to do about a time to come that can't be read."""

WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

PERIOD = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def is_day(text: str) -> bool:
    """Return whether text is a day that exists, written `2027-06-30`."""
    if not WRITTEN.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_period(text: str) -> bool:
    """Return whether text is a year, a month or a day: `2027`, `2027-03`, `2027-03-14`."""
    return PERIOD.fullmatch(text) is not None and is_day(f"{text}-01-01"[:10])


def day_after(day: str, days: int) -> str:
    """Return the day that many days after day, `9999-12-31` where the calendar ends.

    Days written so compare as texts.
    """
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return date.max.isoformat()
