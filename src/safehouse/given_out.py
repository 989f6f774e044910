"""What is out: copies and screenings, each of the delivery that it was made of.

Two deliveries of one version may show different people. So a copy belongs to a delivery; where
nobody knows to which, it counts as showing everybody whom a film of its version ever showed.
"""

from collections.abc import Iterable

import msgspec

from safehouse.errors import UsageError
from safehouse.model.acts import AddCopy, AddScreening
from safehouse.model.days import WRITE_DAYS, is_day
from safehouse.model.text import escape
from safehouse.store.project import Project
from safehouse.store.reading_touched import read_shown_ever
from safehouse.store.reading_versions import (
    Delivered,
    next_copy,
    read_copies,
    read_deliveries,
    read_screenings,
    read_version,
)
from safehouse.version_states import today

__all__ = [
    "UNKNOWN",
    "add_copy",
    "add_screening",
    "call_back",
    "choose_delivery",
    "correct_copy",
    "shown_out",
]

UNKNOWN = "unknown"
"""What to say where nobody knows of which delivery a copy is."""

KEPT = "the project is as it was"


def choose_delivery(project: Project, version: str, day: str, said: str = "") -> str:
    """Return the delivery that is meant, D0001; "" where it is not known.

    Args:
        project: the film.
        version: its version.
        day: when somebody has it, or sees it; unsaid, it is the newest that was out by then.
        said: an id, the day of a delivery, or `unknown`.

    Raises:
        VersionUnknown: there is no such version.
        UsageError: it has no such delivery, or several on that day.
    """
    read_version(project, version)
    rows = read_deliveries(project, version)
    if said == UNKNOWN:
        return ""
    if not said:
        return next((row.id for row in reversed(rows) if row.day <= day), "")
    found = [row.id for row in rows if said in (row.id, row.day)]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} deliveries" if found else "no delivery"
    raise UsageError(
        f"{escape(version)} has {what} '{escape(said)}'",
        kept=KEPT,
        next_step=f"one of {_ids(rows)}, or --delivery {UNKNOWN}",
    )


def add_copy(
    project: Project, version: str, where: str, to: str, since: str = "", delivery: str = ""
) -> AddCopy:
    """Write down that a copy of a delivered version is out: where, with whom, since when.

    Raises:
        VersionUnknown, UsageError: there is no such version, delivery or day.
    """
    since = since or today()
    _require_told(since, where=where, to=to)
    act = AddCopy(
        copy=next_copy(project),
        version=version,
        where=where,
        to=to,
        since=since,
        delivery=choose_delivery(project, version, since, delivery),
    )
    project.act(act)
    return act


def correct_copy(project: Project, copy: str, delivery: str) -> AddCopy:
    """Write down of which delivery a copy is.

    Raises:
        UsageError: there is no such copy, or no such delivery of its version.
    """
    known = _copy(project, copy)
    chosen = choose_delivery(project, known.version, known.since, delivery or UNKNOWN)
    act = msgspec.structs.replace(known, delivery=chosen)
    project.act(act)
    return act


def call_back(project: Project, copy: str) -> AddCopy:
    """Write down that a copy is gone: called back, or destroyed as far as its holder says.

    Raises:
        UsageError: there is no such copy.
    """
    act = msgspec.structs.replace(_copy(project, copy), gone=True)
    project.act(act)
    return act


def add_screening(
    project: Project, version: str, where: str, day: str, delivery: str = ""
) -> AddScreening:
    """Write down that a version was or will be shown to an audience.

    Raises:
        VersionUnknown, UsageError: there is no such version, delivery or day.
    """
    _require_told(day, where=where)
    chosen = choose_delivery(project, version, day, delivery)
    act = AddScreening(version=version, where=where, day=day, delivery=chosen)
    project.act(act)
    return act


def shown_out(project: Project) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return everything that is out, `festival-cut D0001` → (person, trait) that it shows.

    A copy, or a screening that was, of no known delivery shows all that its version ever did.
    """
    with project.lock:
        found = {f"{row.act.version} {row.id}": row.act.shows for row in read_deliveries(project)}
        unknown = {row.version for row in read_copies(project) if not row.delivery}
        day = today()
        unknown |= {r.version for r in read_screenings(project) if not r.delivery and r.day <= day}
        ever = read_shown_ever(project) if unknown else {}
        for version in sorted(unknown):
            rows = [*ever.get(version, ())]
            rows += [one for d in read_deliveries(project, version) for one in d.act.shows]
            found[f"{version} ?"] = tuple(dict.fromkeys(rows))
    return found


def _require_told(day: str, **told: str) -> None:
    """Check that a day can be read, and that what is told by name says something."""
    if not is_day(day):
        raise UsageError(f"'{escape(day)}' is no day", kept=KEPT, next_step=WRITE_DAYS)
    for name, words in told.items():
        if not words.strip():
            raise UsageError(f"--{name} says nothing", kept=KEPT, next_step="say it, without names")


def _copy(project: Project, copy: str) -> AddCopy:
    known = next((row for row in read_copies(project) if row.copy == copy), None)
    if known is None:
        raise UsageError(
            f"there is no copy {escape(copy)}", kept=KEPT, next_step="safehouse copies list"
        )
    return known


def _ids(rows: Iterable[Delivered]) -> str:
    return ", ".join(row.id for row in rows) or "none"
