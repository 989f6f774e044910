"""What the pages of a project list: people with their appearances, and clips."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from safehouse.model.text import escape

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = [
    "Appearing",
    "Card",
    "ClipLine",
    "Sample",
    "count_clips",
    "count_people",
    "kinds_since",
    "read_appearances",
    "read_card",
    "read_clip_lines",
    "read_clip_names",
    "read_content_notes",
    "read_others",
    "read_pieces_at",
    "read_wall",
]

SAMPLES = 6
"""Appearances that a card shows; the surest first."""


class Sample(msgspec.Struct, frozen=True):
    """An appearance on a card, and whether a human confirmed it."""

    piece: str
    clip: str
    confirmed: bool


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A person on the wall: confirmed and guessed appearances, in how many clips."""

    id: str
    role: str
    risk: str
    age: str
    confirmed: int
    guessed: int
    clips: int
    samples: tuple[Sample, ...] = ()


class Appearing(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a track, with what was said and guessed of it."""

    id: str
    clip: str
    track: str
    first: int
    end: int
    rate: str
    person: str
    suggested: str
    distance: float | None
    not_person: bool
    area_frac: float


class ClipLine(msgspec.Struct, frozen=True, kw_only=True):
    """A clip in the list; name is its file's own, for the operator's eyes alone."""

    id: str
    name: str
    origin: str
    seconds: float
    shots: int
    analysed: bool
    error: str
    error_words: str
    handed_to: str
    open: int
    all: int
    pieces: int
    people: int
    notes: int


_COUNTS = """
SELECT p.id, p.role, p.risk, p.age, coalesce(n.sure, 0), coalesce(n.every, 0) - coalesce(n.sure, 0),
  coalesce(n.clips, 0)
FROM person p LEFT JOIN (
  SELECT coalesce(person, suggested) AS who, count(person) AS sure, count(*) AS every,
    count(DISTINCT clip) AS clips
  FROM piece WHERE not_person = 0 AND {} GROUP BY who
) n ON n.who = p.id
WHERE p.merged_into = '' AND ? IN ('', p.id)
ORDER BY coalesce(n.every, 0) - coalesce(n.sure, 0) DESC, n.every DESC, p.id LIMIT ? OFFSET ?
"""

_SAMPLES = (
    "SELECT id, clip, 1 FROM piece WHERE person = ? AND not_person = 0 LIMIT ?",
    "SELECT id, clip, 0 FROM piece WHERE suggested = ? AND person IS NULL AND not_person = 0"
    " LIMIT ?",
)
"""A person's appearances, confirmed and then guessed."""


def read_wall(project: "Project", *, first: int = 0, most: int = 60) -> tuple[Card, ...]:
    """Return people from the first on; whoever has most guesses to look at comes first."""
    sql = _COUNTS.format("coalesce(person, suggested) IS NOT NULL")
    return _cards(project, sql, ("", most, first))


def read_card(project: "Project", person: str) -> Card | None:
    """Return one person, or None; whoever was merged into another is no longer there."""
    sql = _COUNTS.format("(person = ? OR (suggested = ? AND person IS NULL))")
    return next(iter(_cards(project, sql, (person, person, person, 1, 0))), None)


def read_others(project: "Project", person: str) -> tuple[str, ...]:
    """Return the ids of everybody else who was not merged into another."""
    sql = "SELECT id FROM person WHERE merged_into = '' AND id <> ? ORDER BY length(id), id"
    with project.lock:
        return tuple(row[0] for row in project.db.execute(sql, (person,)))


def _cards(project: "Project", sql: str, values: tuple[Any, ...]) -> tuple[Card, ...]:
    with project.lock:
        rows = project.db.execute(sql, values).fetchall()
        return tuple(
            Card(
                id=row[0],
                role=row[1],
                risk=row[2],
                age=row[3],
                confirmed=row[4],
                guessed=row[5],
                clips=row[6],
                samples=_samples(project, row[0]),
            )
            for row in rows
        )


def _samples(project: "Project", person: str) -> tuple[Sample, ...]:
    found: list[Sample] = []
    for sql in _SAMPLES:
        for row in project.db.execute(sql, (person, SAMPLES - len(found))):
            found.append(Sample(row[0], row[1], bool(row[2])))
    return tuple(found)


def count_people(project: "Project") -> int:
    """Return how many people there are, the merged ones left out."""
    return _number(project, "SELECT count(*) FROM person WHERE merged_into = ''")


_PIECES = (
    "SELECT p.id, p.clip, p.track, p.first, p.end, c.rate, coalesce(p.person, ''),"
    " coalesce(p.suggested, ''), p.distance, p.not_person, p.area_frac"
    " FROM piece p JOIN clip c ON c.id = p.clip"
)


def read_appearances(
    project: "Project", who: str, *, state: str, first: int = 0, most: int = 60
) -> tuple[Appearing, ...]:
    """Return appearances, clip by clip.

    Args:
        project: the project.
        who: the person; "" for those that are nobody's.
        state: `confirmed`, `guessed`, `loose` (nobody's and no guess) or `not person`.
        first: leave out so many.
        most: how many.
    """
    where = {
        "confirmed": "p.person = ? AND p.not_person = 0",
        "guessed": "p.suggested = ? AND p.person IS NULL AND p.not_person = 0",
        "loose": "? = '' AND p.suggested IS NULL AND p.person IS NULL AND p.not_person = 0",
        "not person": "? = '' AND p.not_person = 1",
    }[state]
    sql = f"{_PIECES} WHERE {where} ORDER BY p.clip, p.first, p.id LIMIT ? OFFSET ?"
    with project.lock:
        rows = project.db.execute(sql, (who, most, first)).fetchall()
    return tuple(_appearing(row) for row in rows)


def read_pieces_at(
    project: "Project", clip: str, track: str, first: int, end: int
) -> tuple[Appearing, ...]:
    """Return the appearances of a track within frames first <= f < end."""
    where = "p.clip = ? AND p.track = ? AND p.first < ? AND p.end > ?"
    sql = f"{_PIECES} WHERE {where} ORDER BY p.first"
    with project.lock:
        rows = project.db.execute(sql, (clip, track, end, first)).fetchall()
    return tuple(_appearing(row) for row in rows)


def _appearing(row: Any) -> Appearing:
    values = dict(zip(Appearing.__struct_fields__, tuple(row), strict=True))
    return Appearing(**values | {"not_person": bool(values["not_person"])})


_CLIPS = """
SELECT c.id, c.path, c.origin, c.seconds, c.shots, c.findings_sha256 != '', c.error, c.error_words,
  c.handed_to,
  (SELECT count(*) FROM question q WHERE q.clip = c.id AND +q.answer = 'open'),
  (SELECT count(*) FROM question q WHERE q.clip = c.id AND +q.answer <> 'waits'),
  (SELECT count(*) FROM piece p WHERE p.clip = c.id),
  (SELECT count(DISTINCT p.person) FROM piece p WHERE p.clip = c.id AND p.person IS NOT NULL),
  (SELECT count(*) FROM content_note n WHERE n.clip = c.id)
FROM clip c ORDER BY c.id LIMIT ? OFFSET ?
"""


def read_clip_lines(project: "Project", *, first: int = 0, most: int = 100) -> tuple[ClipLine, ...]:
    """Return clips from the first on."""
    with project.lock:
        rows = project.db.execute(_CLIPS, (most, first)).fetchall()
    return tuple(_clip_line(row) for row in rows)


def _clip_line(row: Any) -> ClipLine:
    values = dict(zip(ClipLine.__struct_fields__, tuple(row), strict=True))
    values["name"] = _name(values["name"])
    return ClipLine(**values | {"analysed": bool(values["analysed"])})


def read_clip_names(project: "Project", clips: Iterable[str]) -> dict[str, str]:
    """Return the own names of clips' files, escaped: what a human knows them by.

    A name may name a person: it goes into the page's text alone, never into an address or output.
    """
    wanted = json.dumps(sorted(set(clips)))
    sql = "SELECT id, path FROM clip WHERE id IN (SELECT value FROM json_each(?))"
    with project.lock:
        return {row[0]: _name(row[1]) for row in project.db.execute(sql, (wanted,))}


def _name(path: str) -> str:
    return escape(Path(path).name)


def count_clips(project: "Project") -> int:
    """Return how many clips there are."""
    return _number(project, "SELECT count(*) FROM clip")


def read_content_notes(project: "Project", clip: str, first: int, end: int) -> tuple[str, ...]:
    """Return what somebody should be prepared for in frames first <= f < end."""
    with project.lock:
        rows = project.db.execute(
            "SELECT text FROM content_note WHERE clip = ? AND first < ? AND end > ? ORDER BY first",
            (clip, end, first),
        ).fetchall()
    return tuple(row[0] for row in rows)


def kinds_since(project: "Project", n: int) -> frozenset[str]:
    """Return the kinds of the acts after number n.

    The first look at a clip is left out: nobody can have decided anything about the clip before.
    """
    with project.lock:
        rows = project.db.execute("SELECT DISTINCT kind FROM act WHERE n > ?", (n,)).fetchall()
        kinds = frozenset(row[0] for row in rows)
        if "AnalyseClip" in kinds and not _looked_again(project, n):
            kinds -= {"AnalyseClip"}
    return kinds


def _looked_again(project: "Project", n: int) -> bool:
    """Return whether a clip that was looked at after act n had been looked at before."""
    sql = (
        "SELECT json_extract(CAST(body AS TEXT), '$.clip') AS clip FROM act"
        " WHERE kind = 'AnalyseClip' GROUP BY clip HAVING max(n) > ? AND count(*) > 1"
    )
    return project.db.execute(sql, (n,)).fetchone() is not None


def _number(project: "Project", sql: str) -> int:
    with project.lock:
        row = project.db.execute(sql).fetchone()
    return int(row[0])
