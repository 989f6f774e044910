"""Which function changes the project's tables for which act: the register of all of them."""

import sqlite3
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

from safehouse.errors import ActRefused
from safehouse.model.acts import Act
from safehouse.store.stamp import Stamp

__all__ = ["UNDOABLE", "Apply", "Stamp", "appliers", "apply_act"]

Apply = Callable[[sqlite3.Connection, Any, Stamp], None]
MODULES = ("acts_clips", "acts_people", "acts_deciding", "acts_consent", "acts_versions")
UNDOABLE = frozenset(
    {
        "ConfirmPieces",
        "MarkNotPerson",
        "MergePeople",
        "SplitPerson",
        "Decide",
        "DrawMask",
        "EraseMask",
        "ReplaceSpan",
        "VoiceIs",
        "SuggestPieces",
        "Comment",
        "NoteContent",
        "HandOver",
        "SignShot",
    }
)
"""Kinds of acts that can be undone. Consent, versions and clips never are: a later act corrects."""


@cache
def appliers() -> Mapping[type[Act], Apply]:
    """Return every kind of act with what it does to the tables."""
    found: dict[type[Act], Apply] = {}
    for name in MODULES:
        found |= cast("dict[type[Act], Apply]", import_module(f"safehouse.store.{name}").APPLY)
    return found


def apply_act(db: sqlite3.Connection, act: Act, stamp: Stamp) -> None:
    """Change the tables as an act says.

    Raises:
        ActRefused: it does not fit what is there; the caller takes the transaction back.
    """
    try:
        appliers()[type(act)](db, act, stamp)
    except sqlite3.IntegrityError as error:
        raise ActRefused(
            f"{type(act).__name__} does not fit what is in the project",
            next_step="safehouse status",
        ) from error
