"""`safehouse offload` and `safehouse card wipe`: what is done with a card."""

from pathlib import Path
from typing import Annotated

import typer
from safehouse_offload import field

from safehouse.cli.screen import ask_word, print_said, progress
from safehouse.errors import UsageError

app = typer.Typer(help="What is done with a card besides copying it.", no_args_is_help=True)

CardFolder = Annotated[Path, typer.Argument(metavar="CARD", help="Where the card is mounted.")]


def offload(
    card: CardFolder,
    same_device: Annotated[
        bool, typer.Option("--same-device", help="Take vaults that lie on one device.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help="Number of processes.")
    ] = None,
) -> int:
    """Seal every file of a card to every vault, read back, compare, read the card again.

    The last line says whether it is done. The card is only read. The same command goes on where
    a stopped one was.

    Example:
      safehouse offload /media/CARD
    """
    with progress() as tell:
        count = workers or field.default_workers()
        said = field.offload_card(card, same_device=same_device, workers=count, tell=tell)
    return print_said(said)


@app.command("wipe")
def wipe(
    card: CardFolder,
    yes: Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")] = False,
) -> int:
    """Overwrite everything on a card, read it back, remove it, and fill the free space.

    Example:
      safehouse card wipe /media/CARD
    """
    typed = "" if yes else ask_word("Everything on the card is destroyed. Type WIPE:")
    if not yes and typed != "WIPE":
        raise UsageError("not agreed to", kept="the card is untouched", next_step="type WIPE")
    return print_said(field.wipe_card(card))
