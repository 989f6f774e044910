"""Saves what a window decided, at once; a window that missed something is told so first."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from safehouse.errors import StaleWindow, UsageError
from safehouse.model.acts import Act
from safehouse.review.asking import Ask
from safehouse.store.reading_wall import kinds_since

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["QUIET", "save", "save_by", "save_narrowing", "step"]

Result = TypeVar("Result")

QUIET = frozenset(
    {
        "LookAtOriginal",
        "HearOriginal",
        "SetSetting",
        "RecordRender",
        "AddClip",
        "MoveClip",
        "FailClip",
    }
)
"""Kinds of acts that change nothing that a human decides by: a window may have missed them."""


def save(ask: Ask, *acts: Act) -> int:
    """Save acts, all or none; return the number of the last.

    Raises:
        StaleWindow: something else was decided since this window was loaded.
        SafehouseError: an act is refused; nothing was changed.
    """
    project = ask.project
    with project.lock:
        return project.act(*acts, expect=_expected(ask))


def save_by(ask: Ask, does: Callable[["Project"], Result]) -> Result:
    """Let a joiner save what a window decided; return what it returns.

    Raises:
        StaleWindow: something else was decided since this window was loaded.
    """
    project = ask.project
    with project.lock:
        _require_fresh(ask)
        return does(project)


def save_narrowing(ask: Ask, does: Callable[["Project"], Result]) -> Result:
    """Let a joiner save what only narrows, whatever the window missed; return what it returns.

    A no is taken at once, from anybody: nobody is sent back to look first at what changed since.
    """
    with ask.project.lock:
        return does(ask.project)


def step(ask: Ask, way: str) -> str | None:
    """Undo or redo the last act; return its name, or None where there is nothing to."""
    project = ask.project
    with project.lock:
        _require_fresh(ask)
        return project.undo() if way == "undo" else project.redo()


def _require_fresh(ask: Ask) -> None:
    if _expected(ask) is not None:
        raise StaleWindow(
            "something else was decided since this page was shown",
            next_step="look at what is there now, then decide again",
        )


def _expected(ask: Ask) -> int | None:
    """Return the number that the project must be at; None when all that was missed is quiet.

    Raises:
        UsageError: the window does not say what it had seen.
    """
    if ask.expect is None:
        raise UsageError(
            "it is not said what this window had seen",
            kept="nothing was changed",
            next_step="reload the page and do it again",
        )
    missed = kinds_since(ask.project, ask.expect)
    return None if missed <= QUIET else ask.expect
