"""Everything in a project that shows a person or lets hear them, read from the tables alone."""

from collections.abc import Iterator

import msgspec

from safehouse.model.acts import Deliver, RecordRender
from safehouse.store.project import Project

__all__ = [
    "InClip",
    "Theirs",
    "read_in_clips",
    "read_members",
    "read_shown_ever",
    "read_theirs",
    "read_versions_ever",
]


OF_PIECES = """id IN (
  SELECT id FROM piece WHERE person IN (SELECT value FROM json_each(?))
  UNION SELECT id FROM piece WHERE suggested IN (SELECT value FROM json_each(?))
  AND person IS NULL AND not_person = 0)"""
PIECES = f"""
SELECT p.clip, p.first, p.end, p.person IS NOT NULL AS sure, c.frames, c.seconds
FROM piece p JOIN clip c ON c.id = p.clip WHERE p.{OF_PIECES}
ORDER BY p.clip, p.first"""  # noqa: S608 - our own words
VOICES = """
SELECT clip, count(*) FROM voice WHERE person IN (SELECT value FROM json_each(?)) GROUP BY clip"""
MASKS = """
SELECT clip, count(*) FROM mask WHERE person IN (SELECT value FROM json_each(?)) GROUP BY clip"""


class InClip(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a clip somebody is.

    Attributes:
        clip: `C0003`.
        confirmed, guessed: number of appearances that a human confirmed; that are guesses only.
        seen: spans in seconds, those that meet joined, in order.
        heard: number of spans in which their voice is.
        drawn: number of places that were drawn by hand for them.
    """

    clip: str
    confirmed: int
    guessed: int
    seen: tuple[tuple[float, float], ...]
    heard: int
    drawn: int


class Theirs(msgspec.Struct, frozen=True):
    """What is somebody's as it is known now, whomever it was said to be when a film was made.

    Attributes:
        members: everybody who is one with them.
        pieces: ids of pieces that are theirs, confirmed or guessed.
        voices: clip and track → spans of samples in which they speak.
    """

    members: tuple[str, ...]
    pieces: frozenset[str]
    voices: dict[tuple[str, str], tuple[tuple[int, int], ...]]

    def shown(self, act: RecordRender | Deliver) -> bool:
        """Return whether a film or a delivery shows them or lets them be heard."""
        return any(row[0] in self.members for row in act.shows) or any(map(self.has, act.parts))

    def has(self, part: str) -> bool:
        """Return whether a part of a film is theirs."""
        clip, *sound = part.split(" ")
        if not sound:
            return part in self.pieces
        stream, first, end = sound
        spans = self.voices.get((clip, stream), ())
        return any(a < int(end) and int(first) < b for a, b in spans)


def read_theirs(project: Project, members: tuple[str, ...]) -> Theirs:
    """Return what is known now to show members or to let them be heard."""
    whose = _json(members)
    pieces = project.rows(f"SELECT id FROM piece WHERE {OF_PIECES}", (whose, whose))  # noqa: S608 - our own words
    voices: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in project.rows(
        "SELECT clip, stream, first, end FROM voice "
        "WHERE person IN (SELECT value FROM json_each(?))",
        (whose,),
    ):
        voices.setdefault((row["clip"], str(row["stream"])), []).append((row["first"], row["end"]))
    return Theirs(
        members,
        frozenset(row["id"] for row in pieces),
        {track: tuple(spans) for track, spans in voices.items()},
    )


def read_members(project: Project, person: str) -> tuple[str, ...]:
    """Return everybody who is one with person: the root first, then who was merged into it."""
    rows = project.rows("SELECT id, merged_into FROM person ORDER BY id")
    into = {row["id"]: row["merged_into"] for row in rows}

    def root(id_: str) -> str:
        seen = {id_}
        while into.get(id_) and into[id_] not in seen:
            id_ = into[id_]
            seen.add(id_)
        return id_

    top = root(person)
    return (top, *(id_ for id_ in into if id_ != top and root(id_) == top))


def read_in_clips(project: Project, members: tuple[str, ...]) -> tuple[InClip, ...]:
    """Return every clip that shows or lets hear any of members, confirmed or guessed."""
    pieces = project.rows(PIECES, (_json(members), _json(members)))
    found: dict[str, list[tuple[float, float, bool]]] = {}
    for row in pieces:
        second = row["seconds"] / row["frames"] if row["frames"] else 0.0
        span = (row["first"] * second, row["end"] * second, bool(row["sure"]))
        found.setdefault(row["clip"], []).append(span)
    heard = _counts(project, VOICES, members)
    drawn = _counts(project, MASKS, members)
    return tuple(
        _in_clip(clip, found.get(clip, []), heard.get(clip, 0), drawn.get(clip, 0))
        for clip in sorted({*found, *heard, *drawn})
    )


def read_versions_ever(project: Project, theirs: Theirs) -> tuple[str, ...]:
    """Return the versions of which any film ever showed them, also one that was taken away."""
    shown = (one.version for one in _renders_ever(project) if theirs.shown(one))
    return tuple(dict.fromkeys(shown))


def _renders_ever(project: Project) -> Iterator[RecordRender]:
    for row in project.rows("SELECT body FROM act WHERE kind = 'RecordRender' ORDER BY n"):
        yield msgspec.json.decode(row[0], type=RecordRender)


def read_shown_ever(project: Project) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return version → (person, trait) that any film of it ever showed or let hear."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for render in _renders_ever(project):
        shown = found.setdefault(render.version, {})
        shown.update(((who, trait), None) for who, trait, _ in render.shows)
    return {version: tuple(rows) for version, rows in found.items()}


def _in_clip(clip: str, rows: list[tuple[float, float, bool]], heard: int, drawn: int) -> InClip:
    sure = sum(row[2] for row in rows)
    return InClip(
        clip=clip,
        confirmed=sure,
        guessed=len(rows) - sure,
        seen=_joined([(row[0], row[1]) for row in rows]),
        heard=heard,
        drawn=drawn,
    )


def _joined(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return spans, in order of their beginnings, with those that meet made one."""
    joined: list[tuple[float, float]] = []
    for first, end in spans:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return tuple(joined)


def _counts(project: Project, query: str, members: tuple[str, ...]) -> dict[str, int]:
    return {row[0]: row[1] for row in project.rows(query, (_json(members),))}


def _json(members: tuple[str, ...]) -> str:
    return msgspec.json.encode(members).decode()
