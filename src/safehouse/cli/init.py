"""`safehouse init`: a new film project."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.project import PassphraseFile, Who, ask_passphrase, operator, read_passphrase
from safehouse.cli.screen import print_lines
from safehouse.errors import UsageError
from safehouse.model.text import escape
from safehouse.store.project import create_project

Name = Annotated[Path, typer.Argument(metavar="NAME", help="The project's folder, to be made.")]
To = Annotated[
    str | None,
    typer.Option("--to", help="Your age public key. Example: --to age1…"),
]
Unsealed = Annotated[
    bool, typer.Option("--unsealed", help="Leave the key beside the project: for tests only.")
]


def init(
    name: Name,
    passphrase_file: PassphraseFile = None,
    to: To = None,
    unsealed: Unsealed = False,
    who: Who = "",
) -> int:
    """Make a project: a folder in which everything about a film lies sealed.

    Without its passphrase, or its key, nothing opens it again. The folder's name is seen by whoever
    sees the disk.

    Examples:
      safehouse init "Project 3"

      safehouse init "Project 3" --to age1…
    """
    if sum((passphrase_file is not None, to is not None, unsealed)) > 1:
        raise UsageError(
            "--passphrase-file, --to and --unsealed are three ways to keep the key",
            kept="nothing was written",
            next_step="use just one of them",
        )
    passphrase = None
    if to is None and not unsealed:
        passphrase = (
            read_passphrase(passphrase_file) if passphrase_file else ask_passphrase(again=True)
        )
    made = create_project(
        name, passphrase=passphrase, recipient=to, unsealed=unsealed, who=operator(who)
    )
    made.close()
    print_lines(f"made: {escape(str(name))}", *_key_lines(to, unsealed=unsealed))
    print_lines(f"next: cd {escape(shlex.quote(str(name)))}, then safehouse add CARD/")
    return 0


def _key_lines(to: str | None, *, unsealed: bool) -> list[str]:
    """Return what to know of the key."""
    if unsealed:
        return ["the key lies beside, in key.txt: whoever has the folder can read all of it"]
    if to is not None:
        return ["your private key opens it: safehouse status --key FILE"]
    return [
        "nothing but the passphrase opens it: lost, everything in the project is lost",
    ]
