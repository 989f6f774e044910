"""Reads all that the clip view shows of one clip, in one look at the tables."""

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from safehouse.errors import UsageError
from safehouse.model.shape import Key
from safehouse.store.undoing import find_redo, find_undo, kind_of

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = [
    "ClipRow",
    "HandMask",
    "Marks",
    "Voiced",
    "person_asked",
    "read_clip_row",
    "read_heads_between",
    "read_marks",
    "read_people_near",
    "read_piece_place",
    "read_steps",
]


class ClipRow(msgspec.Struct, frozen=True):
    """A clip as the view needs it; path is where the file lies, and goes into no answer."""

    id: str
    path: str
    sha256: str
    findings_sha256: str
    origin: str
    frames: int
    handed_to: str
    error: str
    error_words: str


class HandMask(msgspec.Struct, frozen=True):
    """A place drawn by hand."""

    id: str
    first: int
    end: int
    keys: tuple[Key, ...]
    kind: str
    person: str


class Voiced(msgspec.Struct, frozen=True):
    """Who is heard in samples first <= n < end of a sound track."""

    stream: int
    first: int
    end: int
    person: str


class Appearance(msgspec.Struct, frozen=True):
    """A piece of a track, and who it is."""

    id: str
    track: str
    first: int
    end: int
    best: int
    person: str
    suggested: str
    distance: float | None
    not_person: bool


class Asked(msgspec.Struct, frozen=True):
    """A question about frames first <= f < end, its answer, and whom it asks about, or ""."""

    id: str
    kind: str
    first: int
    end: int
    track: str
    score: float
    why: str
    answer: str
    about: str = ""


class Marks(msgspec.Struct, frozen=True):
    """Everything that people and analysis said about the frames of a clip."""

    pieces: tuple[Appearance, ...]
    questions: tuple[Asked, ...]
    masks: tuple[HandMask, ...]
    spans: tuple[tuple[int, int, str], ...]
    voices: tuple[Voiced, ...]
    comments: tuple[tuple[int, str], ...]
    notes: tuple[tuple[int, int, str], ...]
    signed: tuple[tuple[int, int, str, str], ...]


def read_clip_row(project: "Project", clip: str) -> ClipRow:
    """Return one clip.

    Raises:
        UsageError: the project has no such clip.
    """
    with project.lock:
        row = project.db.execute("SELECT * FROM clip WHERE id = ?", (clip,)).fetchone()
    if row is None:
        raise UsageError(
            "the project has no such clip",
            kept="nothing was changed",
            next_step="choose a clip from the list",
        )
    return ClipRow(**{name: row[name] for name in ClipRow.__struct_fields__})


def read_marks(project: "Project", clip: str) -> Marks:
    """Return everything that was said about a clip's frames."""
    with project.lock:
        return Marks(
            pieces=tuple(_piece(row) for row in _rows(project, "piece", clip, "first, id")),
            questions=tuple(
                _asked(row)
                for row in _rows(project, "question", clip, "first, id")
                if row["answer"] != "waits"
            ),
            masks=tuple(_mask(row) for row in _rows(project, "mask", clip, "first, id")),
            spans=tuple(
                (r["first"], r["end"], r["by"]) for r in _rows(project, "span", clip, "first")
            ),
            voices=tuple(
                Voiced(r["stream"], r["first"], r["end"], r["person"])
                for r in _rows(project, "voice", clip, "stream, first")
            ),
            comments=tuple(
                (r["frame"], r["text"]) for r in _rows(project, "comment", clip, "frame, n")
            ),
            notes=tuple(
                (r["first"], r["end"], r["text"])
                for r in _rows(project, "content_note", clip, "first")
            ),
            signed=tuple(
                (r["first"], r["end"], r["by"], r["at"])
                for r in _rows(project, "signed", clip, "first")
            ),
        )


def read_piece_place(project: "Project", piece: str) -> tuple[str, int, tuple[int, int, int, int]]:
    """Return clip, best frame and head of an appearance, in coded px.

    Raises:
        UsageError: the project has no such appearance.
    """
    with project.lock:
        row = project.db.execute(
            "SELECT clip, best, box FROM piece WHERE id = ?", (piece,)
        ).fetchone()
    if row is None:
        raise UsageError(
            "the project has no such appearance",
            kept="nothing was changed",
            next_step="choose one from the people wall",
        )
    return row["clip"], row["best"], _box(row["box"])


def read_heads_between(
    project: "Project", clip: str, first: int, end: int, *, near: int, most: int
) -> tuple[tuple[int, tuple[int, int, int, int]], ...]:
    """Return best frame and head of appearances with it in first <= f < end, those near one first.

    Heads are in coded px.
    """
    sql = (
        "SELECT best, box FROM piece WHERE clip = ? AND best >= ? AND best < ?"
        " ORDER BY abs(best - ?), id LIMIT ?"
    )
    with project.lock:
        rows = project.db.execute(sql, (clip, first, end, near, most)).fetchall()
    return tuple((row["best"], _box(row["box"])) for row in rows)


def _box(text: str) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = json.loads(text)
    return x0, y0, x1, y1


def read_people_near(project: "Project", clip: str, most: int = 9) -> tuple[str, ...]:
    """Return people for the keys 1 to 9: those in this clip first, by how often; then the others.

    Guesses count as well; somebody who was merged into another is left out.
    """
    question = """
        SELECT p.id, (SELECT count(*) FROM piece q WHERE q.clip = ?
                      AND (q.person = p.id OR (q.person IS NULL AND q.suggested = p.id))) AS here
        FROM person p WHERE p.merged_into = '' ORDER BY here DESC, p.id LIMIT ?
    """
    with project.lock:
        return tuple(row["id"] for row in project.db.execute(question, (clip, most)))


def person_asked(why: str) -> str:
    """Return the person whom a question about likeness names, `may be P07: …`, or "".

    It need not be the one whom grouping put the appearance to: near the line, it asks about the
    neighbour.
    """
    found = re.match(r"may be (P\d{2,6}):", why)
    return found[1] if found else ""


def read_steps(project: "Project") -> tuple[str, str]:
    """Return the kinds of act that undo and redo would be about, "" for none."""
    with project.lock:
        steps = find_undo(project.db), find_redo(project.db)
        undo, redo = ("" if n is None else kind_of(project.db, n) for n in steps)
    return undo, redo


def _rows(project: "Project", table: str, clip: str, order: str) -> list[Any]:
    question = f"SELECT * FROM {table} WHERE clip = ? ORDER BY {order}"  # noqa: S608 - our own words
    return list(project.db.execute(question, (clip,)))


def _piece(row: Any) -> Appearance:
    return Appearance(
        id=row["id"],
        track=row["track"],
        first=row["first"],
        end=row["end"],
        best=row["best"],
        person=row["person"] or "",
        suggested=row["suggested"] or "",
        distance=row["distance"],
        not_person=bool(row["not_person"]),
    )


def _asked(row: Any) -> Asked:
    facts = {name: row[name] for name in Asked.__struct_fields__ if name != "about"}
    return Asked(**facts, about=person_asked(row["why"]))


def _mask(row: Any) -> HandMask:
    keys = msgspec.convert(json.loads(row["keys"]), tuple[Key, ...])
    return HandMask(row["id"], row["first"], row["end"], keys, row["kind"], row["person"])
