"""`safehouse copies …`, `safehouse screening …`: what is out, with whom, since when."""

from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag
from safehouse.cli.project import InProject, KeyFile, PassphraseFile, Who, opened
from safehouse.cli.screen import print_json, print_lines
from safehouse.delivering import add_copy, add_screening, call_back
from safehouse.model.text import escape
from safehouse.store.reading_versions import read_copies, read_screenings

app = typer.Typer(help="Copies of delivered versions: where they are.", no_args_is_help=True)
screenings = typer.Typer(help="Screenings of delivered versions.", no_args_is_help=True)

Version = Annotated[str, typer.Argument(metavar="NAME", help="The version.")]
Where = Annotated[str, typer.Option("--where", help="Without names of people.")]
NoVersion = Annotated[str, typer.Argument(metavar="[NAME]", help="Only of this version.")]


@app.command("add")
def add(  # noqa: PLR0913 - one argument an option of the command
    version: Version,
    where: Where,
    to: Annotated[str, typer.Option("--to", help="Who holds it: an office, not a person.")],
    since: Annotated[str, typer.Option(help="Today unless said: 2027-06-30")] = "",
    project: InProject = None,
    passphrase_file: PassphraseFile = None,
    key: KeyFile = None,
    who: Who = "",
) -> int:
    """Write down where a copy of a version is; a withdrawal lists it.

    Example:
      safehouse copies add festival-cut --where "Festival A, server" --to "programming office"
    """
    with opened(project, passphrase_file, key, who) as film:
        copy = add_copy(film, version, where, to, since)
    print_lines(f"{copy.copy}: {escape(where)}, with {escape(to)}, since {copy.since}")
    return 0


@app.command("list")
def list_copies(
    version: NoVersion = "",
    project: InProject = None,
    passphrase_file: PassphraseFile = None,
    key: KeyFile = None,
    who: Who = "",
    as_json: JsonFlag = False,
) -> int:
    """List copies, and which of them are gone.

    Example:
      safehouse copies list festival-cut
    """
    with opened(project, passphrase_file, key, who) as film:
        rows = read_copies(film, version)
    if as_json:
        fields = ("copy", "version", "where", "to", "since", "gone")
        print_json([{name: getattr(row, name) for name in fields} for row in rows])
        return 0
    lines = [
        f"{row.copy} {row.version}: {escape(row.where)}, with {escape(row.to)}, since {row.since}"
        + (", gone" if row.gone else "")
        for row in rows
    ]
    print_lines(*(lines or ["no copy is written down"]))
    return 0


@app.command("gone")
def gone(
    copy: Annotated[str, typer.Argument(metavar="COPY", help="Example: K0001")],
    project: InProject = None,
    passphrase_file: PassphraseFile = None,
    key: KeyFile = None,
    who: Who = "",
) -> int:
    """Write down that a copy was called back or destroyed, as far as its holder says.

    Example:
      safehouse copies gone K0001
    """
    with opened(project, passphrase_file, key, who) as film:
        row = call_back(film, copy)
    print_lines(f"{row.copy} is gone, as far as {escape(row.to)} says")
    return 0


@screenings.command("add")
def add_one(  # noqa: PLR0913 - one argument an option of the command
    version: Version,
    where: Where,
    day: Annotated[str, typer.Option("--day", help="Example: --day 2027-03-14")],
    project: InProject = None,
    passphrase_file: PassphraseFile = None,
    key: KeyFile = None,
    who: Who = "",
) -> int:
    """Write down that a version was or will be shown to an audience.

    Example:
      safehouse screening add festival-cut --where Lyon --day 2027-03-14
    """
    with opened(project, passphrase_file, key, who) as film:
        add_screening(film, version, where, day)
    print_lines(f"{escape(version)}: {escape(where)}, {escape(day)}")
    return 0


@screenings.command("list")
def list_screenings(
    version: NoVersion = "",
    project: InProject = None,
    passphrase_file: PassphraseFile = None,
    key: KeyFile = None,
    who: Who = "",
    as_json: JsonFlag = False,
) -> int:
    """List screenings, by day.

    Example:
      safehouse screening list festival-cut
    """
    with opened(project, passphrase_file, key, who) as film:
        rows = read_screenings(film, version)
    if as_json:
        print_json([{"version": r.version, "where": r.where, "day": r.day} for r in rows])
    else:
        lines = [f"{row.day} {row.version}: {escape(row.where)}" for row in rows]
        print_lines(*(lines or ["no screening is written down"]))
    return 0
