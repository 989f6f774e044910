"""What the user sees: progress on long jobs, and failures in three lines. Only `cli` prints."""

import json
import sys
from pathlib import Path
from typing import Any

from safehouse_offload.cli import screen
from safehouse_offload.cli.screen import ask_word, in_words, print_lines, print_plain, progress
from safehouse_offload.field import Said

from safehouse.errors import SafehouseError, UsageError
from safehouse.model.text import escape

__all__ = [
    "PROGRAM",
    "ask",
    "ask_word",
    "ask_words",
    "in_words",
    "print_error",
    "print_json",
    "print_lines",
    "print_plain",
    "print_said",
    "progress",
]

PROGRAM = "safehouse"


def print_json(value: Any) -> None:
    """Print a value as indented JSON to the standard output."""
    print_plain(json.dumps(value, indent=1))


def print_error(error: SafehouseError) -> None:
    """Print the three lines of a failure to the standard error."""
    screen.print_error(error, PROGRAM)


def print_said(said: Said) -> int:
    """Print what a command has to say, its failure and its last line; return the exit code."""
    return screen.print_said(said, PROGRAM)


def ask_words(file: Path | None) -> list[str]:
    """Return shares of key words: out of a file, or typed, an empty line or the end after the last.

    Raises:
        UsageError: the file can't be read.
    """
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise UsageError(
                f"no key words at '{escape(file.name)}'",
                kept="nothing was opened",
                next_step="leave --words out, and type them",
            ) from error
        return [line for line in text.splitlines() if line.strip()]
    shares: list[str] = []
    while share := ask_word(f"key words of share {len(shares) + 1}, or Enter:"):
        shares.append(share)
    return shares


def ask(question: str) -> bool:
    """Return whether the user types yes; False where nobody can be asked."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{in_words(question)} {in_words('[yes/no]')} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes", in_words("yes")}
