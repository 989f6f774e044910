"""Where a clip and its film lie while the page works on them: in memory where they fit."""

import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import ClientDisconnect

from safehouse.errors import DiskFull, SourceTooLarge, UsageError
from safehouse.outputs import write_error

__all__ = ["Place", "ending_of", "open_private", "place_for", "receive"]

PREFIX = "safehouse-page-"
"""Begins the names of private folders; the number of their process follows."""

TIMES = 4
"""Room for a clip and everything that is made of it, in sizes of the clip."""

LEAST_BYTES = 256 << 20
"""Room that is always kept free."""

UPLOAD_MOST = 64 << 30
"""Longest clip that is taken out of a browser; a longer one is named by its path."""

_ENDING = re.compile(r"\.[a-z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Place:
    """A private folder; in_memory when nothing of it reaches a disk."""

    folder: Path
    in_memory: bool


def open_private() -> Path:
    """Return a new folder that only this user can read, in memory where there is one."""
    for name in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - made 0700
        if name and os.access(name, os.W_OK | os.X_OK):
            return _made(Path(name))
    return _made(Path(tempfile.gettempdir()))


def _made(parent: Path) -> Path:
    """Return a new folder; those that pages left behind that were killed go first."""
    for old in parent.glob(f"{PREFIX}*-*"):
        number = old.name.removeprefix(PREFIX).partition("-")[0]
        ours = old.is_dir() and not old.is_symlink() and old.stat().st_uid == os.geteuid()
        if ours and number.isdecimal() and _is_gone(number):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))


def _is_gone(number: str) -> bool:
    """Return whether no process has this number; False where nobody can say."""
    return Path("/proc/self").exists() and not Path(f"/proc/{number}").exists()


def place_for(private: Path, size_bytes: int) -> Place:
    """Return a new folder with room for a clip: in private, or else on a disk.

    Raises:
        UsageError: the size is not known.
        SourceTooLarge: it is longer than a browser may send.
        DiskFull: there is no room anywhere.
    """
    if size_bytes < 0:
        raise UsageError(
            "the browser did not say how long the clip is",
            kept="nothing was read or written",
            next_step="type the clip's path in place of dropping it",
        )
    if size_bytes > UPLOAD_MOST:
        raise SourceTooLarge(
            "the clip is too long for this page",
            next_step="safehouse protect CLIP -o FILM in a terminal",
        )
    wanted = TIMES * size_bytes + LEAST_BYTES
    if shutil.disk_usage(private).free >= wanted:
        return Place(Path(tempfile.mkdtemp(dir=private)), _is_memory(private))
    disk = Path(tempfile.gettempdir())
    if shutil.disk_usage(disk).free < wanted:
        raise DiskFull(
            "there is no room for this clip and its film",
            kept="nothing was written",
            next_step="safehouse protect CLIP -o FILM on a larger disk, or make room",
        )
    return Place(
        Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=disk)), _is_memory(disk)
    )


def _is_memory(folder: Path) -> bool:
    """Return whether a folder lies in memory (Linux); False where nobody can say."""
    try:
        rows = Path("/proc/mounts").read_text("utf-8").splitlines()
    except OSError:
        return False
    kinds = {row.split()[1]: row.split()[2] for row in rows if len(row.split()) > 2}
    for parent in (folder.resolve(), *folder.resolve().parents):
        if str(parent) in kinds:
            return kinds[str(parent)] in {"tmpfs", "ramfs"}
    return False


def ending_of(text: str) -> str:
    """Return a clip's ending, `.mov`, as the browser told it.

    Raises:
        UsageError: it is none.
    """
    if not _ENDING.fullmatch(text.lower()):
        raise UsageError(
            "the clip's name has no ending such as .mov",
            kept="nothing was written",
            next_step="give the file an ending",
        )
    return text.lower()


async def receive(parts: AsyncIterator[bytes], place: Place, ending: str) -> Path:
    """Return the file into which a clip was written, part by part; the place goes if it fails.

    Raises:
        UsageError: the browser broke off.
        SourceTooLarge: it is longer than a browser may send.
        DiskFull: no space is left.
    """
    clip = place.folder / f"clip{ending}"
    try:
        await _write(parts, clip)
    except BaseException as error:
        shutil.rmtree(place.folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise write_error(error) from error
        if isinstance(error, ClientDisconnect):
            raise UsageError(
                "the browser broke off; what had come was removed",
                kept="your own file is untouched",
                next_step="drop the clip again",
            ) from error
        raise
    return clip


async def _write(parts: AsyncIterator[bytes], clip: Path) -> None:
    left = UPLOAD_MOST
    with clip.open("xb") as handle:
        async for part in parts:
            left -= len(part)
            if left < 0:
                raise SourceTooLarge("the clip is too long", next_step="type its path")
            handle.write(part)
