"""One place where a command line ends: its exit code, and every failure in three lines."""

import io
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

import typer
from typer.exceptions import TyperException

from safehouse_offload.cli.screen import PrintedNowhere, in_words, print_error
from safehouse_offload.errors import SafehouseError, UsageError, kept_words
from safehouse_offload.processes import STOPS
from safehouse_offload.text import escape

__all__ = ["Ending", "Stopped", "mend_streams", "run_app", "stop_on_signals"]

PLAINER = (
    ("Value error, ", ""),
    ("Input should be a valid integer, unable to parse string as an integer", "no whole number"),
    ("Input should be greater than or equal to ", "the least is "),
    ("Input should be less than or equal to ", "the most is "),
)
"""Words of the library that reads command lines → plainer ones."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a command says at its end.

    Attributes:
        program: its name on the screen.
        kept: what is safe when the user stopped it.
        as_failure: makes a failure of a fault in the program itself.
    """

    program: str
    kept: str
    as_failure: Callable[[Exception], SafehouseError]


class Stopped(BaseException):
    """A signal asked the command to stop.

    Attributes:
        number: which.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop(number: int, frame: FrameType | None) -> None:
    """Stop in good order; the next signal ends the process at once."""
    del frame
    for other in STOPS:
        signal.signal(other, signal.SIG_DFL)
    raise Stopped(number)


def stop_on_signals() -> None:
    """Let the stopping signals stop the command in good order, where they are not ignored."""
    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def mend_streams() -> None:
    """Let every text be printed, in any locale, and let closed streams be written to."""
    sys.stdin = sys.stdin or io.StringIO()
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run_app(app: Callable[..., object], arguments: Sequence[str], ending: Ending) -> int:
    """Return the exit code of a command line; every failure is told in three lines.

    Args:
        app: a Typer, or the command that was made of one.
        arguments: of the command line.
        ending: what is said at its end.
    """
    try:
        result = app(list(arguments), prog_name=ending.program, standalone_mode=False)
    except SafehouseError as error:
        print_error(error, ending.program)
        return error.exit_code
    except typer.Exit as end:
        return end.exit_code
    except (Stopped, typer.Abort, KeyboardInterrupt) as stopped:
        _print_stopped(ending.program, kept_words(stopped) or ending.kept)
        return 128 + getattr(stopped, "number", signal.SIGINT)
    except TyperException as error:
        _print_usage(error, ending.program)
        return UsageError.exit_code
    except PrintedNowhere:
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - the last boundary: our bug, told without values
        failure = ending.as_failure(error)
        failure.kept = kept_words(error) or failure.kept
        print_error(failure, ending.program)
        return SafehouseError.exit_code
    return result if isinstance(result, int) else 0


def _print_stopped(program: str, kept: str) -> None:
    step = in_words("give the same command again")
    sys.stderr.write(
        f"{program}: {in_words('stopped')}\n"
        f"  {in_words('kept:')} {in_words(kept)}\n"
        f"  {in_words('next:')} {step}\n"
    )


def _print_usage(error: TyperException, program: str) -> None:
    """Print what a command line lacks; where it names no command, what commands there are."""
    message = str(getattr(error, "format_message", error.__str__)())
    context = getattr(error, "ctx", None)
    if context is not None and message == context.get_help():
        sys.stderr.write(f"{message}\n")
        return
    said = " ".join(message.split()).rstrip(".")
    for words, plain in PLAINER:
        said = said.replace(words, plain)
    failure = UsageError(
        escape(said[:1].lower() + said[1:]),
        kept="nothing was read or written",
        next_step=f"{context.command_path if context else program} --help",
    )
    print_error(failure, program)
