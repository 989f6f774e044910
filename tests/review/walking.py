"""A walk through the page: a tab, the project behind it, and what both hold."""

from typing import Any

from browsing import Watched

from safehouse.review.desk import Desk
from safehouse.store.undoing import find_undo

CLIP = "/clips/C0001"


class Walk:
    """A project's page in a tab, and the project behind it."""

    def __init__(self, project: Any, desk: Desk, watched: Watched) -> None:
        self.project, self.desk, self.watched, self.page = project, desk, watched, watched.page
        self.refusals: set[int] = set()
        """Status codes of refusals that this journey provokes; any other fails it."""

    def go(self, path: str) -> None:
        told = self.page.goto(f"http://{self.desk.host}{self.desk.base}{path}")
        assert told.ok, f"{path} is answered with {told.status}"

    def clip(self, query: str = "") -> None:
        self.go(CLIP + query)
        self.page.wait_for_selector("#clip[data-ready=yes]")

    def keyed(self, path: str) -> None:
        """Go to a page with keys of its own, and wait until they are listened to."""
        self.go(path)
        self.page.locator("html[data-keyed]").wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def send(self) -> None:
        """Enter, and stay until the next page is there, even at the same address."""
        with self.page.expect_navigation():
            self.press("Enter")

    def tab_to(self, selector: str, most: int = 250) -> None:
        """Reach something as a hand on the keyboard does: by Tab, from where the focus is."""
        at = "s => document.activeElement.matches(s)"
        for _ in range(most):
            if self.page.evaluate(at, selector):
                return
            self.press("Tab")
        raise AssertionError(f"no way by Tab to {selector}")

    def frame(self) -> int:
        return int(self.page.locator("#frame").inner_text().split()[-1])

    def said(self, text: str) -> None:
        self.page.wait_for_function(
            "text => document.getElementById('said').textContent.includes(text)", arg=text
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.project.rows(query)]


class House:
    """What all journeys share: a project, the page that serves it, a browser."""

    def __init__(self, project: Any, desk: Desk, browser: Any) -> None:
        self.project, self.desk, self.browser = project, desk, browser
        self.begun = project.version

    def put_back(self) -> None:
        """Undo what a journey did, and nothing that was there before it."""
        while (find_undo(self.project.db) or 0) > self.begun:
            self.project.undo()
