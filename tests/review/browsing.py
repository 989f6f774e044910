"""The page in the system's Chromium: served on loopback by a thread, driven by Playwright."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from safehouse.review.desk import Desk
from safehouse.review.serving import config_of

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Of Chromium, as distributions install it."""

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""Nothing but the page is asked for anything."""


def chromium_or_skip() -> str:
    """The program of Chromium; without it, or without Playwright, the test skips by name."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if os.environ.get("SAFEHOUSE_REQUIRE_MEDIA") == "1":
        pytest.fail("the journeys need Chromium: apt install chromium")
    pytest.skip("chromium is not installed: the page's journeys are not walked")


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """Serve the page in a thread; gives the link that enters it once."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen(64)
        desk.host = f"127.0.0.1:{place.getsockname()[1]}"
        server = uvicorn.Server(config_of(desk))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield desk.link()
        finally:
            server.should_exit = True
            thread.join(10)
            desk.work.stop_all()
            if "pictures" in desk.held:
                desk.held["pictures"].close()


class Watched:
    """A tab that notes what a user would never see: errors of scripts, and calls elsewhere."""

    def __init__(self, page: Any, host: str) -> None:
        self.page = page
        self.faults: list[str] = []
        self.elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda request: self._request(request.url, host))

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.text} at {message.location.get('url', '')}")

    def _request(self, url: str, host: str) -> None:
        if not url.startswith((f"http://{host}/", "blob:", "data:", "about:")):
            self.elsewhere.append(url)


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, started once for many tabs."""
    program = chromium_or_skip()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def tab(browser: Any, link: str, **options: Any) -> Iterator[Watched]:
    """A fresh tab that has entered by a link; width and height are those of a small laptop."""
    options = {"viewport": {"width": 1280, "height": 900}} | options
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        page.set_default_timeout(10_000)
        watched = Watched(page, link.split("/")[2])
        page.goto(link)
        yield watched
    finally:
        context.close()
