"""How acts about clips change a project's tables: added, moved, analysed, failed."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from safehouse.errors import ActRefused
from safehouse.model.acts import Act, AddClip, AnalyseClip, FailClip, MoveClip, Piece, Question
from safehouse.model.showing import NOT_ANSWERED
from safehouse.model.text import escape
from safehouse.store.stamp import Stamp
from safehouse.store.waiting import ask_waiting

__all__ = ["APPLY", "SAME_HEAD"]

SAME_HEAD = 0.5
"""Overlap of two boxes, of their union, from which a piece analysed anew shows the same head."""


def _add(db: sqlite3.Connection, act: AddClip, stamp: Stamp) -> None:
    del stamp
    query = "SELECT id FROM clip WHERE id = ? OR sha256 = ?"
    there = db.execute(query, (act.clip, act.sha256)).fetchone()
    if there is not None:
        raise ActRefused(
            f"{escape(act.clip)} is in the project already, as clip {there[0]}",
            next_step="safehouse status",
        )
    custody = (act.custody.card, act.custody.sealed) if act.custody else ("", "")
    db.execute(
        "INSERT INTO clip (id, path, sha256, size_bytes, mtime_ns, origin, card, sealed, given_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(act.clip, act.path, act.sha256, act.size_bytes, act.mtime_ns, act.origin),
            *(*custody, act.given_by),
        ),
    )


def _move(db: sqlite3.Connection, act: MoveClip, stamp: Stamp) -> None:
    del stamp
    _require_clip(db, act.clip)
    db.execute(
        "UPDATE clip SET path = ?, mtime_ns = ? WHERE id = ?", (act.path, act.mtime_ns, act.clip)
    )
    if act.custody is not None:
        db.execute(
            "UPDATE clip SET card = ?, sealed = ? WHERE id = ?",
            (act.custody.card, act.custody.sealed, act.clip),
        )
    if act.origin == "unknown":
        db.execute(
            "UPDATE clip SET origin = 'unknown', given_by = coalesce(nullif(?, ''), given_by)"
            " WHERE id = ?",
            (act.given_by, act.clip),
        )


def _analyse(db: sqlite3.Connection, act: AnalyseClip, stamp: Stamp) -> None:
    del stamp
    _require_clip(db, act.clip)
    _require_own(act.clip, [*act.pieces, *act.questions])
    db.execute(
        "UPDATE clip SET findings_sha256 = ?, width = ?, height = ?, rotation = ?, frames = ?,"
        " rate = ?, seconds = ?, shots = ?, sound_tracks = ?, error = '', error_words = ''"
        " WHERE id = ?",
        (
            *(act.findings_sha256, act.width, act.height, act.rotation, act.frames, act.rate),
            *(act.seconds, act.shots, act.sound_tracks, act.clip),
        ),
    )
    _replace_pieces(db, act)
    _replace_questions(db, act)


def _fail(db: sqlite3.Connection, act: FailClip, stamp: Stamp) -> None:
    del stamp
    _require_clip(db, act.clip)
    db.execute(
        "UPDATE clip SET error = ?, error_words = ? WHERE id = ?", (act.error, act.words, act.clip)
    )


def _replace_pieces(db: sqlite3.Connection, act: AnalyseClip) -> None:
    """Write the new pieces; what was decided of one stays where it shows the same head."""
    rows = db.execute("SELECT * FROM piece WHERE clip = ?", (act.clip,)).fetchall()
    before = {(row["track"], row["first"], row["end"]): row for row in rows}
    gone = {row["id"] for row in rows} - {piece.id for piece in act.pieces}
    db.executemany("DELETE FROM face WHERE piece = ?", [(name,) for name in sorted(gone)])
    db.execute("DELETE FROM piece WHERE clip = ?", (act.clip,))
    for piece in act.pieces:
        decided = _decided(before.get((piece.track, piece.first, piece.end)), piece)
        db.execute(
            "INSERT INTO piece (id, clip, track, first, end, why, best, box, area_frac, person,"
            " suggested, distance, not_person) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(piece.id, act.clip, piece.track, piece.first, piece.end, piece.why, piece.best),
                *(json.dumps(piece.box), piece.area_frac, *decided),
            ),
        )


def _decided(before: sqlite3.Row | None, piece: Piece) -> tuple[Any, Any, Any, int]:
    """Return person, suggested, distance and not_person of a piece that was analysed anew.

    Where the head is not where it was, a person that was confirmed is only a guess from now on:
    what nobody looked at shows nobody.
    """
    if before is None:
        return None, None, None, 0
    person, suggested, distance = before["person"], before["suggested"], before["distance"]
    if before["best"] == piece.best and _overlap(json.loads(before["box"]), piece.box) >= SAME_HEAD:
        return person, suggested, distance, before["not_person"]
    return None, person or suggested, None if person else distance, 0


def _overlap(a: Iterable[int], b: Iterable[int]) -> float:
    """Return what two boxes share, of what they cover together."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a, b
    shared = max(0, min(ax1, bx1) - max(ax0, bx0)) * max(0, min(ay1, by1) - max(ay0, by0))
    both = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - shared
    return shared / both if both > 0 else 0.0


def _replace_questions(db: sqlite3.Connection, act: AnalyseClip) -> None:
    """Write the new questions; an answer stays where exactly the same is asked."""
    rows = db.execute("SELECT * FROM question WHERE clip = ?", (act.clip,)).fetchall()
    before = {_asked(row): (row["answer"], row["decided_by"]) for row in rows}
    db.execute("DELETE FROM question WHERE clip = ?", (act.clip,))
    for question in act.questions:
        q = question
        answer = before.get((q.kind, q.first, q.end, q.track, q.why), ("open", ""))
        if answer[0] in NOT_ANSWERED:
            answer = ("waits" if q.waits else "open", "")
        db.execute(
            "INSERT INTO question (id, clip, kind, first, end, track, score, why, answer,"
            " decided_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (q.id, act.clip, q.kind, q.first, q.end, q.track, q.score, q.why, *answer),
        )
    ask_waiting(db, act.clip)


def _asked(row: sqlite3.Row) -> tuple[str, int, int, str, str]:
    return row["kind"], row["first"], row["end"], row["track"], row["why"]


def _require_clip(db: sqlite3.Connection, clip: str) -> None:
    if db.execute("SELECT 1 FROM clip WHERE id = ?", (clip,)).fetchone() is None:
        raise ActRefused(f"there is no clip {escape(clip)}", next_step="safehouse status")


def _require_own(clip: str, parts: Iterable[Piece | Question]) -> None:
    """Check that pieces and questions are the clip's own, by their ids, and have frames."""
    for part in parts:
        if not part.id.startswith(f"{clip}-") or not 0 <= part.first < part.end:
            raise ActRefused(
                f"{escape(part.id)} is not of clip {escape(clip)}, or has no frames",
                next_step=f"safehouse analyse {escape(clip)}",
            )


APPLY: dict[type[Act], Callable[[sqlite3.Connection, Any, Stamp], None]] = {
    AddClip: _add,
    MoveClip: _move,
    AnalyseClip: _analyse,
    FailClip: _fail,
}
