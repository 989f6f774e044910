"""Settings of the page, each saved as soon as it is changed; and what was done, act by act."""

import json
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import UsageError
from safehouse.language import LANGUAGES
from safehouse.model.acts import LockPicture, SetSetting
from safehouse.review.acting import save
from safehouse.review.asking import Ask, answer, go, page, said_back
from safehouse.review.desk import Desk
from safehouse.review.history_words import words_of
from safehouse.store.reading_history import read_history, verify_history
from safehouse.store.reading_people import faces_kept, is_picture_locked

__all__ = ["ROUTES"]

CHOICES: dict[str, tuple[Any, ...]] = {
    "language": tuple(LANGUAGES),
    "direction": ("auto", "ltr", "rtl"),
    "faces": (False, True),
    "greyscale": (False, True),
    "small_picture": (False, True),
    "break_minutes": (0, 20, 30, 50, 90),
    "idle_minutes": (1, 2, 5, 10, 15, 30, 60),
}
"""Setting → what it may be. Keys have a page of their own."""

MOST = 100
"""Acts on the first page; each further one shows twice as many."""


def _settings(ask: Ask) -> Response:
    project = ask.desk.project
    facts = {
        "now": {name: ask.desk.settings[name] for name in CHOICES},
        "choices": {name: list(values) for name, values in CHOICES.items()},
        "faces_kept": faces_kept(project) if project else 0,
        "picture_locked": is_picture_locked(project) if project else False,
    }
    return answer(ask, "settings.html", facts, languages=LANGUAGES)


def _set(ask: Ask) -> Response:
    name = ask.named("name")
    wanted = [v for v in CHOICES.get(name, ()) if _written(v) == ask.one("value")]
    if not wanted:
        raise UsageError(
            "there is no such setting, or no such choice",
            kept="nothing was changed",
            next_step="choose on the page of settings",
        )
    keep(ask, name, wanted[0])
    return go(ask, said_back(ask, "/settings"))


def _written(value: Any) -> str:
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)


def keep(ask: Ask, name: str, value: Any) -> None:
    """Save a setting: in the project where one is open, else while the page runs."""
    desk: Desk = ask.desk
    if desk.project is None:
        desk.own[name] = value
    else:
        desk.project.act(SetSetting(name, json.dumps(value)))
    if name == "idle_minutes":
        desk.door.idle_s = 60.0 * value
    if name == "faces" and "pictures" in desk.held:
        desk.held["pictures"].forget()


def _lock_picture(ask: Ask) -> Response:
    save(ask, LockPicture(locked=ask.one("locked") == "yes"))
    return go(ask, "/settings")


def _forget(ask: Ask) -> Response:
    if ask.one("sure") != "yes":
        raise UsageError(
            "forgetting faces can't be undone",
            kept="nothing was changed",
            next_step="tick that you are sure",
        )
    ask.project.forget_faces()
    return go(ask, "/settings")


def _history(ask: Ask) -> Response:
    text = ask.query("last", str(MOST))
    last = int(text) if text.isdecimal() and 0 < len(text) < 8 else MOST
    rows = read_history(ask.project, last)
    facts = {
        "acts": [msgspec.to_builtins(row) for row in reversed(rows)],
        "head": ask.project.head_words(),
        "earlier": last * 2 if rows and rows[0].n > 1 else 0,
    }
    return answer(ask, "history.html", facts, words={row.n: words_of(row) for row in rows})


def _verify(ask: Ask) -> Response:
    """Hold the journal against its chain of digests, and against words on paper."""
    found = verify_history(ask.project, ask.one("head"))
    return answer(ask, "verified.html", msgspec.to_builtins(found))


ROUTES = [
    Route("/settings", page(_settings)),
    Route("/settings.json", page(_settings)),
    Route("/settings/lock-picture", page(_lock_picture), methods=["POST"]),
    Route("/settings/forget-faces", page(_forget), methods=["POST"]),
    Route("/settings/{name}", page(_set), methods=["POST"]),
    Route("/history", page(_history)),
    Route("/history/verify", page(_verify), methods=["POST"]),
    Route("/history/verify.json", page(_verify), methods=["POST"]),
    Route("/history.json", page(_history)),
]
