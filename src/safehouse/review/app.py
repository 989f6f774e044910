"""The review page's app: every page's routes, behind one guard."""

from functools import lru_cache
from importlib.resources import files
from types import ModuleType

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from safehouse.errors import UsageError
from safehouse.review import (
    clip_view,
    consent_list,
    consent_sheet,
    entering,
    frames,
    keys_page,
    landing,
    opening,
    people,
    queue_page,
    settings_page,
    sound_view,
    status_page,
    version_view,
    withdraw_page,
)
from safehouse.review.asking import Ask, failure
from safehouse.review.desk import Desk
from safehouse.review.security import Guard

__all__ = ["PAGES", "make_app"]

PAGES: tuple[ModuleType, ...] = (
    entering,
    landing,
    opening,
    status_page,
    people,
    queue_page,
    consent_list,
    consent_sheet,
    version_view,
    withdraw_page,
    settings_page,
    sound_view,
    clip_view,
    frames,
    keys_page,
)
"""One module a page; each has ROUTES, paths below the base."""

KINDS = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}


def make_app(desk: Desk) -> Guard:
    """Return the app of one running page."""
    routes = [route for module in PAGES for route in module.ROUTES]
    inner = [Route("/static/{name}", _static), *routes]
    app = Starlette(
        routes=[Mount(desk.base, routes=inner)], exception_handlers={404: _missing, 405: _missing}
    )
    app.state.desk = desk
    return Guard(app, desk.door, lambda: desk.host, desk.base)


@lru_cache(maxsize=1)
def static_files() -> dict[str, bytes]:
    """Return every file of `static` by its name: no name from outside ever becomes a path."""
    folder = files("safehouse.review") / "static"
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file()}


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    content = static_files().get(name)
    if content is None:
        return Response("", 404)
    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(content, media_type=kind)


async def _missing(request: Request, error: Exception) -> Response:
    refusal = UsageError(
        "there is no such page", kept="nothing was changed", next_step="use the page's own links"
    )
    response = failure(Ask(request, request.app.state.desk), refusal)
    response.status_code = getattr(error, "status_code", 404)
    return response
