"""Arguments and options that commands have in common."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["CardFolder", "Folders", "SameDevice", "View", "Whole", "WorkerCount", "Yes"]

CardFolder = Annotated[Path, typer.Argument(metavar="CARD", help="Where the card is mounted.")]
Folders = Annotated[
    list[Path] | None, typer.Argument(metavar="VAULT", help="Those of init unless said.")
]
SameDevice = Annotated[
    bool, typer.Option("--same-device", help="Take vaults that lie on one device, or in memory.")
]
WorkerCount = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Number of processes.")
]
View = Annotated[
    bool,
    typer.Option("--view", help="Small pictures of each file, on this screen and nowhere else."),
]
Whole = Annotated[bool, typer.Option("--whole", help="Decode everything; takes long.")]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]
