"""Runs other programs: the only door to them. Text goes in by standard input, never by argument."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from safehouse.errors import EnvironmentLacks, SpeechFailed

__all__ = ["answer_of", "find_program", "run_program"]

KEPT_SETTINGS = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "ESPEAK_DATA_PATH")
"""What a program gets of the environment; nothing that names a user or a session."""

HOME = "/nonexistent"


def find_program(name: str, next_step: str) -> Path:
    """Return where a program lies.

    Raises:
        EnvironmentLacks: it is not on the PATH; next_step says how to get it.
    """
    found = shutil.which(name)
    if found is None:
        raise EnvironmentLacks(f"the program {name} is not installed", next_step=next_step)
    return Path(found)


def run_program(
    program: Path, arguments: Sequence[str], text: bytes = b"", *, timeout_s: float = 60.0
) -> bytes:
    """Return what a program writes to standard output.

    It gets no user's home, a fixed locale, and what this process has of the network: in a worker,
    none.

    Raises:
        EnvironmentLacks: it can't be started.
        SpeechFailed: it ends with a failure, or runs for longer than timeout_s.
    """
    settings = {name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}
    try:
        done = subprocess.run(
            [str(program), *arguments],
            input=text,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env={**settings, "HOME": HOME, "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        raise _failed(program, f"took longer than {timeout_s:.0f} s") from None
    except OSError as error:
        raise EnvironmentLacks(
            f"the program {program.name} can't be started",
            next_step="run it by hand; install it again",
        ) from error
    if done.returncode:
        raise _failed(program, f"ended with {done.returncode}")
    return done.stdout


def _failed(program: Path, what: str) -> SpeechFailed:
    return SpeechFailed(
        f"the program {program.name} {what}", next_step=f"run {program.name} by hand to see why"
    )


def answer_of(
    program: Path,
    arguments: Sequence[str],
    text: bytes | None = None,
    *,
    keep: Sequence[str] = (),
    timeout_s: float = 60.0,
) -> tuple[int, str]:
    """Return the exit code of a program, and all that it writes: for one that says no by its code.

    Args:
        program: where it lies.
        arguments: what it is started with; no secret.
        text: goes to its standard input; None leaves it the user's terminal, to ask for a
            passphrase.
        keep: names of settings that it gets beside KEPT_SETTINGS.
        timeout_s: after so long it is ended.

    Raises:
        EnvironmentLacks: it can't be started, or runs for longer than timeout_s.
    """
    names = [name for name in (*KEPT_SETTINGS, *keep) if name in os.environ]
    settings = {name: os.environ[name] for name in names}
    try:
        done = subprocess.run(
            [str(program), *arguments],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
            env={**settings, "HOME": HOME, "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentLacks(
            f"the program {program.name} can't be started, or does not end",
            next_step="run it by hand; install it again",
        ) from error
    return done.returncode, done.stdout.decode(errors="replace")
