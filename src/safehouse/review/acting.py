"""Saves what a window decided, at once; a window that missed something is told so first."""

from safehouse.errors import StaleWindow, UsageError
from safehouse.model.acts import Act
from safehouse.review.asking import Ask
from safehouse.store.reading_wall import kinds_since

__all__ = ["QUIET", "save", "step"]

QUIET = frozenset(
    {"LookAtOriginal", "SetSetting", "RecordRender", "AddClip", "MoveClip", "FailClip"}
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


def step(ask: Ask, way: str) -> str | None:
    """Undo or redo the last act; return its name, or None where there is nothing to."""
    project = ask.project
    with project.lock:
        if _expected(ask) is not None:
            raise StaleWindow(
                "something else was decided since this page was shown",
                next_step="look at what is there now, then decide again",
            )
        return project.undo() if way == "undo" else project.redo()


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
