"""`safehouse withdraw`: somebody takes their consent back."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli import consent_options as said
from safehouse.cli.options import Workers
from safehouse.cli.project import Here, in_project
from safehouse.cli.render import print_rendered
from safehouse.cli.screen import print_error, print_lines, progress
from safehouse.machine import core_count
from safehouse.model.text import escape
from safehouse.outputs import write_error
from safehouse.pipeline import Desk
from safehouse.store.atomic import write_whole
from safehouse.version_films import ClipDone
from safehouse.withdrawing import (
    render_again,
    take_down,
    touched,
    touched_lines,
)
from safehouse.withdrawing import (
    withdraw as record_withdrawal,
)
from safehouse.workers import Workers as Pool

__all__ = ["withdraw"]


class Closing(StrEnum):
    """States in which nothing of a person shows."""

    withdrawn = "withdrawn"
    suspended = "suspended"
    unreachable = "unreachable"
    detained = "detained"


@in_project
def withdraw(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    person: said.Person,
    list_only: Annotated[
        bool, typer.Option("--list", help="Only list what it would touch; change nothing.")
    ] = False,
    state: Annotated[
        Closing, typer.Option("--state", help="What happened, if not a withdrawal.")
    ] = Closing.withdrawn,
    later: Annotated[
        bool, typer.Option("--later", help="Render nothing now; the films are refused until then.")
    ] = False,
    take_down_list: Annotated[
        Path | None, typer.Option("--take-down", help="Write the draft of the list to a file.")
    ] = None,
    workers: Workers = None,
) -> int:
    """From now on, show nothing of somebody: list what it touches, then render that again.

    It counts at once, from anybody, unproven; the films that show them are refused from then on.
    Rendering goes on where it was stopped when the same command is given again.

    Examples:
      safehouse withdraw P07 --list

      safehouse withdraw P07 --take-down ask.txt
    """
    with here.opened() as film:
        found = touched(film, person) if list_only else record_withdrawal(film, person, state.value)
        print_lines(*touched_lines(found), "")
        if take_down_list is not None:
            _write(take_down_list, take_down(found))
        elif found.out:
            print_lines(take_down(found))
        if list_only:
            print_lines("nothing was changed")
            return 0
        print_lines(f"{state.value} from now on: {', '.join(found.members)}")
        if later or not found.versions:
            again = [f"next: safehouse render --version {name}" for name in found.versions]
            print_lines(*(again or ["no film ever showed them: nothing is to be rendered again"]))
            return 0
        with progress() as tell, Pool(workers or core_count()) as pool:
            done = render_again(film, found, Desk(pool, tell), _tell)
        return max((print_rendered(film, one, as_json=False) for one in done), default=0)


def _tell(row: ClipDone) -> None:
    if row.error is not None:
        print_error(row.error)


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise write_error(error) from error
    print_lines(f"draft of the take-down list: {escape(str(path))}", "")
