"""`safehouse clips`: which clip is which file, and how far each is."""

import math
import os
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import in_words, print_json, print_lines, print_plain
from safehouse.errors import UsageError
from safehouse.model.text import escape
from safehouse.store.project import Project
from safehouse.store.reading_footage import read_clip_places
from safehouse.store.reading_wall import ClipLine, count_clips, read_clip_lines

__all__ = ["clips", "named_lines", "paths_of"]

MOST_NAMED = 20
"""Clips that are named one by one after they were added; of more the number is told."""

Which = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CLIP]", help="Only these: C0007, or a part of a file's name."),
]


@in_project
def clips(here: Here, which: Which = None, as_json: JsonFlag = False) -> int:
    """List the clips of the project with the names of their files, which may name people.

    Everywhere else clips have ids alone: keep this list to yourself.

    Examples:
      safehouse clips

      safehouse clips C0007

      safehouse clips A001_
    """
    with here.opened() as film:
        paths = _paths(film)
        rows = read_clip_lines(film, most=count_clips(film))
    found = [row for row in rows if _is_wanted(row.id, paths[row.id], which or [])]
    if rows and not found:
        raise UsageError(
            "no clip is called so", kept="nothing was changed", next_step="safehouse clips"
        )
    if as_json:
        print_json([_facts(row, paths[row.id]) for row in found])
        return 0
    width = max((len(_shown(paths[row.id])) for row in found), default=0)
    print_plain(*(_line(row, paths[row.id], width) for row in found))
    if not rows:
        print_lines("no clip is in the project", "next: safehouse add CARD/")
    return 0


def paths_of(film: Project, ids: list[str]) -> dict[str, str]:
    """Return clip → where its file lies; it may name people."""
    paths = _paths(film)
    return {id_: paths[id_] for id_ in ids}


def named_lines(paths: dict[str, str]) -> list[str]:
    """Return clips with the names of their files, the first of them one by one; as they are."""
    ids = list(paths)
    lines = [f"  {id_}  {_shown(paths[id_])}" for id_ in ids[:MOST_NAMED]]
    more = len(ids) - MOST_NAMED
    return [*lines, "  " + in_words(f"and {more} more: safehouse clips")] if more > 0 else lines


def _paths(film: Project) -> dict[str, str]:
    return {place.id: os.path.normpath(place.path) for place in read_clip_places(film)}


def _is_wanted(id_: str, path: str, which: list[str]) -> bool:
    name = Path(path).name.casefold()
    return not which or any(one == id_ or one.casefold() in name for one in which)


def _shown(path: str) -> str:
    """Return a file's name with its folder: two cards may have files of one name."""
    return escape("/".join(Path(path).parts[-2:]))


def _line(row: ClipLine, path: str, width: int) -> str:
    minutes, seconds = divmod(math.ceil(row.seconds), 60)
    length = f"{minutes:02d}:{seconds:02d}" if row.analysed else "     "
    return f"{row.id}  {_shown(path):<{width}}  {length}  {in_words(_state(row))}"


def _state(row: ClipLine) -> str:
    """Return how far a clip is, in words."""
    origin = ["of unknown origin"] if row.origin != "own" else []
    if row.error:
        return ", ".join([f"failed [{row.error}]", *origin])
    if not row.analysed:
        return ", ".join(["not analysed", *origin])
    heads = "1 appearance" if row.pieces == 1 else f"{row.pieces} appearances"
    return ", ".join([heads, f"{row.open} undecided", *origin])


def _facts(row: ClipLine, path: str) -> dict[str, object]:
    return {
        "clip": row.id,
        "path": path,
        "origin": row.origin,
        "seconds": row.seconds,
        "analysed": row.analysed,
        "error": row.error,
        "appearances": row.pieces,
        "people": row.people,
        "undecided": row.open,
    }
