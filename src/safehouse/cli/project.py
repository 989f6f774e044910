"""What every command on a project shares: which project, its key, and who is at work."""

import getpass
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.screen import PROGRAM, in_words
from safehouse.errors import UsageError
from safehouse.model.text import escape
from safehouse.store.project import Project, find_project, open_project

__all__ = [
    "WHO",
    "InProject",
    "KeyFile",
    "PassphraseFile",
    "Who",
    "ask_passphrase",
    "opened",
    "operator",
    "read_passphrase",
]

MOST_BYTES = 1 << 16
"""Of a passphrase's file no more is read: somebody may name a film, or a device, by mistake."""

WHO = "SAFEHOUSE_WHO"
"""Environment variable with the operator's pseudonym."""

InProject = Annotated[
    Path | None,
    typer.Option("--project", help="The project's folder; found upwards unless said."),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Holds the passphrase; asked for unless given."),
]
KeyFile = Annotated[
    Path | None, typer.Option("--key", help="The age identity that opens the project.")
]
Who = Annotated[
    str,
    typer.Option("--who", help=f"Your pseudonym, for the history; ${WHO} unless said."),
]


def opened(
    project: Path | None = None,
    passphrase_file: Path | None = None,
    key: Path | None = None,
    who: str = "",
) -> Project:
    """Return the project that a command is about, open; `with` closes it.

    Raises:
        ProjectError: there is none, or it does not open.
        UsageError: the passphrase can't be read, or nobody is there to be asked.
    """
    folder = find_project(Path.cwd()) if project is None else project

    def passphrase() -> str:
        return read_passphrase(passphrase_file) if passphrase_file else ask_passphrase()

    film = open_project(folder, passphrase=passphrase, identity=key, who=operator(who))
    if film.torn is not None:
        words = (
            "the last act was cut short by a crash, and never counted; what was written of it is "
            f"kept as journal/{film.torn.name}"
        )
        sys.stderr.write(f"{PROGRAM}: {in_words(words)}\n")
    return film


def operator(who: str) -> str:
    """Return the pseudonym that goes into the history."""
    return who or os.environ.get(WHO, "") or "operator"


def read_passphrase(file: Path) -> str:
    """Return the first line of a file, without a byte order mark and the line's end.

    Raises:
        UsageError: it can't be read, is no plain text, or is empty.
    """
    name = escape(file.name)
    try:
        with file.open("rb") as handle:
            line = re.split(rb"\r\n|\r|\n", handle.read(MOST_BYTES))[0]
    except OSError as error:
        raise _no_passphrase(f"no passphrase at '{name}'") from error
    try:
        passphrase = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_passphrase(f"'{name}' is no plain text (UTF-8)") from error
    if "\0" in passphrase:
        raise _no_passphrase(f"'{name}' is no plain text (UTF-8)")
    if not passphrase:
        raise _no_passphrase(f"'{name}' holds no passphrase")
    return passphrase


def ask_passphrase(*, again: bool = False) -> str:
    """Return what the operator types, unseen; again asks twice.

    Raises:
        UsageError: nobody can be asked, nothing was typed, or not the same twice.
    """
    if not sys.stdin.isatty():
        raise _no_passphrase("the project is sealed by a passphrase, and nobody can be asked")
    typed = getpass.getpass(f"{in_words('passphrase:')} ", stream=sys.stderr)
    if not typed or (again and _typed_again() != typed):
        raise _no_passphrase("not the same twice" if typed else "no passphrase")
    return typed


def _typed_again() -> str:
    return getpass.getpass(f"{in_words('once more:')} ", stream=sys.stderr)


def _no_passphrase(happened: str) -> UsageError:
    return UsageError(
        happened, kept="nothing was opened or written", next_step="--passphrase-file FILE"
    )
