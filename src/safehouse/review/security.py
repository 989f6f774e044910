"""What every request must be before any page sees it, and what every answer says to the browser.

The rules, and the attack that each stops, stand in docs/review.md.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safehouse.review.session import COOKIE, Door

__all__ = ["BODY_MOST", "HEADERS", "Guard", "Refusal", "cookie_of"]

BODY_MOST = 1 << 20
"""Longest body of a form or of JSON; an upload has its own limit."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=()",
    ),
    (b"x-robots-tag", b"noindex"),
)
"""Sent with every answer."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT"})
ENTRY = "/enter/"
UNLOCKING = frozenset({"/locked", "/locked.json", "/unlock"})
STATIC = "/static/"
UNSEEN = frozenset({"/work.json", "/alive.json"})
"""Asked for by the page itself, again and again: no sign that somebody is there."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused, in three lines."""

    status: int
    happened: str
    next_step: str


def cookie_of(header: str) -> str:
    """Return the session in a Cookie header, or ""."""
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""


class Guard:
    """Stands before the app; lets through what comes from this page, in this browser.

    Args:
        app: what answers.
        door: who may come in.
        host: the only Host that is answered, `127.0.0.1:43121`.
        base: the secret first part of every path, `/` and letters.
    """

    def __init__(self, app: ASGIApp, door: Door, host: Callable[[], str], base: str) -> None:
        self._app, self._door, self._host, self._base = app, door, host, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        guarded = _with_headers(send)
        heads = _heads(scope)
        refusal = self._refusal(scope, heads)
        if refusal is not None:
            await _refuse(refusal, scope, guarded)
            return
        path = self._path(scope)
        if self._door.is_locked and not _open_when_locked(path):
            await _to_lock(self._base, path, guarded)
            return
        if path not in UNSEEN and not path.startswith(STATIC):
            self._door.seen()
        await self._app(scope, receive, guarded)

    def _path(self, scope: Scope) -> str:
        return str(scope["path"])[len(self._base) :]

    def _refusal(self, scope: Scope, heads: dict[str, list[str]]) -> Refusal | None:
        """Return why a request is refused, the outermost rule first."""
        return (
            self._wrong_host(heads)
            or self._wrong_origin(scope, heads)
            or _wrong_shape(scope, heads)
            or self._wrong_place(scope)
            or self._no_session(scope, heads)
        )

    def _wrong_host(self, heads: dict[str, list[str]]) -> Refusal | None:
        if heads.get("host") == [self._host()]:
            return None
        return Refusal(400, "this page answers at its own address only", "open the link again")

    def _wrong_origin(self, scope: Scope, heads: dict[str, list[str]]) -> Refusal | None:
        """Refuse what another page asked for.

        Chromium, Firefox and Safari say with Sec-Fetch-Site who asks. A form of a page without
        referrer has the Origin `null`, which counts only beside it.
        """
        site, origin = heads.get("sec-fetch-site", []), heads.get("origin", [])
        reading = scope["method"] in {"GET", "HEAD"}
        own = f"http://{self._host()}"
        sites = {"same-origin", "none"} if reading else {"same-origin"}
        if site and not set(site) <= sites:
            return _FOREIGN
        if origin and origin != [own] and not (origin == ["null"] and site == ["same-origin"]):
            return _FOREIGN
        if not reading and not site and origin != [own]:
            return _FOREIGN
        return None

    def _wrong_place(self, scope: Scope) -> Refusal | None:
        path = str(scope["path"])
        if path.startswith(self._base + "/") and ".." not in path.split("/"):
            return None
        return Refusal(404, "there is no such page", "open the link that safehouse printed")

    def _no_session(self, scope: Scope, heads: dict[str, list[str]]) -> Refusal | None:
        path = self._path(scope)
        if path.startswith((ENTRY, STATIC)):
            return None
        if any(self._door.holds(cookie_of(header)) for header in heads.get("cookie", [])):
            return None
        return Refusal(
            403,
            "this window is not signed in, or another one took its place",
            "open the newest link that safehouse printed; each works once",
        )


_FOREIGN = Refusal(403, "another page asked for this", "open the link from its own window")


def _heads(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _wrong_shape(scope: Scope, heads: dict[str, list[str]]) -> Refusal | None:
    """Refuse methods that nothing here needs, control characters, and paths too long to be ours."""
    path = str(scope["path"])
    if scope["method"] not in METHODS:
        return Refusal(405, "this page does not take that method", "use the page's own buttons")
    if len(path) > 1024 or any(ord(letter) < 32 or letter == "\\" for letter in path):
        return Refusal(404, "there is no such page", "use the page's own links")
    if len(heads.get("range", [])) > 1:
        return Refusal(416, "several ranges were asked for at once", "ask for one range")
    return None


def _open_when_locked(path: str) -> bool:
    return path in UNLOCKING or path.startswith((ENTRY, STATIC))


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in HEADERS} | {b"server"}
            rest = [row for row in message.get("headers", []) if row[0].lower() not in ours]
            message["headers"] = [*rest, *HEADERS]
        await send(message)

    return sending


async def _refuse(refusal: Refusal, scope: Scope, send: Send) -> None:
    kept = "nothing was read or changed"
    if str(scope["path"]).endswith(".json"):
        facts = {"error": "E2", "happened": refusal.happened, "kept": kept}
        body = json.dumps(facts | {"next": refusal.next_step}).encode()
        await _answer(refusal.status, body, b"application/json", send)
        return
    words = f"safehouse: {refusal.happened}\n  kept: {kept}\n  next: {refusal.next_step}\n"
    await _answer(refusal.status, words.encode(), b"text/plain", send)


async def _to_lock(base: str, path: str, send: Send) -> None:
    """Lead a locked window to where it is unlocked; to a script, say so."""
    if path.endswith(".json"):
        facts = {"error": "E2", "happened": "the page is locked", "kept": "every act is saved"}
        body = json.dumps(facts | {"next": "unlock it"}).encode()
        await _answer(423, body, b"application/json", send)
        return
    place = [(b"location", f"{base}/locked".encode())]
    await _answer(303, b"", b"text/plain", send, place)


async def _answer(
    status: int,
    body: bytes,
    kind: bytes,
    send: Send,
    extra: list[tuple[bytes, bytes]] | None = None,
) -> None:
    heads = [
        (b"content-type", kind + b"; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *(extra or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": heads})
    await send({"type": "http.response.body", "body": body})
