"""What one running page holds: the open project, who may come in, the work under way."""

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safehouse.errors import UsageError
from safehouse.language import LANGUAGES, Language, load_language
from safehouse.review.session import Door
from safehouse.review.work import Work
from safehouse.store.reading_queue import read_settings

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["DEFAULTS", "Desk"]

DEFAULTS: dict[str, Any] = {
    "language": "",
    "direction": "auto",
    "faces": False,
    "greyscale": False,
    "small_picture": False,
    "break_minutes": 50,
    "idle_minutes": 15,
    "keys_on": True,
    "keys": {},
}
"""Settings of the page; `faces` shows small grey faces on the people wall."""


@dataclass(slots=True)
class Desk:
    """The state of one running page.

    Attributes:
        door: who may come in.
        project: the open project, or None.
        folder: the project that the page offers to open, or None.
        private: a private folder for films that are in no project; removed at the end.
        host: `127.0.0.1:43121`; known once the page listens.
        base: the secret first part of every path.
        work: long jobs, one after the other.
        announce: tells the user, outside the browser, a new link.
        language: the user's, where no setting says another.
        who: the operator's pseudonym.
    """

    private: Path
    project: "Project | None" = None
    folder: Path | None = None
    host: str = ""
    base: str = field(default_factory=lambda: "/" + secrets.token_urlsafe(16))
    door: Door = field(default_factory=lambda: Door(time.monotonic))
    work: Work = field(default_factory=Work)
    announce: Callable[[str], None] = lambda _: None
    language_code: str = "en"
    who: str = ""
    own: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    opening: threading.Lock = field(default_factory=threading.Lock)

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting with its value: the project's, else the running page's, else ours."""
        found = DEFAULTS | self.own
        if self.project is not None:
            found |= {n: json.loads(v) for n, v in read_settings(self.project).items()}
        return found

    @property
    def language(self) -> Language:
        """The language that the page speaks."""
        code = self.settings["language"] or self.language_code
        return load_language(code if code in LANGUAGES else "en")

    def link(self) -> str:
        """Return a new address that opens the page once."""
        return f"http://{self.host}{self.base}/enter/{self.door.new_link()}"

    def require_project(self) -> "Project":
        """Return the open project.

        Raises:
            UsageError: none is open.
        """
        if self.project is None:
            raise UsageError(
                "no project is open",
                kept="nothing was changed",
                next_step="open a project on the first page",
            )
        return self.project
