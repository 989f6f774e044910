"""What the user sees: progress on long jobs, and failures in three lines. Only `cli` prints."""

import io
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import rich.progress
from rich.console import Console
from safehouse_offload.field import Said

from safehouse.errors import SafehouseError, UsageError
from safehouse.model.text import escape
from safehouse.pipeline import Tell, quiet

__all__ = [
    "PrintedNowhere",
    "ask",
    "ask_word",
    "ask_words",
    "print_error",
    "print_json",
    "print_lines",
    "print_said",
    "progress",
]

SHOW_AFTER_S = 2.0
"""Work shorter than this shows no bar."""


class PrintedNowhere(Exception):
    """The standard output is closed or full; what was made is made all the same."""


def print_lines(*lines: str) -> None:
    """Print lines to the standard output, as they are.

    Raises:
        PrintedNowhere: nobody reads it any more, or it can't be written.
    """
    try:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = io.StringIO()
        raise PrintedNowhere from error


def print_json(value: Any) -> None:
    """Print a value as indented JSON to the standard output."""
    print_lines(json.dumps(value, indent=1))


def print_error(error: SafehouseError) -> None:
    """Print the three lines of a failure to the standard error."""
    with suppress(OSError):  # nobody may be reading
        sys.stderr.write(f"safehouse: {error}\n")
        sys.stderr.flush()


def print_said(said: Said) -> int:
    """Print what a command has to say, its failure and its last line; return the exit code."""
    print_lines(*said.lines)
    if said.error is not None:
        print_error(said.error)
    if said.last:
        print_lines("", said.last)
    return said.error.exit_code if said.error is not None else 0


def ask_word(question: str) -> str:
    """Return what the user types on one line, or what comes on the standard input."""
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


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
    sys.stderr.write(f"{question} [yes/no] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that shows how far a job is, with the time left; quiet off a terminal."""
    if not sys.stderr.isatty():
        yield quiet
        return
    columns = (
        rich.progress.TextColumn("{task.description:>10}"),
        rich.progress.BarColumn(),
        rich.progress.TextColumn("{task.completed}/{task.total}"),
        rich.progress.TimeRemainingColumn(),
    )
    bars = rich.progress.Progress(*columns, console=Console(stderr=True), transient=True)
    began = time.monotonic()
    tasks: dict[str, rich.progress.TaskID] = {}

    def tell(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=max(done, total) if total else None)
        if not bars.live.is_started and time.monotonic() - began > SHOW_AFTER_S:
            bars.start()

    try:
        yield tell
    finally:
        bars.stop()
