"""A page's request and its answers: as a page, as JSON, or as the three lines of a failure."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from safehouse.crash import as_failure
from safehouse.errors import SafehouseError, UsageError
from safehouse.model.words import Said, say, say_n
from safehouse.review.act_words import steps_of
from safehouse.review.desk import Desk
from safehouse.review.security import BODY_MOST

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["Ask", "Page", "answer", "as_json", "failure", "fill", "go", "page", "said_back"]

FIELDS_MOST = 5000


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a page, its body read.

    Attributes:
        request: what the browser sent.
        desk: what the running page holds.
        form: name → values, of the body.
        body: the body, where it is no form.
    """

    request: Request
    desk: Desk
    form: Mapping[str, list[str]] = field(default_factory=dict)
    body: bytes = b""

    @property
    def project(self) -> "Project":
        """The open project.

        Raises:
            UsageError: none is open.
        """
        return self.desk.require_project()

    @property
    def wants_json(self) -> bool:
        """Whether a script asks, or the page's JSON twin was opened."""
        return self.request.url.path.endswith(".json")

    def named(self, name: str) -> str:
        """Return a part of the path, `P07` of `/people/P07`."""
        return str(self.request.path_params[name]).removesuffix(".json")

    def one(self, name: str, default: str = "") -> str:
        """Return a field of the form, the last if there are several."""
        return (self.form.get(name) or [default])[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field of the form."""
        return tuple(value.strip() for value in self.form.get(name, []) if value.strip())

    def query(self, name: str, default: str = "") -> str:
        """Return a value of the address's query."""
        return self.request.query_params.get(name, default)

    @property
    def expect(self) -> int | None:
        """The number of the act that the window had seen last; None where it does not say."""
        text = self.one("expect")
        return int(text) if text.isdecimal() and len(text) < 16 else None


Page = Callable[[Ask], Response]
"""Answers one request; runs in a thread, so it may take its time."""


def page(work: Page) -> Callable[[Request], Awaitable[Response]]:
    """Return a route's end point: reads the body, runs work in a thread, tells failures."""

    async def endpoint(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        try:
            form, body = await _read(request)
        except SafehouseError as error:
            return failure(Ask(request, desk), error)
        return await run_in_threadpool(_answered, work, Ask(request, desk, form, body))

    return endpoint


def _answered(work: Page, ask: Ask) -> Response:
    try:
        return work(ask)
    except SafehouseError as error:
        return failure(ask, error)
    except Exception as error:  # noqa: BLE001 - a page's last boundary: told without values
        return failure(ask, as_failure(error))


async def _read(request: Request) -> tuple[dict[str, list[str]], bytes]:
    """Return a request's form, or its body where it is none.

    Raises:
        UsageError: it is too long, or no text.
    """
    if request.method not in {"POST", "PUT"}:
        return {}, b""
    body = await read_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind not in {"", "application/x-www-form-urlencoded"}:
        return {}, body
    form: dict[str, list[str]] = {}
    try:
        text = body.decode()
        rows = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MOST)
    except ValueError as error:
        raise UsageError(
            "the form can't be read", kept="nothing was changed", next_step="send it again"
        ) from error
    for name, value in rows:
        form.setdefault(name, []).append(value)
    return form, body


async def read_body(request: Request) -> bytes:
    """Return a request's body, never more than BODY_MOST bytes.

    Raises:
        UsageError: it is longer, or broke off.
    """
    found = bytearray()
    try:
        async for part in request.stream():
            found += part
            if len(found) > BODY_MOST:
                raise UsageError(
                    "what was sent is too long",
                    kept="nothing was changed",
                    next_step="send less at once",
                )
    except ClientDisconnect as error:
        raise UsageError(
            "the browser broke off", kept="nothing was changed", next_step="send it again"
        ) from error
    return bytes(found)


def go(ask: Ask, path: str) -> Response:
    """Lead to another page, below the base."""
    if ask.wants_json:
        project = ask.desk.project
        return as_json({"go": path, "version": project.version if project else 0})
    return RedirectResponse(ask.desk.base + path, 303)


def said_back(ask: Ask, default: str) -> str:
    """Return where a form wants to lead next: a path of ours, else the default."""
    path = ask.one("next")
    fine = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if fine and path.isprintable() else default


def answer(
    ask: Ask, template: str, facts: dict[str, Any], *, status: int = 200, **more: Any
) -> Response:
    """Return a page of facts, or the facts as JSON when its twin was asked for.

    Args:
        ask: the request.
        template: the page's file in `templates`.
        facts: what it tells; all of it can be told in JSON.
        status: of HTTP.
        more: what the template needs beside the facts.
    """
    if ask.wants_json:
        return as_json(facts, status)
    return Response(fill(ask, template, **facts, **more), status, media_type="text/html")


def as_json(facts: Any, status: int = 200) -> Response:
    """Return facts as JSON."""
    return Response(
        json.dumps(facts, default=msgspec.to_builtins, ensure_ascii=False),
        status,
        media_type="application/json",
    )


STATUS = {"E1": 500, "E2": 400}
"""Id of a failure → HTTP's status; the others are conflicts with what is there."""


def failure(ask: Ask, error: SafehouseError) -> Response:
    """Return the three lines of a failure."""
    facts = {
        "error": error.id,
        "happened": error.happened,
        "kept": error.kept,
        "next": error.next_step,
    }
    status = STATUS.get(error.id, 409)
    back = ask.request.url.path.removeprefix(ask.desk.base)
    return answer(ask, "failure.html", facts, status=status, back=said_back(ask, back))


def fill(ask: Ask, template: str, **values: Any) -> str:
    """Return a page's text."""
    desk, language = ask.desk, ask.desk.language
    settings = desk.settings
    undoable, redoable = steps_of(desk.project, language)
    return (
        _environment()
        .get_template(template)
        .render(
            base=desk.base,
            desk=desk,
            settings=settings,
            undoable=undoable,
            redoable=redoable,
            here=ask.request.url.path.removeprefix(desk.base),
            expect=desk.project.version if desk.project else 0,
            lang=language.code,
            direction=settings["direction"] if settings["direction"] != "auto" else "ltr",
            t=lambda text, **filled: language.say(say(text, **filled)),
            tn=lambda one, many, n, **filled: language.say(say_n(one, many, n, **filled)),
            said=lambda text: language.say(text if isinstance(text, Said) else str(text)),
            said_line=language.say_line,
            **values,
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    folder = files("safehouse.review") / "templates"
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
    )
    environment.auto_reload = False
    return environment
