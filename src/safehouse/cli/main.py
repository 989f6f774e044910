"""The entry of the `safehouse` command: its sub-commands, and one place where failures end."""

import sys

import typer
from safehouse_offload.cli.running import Ending, mend_streams, run_app, stop_on_signals

from safehouse import __version__
from safehouse.cli import (
    add,
    analyse,
    audit,
    clips,
    consent_files,
    copies,
    deliver,
    doctor,
    history,
    init,
    inspect,
    offload,
    people,
    people_voices,
    person,
    plan,
    protect,
    proxies,
    render,
    report,
    review,
    status,
    vault,
    version,
    voices,
    withdraw,
)
from safehouse.cli.overview import Overview
from safehouse.cli.screen import PROGRAM, print_lines
from safehouse.cli.speaking import command_in, speaking
from safehouse.crash import as_failure
from safehouse.errors import UsageError
from safehouse.language import LANGUAGES
from safehouse.model.text import escape

__all__ = ["app", "main", "run"]

KEPT = "the source is untouched; finished parts are used again"

app = typer.Typer(
    name="safehouse",
    cls=Overview,
    help="Protects the people in documentary footage: hides every face, head and voice that it "
    "finds, attacks its own result, and says what remains.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

app.command("init")(init.init)
app.command("add")(add.add)
app.command("clips")(clips.clips)
app.command("history")(history.history)
app.command("protect")(protect.protect)
app.command("analyse")(analyse.analyse)
app.add_typer(plan.app, name="plan")
app.command("render")(render.render)
app.command("audit")(audit.audit)
app.add_typer(people_voices.app, name="people")
app.command("lock-picture")(people.lock_picture)
app.command("forget-faces")(people.forget_faces)
app.add_typer(person.app, name="person")
app.add_typer(consent_files.app, name="consent")
app.command("withdraw")(withdraw.withdraw)
app.command("proxies")(proxies.proxies)
app.add_typer(version.app, name="version")
app.command("watch")(version.watch)
app.command("deliver")(deliver.deliver)
app.add_typer(copies.app, name="copies")
app.add_typer(copies.screenings, name="screening")
app.command("status")(status.status)
app.command("review")(review.review)
app.add_typer(report.app, name="report")
app.command("inspect")(inspect.inspect)
app.command("voices")(voices.voices)
app.command("doctor")(doctor.doctor)
app.command("offload")(offload.offload)
app.add_typer(offload.app, name="card")
app.add_typer(vault.app, name="vault")


def _version(wanted: bool) -> None:
    if wanted:
        print_lines(f"safehouse {__version__}")
        raise typer.Exit


def _language(code: str) -> None:
    """Refuse a language that no catalogue is of; which one is spoken was chosen before."""
    if code and code not in LANGUAGES:
        raise UsageError(
            f"no language '{escape(code)}' is spoken here",
            kept="nothing was read or written",
            next_step=f"use one of {', '.join(LANGUAGES)}",
        )


@app.callback()
def _options(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
    language: str = typer.Option(
        "",
        "--language",
        callback=_language,
        is_eager=True,
        help="What is printed: en, fr; the system's unless said. Example: --language fr",
    ),
    no_browser: review.NoBrowser = False,
) -> int:
    """Without a command: the page in the browser, to drop a clip or open a project."""
    del version, language
    if context.invoked_subcommand is not None:
        return 0
    return review.open_page(review.project_here(), browser=not no_browser)


def main() -> None:
    """Run the command line and leave with its exit code."""
    stop_on_signals()
    mend_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line; every failure is told in three lines."""
    with speaking(arguments) as language:
        return run_app(command_in(language, app), arguments, Ending(PROGRAM, KEPT, as_failure))
