"""What was done in a project, by whom and when; and whether that is what was written then."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from safehouse.store.history import genesis, require_head
from safehouse.store.project import Project
from safehouse.store.verifying import require_tables

__all__ = ["Done", "Verified", "read_history", "verify_history"]

IDS = re.compile(r"[A-Z][0-9]{2,}(-[A-Z][0-9]+)?|W[0-9]+")
NAMED_BY_US = ("version", "copy", "mask")
"""Fields of acts whose values were chosen for the history to show."""

IDS_MOST = 12

BACK: dict[str, tuple[tuple[str, object], ...]] = {
    "ConfirmPieces": (("person", ""),),
    "MarkNotPerson": (("is_person", True),),
    "LockPicture": (("locked", False),),
    "ReplaceSpan": (("by", "nothing"),),
    "VoiceIs": (("person", ""),),
    "AddCopy": (("gone", True),),
}
"""Kind of act → the value of its field by which it takes back what the others of its kind say."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An act, as the history lists it: ids, never a name or a path.

    Attributes:
        n, at, who: its number, time, and the operator's pseudonym.
        kind: such as `ConfirmPieces`.
        ids: what it was about; the first dozen.
        more: how many further ids it had.
        undoes: number of the act that it takes back, or None.
        undone: whether it was undone since.
        back: it takes back what other acts of its kind say: nobody is confirmed any more, say.
    """

    n: int
    at: str
    who: str
    kind: str
    ids: tuple[str, ...]
    more: int
    undoes: int | None
    undone: bool
    back: bool = False


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What the chain of the history shows.

    Attributes:
        acts: how many there are.
        head: the words of the last.
        since: number of the act whose words were given; None where none were.
        at: when that act was done.
    """

    acts: int
    head: str
    since: int | None = None
    at: str = ""


def read_history(project: Project, most: int | None = None) -> tuple[Done, ...]:
    """Return the acts in order, or only the last ones."""
    rows = project.rows(
        "SELECT n, at, who, kind, body, undoes, undone_by FROM act ORDER BY n DESC LIMIT ?",
        (-1 if most is None else most,),
    )
    return tuple(_done(row) for row in reversed(rows))


def verify_history(project: Project, words: str = "") -> Verified:
    """Read the whole journal again; hold it against its chain, the tables, and words on paper.

    Raises:
        ProjectDamaged: the chain does not hold, or the tables are not what the history makes.
        HistoryEdited: no act has these words.
    """
    hashes, times = [genesis(project.public_key)], [""]
    for entry in project.entries():
        hashes.append(entry.hash)
        times.append(entry.at)
    require_tables(project)
    found = Verified(acts=len(hashes) - 1, head=project.head_words())
    if not words:
        return found
    since = require_head(words, hashes)
    return msgspec.structs.replace(found, since=since, at=times[since])


def _done(row: Any) -> Done:
    body = msgspec.json.decode(row["body"])
    ids = tuple(dict.fromkeys(_ids(body)))
    return Done(
        n=row["n"],
        at=row["at"],
        who=row["who"],
        kind=row["kind"],
        ids=ids[:IDS_MOST],
        more=max(0, len(ids) - IDS_MOST),
        undoes=row["undoes"],
        undone=row["undone_by"] is not None,
        back=any(body.get(name) == value for name, value in BACK.get(row["kind"], ())),
    )


def _ids(value: Any, field: str = "") -> Iterator[str]:
    """Yield the ids in an act, in order; rows that an undo puts back are not looked into."""
    if isinstance(value, dict):
        for name, below in value.items():
            if name != "rows" or value.get("act") != "Undo":
                yield from _ids(below, name)
    elif isinstance(value, list):
        for below in value:
            yield from _ids(below, field)
    elif isinstance(value, str) and (IDS.fullmatch(value) or (field in NAMED_BY_US and value)):
        yield value
