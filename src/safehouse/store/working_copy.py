"""The plain copy of a project that exists while it is open: in memory where there is room."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from safehouse.errors import ProjectDamaged, ProjectUnwritable

__all__ = ["OPEN", "WorkingCopy", "overwrite", "overwrite_file", "remove_plain"]

OPEN = ".open"
"""Folder in the project that holds plain copies where memory has no room for them."""

LOCK = "lock"
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
SETTLED_S = 60
"""A folder without its lock that is younger may be another process's that just begins."""

ROOM = 256 << 20
"""Bytes that must be free in memory; below, the plain copy lies in the project, on the disk."""


class WorkingCopy:
    """A folder of this process alone, mode 0700, removed at the end.

    Attributes:
        folder: where it is.
        left: folders of the same project that a crash left behind.
    """

    def __init__(self, project: Path, public_key: str, room: int = ROOM) -> None:
        mark = hashlib.sha256(public_key.encode()).hexdigest()[:16]
        prefix = f"safehouse-{mark}-"
        places = [place for place in _memory() if _free(place) >= room]
        inside = project / OPEN
        if inside.is_symlink():
            raise ProjectDamaged(
                f"{OPEN} in the project leads elsewhere", next_step=f"remove {OPEN}, then try again"
            )
        try:
            if not places:
                inside.mkdir(mode=0o700, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=(places or [inside])[0]))
            self._lock = os.open(self.folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ProjectUnwritable(
                "there is no room to open the project",
                next_step="make room in memory or on the project's disk",
            ) from error
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        found = (path for place in (*_memory(), inside) for path in place.glob(f"{prefix}*"))
        self.left = tuple(path for path in found if _is_left(path, self.folder))

    def remove_left(self) -> None:
        """Remove what a crash left behind; called when the journal was replayed."""
        for folder in self.left:
            remove_plain(folder)
        self.left = ()

    def close(self) -> None:
        """Remove the folder."""
        remove_plain(self.folder)
        os.close(self._lock)
        if self.folder.parent.name == OPEN:
            with suppress(OSError):
                self.folder.parent.rmdir()


def remove_plain(folder: Path) -> None:
    """Overwrite every file of a folder, then remove it all, its lock last.

    Killed on the way, it is known by the lock that nobody holds, and removed by the next opening.
    What a disk keeps of it all the same: docs/project.md.
    """
    for path in [path for path in folder.rglob("*") if path != folder / LOCK]:
        if path.is_file() and not path.is_symlink():
            with suppress(OSError):
                overwrite_file(path)
    for path in [path for path in folder.glob("*") if path.name != LOCK]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def overwrite_file(path: Path) -> None:
    """Overwrite a file with zeros, then remove it."""
    with path.open("rb+") as file:
        overwrite(file)
    path.unlink()


def overwrite(file: BinaryIO, begin: int = 0) -> None:
    """Overwrite an open file with zeros, from a byte on; its length stays."""
    handle, block = file.fileno(), bytes(1 << 20)
    size = os.fstat(handle).st_size
    for at in range(begin, size, len(block)):
        os.pwrite(handle, block[: size - at], at)
    os.fsync(handle)


def _memory() -> Iterator[Path]:
    """Yield the folders in memory that this user may write to."""
    kinds = _file_systems()
    for name in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - memory, by design
        if name and kinds.get(os.path.realpath(name)) in IN_MEMORY and os.access(name, os.W_OK):
            yield Path(name)


def _file_systems() -> dict[str, str]:
    """Return mount point → kind of file system, as the kernel tells."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return {parts[1]: parts[2] for line in lines.splitlines() if len(parts := line.split()) > 2}


def _free(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def _is_left(path: Path, own: Path) -> bool:
    """Return whether a folder is ours and no process holds it any more."""
    try:
        seen = path.lstat()
    except OSError:
        return False
    if path == own or not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
        return False
    try:
        handle = os.open(path / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return own.stat().st_mtime - seen.st_mtime > SETTLED_S
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)
