"""Who is who in a project: people with their appearances, and what grouping takes."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from safehouse.model.consent import Person
from safehouse.store.acts_people import PICTURE_LOCKED

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = [
    "Appears",
    "FaceRow",
    "PersonCount",
    "faces_kept",
    "is_picture_locked",
    "next_id",
    "next_person",
    "read_clip_pieces",
    "read_faces",
    "read_people",
    "read_people_ids",
    "read_person_pieces",
    "read_unknown_pieces",
]


class PersonCount(msgspec.Struct, frozen=True, kw_only=True):
    """A person, and how much of the film shows them.

    Attributes:
        person: as described; people who were merged into another one are not counted.
        confirmed, suggested: number of pieces that a human confirmed; that are guessed only.
        clips: number of clips with any of them.
        cover: id of the piece that shows them best, a confirmed one first; "" for none.
        named: a real name is on record.
    """

    person: Person
    confirmed: int
    suggested: int
    clips: int
    cover: str
    named: bool


class Appears(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a track, where it is, and who a human says or grouping guesses it is.

    Attributes:
        first_s, last_s: when it begins and ends in its clip, seconds, for the screen only.
        box: head in the best frame, px of the coded frame.
        why: as in `Piece`.
        person: confirmed by a human, or "".
        suggested: a guess, or ""; distance is None where it follows its neighbours.
    """

    id: str
    clip: str
    track: str
    first: int
    end: int
    first_s: float
    last_s: float
    why: str
    best: int
    box: tuple[int, int, int, int]
    area_frac: float
    person: str
    suggested: str
    distance: float | None
    not_person: bool


class FaceRow(msgspec.Struct, frozen=True):
    """What grouping takes of a piece.

    person is who it was confirmed or suggested to be, or "". embedding is what `Project.put_faces`
    was given, b"" where no face was seen.
    """

    piece: str
    clip: str
    track: str
    first: int
    end: int
    person: str
    embedding: bytes


_PIECE = (
    "SELECT p.*, c.frames, c.seconds FROM piece p JOIN clip c ON c.id = p.clip WHERE {} "
    "ORDER BY p.clip, p.first, p.id LIMIT ? OFFSET ?"
)
_ALL = 1 << 40


def read_people(project: "Project") -> tuple[PersonCount, ...]:
    """Return everybody who was not merged into another one, in the order of their ids."""
    with project.lock:
        people = project.db.execute("SELECT * FROM person WHERE merged_into = ''").fetchall()
        confirmed = _counts(project, "person", "person IS NOT NULL")
        guessed = _counts(
            project, "suggested", "suggested IS NOT NULL AND person IS NULL AND not_person = 0"
        )
        clips = dict(
            project.db.execute(
                "SELECT who, count(DISTINCT clip) FROM (SELECT person AS who, clip FROM piece "
                "WHERE person IS NOT NULL UNION SELECT suggested, clip FROM piece "
                "WHERE person IS NULL AND suggested IS NOT NULL AND not_person = 0) GROUP BY who"
            ).fetchall()
        )
        named = {row[0] for row in project.db.execute("SELECT person FROM name")}
    return tuple(
        PersonCount(
            person=_person(row),
            confirmed=confirmed.get(row["id"], (0, ""))[0],
            suggested=guessed.get(row["id"], (0, ""))[0],
            clips=clips.get(row["id"], 0),
            cover=confirmed.get(row["id"], (0, ""))[1] or guessed.get(row["id"], (0, ""))[1],
            named=row["id"] in named,
        )
        for row in sorted(people, key=lambda row: (len(row["id"]), row["id"]))
    )


def read_person_pieces(
    project: "Project", person: str, *, most: int = _ALL, after: int = 0
) -> tuple[Appears, ...]:
    """Return the pieces of a person, confirmed or guessed, clip by clip; most of them, from one on.

    Who was merged into another one has none.
    """
    with project.lock:
        rows = project.db.execute(
            "SELECT p.*, c.frames, c.seconds FROM piece p JOIN clip c ON c.id = p.clip WHERE "
            "p.id IN (SELECT id FROM piece WHERE person = ? UNION SELECT id FROM piece "
            "WHERE suggested = ? AND person IS NULL AND not_person = 0) "
            "ORDER BY p.clip, p.first, p.id LIMIT ? OFFSET ?",
            (person, person, most, after),
        ).fetchall()
    return tuple(_appears(row) for row in rows)


def read_clip_pieces(project: "Project", clip: str) -> tuple[Appears, ...]:
    """Return all pieces of a clip, in the order of their frames."""
    with project.lock:
        rows = project.db.execute(_PIECE.format("p.clip = ?"), (clip, _ALL, 0)).fetchall()
    return tuple(_appears(row) for row in rows)


def read_unknown_pieces(
    project: "Project", *, most: int = _ALL, after: int = 0
) -> tuple[Appears, ...]:
    """Return the pieces that nobody is confirmed or guessed for, most of them, from one on."""
    where = "p.person IS NULL AND p.suggested IS NULL AND p.not_person = 0"
    with project.lock:
        rows = project.db.execute(_PIECE.format(where), (most, after)).fetchall()
    return tuple(_appears(row) for row in rows)


def read_faces(project: "Project") -> Iterator[FaceRow]:
    """Yield what grouping takes of every piece that may be a person, and its embeddings.

    A piece with several embeddings comes several times, one after the other.
    """
    with project.lock:
        rows = project.db.execute(
            "SELECT p.id, p.clip, p.track, p.first, p.end, coalesce(p.person, p.suggested, '') "
            "AS who, coalesce(f.embedding, x'') AS embedding FROM piece p "
            "LEFT JOIN face f ON f.piece = p.id WHERE p.not_person = 0 "
            "ORDER BY p.clip, p.id, f.frame"
        ).fetchall()
    for row in rows:
        yield FaceRow(
            row["id"],
            row["clip"],
            row["track"],
            row["first"],
            row["end"],
            row["who"],
            bytes(row["embedding"]),
        )


def read_people_ids(project: "Project") -> tuple[str, ...]:
    """Return the ids of everybody, also of those who were merged into another one."""
    with project.lock:
        return tuple(row[0] for row in project.db.execute("SELECT id FROM person ORDER BY id"))


def faces_kept(project: "Project") -> int:
    """Return the number of embeddings that the project holds."""
    with project.lock:
        return int(
            project.db.execute("SELECT count(*) FROM face WHERE embedding <> x''").fetchone()[0]
        )


def is_picture_locked(project: "Project") -> bool:
    """Return whether the picture is locked."""
    with project.lock:
        row = project.db.execute(
            "SELECT value FROM setting WHERE name = ?", (PICTURE_LOCKED,)
        ).fetchone()
    return row is not None and row[0] == "true"


def next_person(project: "Project") -> str:
    """Return the first free id of a person."""
    return next_id(read_people_ids(project))


def next_id(taken: Iterable[str]) -> str:
    """Return the id after all that are taken: `P07`."""
    number = max((int(name[1:]) for name in taken if name[1:].isdecimal()), default=0) + 1
    return f"P{number:02d}"


def _counts(project: "Project", column: str, where: str) -> dict[str, tuple[int, str]]:
    """Return person → number of pieces, and the one whose head is largest."""
    rows = project.db.execute(
        f"SELECT {column}, count(*), id, max(area_frac) FROM piece "  # noqa: S608 - our own words
        f"WHERE {where} GROUP BY {column}"
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _person(row: Any) -> Person:
    values = {name: row[name] for name in Person.__struct_fields__}
    hidden_from = msgspec.json.decode(row["hidden_from"])
    return msgspec.convert({**values, "hidden_from": hidden_from}, type=Person)


def _appears(row: Any) -> Appears:
    per_frame = row["seconds"] / row["frames"] if row["frames"] else 0.0
    return Appears(
        id=row["id"],
        clip=row["clip"],
        track=row["track"],
        first=row["first"],
        end=row["end"],
        first_s=row["first"] * per_frame,
        last_s=row["end"] * per_frame,
        why=row["why"],
        best=row["best"],
        box=msgspec.json.decode(row["box"], type=tuple[int, int, int, int]),
        area_frac=row["area_frac"],
        person=row["person"] or "",
        suggested=row["suggested"] or "",
        distance=row["distance"],
        not_person=bool(row["not_person"]),
    )
