"""Whether a scope can be at all: known media, countries of ISO 3166-1, days in order."""

from functools import cache

import pycountry

from safehouse.model.consent import MEDIA, Scope
from safehouse.model.days import WRITE_DAYS, is_day

__all__ = ["WRITE_COUNTRIES", "day_faults", "is_country", "scope_faults", "way_out"]

WRITE_COUNTRIES = "countries are two letters of ISO 3166: FR"
"""What to do about a country that is none."""


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


def is_country(code: str) -> bool:
    """Return whether code is a country of ISO 3166-1, as two capitals."""
    return code in _countries()


def scope_faults(scope: Scope) -> tuple[str, ...]:
    """Return what can't be in a scope, in plain words; () where everything can."""
    return (
        *(f"unknown medium {medium!r}" for medium in scope.media if medium not in MEDIA),
        *(f"unknown country {code!r}" for code in scope.territories if not is_country(code)),
        *day_faults(scope),
    )


def way_out(scope: Scope) -> str:
    """Return what to do about the first of a scope's faults."""
    if set(scope.media) - set(MEDIA):
        return f"use {', '.join(MEDIA)}"
    if not all(map(is_country, scope.territories)):
        return WRITE_COUNTRIES
    days = (scope.valid_from, scope.until, scope.review)
    if not all(is_day(day) for day in days if day):
        return WRITE_DAYS
    return "give days that come in order"


def day_faults(scope: Scope) -> list[str]:
    """Return what is wrong with the days of a scope, in plain words."""
    days = {"from": scope.valid_from, "until": scope.until, "review": scope.review}
    found = [
        f"no such day: {name} {day!r}" for name, day in days.items() if day and not is_day(day)
    ]
    if not found and scope.valid_from:
        found += [
            f"{name} {days[name]} is before from {scope.valid_from}"
            for name in ("until", "review")
            if days[name] and days[name] < scope.valid_from
        ]
    return found
