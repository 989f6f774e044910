"""Who did something, when, and as which act of the history."""

from datetime import UTC, datetime
from typing import NamedTuple

__all__ = ["Stamp", "now"]


class Stamp(NamedTuple):
    """What is known of an act beside the act itself.

    Attributes:
        n: its number in the history; 1 first.
        at: when, UTC, `2026-11-21T14:50:03Z`.
        who: the operator's pseudonym.
    """

    n: int
    at: str
    who: str


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
