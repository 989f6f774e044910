"""What is shown: lines, progress on long work, failures in three lines."""

import io
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import rich.progress
from rich.console import Console

from safehouse_offload import blocks
from safehouse_offload.checkup import Page, require_screen
from safehouse_offload.errors import SafehouseError
from safehouse_offload.field import Said, Tell

__all__ = [
    "PrintedNowhere",
    "ask_word",
    "in_words",
    "print_error",
    "print_lines",
    "print_plain",
    "print_said",
    "progress",
    "show_pages",
    "speak",
    "view_size",
]

SHOW_AFTER_S = 2.0
"""Work shorter than this shows no bar."""


@dataclass(slots=True)
class _Speech:
    """How texts are said: as they are written, unless the program was told otherwise."""

    say: Callable[[str], str] = str


_SPEECH = _Speech()


def speak(say: Callable[[str], str]) -> None:
    """Let a function say every text that is shown from now on; `str` leaves them as written."""
    _SPEECH.say = say


def in_words(text: str) -> str:
    """Return a text as it is said."""
    return _SPEECH.say(text)


class PrintedNowhere(Exception):
    """The standard output is closed or full; what was made is made all the same."""


def print_lines(*lines: str) -> None:
    """Say lines on the standard output.

    Raises:
        PrintedNowhere: see `print_plain`.
    """
    print_plain(*map(in_words, lines))


def print_plain(*lines: str) -> None:
    """Print lines to the standard output, as they are: JSON, and what somebody else wrote.

    Raises:
        PrintedNowhere: nobody reads it any more, or it can't be written.
    """
    try:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = io.StringIO()
        raise PrintedNowhere from error


def print_said(said: Said, program: str) -> int:
    """Print what a command has to say, its failure and its last line; return the exit code.

    Raises:
        PrintedNowhere: nobody reads it.
    """
    print_lines(*said.lines)
    if said.error is not None:
        print_error(said.error, program)
    if said.last:
        print_plain("", *_large(in_words(said.last)))
    return said.error.exit_code if said.error is not None else 0


def _large(last: str) -> list[str]:
    """Return the last line as it is, or so that nobody overlooks it where a terminal shows it."""
    if not sys.stdout.isatty():
        return [last]
    rule = "=" * min(len(last), shutil.get_terminal_size().columns)
    return [rule, f"\x1b[1m{last}\x1b[0m", rule]


def print_error(error: SafehouseError, program: str) -> None:
    """Print the three lines of a failure."""
    with suppress(OSError):  # nobody may be reading
        kept = f"  {in_words('kept:')} {in_words(error.kept)}\n"
        step = f"  {in_words('next:')} {in_words(error.next_step)}\n"
        sys.stderr.write(f"{program}: {in_words(error.happened)} [{error.id}]\n{kept}{step}")
        sys.stderr.flush()


def ask_word(question: str) -> str:
    """Return what the user types on one line, or what comes on the standard input."""
    sys.stderr.write(f"{in_words(question)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def view_size(*, wanted: bool) -> tuple[int, int]:
    """Return the size of a small picture on this terminal; (0, 0) where none is wanted.

    Raises:
        UsageError: one is wanted, and this is no terminal.
    """
    if not wanted:
        return 0, 0
    require_screen(is_terminal=sys.stdout.isatty() and sys.stdin.isatty())
    size = shutil.get_terminal_size()
    return blocks.thumb_size(size.columns, size.lines)


def show_pages(pages: list[Page], size: tuple[int, int]) -> None:
    """Show one file after the other on the terminal's second screen, which keeps nothing."""
    try:
        sys.stdout.write(blocks.ENTER)
        for title, seen in pages:
            sys.stdout.write(blocks.page(seen, title, size))
            sys.stdout.flush()
            if sys.stdin.readline().strip().lower() in {"q", "quit"}:
                break
    finally:
        sys.stdout.write(blocks.LEAVE)
        sys.stdout.flush()


def unheard(what: str, done: int, total: int) -> None:
    """Take no notice of how far the work is."""
    del what, done, total


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that shows how far the work is, with the time left; quiet off a terminal."""
    if not sys.stderr.isatty():
        yield unheard
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

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(in_words(what), total=total or None)
        bars.update(tasks[what], completed=done, total=max(done, total) if total else None)
        if not bars.live.is_started and time.monotonic() - began > SHOW_AFTER_S:
            bars.start()

    try:
        yield tell
    finally:
        bars.stop()
