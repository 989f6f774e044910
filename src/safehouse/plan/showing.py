"""Whose face a version may show: who said yes, and was confirmed by a human. Pure.

Everything unknown stays hidden: who nobody confirmed, whoever no ruling allows, and whatever is
still undecided. Nothing here uncovers anything by itself: `build_plan` leaves masks away for the
pieces that are returned, and masks of anybody else win over them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from safehouse.model.acts_clips import Piece, Question
from safehouse.model.consent import Ruling, Trait
from safehouse.model.showing import Answered, Confirmed, Origin, ShownPiece, Withheld

__all__ = ["UNKNOWN_ORIGIN", "Rules", "Showing", "may_show", "permits", "shown_pieces"]

WHOLE = frozenset({"whole", "damaged"})
"""Kinds of questions that are about the whole frame, whatever track they name."""

UNKNOWN_ORIGIN = "the clip is of unknown origin: nobody in it can have consented"
NOT_CONFIRMED = "no human has confirmed who it is"
NOT_PERSON = "a human said that it shows no person"
UNDECIDED = "a question about it is undecided"
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
    undecided = [row.question for row in answered if row.answer == "open"]
    double = _doubles([row.piece for row in rows])
    shown: list[ShownPiece] = []
    hidden: list[Withheld] = []
    for row in rows:
        piece, person = row.piece, row.person
        allowed, why = may_show(piece, person, rulings, undecided, origin)
        if row.not_person:
            allowed, why = False, NOT_PERSON
        elif piece.id in double:
            allowed, why = False, DOUBLE
        if allowed:
            records = rulings[person, "face"].records
            shown.append(ShownPiece(piece.id, piece.track, piece.first, piece.end, person, records))
        else:
            hidden.append(Withheld(piece.id, person, why))
    return Showing(tuple(shown), tuple(hidden))


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
