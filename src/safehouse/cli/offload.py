"""`safehouse offload` and `safehouse card wipe`: what is done with a card."""

import typer
from safehouse_offload import field
from safehouse_offload.cli.cards import check_card
from safehouse_offload.cli.options import CardFolder, SameDevice, View, Whole, WorkerCount, Yes

from safehouse.cli.screen import ask_word, print_said, progress
from safehouse.errors import UsageError

app = typer.Typer(help="What is done with a card besides copying it.", no_args_is_help=True)


def offload(card: CardFolder, same_device: SameDevice = False, workers: WorkerCount = None) -> int:
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


@app.command("check")
def check(
    card: CardFolder,
    view: View = False,
    whole: Whole = False,
    workers: WorkerCount = None,
) -> int:
    """Look into a card before it is copied: black, silent, clipped or unreadable?

    Everything stays in memory; nothing is written anywhere.

    Example:
      safehouse card check /media/CARD
    """
    return print_said(check_card(card, view=view, whole=whole, workers=workers))


@app.command("wipe")
def wipe(card: CardFolder, yes: Yes = False) -> int:
    """Overwrite everything on a card, read it back, remove it, and fill the free space.

    Example:
      safehouse card wipe /media/CARD
    """
    typed = "" if yes else ask_word("Everything on the card is destroyed. Type WIPE:")
    if not yes and typed != "WIPE":
        raise UsageError("not agreed to", kept="the card is untouched", next_step="type WIPE")
    with progress() as tell:
        said = field.wipe_card(card, tell)
    return print_said(said)
