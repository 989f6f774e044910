"""The entry of the `safehouse` command: its sub-commands, and one place where failures end."""

import io
import signal
import sys
from types import FrameType

import typer
from typer.exceptions import TyperException

from safehouse import __version__
from safehouse.cli import (
    analyse,
    audit,
    doctor,
    inspect,
    offload,
    plan,
    protect,
    render,
    vault,
    voices,
)
from safehouse.cli.screen import PrintedNowhere, print_error, print_lines
from safehouse.crash import as_failure
from safehouse.errors import SafehouseError, UsageError
from safehouse.model.text import escape
from safehouse.workers import STOPS

__all__ = ["app", "main"]

app = typer.Typer(
    name="safehouse",
    help="Protects the people in documentary footage: hides every face, head and voice that it "
    "finds, attacks its own result, and says what remains.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

app.command("protect")(protect.protect)
app.command("analyse")(analyse.analyse)
app.add_typer(plan.app, name="plan")
app.command("render")(render.render)
app.command("audit")(audit.audit)
app.command("inspect")(inspect.inspect)
app.command("voices")(voices.voices)
app.command("doctor")(doctor.doctor)
app.command("offload")(offload.offload)
app.add_typer(offload.app, name="card")
app.add_typer(vault.app, name="vault")


def _version(wanted: bool) -> None:
    if wanted:
        print_lines(f"safehouse {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    del version


def main() -> None:
    """Run the command line and leave with its exit code."""
    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    _mend_streams()
    sys.exit(run(sys.argv[1:]))


def _mend_streams() -> None:
    """Let every text be printed, in any locale, and let closed streams be written to."""
    sys.stdin = sys.stdin or io.StringIO()
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line; every failure is told in three lines."""
    try:
        result = app(arguments, prog_name="safehouse", standalone_mode=False)
    except SafehouseError as error:
        print_error(error)
        return error.exit_code
    except typer.Exit as end:
        return end.exit_code
    except _Stopped as stopped:
        print_stopped()
        return 128 + stopped.number
    except (typer.Abort, KeyboardInterrupt):
        print_stopped()
        return 128 + signal.SIGINT
    except TyperException as error:
        print_error(_usage(error))
        return UsageError.exit_code
    except PrintedNowhere:
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - the last boundary: our bug, told and kept on disk
        print_error(as_failure(error))
        return SafehouseError.exit_code
    return result if isinstance(result, int) else 0


def print_stopped() -> None:
    """Say that the user stopped the work, and what is kept."""
    sys.stderr.write(
        "safehouse: stopped\n"
        "  kept: the source is untouched; finished parts are used again\n"
        "  next: give the same command again\n"
    )


class _Stopped(BaseException):
    """A signal asked the command to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop(number: int, frame: FrameType | None) -> None:
    """Stop in good order; the next signal ends the process at once."""
    del frame
    for other in STOPS:
        signal.signal(other, signal.SIG_DFL)
    raise _Stopped(number)


def _usage(error: TyperException) -> UsageError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "safehouse"
    message = getattr(error, "format_message", error.__str__)
    said = " ".join(str(message()).split()).rstrip(".")
    return UsageError(
        escape(said[:1].lower() + said[1:]),
        kept="nothing was read or written",
        next_step=f"{command} --help",
    )
