"""Opens a film project, begins a new one, and closes it."""

import threading
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import UsageError
from safehouse.model.text import escape
from safehouse.review.asking import Ask, go, page
from safehouse.review.desk import Desk
from safehouse.review.frames import pictures_of
from safehouse.store.folder import PASSPHRASE_LEAST
from safehouse.store.project import Project, create_project, open_project

__all__ = ["ROUTES", "begin_pictures", "take"]


def _open(ask: Ask) -> Response:
    with ask.desk.opening:
        _require_none(ask.desk)
        project = open_project(
            _folder(ask), passphrase=ask.one("passphrase") or None, who=_who(ask)
        )
        take(ask.desk, project)
    begin_pictures(ask.desk)
    return go(ask, "/status")


def _init(ask: Ask) -> Response:
    passphrase = ask.one("passphrase")
    if passphrase != ask.one("again") or len(passphrase) < PASSPHRASE_LEAST:
        raise UsageError(
            "the passphrases differ, or have fewer than 8 letters",
            kept="nothing was written",
            next_step="type the same twice; four words or more are better",
        )
    with ask.desk.opening:
        _require_none(ask.desk)
        project = create_project(
            _folder(ask), passphrase=passphrase, recipient=None, unsealed=False, who=_who(ask)
        )
        take(ask.desk, project)
    begin_pictures(ask.desk)
    return go(ask, "/status")


def _close(ask: Ask) -> Response:
    desk = ask.desk
    if desk.work.running:
        raise UsageError(
            "work is under way in this project",
            kept="it goes on",
            next_step="wait for it, or stop it, then close the project",
        )
    with desk.opening:
        project, desk.project = desk.project, None
        pictures = desk.held.pop("pictures", None)
    if pictures is not None:
        pictures.close()
    if project is not None:
        project.close()
    return go(ask, "/")


def begin_pictures(desk: Desk) -> None:
    """Start, beside all else, what makes pictures, so that the first one does not wait for it."""
    threading.Thread(target=pictures_of(desk).begin, daemon=True).start()


def take(desk: Desk, project: Project) -> None:
    """Make a project the page's, with its settings."""
    desk.project, desk.folder = project, project.folder
    desk.door.idle_s = 60.0 * float(desk.settings["idle_minutes"])


def _require_none(desk: Desk) -> None:
    if desk.project is not None:
        raise UsageError(
            "a project is open already",
            kept="it stays open",
            next_step="close it on the page of its settings first",
        )


def _folder(ask: Ask) -> Path:
    folder = Path(ask.one("folder")).expanduser()
    if not folder.is_absolute():
        raise UsageError(
            "the folder's path must be whole, from the first / on",
            kept="nothing was written",
            next_step="type it as in the file manager's address line",
        )
    return folder


def _who(ask: Ask) -> str:
    who = ask.one("who") or ask.desk.who
    if len(who) > 40 or escape(who) != who:
        raise UsageError(
            "a pseudonym has at most 40 letters, and nothing hidden between them",
            kept="nothing was written",
            next_step="choose a shorter one",
        )
    return who


ROUTES = [
    Route("/open", page(_open), methods=["POST"]),
    Route("/init", page(_init), methods=["POST"]),
    Route("/close", page(_close), methods=["POST"]),
]
