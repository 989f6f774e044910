"""What is undecided, one after the other: the queue of a reviewer, its counts, and settings."""

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = [
    "Asked",
    "ClipCount",
    "Counts",
    "count_all",
    "count_by_clip",
    "next_open",
    "previous_open",
    "read_question",
    "read_settings",
]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answer, and where in its clip it is."""

    id: str
    clip: str
    kind: str
    first: int
    end: int
    track: str
    score: float
    why: str
    answer: str
    decided_by: str
    rate: str
    frames: int


class Counts(msgspec.Struct, frozen=True):
    """How much is undecided, of how much: questions, and pieces that nobody confirmed."""

    open: int
    all: int
    pieces_open: int
    pieces: int


class ClipCount(msgspec.Struct, frozen=True):
    """How much of a clip is undecided, and for whom it is; "" for anybody."""

    clip: str
    open: int
    all: int
    handed_to: str = ""


_ASKED = (
    "SELECT q.id, q.clip, q.kind, q.first, q.end, q.track, q.score, q.why, q.answer, q.decided_by,"
    " c.rate, c.frames FROM question q JOIN clip c ON c.id = q.clip"
)

_FOR = "(? = '' OR c.handed_to = ? OR c.handed_to = '')"
"""A clip that was handed to a colleague is in nobody else's queue."""


def count_all(project: "Project") -> Counts:
    """Return how much of a project is undecided."""
    with project.lock:
        row = project.db.execute(
            "SELECT (SELECT count(*) FROM question WHERE answer = 'open'),"
            " (SELECT count(*) FROM question WHERE answer <> 'waits'),"
            " (SELECT count(*) FROM piece WHERE person IS NULL AND not_person = 0),"
            " (SELECT count(*) FROM piece)"
        ).fetchone()
    return Counts(*row)


def count_by_clip(project: "Project") -> tuple[ClipCount, ...]:
    """Return how much of each clip that has questions is undecided."""
    with project.lock:
        rows = project.db.execute(
            "SELECT q.clip, sum(q.answer = 'open'), count(*), c.handed_to FROM question q"
            " JOIN clip c ON c.id = q.clip WHERE q.answer <> 'waits'"
            " GROUP BY q.clip ORDER BY q.clip"
        ).fetchall()
    return tuple(ClipCount(*row) for row in rows)


def read_question(project: "Project", question: str) -> Asked | None:
    """Return a question, or None."""
    return _one(project, f"{_ASKED} WHERE q.id = ?", question)


def next_open(project: "Project", after: str = "", *, who: str = "") -> Asked | None:
    """Return the undecided question after one, clip by clip; the first after the last.

    Args:
        project: the project.
        after: id of a question, decided or not; "" begins.
        who: leave out clips that were handed to somebody else.
    """
    then = " ORDER BY q.clip, q.first, q.id LIMIT 1"
    sql = f"{_ASKED} WHERE q.answer = 'open' AND {_FOR}"
    here = _place(project, after)
    found = None
    if here is not None:
        found = _one(
            project, f"{sql} AND (q.clip, q.first, q.id) > (?, ?, ?){then}", who, who, *here
        )
    return found or _one(project, f"{sql}{then}", who, who)


def previous_open(project: "Project", before: str, *, who: str = "") -> Asked | None:
    """Return the undecided question before one; the last before the first."""
    then = " ORDER BY q.clip DESC, q.first DESC, q.id DESC LIMIT 1"
    sql = f"{_ASKED} WHERE q.answer = 'open' AND {_FOR}"
    here = _place(project, before)
    found = None
    if here is not None:
        found = _one(
            project, f"{sql} AND (q.clip, q.first, q.id) < (?, ?, ?){then}", who, who, *here
        )
    return found or _one(project, f"{sql}{then}", who, who)


def read_settings(project: "Project") -> dict[str, str]:
    """Return every setting, name → JSON."""
    with project.lock:
        rows = project.db.execute("SELECT name, value FROM setting").fetchall()
    return {str(row["name"]): str(row["value"]) for row in rows}


def _place(project: "Project", question: str) -> tuple[Any, ...] | None:
    with project.lock:
        row = project.db.execute(
            "SELECT clip, first, id FROM question WHERE id = ?", (question,)
        ).fetchone()
    return None if row is None else tuple(row)


def _one(project: "Project", sql: str, *values: Any) -> Asked | None:
    with project.lock:
        row = project.db.execute(sql, values).fetchone()
    return None if row is None else msgspec.convert(dict(row), Asked)
