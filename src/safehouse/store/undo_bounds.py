"""What is not undone any more, though its rows still stand as it left them.

An undo puts rows back and knows nothing of what they mean by now. A clip that was analysed anew
has other heads under the same ids; and what was said of two while they were one was said of both.
"""

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from safehouse.errors import NotUndoable
from safehouse.model.acts import (
    AnswerLink,
    ChangeState,
    DescribePerson,
    MergePeople,
    RecordConsent,
)

__all__ = ["require_undoable"]

OF_CLIPS = frozenset({"piece", "question"})
"""Tables whose rows an analysis writes anew, under the same ids."""

BY_HAND = "change it by hand; safehouse history lists what was done"

Said = RecordConsent | ChangeState | AnswerLink | DescribePerson


class _Clip(msgspec.Struct):
    """The clip of an act about one; the rest of it is passed over."""

    clip: str


def require_undoable(db: sqlite3.Connection, n: int, rows: Iterable[tuple[str, str]]) -> None:
    """Check that what an act changed may still be taken back.

    Args:
        db: the tables.
        n: number of the act.
        rows: table and key, as JSON, of what it changed.

    Raises:
        NotUndoable: a clip of it was analysed anew since, or, of a merge, something was said since
            of either of the two: apart, the other one would be shown in spite of it.
    """
    clips = {json.loads(key)[0].partition("-")[0] for table, key in rows if table in OF_CLIPS}
    if clips & _analysed_since(db, n):
        raise NotUndoable("the clip was analysed anew since", next_step=BY_HAND)
    kind, body = db.execute("SELECT kind, body FROM act WHERE n = ?", (n,)).fetchone()
    if kind == MergePeople.__name__ and _both(db, body) & _spoken_of_since(db, n):
        raise NotUndoable(
            "something was said since of the two who were made one, and it holds for both",
            next_step="split off the appearances that are somebody else's: safehouse people split",
        )


def _analysed_since(db: sqlite3.Connection, n: int) -> set[str]:
    rows = db.execute("SELECT body FROM act WHERE kind = 'AnalyseClip' AND n > ?", (n,))
    return {msgspec.json.decode(row[0], type=_Clip).clip for row in rows}


def _both(db: sqlite3.Connection, body: bytes) -> set[str]:
    """Return everybody who is one with the two of a merge."""
    act = msgspec.json.decode(body, type=MergePeople)
    into = {row[0]: row[1] for row in db.execute("SELECT id, merged_into FROM person")}
    found = {act.person, act.into, into.get(act.person, "")} - {""}
    while more := {id_ for id_, one in into.items() if one in found} - found:
        found |= more
    return found


def _spoken_of_since(db: sqlite3.Connection, n: int) -> set[str]:
    """Return whose consent or description was recorded after an act."""
    kinds = {"RecordConsent", "ChangeState", "AnswerLink", "DescribePerson"}
    marks = ", ".join("?" for _ in kinds)
    query = f"SELECT body FROM act WHERE n > ? AND kind IN ({marks})"  # noqa: S608 - marks
    return {_person_of(row[0]) for row in db.execute(query, (n, *sorted(kinds)))}


def _person_of(body: bytes) -> str:
    act = msgspec.json.decode(body, type=Said)
    if isinstance(act, RecordConsent):
        return act.record.person
    if isinstance(act, ChangeState):
        return act.change.person
    return act.link.person if isinstance(act, AnswerLink) else act.person.id
