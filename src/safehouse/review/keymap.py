"""The keys of the review page: one list for the overlay, tooltips, screen readers and docs.

`keymap.json` is that list. A key is named by its place on the keyboard (`KeyboardEvent.code`), so
that J, K and L lie where an editor's hands are on an Arabic, Persian or Cyrillic keyboard too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

from safehouse.errors import UsageError
from safehouse.model.words import msgid, say

__all__ = [
    "SCOPES",
    "Binding",
    "clashes",
    "format_keys",
    "keys_of",
    "load_keys",
    "remapped",
    "spoken",
]

Scope = Literal["page", "clip", "queue", "box"]

SCOPES: dict[str, str] = {
    "page": say("On every page"),
    "clip": say("Clip view"),
    "queue": say("Decisions"),
    "box": say("While a place has the focus"),
}
"""Scope → its heading. Keys of `page` work everywhere; those of `box` come before those of `clip`
while a place that was drawn has the focus."""

MODIFIERS = ("Ctrl", "Alt", "Shift")
"""In the order in which they are written; Ctrl is the command key on a Mac."""

NAMES = (
    *(msgid("Shift"), msgid("Space"), msgid("Home"), msgid("End")),
    *(msgid("Delete"), msgid("Enter"), msgid("Esc")),
)
"""Names of keys that other languages have other names for."""

LETTERS = {
    "BracketLeft": "[",
    "BracketRight": "]",
    "Slash": "/",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Escape": "Esc",
    "Backquote": "`",
}
"""Names of keys that aren't their code's."""


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one action is done by.

    Attributes:
        id: unique over all scopes.
        codes: `Shift+KeyN`; the first is shown. Empty: no key, only its button.
        scope: where it works.
        words: what it does.
    """

    id: str
    codes: tuple[str, ...]
    scope: Scope
    words: str


@lru_cache(maxsize=1)
def load_keys() -> tuple[Binding, ...]:
    """Return the keys as they are without anybody's changes, in the order of the overlay."""
    text = (files("safehouse.review") / "keymap.json").read_bytes()
    return tuple(msgspec.json.decode(text, type=list[Binding]))


def clashes(keys: Iterable[Binding]) -> list[str]:
    """Return in words what is bound twice where both would hear it; a page's keys are everywhere.

    A key of `box` may be one of `clip`: it comes first while a drawn place has the focus.
    """
    rows = list(keys)
    twice = Counter(row.id for row in rows)
    found = [f"{name} is there {n} times" for name, n in twice.items() if n > 1]
    for scope in SCOPES:
        heard = [row for row in rows if row.scope in {scope, "page"}]
        counted: dict[str, list[str]] = {}
        for row in heard:
            for code in row.codes:
                counted.setdefault(code, []).append(row.id)
        found += [
            f"{code} is {' and '.join(ids)} in {scope}"
            for code, ids in counted.items()
            if len(ids) > 1 and not (scope != "page" and all(_is_page(rows, i) for i in ids))
        ]
    return found


def _is_page(rows: list[Binding], name: str) -> bool:
    return any(row.id == name and row.scope == "page" for row in rows)


def remapped(changes: Mapping[str, tuple[str, ...]]) -> tuple[Binding, ...]:
    """Return the keys with an operator's changes: id → codes, () for no key.

    Raises:
        UsageError: no such action, a code that is none, or two actions on one key.
    """
    known = {row.id for row in load_keys()}
    for name, codes in changes.items():
        if name not in known or not all(_is_code(code) for code in codes):
            raise UsageError(
                "there is no such key or action",
                kept="the keys are as they were",
                next_step="choose the key again on the page",
            )
    rows = tuple(
        msgspec.structs.replace(row, codes=changes[row.id]) if row.id in changes else row
        for row in load_keys()
    )
    if clashes(rows):
        raise UsageError(
            "that key does something else there already",
            kept="the keys are as they were",
            next_step="choose another key, or take it away from the other first",
        )
    return rows


def keys_of(setting: object) -> tuple[Binding, ...]:
    """Return the keys with the changes of a setting; as they are where it can't be read.

    A newer program may lack an action, or have taken its key: such changes are left aside.
    """
    try:
        return remapped(msgspec.convert(setting, dict[str, tuple[str, ...]]))
    except (UsageError, msgspec.ValidationError):
        return load_keys()


def _is_code(code: str) -> bool:
    """Return whether a text is a key with its modifiers in our order: `Ctrl+Shift+KeyZ`."""
    *modifiers, key = code.split("+")
    in_order = [name for name in MODIFIERS if name in modifiers]
    return modifiers == in_order and key.isalnum() and key.isascii() and len(key) <= 20


def spoken(code: str) -> str:
    """Return a code as people write it: `Shift+N`, `Ctrl+Z`, `→`."""
    *modifiers, key = code.split("+")
    plain = LETTERS.get(key, key.removeprefix("Key").removeprefix("Digit"))
    if modifiers == ["Shift"] and plain == "/":
        return "?"
    return "+".join([*modifiers, plain])


def format_keys() -> str:
    """Return docs/keyboard.md."""
    lines = [
        "# Keys",
        "",
        "Generated from `safehouse/review/keymap.json` by `make docs`. On the page, `?` shows the",
        "same. Keys are matched by their place, so they lie where an editor's hands are on every",
        "keyboard; a letter here is that of an English one. On a Mac, Ctrl is the command key.",
        "",
        "No key acts while you write in a field. Every key can be changed or taken away, and all",
        "single keys switched off, under Settings; every action has a button too. What a key",
        "decides, undo takes back.",
    ]
    for scope, title in SCOPES.items():
        lines += ["", f"## {title}", "", "| key | does |", "|---|---|"]
        lines += [
            f"| {' or '.join(f'`{spoken(code)}`' for code in row.codes)} | {row.words} |"
            for row in load_keys()
            if row.scope == scope
        ]
    return "\n".join(lines) + "\n"
