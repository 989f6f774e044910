"""`safehouse copies …`, `safehouse screening …`: what is out, with whom, since when."""

from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_json, print_lines
from safehouse.given_out import add_copy, add_screening, call_back, correct_copy
from safehouse.model.text import escape
from safehouse.store.project import Project
from safehouse.store.reading_versions import (
    read_copies,
    read_deliveries,
    read_screenings,
    read_version,
)

app = typer.Typer(help="Copies of delivered versions: where they are.", no_args_is_help=True)
screenings = typer.Typer(help="Screenings of delivered versions.", no_args_is_help=True)

Version = Annotated[str, typer.Argument(metavar="NAME", help="The version.")]
Of = Annotated[
    str,
    typer.Option(
        "--delivery",
        help="Which delivery: D0002, its day, or unknown. The newest of that day unless said.",
    ),
]
Copy = Annotated[str, typer.Argument(metavar="COPY", help="Example: K0001")]
Where = Annotated[str, typer.Option("--where", help="Without names of people.")]
NoVersion = Annotated[str, typer.Argument(metavar="[NAME]", help="Only of this version.")]


@app.command("add")
@in_project
def add(
    here: Here,
    version: Version,
    where: Where,
    to: Annotated[str, typer.Option("--to", help="Who holds it: an office, not a person.")],
    since: Annotated[str, typer.Option(help="Today unless said: 2027-06-30")] = "",
    delivery: Of = "",
) -> int:
    """Write down where a copy of a version is; a withdrawal lists it.

    Example:
      safehouse copies add festival-cut --where "Festival A, server" --to "programming office"
    """
    with here.opened() as film:
        copy = add_copy(film, version, where, to, since, delivery)
    print_lines(
        f"{copy.copy}: {escape(where)}, with {escape(to)}, since {copy.since}; {_of(copy.delivery)}"
    )
    return 0


@app.command("correct")
@in_project
def correct(
    here: Here,
    copy: Copy,
    delivery: Annotated[str, typer.Option("--delivery", help="D0002, its day, or unknown.")],
) -> int:
    """Write down of which delivery a copy is.

    Example:
      safehouse copies correct K0001 --delivery D0002
    """
    with here.opened() as film:
        row = correct_copy(film, copy, delivery)
    print_lines(f"{row.copy}: {_of(row.delivery)}")
    return 0


@app.command("deliveries")
@in_project
def deliveries(here: Here, version: NoVersion = "", as_json: JsonFlag = False) -> int:
    """List what was delivered, and when.

    Example:
      safehouse copies deliveries festival-cut
    """
    with here.opened() as film:
        _require_version(film, version)
        rows = read_deliveries(film, version)
    if as_json:
        print_json([{"delivery": r.id, "version": r.act.version, "at": r.at} for r in rows])
    else:
        lines = [f"{row.id} {row.act.version}: {row.day}" for row in rows]
        print_lines(*(lines or ["nothing was delivered"]))
    return 0


@app.command("list")
@in_project
def list_copies(here: Here, version: NoVersion = "", as_json: JsonFlag = False) -> int:
    """List copies, and which of them are gone.

    Example:
      safehouse copies list festival-cut
    """
    with here.opened() as film:
        _require_version(film, version)
        rows = read_copies(film, version)
    if as_json:
        fields = ("copy", "version", "where", "to", "since", "gone", "delivery")
        print_json([{name: getattr(row, name) for name in fields} for row in rows])
        return 0
    lines = [
        f"{row.copy} {row.version}: {escape(row.where)}, with {escape(row.to)}, since {row.since};"
        f" {_of(row.delivery)}" + (", gone" if row.gone else "")
        for row in rows
    ]
    print_lines(*(lines or ["no copy is written down"]))
    return 0


@app.command("gone")
@in_project
def gone(here: Here, copy: Copy) -> int:
    """Write down that a copy was called back or destroyed, as far as its holder says.

    Example:
      safehouse copies gone K0001
    """
    with here.opened() as film:
        row = call_back(film, copy)
    print_lines(f"{row.copy} is gone, as far as {escape(row.to)} says")
    return 0


@screenings.command("add")
@in_project
def add_one(
    here: Here,
    version: Version,
    where: Where,
    day: Annotated[str, typer.Option("--day", help="Example: --day 2027-03-14")],
    delivery: Of = "",
) -> int:
    """Write down that a version was or will be shown to an audience.

    Example:
      safehouse screening add festival-cut --where Lyon --day 2027-03-14
    """
    with here.opened() as film:
        row = add_screening(film, version, where, day, delivery)
    print_lines(f"{escape(version)}: {escape(where)}, {escape(day)}; {_of(row.delivery)}")
    return 0


@screenings.command("list")
@in_project
def list_screenings(here: Here, version: NoVersion = "", as_json: JsonFlag = False) -> int:
    """List screenings, by day.

    Example:
      safehouse screening list festival-cut
    """
    with here.opened() as film:
        _require_version(film, version)
        rows = read_screenings(film, version)
    if as_json:
        fields = ("version", "where", "day", "delivery")
        print_json([{name: getattr(row, name) for name in fields} for row in rows])
    else:
        lines = [
            f"{row.day} {row.version}: {escape(row.where)}; {_of(row.delivery)}" for row in rows
        ]
        print_lines(*(lines or ["no screening is written down"]))
    return 0


def _require_version(film: Project, version: str) -> None:
    """Check that a version that is named is one, or nothing found would mean nothing."""
    if version:
        read_version(film, version)


def _of(delivery: str) -> str:
    return f"of {delivery}" if delivery else "of which delivery is unknown"
