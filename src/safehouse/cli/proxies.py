"""`safehouse proxies`: small protected copies to cut with."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag, Look, Workers
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_error, print_json, print_lines, progress
from safehouse.cli.version import Silence
from safehouse.errors import SafehouseError
from safehouse.machine import core_count
from safehouse.model.text import escape
from safehouse.pipeline import Desk
from safehouse.proxies import FOLDER, ProxyDone, Wanted, make_proxies
from safehouse.workers import Workers as Pool


class Names(StrEnum):
    """Under which names cutting copies lie."""

    ids = "ids"
    own = "own"


@in_project
def proxies(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    clip: Annotated[
        list[str] | None, typer.Option("--clip", help="Only this clip. May be repeated.")
    ] = None,
    voices: Annotated[Silence, typer.Option(help="disguise is no promise.")] = Silence.mute,
    look: Annotated[Look, typer.Option(help="solid is faster.")] = Look.veil,
    names: Annotated[
        Names, typer.Option(help="own adds links under the card's names, which may name people.")
    ] = Names.ids,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> int:
    """Make small copies in which everybody is hidden, to cut and to review with.

    They have the clip's id as name, its length and times, a neutral timecode, and "CUTTING COPY"
    burned in. What is there and still holds is not made again.

    Example:
      safehouse proxies --voices disguise
    """
    wanted = Wanted(
        clips=tuple(clip or ()), voices=voices.value, look=look.value, names=names.value
    )

    def told(row: ProxyDone) -> None:
        if row.error is not None:
            print_error(row.error)

    with (
        here.opened() as film,
        progress() as tell,
        Pool(workers or core_count()) as pool,
    ):
        done = make_proxies(film, wanted, Desk(pool, tell), told)
        folder = (here.project or Path(os.path.relpath(film.folder))) / FOLDER
    if as_json:
        print_json({row.clip: row.what for row in done})
    else:
        print_lines(*_lines(done), f"cutting copies: {escape(str(folder))}/")
        if names is Names.own:
            print_lines("the names of the card's files may name people: keep them to yourself")
    return exit_code([row.error for row in done])


def _lines(done: tuple[ProxyDone, ...]) -> list[str]:
    counts: dict[str, int] = {}
    for row in done:
        counts[row.what] = counts.get(row.what, 0) + 1
    return [f"{count} {what}" for what, count in counts.items()] or ["no clip is in the project"]


def exit_code(errors: list[SafehouseError | None]) -> int:
    """Return the exit code of the first failure; 0 where nothing failed."""
    return next((error.exit_code for error in errors if error is not None), 0)
