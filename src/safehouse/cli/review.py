"""`safehouse review`, and `safehouse` alone: the page in the browser, on loopback."""

import os
import signal
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from safehouse_offload.cli.running import Stopped

from safehouse.cli.project import Here, in_project, operator
from safehouse.cli.screen import print_lines
from safehouse.cli.speaking import spoken

if TYPE_CHECKING:
    from safehouse.review.desk import Desk

__all__ = ["NoBrowser", "open_page", "project_here", "review", "tell_of_page"]

NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Only print the link; open no browser.")
]


@in_project
def review(here: Here, no_browser: NoBrowser = False) -> int:
    """Open the review page of a project, on loopback alone.

    Example:
      safehouse review
    """
    from safehouse.review.opening import begin_pictures, take
    from safehouse.review.serving import serve

    with here.opened() as found:
        desk = _desk(found.folder)
        take(desk, found)
        begin_pictures(desk)
        with _until_closed():
            serve(desk, tell_of_page(browser=not no_browser))
    return 0


def open_page(folder: Path | None, *, browser: bool) -> int:
    """Serve the page without a project; it offers to open the one in folder."""
    from safehouse.review.serving import serve

    with _until_closed():
        serve(_desk(folder), tell_of_page(browser=browser))
    return 0


@contextmanager
def _until_closed() -> Iterator[None]:
    """Take Ctrl-C for what it is here: the way to close the page."""
    try:
        yield
    except Stopped as stopped:
        if stopped.number != signal.SIGINT:
            raise
    print_lines("the page is closed")


def _desk(folder: Path | None) -> "Desk":
    """Return the desk of the page; the server is loaded only by the command that serves."""
    from safehouse.review.desk import Desk
    from safehouse.review.private_place import open_private

    desk = Desk(private=open_private(), folder=folder, language_code=spoken(), who=operator(""))
    desk.announce = lambda link: print_lines(f"the page is locked; a new link opens it: {link}")
    return desk


def project_here() -> Path | None:
    """Return the folder of the project that the current folder lies in, or None."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if is_project(folder)), None)


def is_project(folder: Path) -> bool:
    """Return whether a folder is a project's."""
    try:
        return (folder / "project.json").is_file() and (folder / "journal").is_dir()
    except OSError:
        return False


def tell_of_page(*, browser: bool) -> Callable[[str], None]:
    """Return what tells the user the page's link, and opens a browser where there is a display."""

    def tell(link: str) -> None:
        print_lines(f"review page: {link}", "the link works once; Ctrl+C ends it")
        if browser and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            webbrowser.open(link)

    return tell
