"""Which uses a record is about, and whether a scope or a use can be understood at all."""

from safehouse.model.consent import MEDIA, Scope, Use
from safehouse.model.days import is_day
from safehouse.model.scopes import is_country, scope_faults

__all__ = ["covers", "is_country", "scope_faults", "scopes_meet", "touches", "use_faults"]


def use_faults(use: Use) -> tuple[str, ...]:
    """Return why nothing can be said of a use; such a use is never a yes."""
    unknown = [code for code in use.territories if not is_country(code)]
    return (
        *(["unknown medium"] if use.medium not in MEDIA else []),
        *(["unknown country"] if unknown else []),
        *(["unknown day"] if not is_day(use.day) else []),
    )


def covers(scope: Scope, use: Use) -> bool:
    """Return whether a use lies within every limit of a scope, but for its days.

    A use without territories is one in all of them, so a limit to some does not cover it.
    """
    inside = bool(use.territories) and set(use.territories) <= set(scope.territories)
    return (
        (not scope.versions or use.version in scope.versions)
        and (not scope.media or use.medium in scope.media)
        and (not scope.territories or inside)
    )


def touches(scope: Scope, use: Use, *, everywhere: bool) -> bool:
    """Return whether any part of a use lies within a scope, but for its days: what a no reaches.

    everywhere: territories are no limit to it. A scope that can't be understood reaches all.
    """
    if scope_faults(scope):
        return True
    apart = scope.territories and use.territories and not everywhere
    return (
        (not scope.versions or use.version in scope.versions)
        and (not scope.media or use.medium in scope.media)
        and not (apart and not set(scope.territories) & set(use.territories))
    )


def scopes_meet(one: Scope, other: Scope) -> bool:
    """Return whether some use lies within both scopes."""
    limits = (
        (one.versions, other.versions),
        (one.media, other.media),
        (one.territories, other.territories),
    )
    apart = any(a and b and not set(a) & set(b) for a, b in limits)
    first, last = max(one.valid_from, other.valid_from), min(one.until or "~", other.until or "~")
    return not apart and first <= last
