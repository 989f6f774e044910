"""Deliveries that were stopped half-way: where their folders lie, to be named and cleared.

A delivery is made in a folder with a dot before its name, and gets its own name when it is whole. A
kill or a power cut leaves that folder. Where it lies is noted, sealed, before it is made.
"""

import os
import re
import shutil
from pathlib import Path

import msgspec

from safehouse.errors import ProjectDamaged, SealedMissing
from safehouse.store.project import Project

__all__ = ["begin_delivery", "clear_unfinished", "end_delivery", "unfinished"]

NOTE = "pending/deliveries.json"
"""Sealed: the folders of deliveries that were begun and not ended."""

PARTIAL = re.compile(r"\..+\.(\d+)\.partial")
"""What such a folder is called, with the number of the process that makes it."""


def begin_delivery(project: Project, out: Path) -> Path:
    """Note, and make, the folder in which a delivery is put together.

    Raises:
        OSError: it can't be made there.
    """
    place = out.absolute().parent.resolve()
    partial = place / f".{out.name}.{os.getpid()}.partial"
    _note(project, (*_noted(project), str(partial)))
    partial.mkdir()
    return partial


def end_delivery(project: Project, partial: Path) -> None:
    """Remove what is left of the folder of a delivery that ended, well or not, and its note."""
    shutil.rmtree(partial, ignore_errors=True)
    if not partial.exists():
        _note(project, tuple(row for row in _noted(project) if row != str(partial)))


def unfinished(project: Project) -> tuple[str, ...]:
    """Return the folders of deliveries that were stopped; also of a disk that is not there now."""
    return tuple(row for row in _noted(project) if not _is_own(row) and _may_lie(Path(row)))


def clear_unfinished(project: Project) -> tuple[str, ...]:
    """Remove the folders of deliveries that were stopped; return those that can't be reached."""
    for row in _noted(project):
        if not _is_own(row) and not Path(row).is_symlink():
            shutil.rmtree(row, ignore_errors=True)
    left = tuple(row for row in _noted(project) if _is_own(row) or _may_lie(Path(row)))
    _note(project, left)
    return tuple(row for row in left if not _is_own(row))


def _is_own(row: str) -> bool:
    """Return whether this process makes it just now; no other has the project open."""
    found = PARTIAL.fullmatch(Path(row).name)
    return bool(found) and int(found[1]) == os.getpid()  # type: ignore[index]  # found


def _may_lie(partial: Path) -> bool:
    return partial.is_dir() or not partial.parent.is_dir()


def _noted(project: Project) -> tuple[str, ...]:
    """Return the folders that were noted; of a note that is damaged nothing is known."""
    try:
        rows = msgspec.json.decode(project.files.get(NOTE), type=list[str])
    except (SealedMissing, ProjectDamaged, msgspec.DecodeError):
        return ()
    return tuple(row for row in rows if PARTIAL.fullmatch(Path(row).name))


def _note(project: Project, rows: tuple[str, ...]) -> None:
    if rows:
        project.files.put(NOTE, msgspec.json.encode(sorted(set(rows))))
    else:
        project.files.remove(NOTE)
