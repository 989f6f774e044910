"""Reads all that humans decided about one clip, as plans take it."""

import msgspec

from safehouse.model.acts import DrawMask, Piece, Question, ReplaceSpan
from safehouse.model.shape import Key
from safehouse.model.showing import Answered, Confirmed, VoiceSpan
from safehouse.store.project import Project

__all__ = ["ClipDecisions", "read_clip_decisions"]


class ClipDecisions(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a clip and was said of it by humans; nothing of what may be shown."""

    pieces: tuple[Confirmed, ...] = ()
    answers: tuple[Answered, ...] = ()
    hand: tuple[DrawMask, ...] = ()
    spans: tuple[ReplaceSpan, ...] = ()
    voices: tuple[VoiceSpan, ...] = ()


def read_clip_decisions(project: Project, clip: str) -> ClipDecisions:
    """Return what humans decided about a clip."""
    with project.lock:
        return ClipDecisions(
            pieces=tuple(_pieces(project, clip)),
            answers=tuple(_answers(project, clip)),
            hand=tuple(_masks(project, clip)),
            spans=tuple(_spans(project, clip)),
            voices=tuple(_voices(project, clip)),
        )


def _pieces(project: Project, clip: str) -> list[Confirmed]:
    rows = project.db.execute(
        "SELECT id, track, first, end, why, best, box, area_frac, person, not_person "
        "FROM piece WHERE clip = ? ORDER BY first, id",
        (clip,),
    )
    return [
        Confirmed(
            Piece(
                id=row["id"],
                track=row["track"],
                first=row["first"],
                end=row["end"],
                why=row["why"],
                best=row["best"],
                box=msgspec.json.decode(row["box"], type=tuple[int, int, int, int]),
                area_frac=row["area_frac"],
            ),
            row["person"] or "",
            bool(row["not_person"]),
        )
        for row in rows
    ]


def _answers(project: Project, clip: str) -> list[Answered]:
    rows = project.db.execute(
        "SELECT id, kind, first, end, track, score, why, answer FROM question "
        "WHERE clip = ? ORDER BY first, id",
        (clip,),
    )
    return [Answered(Question(*row[:7]), row["answer"]) for row in rows]


def _masks(project: Project, clip: str) -> list[DrawMask]:
    rows = project.db.execute(
        "SELECT id, first, end, keys, kind, person FROM mask WHERE clip = ? ORDER BY first, id",
        (clip,),
    )
    return [
        DrawMask(
            clip=clip,
            mask=row["id"],
            first=row["first"],
            end=row["end"],
            keys=msgspec.json.decode(row["keys"], type=tuple[Key, ...]),
            kind=row["kind"],
            person=row["person"],
        )
        for row in rows
    ]


def _spans(project: Project, clip: str) -> list[ReplaceSpan]:
    rows = project.db.execute(
        "SELECT first, end, by FROM span WHERE clip = ? AND by <> 'nothing' ORDER BY first", (clip,)
    )
    return [ReplaceSpan(clip=clip, first=r["first"], end=r["end"], by=r["by"]) for r in rows]


def _voices(project: Project, clip: str) -> list[VoiceSpan]:
    rows = project.db.execute(
        "SELECT stream, first, end, person FROM voice WHERE clip = ? ORDER BY stream, first",
        (clip,),
    )
    return [VoiceSpan(*row) for row in rows]
