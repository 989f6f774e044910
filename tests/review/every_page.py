"""Every page there is, in each state that looks different, one after the other in a tab."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browsing import served, tab
from walking import House, Walk

from safehouse.errors import SourceMissing
from safehouse.model.acts import AddVersion, Comment, NoteContent
from safehouse.review.desk import Desk
from safehouse.review.work import Teller

PLAIN = (
    *("/status", "/clips", "/people", "/people/P01", "/people/P02", "/people/nobody", "/queue"),
    "/clips/C0001/sound",
    *("/queue/C0001-Q002", "/queue/C0001-Q003", "/queue/C0001-Q003?prepared=1", "/consent"),
    *("/consent/P01", "/consent/P01?name=1", "/consent/P02", "/versions", "/versions/cut"),
    *("/history", "/settings", "/keys", "/withdraw/P01", "/withdraw/P01?done=1", "/work"),
    *("/locked", "/nowhere"),
)
"""Pages that an address opens, when a project is open; the last is none."""

YES = {
    "trait_face": "yes",
    "media": "festival",
    "how": "audio",
    "proof_sha256": "a" * 64,
    "present": "none",
    "safe": "yes",
    "given": "2026-01-10",
}

CLIP = (("/clips/C0001?frame=2", "BracketRight"), ("/clips/C0001?frame=40", "BracketRight"))


def post(walk: Walk, path: str, **fields: str) -> None:
    """Send a form as a page would, and stay on what answers it."""
    with walk.page.expect_navigation():
        walk.page.evaluate(
            """([path, fields]) => {
              const root = document.documentElement;
              const form = document.createElement("form");
              form.method = "post";
              form.action = root.dataset.base + path;
              fields.expect = root.dataset.expect;
              for (const [name, value] of Object.entries(fields)) {
                const input = document.createElement("input");
                Object.assign(input, { name, value });
                form.append(input);
              }
              document.body.append(form);
              form.submit();
            }""",
            [path, fields],
        )


def every_page(house: House, walk: Walk) -> Iterator[str]:
    """Open page after page; yields what is open."""
    walk.refusals = {400, 404, 409, 423}
    waits = threading.Event()
    try:
        walk.go("/status")
        _furnish(house, walk, waits)
        for path in PLAIN:
            walk.page.goto(f"http://{walk.desk.host}{walk.desk.base}{path}")
            yield path
        for path, key in CLIP:
            walk.page.goto(f"http://{walk.desk.host}{walk.desk.base}{path}")
            walk.page.wait_for_selector("#clip[data-ready=yes]")
            walk.press(key)
            yield path
        walk.press("?")
        yield "the list of keys"
        walk.go("/status")
        post(walk, "/consent/P01/weigh", **YES)
        yield "/consent/P01/weigh"
        post(walk, "/versions/cut/deliver", folder="/nowhere/at/all")
        yield "a refusal"
        walk.go("/status")
        post(walk, "/history/verify")
        yield "/history/verify"
        walk.desk.door.lock()
        walk.page.goto(f"http://{walk.desk.host}{walk.desk.base}/status")
        yield "a locked page"
    finally:
        walk.desk.door.unlock()
        waits.set()


def _furnish(house: House, walk: Walk, waits: threading.Event) -> None:
    """Give the project what makes pages differ: a version, jobs, a yes that waits, a note."""
    project, work = house.project, house.desk.work
    project.act(AddVersion(version="cut", medium="festival"))
    project.act(NoteContent("C0001", 36, 60, "a fall"), Comment("C0001", 5, "why is it grey?"))
    walk.go("/status")
    post(walk, "/consent/P01/record", looked="yes", **YES)
    walk.go("/status")
    post(walk, "/consent/P02/link", other="P01", answered="unanswered")
    walk.go("/status")
    post(walk, "/consent/P02/state", state="detained")

    def under_way(tell: Teller) -> None:
        tell.begins("C0001", 1, 3)
        tell.ended("C0001", "held")
        tell.begins("C0002", 2, 3)
        tell("rendering", 3, 9)
        waits.wait(300)

    work.start("look for people in the clips", _fails)
    work.start("make cutting copies", lambda tell: tell.ended("C0001", "made"), "/clips")
    work.start("render the version cut", under_way, "/versions/cut")
    work.start("deliver the version cut", lambda tell: None)


def _fails(tell: Teller) -> None:
    raise SourceMissing("clip C0002 is not where it was", next_step="plug in its disk")


@contextmanager
def without_project(house: House, private: Path) -> Iterator[tuple[Walk, tuple[str, ...]]]:
    """A page in which no project is open, and its addresses."""
    desk = Desk(private=private, folder=private / "film")
    waits = threading.Event()
    desk.work.start("protect a clip", _fails, "/films/1")

    def under_way(tell: Teller) -> None:
        tell("analysing", 3, 9)
        waits.wait(300)

    desk.work.start("protect a clip", under_way, "/films/2")
    with served(desk) as link, tab(house.browser, link) as watched:
        try:
            paths = ("/", "/films/1", "/films/2", "/settings", "/keys", "/enter/wrong")
            yield Walk(None, desk, watched), paths
        finally:
            waits.set()
