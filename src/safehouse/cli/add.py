"""`safehouse add`: clips join a project by reference."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.clips import named_lines, paths_of
from safehouse.cli.options import JsonFlag
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_error, print_json, print_lines, print_plain, progress
from safehouse.errors import UsageError
from safehouse.film import Added, add_clips
from safehouse.film_status import film_status


class OriginChoice(StrEnum):
    """Where clips are from."""

    own = "own"
    unknown = "unknown"


Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH", help="Clips, or folders of them.", readable=False)
]


@in_project
def add(
    here: Here,
    paths: Paths,
    origin: Annotated[
        OriginChoice,
        typer.Option(
            "--origin",
            help="unknown: sent in or smuggled; nobody in it is ever shown.",
        ),
    ] = OriginChoice.own,
    given_by: Annotated[
        str, typer.Option("--from", help="Who handed it over, for --origin unknown; sealed.")
    ] = "",
    as_json: JsonFlag = False,
) -> int:
    """Add clips to the project by reference: digests are taken, nothing is copied or changed.

    A folder that vault open wrote is held against its manifests, and where each clip comes from
    goes on record.

    Examples:
      safehouse add CARD_A/ CARD_B/

      safehouse add rushes/

      safehouse add clip.mp4 --origin unknown --from "a friend of P07"
    """
    if given_by and origin is OriginChoice.own:
        raise UsageError("--from is for --origin unknown", next_step="add --origin unknown")
    with here.opened() as film:
        with progress() as tell:
            added = add_clips(film, paths, origin=origin.value, given_by=given_by, tell=tell)
        files = paths_of(film, [*added.new, *added.moved])
        step = film_status(film).next_step
    for _, failure in added.failures:
        print_error(failure)
    if as_json:
        print_json(facts_of(added) | {"files": files, "next_step": step})
    else:
        print_lines(count_line(added))
        print_plain(*named_lines(files))
        print_lines(*lines_of(added), f"next: {step}" if step else "nothing is left to do")
    return added.exit_code


def facts_of(added: Added) -> dict[str, object]:
    """Return what became of the paths, for a program."""
    return {
        "new": added.new,
        "moved": added.moved,
        "known": added.known,
        "doubted": added.doubted,
        "left_alone": added.left_alone,
        "with_custody": added.with_custody,
        "destroyed": added.destroyed,
        "unfinished": added.unfinished,
        "failures": [[shown, failure.id] for shown, failure in added.failures],
    }


def count_line(added: Added) -> str:
    """Return how many of the paths became what, in words."""
    counts = [f"clips added: {len(added.new)}"]
    counts += [f"moved: {len(added.moved)}"] if added.moved else []
    counts += [f"known already: {len(added.known)}"] if added.known else []
    counts += [f"other files left alone: {added.left_alone}"] if added.left_alone else []
    counts += [f"NOT added: {len(added.failures)}"] if added.failures else []
    return "; ".join(counts)


def lines_of(added: Added) -> list[str]:
    """Return what else there is to say of the paths."""
    lines = []
    if added.doubted:
        lines.append(f"of unknown origin from now on, nobody is shown: {', '.join(added.doubted)}")
    if added.with_custody:
        lines.append(f"as they were sealed, with card and time on record: {added.with_custody}")
    if added.destroyed:
        lines.append(f"files that were destroyed on purpose before: {added.destroyed}")
    if added.unfinished:
        lines.append(f"files of a stopped offload, that no manifest names: {added.unfinished}")
    return lines
