"""What every command on a project shares: which project, its key, and who is at work."""

import getpass
import inspect
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from safehouse.cli.screen import PROGRAM, in_words
from safehouse.errors import UsageError
from safehouse.model.text import escape
from safehouse.store.project import Project, find_project, open_project

__all__ = [
    "WHO",
    "Here",
    "PassphraseFile",
    "Who",
    "ask_passphrase",
    "in_project",
    "operator",
    "read_passphrase",
]

MOST_BYTES = 1 << 16
"""Of a passphrase's file no more is read: somebody may name a film, or a device, by mistake."""

WHO = "SAFEHOUSE_WHO"
"""Environment variable with the operator's pseudonym."""

PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Holds the passphrase; asked for unless given."),
]
Who = Annotated[
    str,
    typer.Option("--who", help=f"Your pseudonym, for the history; ${WHO} unless said."),
]


@dataclass(frozen=True)
class Here:
    """Which project a command is about, what opens it, and who is at work."""

    project: Annotated[
        Path | None,
        typer.Option("--project", help="The project's folder; found upwards unless said."),
    ] = None
    passphrase_file: PassphraseFile = None
    key: Annotated[
        Path | None, typer.Option("--key", help="The age identity that opens the project.")
    ] = None
    who: Who = ""

    def opened(self) -> Project:
        """Return the project, open; `with` closes it.

        Raises:
            ProjectError: there is none, or it does not open.
            UsageError: the passphrase can't be read, or nobody is there to be asked.
        """
        folder = find_project(Path.cwd()) if self.project is None else self.project
        film = open_project(
            folder, passphrase=self._passphrase, identity=self.key, who=operator(self.who)
        )
        if film.torn is not None:
            words = (
                "the last act was cut short by a crash, and never counted; what was written of it "
                f"is kept as journal/{film.torn.name}"
            )
            sys.stderr.write(f"{PROGRAM}: {in_words(words)}\n")
        return film

    def _passphrase(self) -> str:
        file = self.passphrase_file
        return read_passphrase(file) if file else ask_passphrase()


def in_project(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `Here` as its last; it takes them as its first argument."""
    known = inspect.signature(command)
    own = list(known.parameters.values())[1:]
    shared = list(inspect.signature(Here).parameters.values())

    def run(**given: Any) -> int:
        here = Here(**{option.name: given.pop(option.name) for option in shared})
        return command(here, **given)

    told: Any = wraps(command)(run)
    told.__annotations__ = {option.name: option.annotation for option in (*own, *shared)}
    told.__signature__ = known.replace(parameters=[*own, *shared])
    return cast("Callable[..., int]", told)


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
