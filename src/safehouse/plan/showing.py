"""Whose face a version may show: who said yes, and was confirmed by a human. Pure.

Everything unknown stays hidden: who nobody confirmed, whoever no ruling allows, and whatever is
still undecided. Nothing here uncovers anything by itself: `build_plan` leaves masks away for the
pieces that are returned, and masks of anybody else win over them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from safehouse.model.acts_clips import Piece, Question
from safehouse.model.consent import Ruling, Trait
from safehouse.model.showing import NOT_ANSWERED, Answered, Confirmed, Origin, ShownPiece, Withheld

__all__ = ["UNKNOWN_ORIGIN", "Rules", "Showing", "may_show", "permits", "shown_pieces"]

SEEN = frozenset({"track", "after", "long", "overlap"})
"""Why pieces were cut that show one head, or heads that meet: `plan.apart` sees to those."""

WHOLE = frozenset({"whole", "damaged"})
"""Kinds of questions that are about the whole frame, whatever track they name."""

UNKNOWN_ORIGIN = "the clip is of unknown origin: nobody in it can have consented"
NOT_CONFIRMED = "no human has confirmed who it is"
NOT_PERSON = "a human said that it shows no person"
UNDECIDED = "a question about it is undecided"
UNSEEN = "nobody saw whose head it was, and the pieces before and after are not shown as theirs"
DOUBLE = "another piece of the same track has the same frames"
NO_RULING = "no record"

Rules = Mapping[tuple[str, Trait], Ruling]
"""Person and trait → what the register says for the version."""


class Showing(NamedTuple):
    """Pieces that may be shown, and those that stay hidden, with reasons."""

    shown: tuple[ShownPiece, ...]
    hidden: tuple[Withheld, ...]


def may_show(
    piece: Piece,
    person: str,
    rulings: Rules,
    open_questions: Iterable[Question],
    origin: Origin,
) -> tuple[bool, str]:
    """Return whether a piece may show its face, and why or why not.

    Args:
        piece: a part of a track.
        person: whom a human confirmed it to be; "" while nobody has.
        rulings: what the register says for the version.
        open_questions: the clip's undecided questions, all of them.
        origin: where the clip is from.
    """
    if origin != "own":
        return False, UNKNOWN_ORIGIN
    if not person:
        return False, NOT_CONFIRMED
    if any(_is_about(question, piece) for question in open_questions):
        return False, UNDECIDED
    return permits(person, "face", rulings)


def shown_pieces(
    pieces: Iterable[Confirmed], rulings: Rules, answered: Iterable[Answered], origin: Origin
) -> Showing:
    """Return the pieces that may be shown, and those that stay hidden, each with its reason.

    Args:
        pieces: all pieces of a clip, with what a human said of each.
        rulings: what the register says for the version.
        answered: all questions about the clip, with their answers.
        origin: where the clip is from.
    """
    rows = list(pieces)
    undecided = [row.question for row in answered if row.answer in NOT_ANSWERED]
    verdicts = {row.piece.id: _verdict(row, rulings, undecided, origin) for row in rows}
    for name in _doubles([row.piece for row in rows]):
        verdicts[name] = (False, DOUBLE)
    allowed = {name for name, (may, _) in verdicts.items() if may}
    for name in _unseen(rows, allowed):
        verdicts[name] = (False, UNSEEN)
    hidden = tuple(
        Withheld(row.piece.id, row.person, verdicts[row.piece.id][1])
        for row in rows
        if not verdicts[row.piece.id][0]
    )
    return Showing(tuple(_shown(row, rulings) for row in rows if verdicts[row.piece.id][0]), hidden)


def _verdict(
    row: Confirmed, rulings: Rules, undecided: Sequence[Question], origin: Origin
) -> tuple[bool, str]:
    if row.not_person:
        return False, NOT_PERSON
    return may_show(row.piece, row.person, rulings, undecided, origin)


def _shown(row: Confirmed, rulings: Rules) -> ShownPiece:
    piece, records = row.piece, rulings[row.person, "face"].records
    return ShownPiece(piece.id, piece.track, piece.first, piece.end, row.person, records)


def _unseen(rows: Sequence[Confirmed], allowed: set[str]) -> set[str]:
    """Return the pieces in which the head may have become another one, but for those in between.

    Such a piece stays when the seen pieces on both sides of it are shown, and all are one person's.
    """
    found: set[str] = set()
    tracks: dict[str, list[Confirmed]] = {}
    for row in rows:
        tracks.setdefault(row.piece.track, []).append(row)
    for own in tracks.values():
        own.sort(key=lambda row: row.piece.first)
        for at, row in enumerate(own):
            if row.piece.why not in SEEN:
                sides = (_side(own, at, -1, allowed), _side(own, at, 1, allowed))
                if row.piece.id not in allowed or sides != (row.person, row.person):
                    found.add(row.piece.id)
    return found & allowed


def _side(own: Sequence[Confirmed], at: int, step: int, allowed: set[str]) -> str:
    """Return whose the first seen piece before or after one is, without a gap; "" if not shown."""
    while 0 <= at + step < len(own):
        here, there = own[at].piece, own[at + step].piece
        gap = there.end != here.first if step < 0 else there.first != here.end
        if gap or there.id not in allowed or own[at + step].person != own[at].person:
            return ""
        if there.why in SEEN:
            return own[at + step].person
        at += step
    return ""


def permits(person: str, trait: Trait, rulings: Rules) -> tuple[bool, str]:
    """Return whether the ruling for just this person and trait allows it, and why or why not."""
    ruling = rulings.get((person, trait))
    if ruling is None or (ruling.person, ruling.trait) != (person, trait):
        return False, NO_RULING
    if not ruling.records:
        return False, NO_RULING if ruling.allowed else ruling.why
    return ruling.allowed, ruling.why


def _is_about(question: Question, piece: Piece) -> bool:
    """Return whether a question is about a piece's track, or the whole frame, at its time."""
    about = question.track in {"", piece.track} or question.kind in WHOLE
    return about and question.first < piece.end and piece.first < question.end


def _doubles(pieces: Sequence[Piece]) -> set[str]:
    """Return the ids of pieces whose frames another piece of their track has too."""
    found: set[str] = set()
    by_track: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_track.setdefault(piece.track, []).append(piece)
    for rows in by_track.values():
        rows.sort(key=lambda piece: (piece.first, piece.end))
        longest = rows[0]
        for piece in rows[1:]:
            if piece.first < longest.end:
                found |= {piece.id, longest.id}
            longest = max(longest, piece, key=lambda one: one.end)
    return found
