"""The commands of the field, and one place where failures end."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from safehouse_offload import __version__, field
from safehouse_offload.cli.cards import check_card
from safehouse_offload.cli.options import (
    CardFolder,
    Folders,
    SameDevice,
    View,
    Whole,
    WorkerCount,
    Yes,
)
from safehouse_offload.cli.running import Ending, mend_streams, run_app, stop_on_signals
from safehouse_offload.cli.screen import ask_word, print_said, progress
from safehouse_offload.errors import SafehouseError, UsageError
from safehouse_offload.text import escape

__all__ = ["app", "main", "run"]

KEPT = "nothing but a wipe changes a card; what is done is not done again"

app = typer.Typer(
    help="Copies cards to two disks, sealed, and proves that the copies are good. What it seals it "
    "can't open.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def program_name() -> str:
    """Return the name of the file that started this, so that whoever renames it renames it all."""
    name = Path(sys.argv[0]).stem
    return "copy" if name in {"", "__main__", "-c", "-m"} else escape(name)


@app.command("init")
def init(
    folders: Annotated[list[Path], typer.Argument(metavar="VAULT", help="Folders on two disks.")],
    to: Annotated[list[Path], typer.Option("--to", help="A public key; may be repeated.")],
    same_device: SameDevice = False,
) -> int:
    """Make vaults, and remember them with the public key. Nothing else is kept."""
    return print_said(field.init_vaults(folders, to, same_device=same_device), program_name())


@app.command("check")
def check(
    card: CardFolder,
    view: View = False,
    whole: Whole = False,
    workers: WorkerCount = None,
) -> int:
    """Look into a card before it is copied: black, silent, clipped or unreadable?

    Everything stays in memory; nothing is written anywhere. Needs the Python package av.
    """
    return print_said(check_card(card, view=view, whole=whole, workers=workers), program_name())


@app.command("offload")
def offload(
    card: CardFolder,
    same_device: SameDevice = False,
    workers: WorkerCount = None,
) -> int:
    """Seal every file of a card to every vault, read back, compare, read the card again.

    The last line says whether it is done. The card is only read. The same command goes on where
    a stopped one was.
    """
    with progress() as tell:
        count = workers or field.default_workers()
        said = field.offload_card(card, same_device=same_device, workers=count, tell=tell)
    return print_said(said, program_name())


@app.command("verify")
def verify(
    folders: Folders = None,
    root: Annotated[str, typer.Option("--root", help="The words on paper.")] = "",
) -> int:
    """Hold vaults against what was written: structure, digests, completeness."""
    with progress() as tell:
        said = field.verify_vaults(folders or (), root, tell)
    return print_said(said, program_name())


@app.command("list")
def list_(folders: Folders = None) -> int:
    """Say how much lies in the vaults: numbers and sizes only."""
    return print_said(field.list_vaults(folders or ()), program_name())


@app.command("wipe")
def wipe(
    card: CardFolder,
    yes: Yes = False,
) -> int:
    """Overwrite everything on a card, read it back, remove it, and fill the free space."""
    typed = "" if yes else ask_word("Everything on the card is destroyed. Type WIPE:")
    if not yes and typed != "WIPE":
        raise UsageError("not agreed to", kept="the card is untouched", next_step="type WIPE")
    with progress() as tell:
        said = field.wipe_card(card, tell)
    return print_said(said, program_name())


vaults = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
vaults.command("init")(init)
vaults.command("verify")(verify)
vaults.command("list")(list_)
cards = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
cards.command("check")(check)
cards.command("wipe")(wipe)
app.add_typer(vaults, name="vault", hidden=True, help="The same, as failures name the next step.")
app.add_typer(cards, name="card", hidden=True, help="The same, as failures name the next step.")


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if version:
        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


def main() -> None:
    """Run the command line and leave with its exit code."""
    stop_on_signals()
    mend_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line; every failure is told in three lines."""
    return run_app(app, arguments, Ending(program_name(), KEPT, _fault))


def _fault(error: Exception) -> SafehouseError:
    trace, where = error.__traceback__, "?"
    while trace is not None:
        where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119
        trace = trace.tb_next
    return SafehouseError(
        f"a fault in the program itself ({type(error).__name__})",
        kept="the card is untouched",
        next_step=f"report it with this: {where}",
    )
