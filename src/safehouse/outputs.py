"""Where a film goes and what may not: names, refusals, and the private folder beside it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EACCES, EDQUOT, EFBIG, EINVAL, ENOSPC, EPERM, EROFS
from pathlib import Path

from safehouse.errors import (
    DiskFull,
    FormatUnsupported,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SafehouseError,
    SourceMissing,
    UsageError,
)
from safehouse.model.text import escape

__all__ = [
    "CONTAINERS",
    "HELD",
    "Target",
    "film_name",
    "free_folder",
    "free_target",
    "is_folder",
    "read_document",
    "require_document",
    "require_holds",
    "require_source",
    "require_writable",
    "target_at",
    "write_error",
    "writing",
]

CONTAINERS = {".mov": "mov", ".mp4": "mp4", ".m4v": "mp4", ".wav": "wav"}
"""Endings of a film that safehouse writes, and the container behind each."""

WAVES = {".wav", ".bwf", ".rf64", ".w64"}
"""Endings of the files of sound recorders."""

ONLY_IN = {"ffv1": "mp4", "prores": "mov"}
"""Codecs that one container alone holds."""

HELD = ".held"
"""Ending of a film in which the audit found a leak."""

MAX_DOCUMENT_BYTES = 1 << 29
"""Longest plan or findings that are read: a day of film, with a crowd in it, is shorter."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where one film and everything about it goes.

    Attributes:
        film: the film, which may be given away.
        private: the folder beside it, which may not.
        held: the name of the film when the audit holds it.
    """

    film: Path
    private: Path
    held: Path

    @property
    def captions(self) -> Path:
        """The captions that say that voices were spoken anew; may be given away with the film."""
        return self.film.with_name(f"{self.film.stem}.voices.srt")

    @property
    def work(self) -> Path:
        """The folder of unfinished work, removed when the film is done."""
        return self.private / ".work"

    @property
    def container(self) -> str:
        """`mov`, `mp4` or `wav`."""
        return CONTAINERS[self.film.suffix.lower()]


def target_at(film: Path) -> Target:
    """Return the target of a film that the user named.

    Raises:
        UsageError: its ending is none that safehouse writes.
    """
    if film.suffix.lower() not in CONTAINERS:
        raise UsageError(
            f"a film is written as .mov, .mp4 or (sound alone) .wav, not as '{escape(film.name)}'",
            next_step=f"-o {escape(film.stem or 'film')}.mov",
        )
    return Target(film, film.with_name(f"{film.stem}.private"), film.with_name(film.name + HELD))


def film_name(number: int, codec: str = "auto", source: str = "") -> str:
    """Return the name of a film that the user did not name: a recorder's WAV stays WAV."""
    ending = "wav" if Path(source).suffix.lower() in WAVES else ONLY_IN.get(codec, "mov")
    return f"protected-{number:04d}.{ending}"


def free_target(folder: Path, codec: str = "auto", source: str = "") -> Iterator[Target]:
    """Yield protected-0001.mov, protected-0002.mov … in folder, whether they are there or not."""
    for number in range(1, 1_000_000):
        yield target_at(folder / film_name(number, codec, source))


def require_holds(target: Target, codec: str) -> None:
    """Check, before any work is done, that a film can hold the codec that was asked for.

    Raises:
        FormatUnsupported: it can't.
    """
    if target.container == "wav":
        return
    only = ONLY_IN.get(codec, target.container)
    if only != target.container:
        raise FormatUnsupported(
            f"{codec} can't go into {target.container}", next_step=f"name the output OUT.{only}"
        )


def free_folder(parent: Path) -> Path:
    """Return the folder for a card's films when none was named: `protected`, in parent."""
    return parent / "protected"


def is_folder(path: Path) -> bool:
    """Return whether path is a folder; False for a name that no file can have."""
    try:
        return path.is_dir()
    except OSError:
        return False


def require_source(path: Path) -> None:
    """Check that path is a regular file that can be read.

    Raises:
        SourceMissing: it is not.
    """
    shown = escape(path.name)
    try:
        mode = path.stat().st_mode
    except PermissionError as error:
        raise _unreadable(shown) from error
    except (OSError, ValueError) as error:
        raise SourceMissing(f"no file at '{shown}'", next_step="check the path") from error
    if not stat.S_ISREG(mode):
        raise SourceMissing(f"'{shown}' is not a regular file", next_step="name a film's file")
    if not os.access(path, os.R_OK):
        raise _unreadable(shown)


def _unreadable(shown: str) -> SourceMissing:
    return SourceMissing(f"'{shown}' can't be read", next_step="check its permissions")


def read_document(path: Path) -> bytes:
    """Return the bytes of a plan or findings.

    Raises:
        OSError: it can't be read, is no regular file, or is too long to be one of ours.
    """
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(EINVAL, "no regular file")
    if facts.st_size > MAX_DOCUMENT_BYTES:
        raise OSError(EFBIG, "too long")
    return path.read_bytes()


def require_document(path: Path, sources: tuple[Path, ...], *, overwrite: bool) -> None:
    """Check that a document may be written to path.

    Raises:
        OutputIsInput, OutputExists, OutputUnwritable: as for a film.
    """
    _require_folder(path)
    _require_not_input(path, sources)
    _require_free(path, overwrite=overwrite)


def require_writable(target: Target, sources: tuple[Path, ...], *, overwrite: bool) -> None:
    """Check that a target may be written.

    Raises:
        OutputIsInput: it is a source, by any spelling, link or case.
        OutputExists: it is there, and overwrite is False, or it is no file that can be replaced.
        OutputUnwritable: its folder is not there or can't be written, or its name is too long.
    """
    _require_folder(target.film)
    for path in (target.film, target.held, target.captions, target.private):
        _require_not_input(path, sources)
    for path in (target.film, target.held, target.captions):
        _require_free(path, overwrite=overwrite)
    if _mode_of(target.private) not in {None, stat.S_IFDIR}:
        raise _in_the_way(target.private)


def _mode_of(path: Path) -> int | None:
    """Return what kind of file is at path, a link not followed; None where nothing is.

    Raises:
        OutputUnwritable: its name is too long, or can't be looked up.
    """
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise write_error(error) from error


def _require_free(path: Path, *, overwrite: bool) -> None:
    """Refuse a path where something is that may not be replaced."""
    mode = _mode_of(path)
    if mode is not None and not overwrite:
        raise _exists(path)
    if mode not in {None, stat.S_IFREG, stat.S_IFLNK}:
        raise _in_the_way(path)


def _in_the_way(path: Path) -> OutputExists:
    return OutputExists(
        f"'{escape(path.name)}' is there already, and is not a file that can be replaced",
        kept="the source and what is there are untouched; nothing was written",
        next_step="give another -o",
    )


def _require_not_input(path: Path, sources: tuple[Path, ...]) -> None:
    """Refuse a path that is a source by any spelling, link or case."""
    if _mode_of(path) is None or not path.exists():
        return
    if any(source.exists() and path.samefile(source) for source in sources):
        raise OutputIsInput(
            "the output would overwrite its own source", next_step="give another -o"
        )


def _require_folder(path: Path) -> None:
    """Refuse a path whose folder is not there or can't be written."""
    try:
        there = path.parent.is_dir()
    except OSError as error:
        raise write_error(error) from error
    if not there:
        raise OutputUnwritable(
            f"no folder '{escape(path.parent.name)}' to write to", next_step="make the folder"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise OutputUnwritable(
            f"the folder of '{escape(path.name)}' can't be written",
            next_step="give an -o in a folder of yours",
        )


def _exists(path: Path) -> OutputExists:
    return OutputExists(
        f"'{escape(path.name)}' is there already",
        kept="the source and the file that is there are untouched; nothing was written",
        next_step="give another -o, or --overwrite",
    )


@contextmanager
def writing() -> Iterator[None]:
    """Turn a refused write inside the block into its failure."""
    try:
        yield
    except OSError as error:
        raise write_error(error) from error


def write_error(error: OSError) -> SafehouseError:
    """Return the failure that a refused write means."""
    if error.errno in {ENOSPC, EDQUOT}:
        return DiskFull(
            "no space is left for the film",
            kept="the source is untouched; finished chunks stay and are used again",
            next_step="make room and give the same command again",
        )
    if error.errno in {EACCES, EPERM, EROFS}:
        return OutputUnwritable(
            "the output's folder can't be written", next_step="give an -o in a folder of yours"
        )
    return OutputUnwritable(
        f"writing failed: {os.strerror(error.errno or 0).lower()}",
        next_step="check the disk, and give the same command again",
    )
