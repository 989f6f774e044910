"""The door: a link that works once, the lock, and the way back in."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from safehouse.errors import ProjectKeyRefused, UsageError
from safehouse.review.asking import Ask, answer, as_json, fill, go, page
from safehouse.review.desk import Desk
from safehouse.review.session import COOKIE
from safehouse.store.folder import read_card, read_keys
from safehouse.store.project import Project

__all__ = ["ROUTES"]


def _enter(request: Request) -> Response:
    """Exchange a link's token for a session's cookie, at once, and leave the link behind."""
    desk: Desk = request.app.state.desk
    session = desk.door.enter(request.path_params["token"])
    if session is None:
        text = fill(Ask(request, desk), "entry_refused.html", stranger=True)
        return Response(text, 403, media_type="text/html")
    response = RedirectResponse(f"{desk.base}/", 303)
    response.set_cookie(COOKIE, session, path=desk.base + "/", httponly=True, samesite="strict")
    return response


def _locked(ask: Ask) -> Response:
    """Say how to come in again; outside the browser, a new link is told once."""
    if ask.desk.door.must_tell():
        ask.desk.announce(ask.desk.link())
    project = ask.desk.project
    facts = {
        "locked": ask.desk.door.is_locked,
        "by_passphrase": project is not None and _has_passphrase(project),
        "may_try": ask.desk.door.may_try,
    }
    return answer(ask, "locked.html", facts)


def _lock(ask: Ask) -> Response:
    """Lock at once; the page that follows has a new link told."""
    ask.desk.door.lock()
    return go(ask, "/locked")


def _unlock(ask: Ask) -> Response:
    desk = ask.desk
    project = desk.require_project()
    if not desk.door.may_try:
        raise _refused()
    try:
        read_keys(project.folder, read_card(project.folder), ask.one("passphrase"), None)
    except ProjectKeyRefused:
        if desk.door.wrong():
            raise
        desk.announce(desk.link())
        raise _refused() from None
    desk.door.unlock()
    return go(ask, "/")


def _has_passphrase(project: Project) -> bool:
    return read_card(project.folder).key == "passphrase"


def _refused() -> UsageError:
    return UsageError(
        "too many wrong passphrases",
        kept="the page stays locked; nothing was changed",
        next_step="open the newest link in the terminal where safehouse runs",
    )


def _alive(ask: Ask) -> Response:
    """Say whether the page is still open; asked by the page itself."""
    return as_json({"locked": ask.desk.door.is_locked})


def _here(ask: Ask) -> Response:
    """Note that somebody is there: moved the mouse or pressed a key."""
    return as_json({"locked": ask.desk.door.is_locked})


ROUTES = [
    Route("/enter/{token}", _enter),
    Route("/locked", page(_locked)),
    Route("/locked.json", page(_locked)),
    Route("/lock", page(_lock), methods=["POST"]),
    Route("/lock.json", page(_lock), methods=["POST"]),
    Route("/unlock", page(_unlock), methods=["POST"]),
    Route("/alive.json", page(_alive)),
    Route("/here.json", page(_here), methods=["POST"]),
]
