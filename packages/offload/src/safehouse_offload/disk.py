"""The only door to cards and vaults: thin calls of the system, so that tests can break each one.

Paths are strings, with surrogates for bytes that are no UTF-8. What is read back comes from the
device and not from memory; where that can't be shown, it is said.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safehouse_offload.devices import MEMORY, device_below, kind_below

__all__ = ["BLOCK", "Disk", "write_all"]

BLOCK = 1 << 20
"""Bytes that are read at once; smaller is slower, larger takes memory in each process."""


NOTELESS = frozenset({"vfat", "msdos", "exfat", "ext2", "tmpfs", "ramfs"})
"""File systems that write in place and keep no journal: what cards come with, and two in memory."""

SYNC_FILE_RANGE_WRITE = 2
"""Linux's number: begin writing, don't wait (sync_file_range(2))."""

_sync_file_range = getattr(ctypes.CDLL(None), "sync_file_range", None)
if _sync_file_range is not None:
    _sync_file_range.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]


class Disk:
    """Files by their paths. Nothing here catches a failure.

    Attributes:
        writes_behind: a thread may write while another reads.
    """

    writes_behind = True

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, in order."""
        return sorted(path.name for path in Path(folder).iterdir())

    def facts(self, path: str) -> os.stat_result:
        """Return what the system says of a path; a link is not followed."""
        return Path(path).lstat()

    def target(self, path: str) -> str:
        """Return where a link points."""
        return os.readlink(path)  # noqa: PTH115 - a Path would change what it says

    def make_folder(self, path: str) -> None:
        """Make a folder whose name lasts; one that is there is fine.

        Its name may not last yet even then: a run before this one may have failed in between.
        """
        Path(path).mkdir(exist_ok=True)
        self.fsync_folder(str(Path(path).parent))

    def create(self, path: str) -> int:
        """Return a handle of a new file; one that is there is an error."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def append(self, path: str) -> int:
        """Return a handle at the end of a file that is there."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def overwrite(self, path: str) -> int:
        """Return a handle at the beginning of a file that is there, whose length stays."""
        return os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)

    def open(self, path: str) -> int:
        """Return a handle to read a regular file by."""
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "no regular file")
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        return handle

    def read(self, handle: int, count: int) -> bytes:
        """Return the next bytes; none at the end."""
        return os.read(handle, count)

    def read_at(self, handle: int, count: int, offset: int) -> bytes:
        """Return the bytes at a place of a file; none at its end."""
        return os.pread(handle, count, offset)

    def write(self, handle: int, block: bytes | memoryview) -> int:
        """Write some of block and return how much."""
        try:
            return os.write(handle, block)
        except OSError as error:
            if error.errno != errno.EINVAL or not _is_direct(handle):
                raise
            self.write_through_memory(handle)
            return os.write(handle, block)

    def write_past_memory(self, handle: int) -> bool:
        """Let whole blocks go to the device without a stay in memory (`O_DIRECT`), where they can.

        That takes a tenth of the time of the processor, and what is read back later is cold.
        """
        return _set_direct(handle)

    def write_through_memory(self, handle: int) -> None:
        """Let parts of blocks be written again."""
        if _is_direct(handle):
            fcntl.fcntl(handle, fcntl.F_SETFL, fcntl.fcntl(handle, fcntl.F_GETFL) & ~os.O_DIRECT)

    def flush_early(self, handle: int) -> None:
        """Let the device begin with what was written, so that the sync at the end is short."""
        if _sync_file_range is not None:
            _sync_file_range(handle, 0, 0, SYNC_FILE_RANGE_WRITE)

    def fsync(self, handle: int) -> None:
        """Return when the device says that it has all of it."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Let go of a handle."""
        os.close(handle)

    def rename(self, old: str, new: str) -> None:
        """Give a file its name."""
        Path(old).rename(new)

    def remove(self, path: str) -> None:
        """Remove a file's name."""
        Path(path).unlink()

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        Path(path).rmdir()

    def fsync_folder(self, folder: str) -> None:
        """Make the names in a folder last through a power cut."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def room(self, folder: str) -> int:
        """Return how many bytes are free where folder lies."""
        facts = os.statvfs(folder)
        return facts.f_bavail * facts.f_frsize

    def free(self, folder: str) -> int:
        """Return the same with what only the system itself may use."""
        facts = os.statvfs(folder)
        return facts.f_bfree * facts.f_frsize

    def is_computers_own(self, folder: str) -> bool:
        """Return whether the computer itself lives on this disk, or this one in its memory.

        What lies in memory counts where filling it would take more than a quarter of what is free.
        """
        own = {place.stat().st_dev for place in (Path("/"), Path.home()) if place.exists()}
        if device_below(folder) == MEMORY:
            pages = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
            return self.room(folder) > pages // 4
        return Path(folder).stat().st_dev in own

    def keeps_notes(self, folder: str) -> str:
        """Return the kind of a file system that may note names elsewhere too; "" where none does.

        That is any with a journal, or that never writes in place.
        """
        kind = kind_below(folder)
        return "" if kind in NOTELESS else kind or "unknown"

    def device(self, folder: str) -> str:
        """Return a name for the device below a folder, the same for all parts of one disk."""
        return device_below(folder)

    @contextmanager
    def locked(self, path: str) -> Iterator[bool]:
        """Yield whether this process alone holds the lock at path, until the block ends."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(handle)

    def read_cold(self, path: str, take: Callable[[memoryview], None]) -> bool:
        """Give a whole file, as the device has it, to take; return whether that is shown.

        The file's pages are dropped from memory, and a read that must not wait has to find nothing
        (`RWF_NOWAIT` gives EAGAIN); then it is read past memory (`O_DIRECT`) where that can be.
        Either is proof.
        """
        handle = self.open(path)
        try:
            length = os.fstat(handle).st_size
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            dropped = _is_cold(handle, length)
            direct = _set_direct(handle)
            with mmap.mmap(-1, BLOCK) as block:
                _read_through(handle, length, block, take)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            return dropped or (direct and _is_direct(handle))
        finally:
            os.close(handle)


def _is_cold(handle: int, length: int) -> bool:
    """Return whether no block of a file is in memory."""
    nowait = getattr(os, "RWF_NOWAIT", None)
    if nowait is None:
        return False
    one = bytearray(1)
    for offset in range(0, length, BLOCK):
        try:
            os.preadv(handle, [one], offset, nowait)
        except BlockingIOError:
            continue
        except OSError:
            return False
        return False
    return True


def _set_direct(handle: int) -> bool:
    flags = fcntl.fcntl(handle, fcntl.F_GETFL)
    with suppress(OSError):
        fcntl.fcntl(handle, fcntl.F_SETFL, flags | getattr(os, "O_DIRECT", 0))
        return hasattr(os, "O_DIRECT")
    return False


def _is_direct(handle: int) -> bool:
    return bool(fcntl.fcntl(handle, fcntl.F_GETFL) & getattr(os, "O_DIRECT", 0))


def _read_through(
    handle: int, length: int, block: mmap.mmap, take: Callable[[memoryview], None]
) -> None:
    offset = 0
    with memoryview(block) as view:
        while offset < length:
            count = _read_at(handle, view, offset)
            if not count:
                raise OSError(errno.EIO, "shorter than the system says")
            with view[:count] as part:
                take(part)
            offset += count


def _read_at(handle: int, view: memoryview, offset: int) -> int:
    """Return how much of view was filled; past memory where the file system takes that."""
    try:
        return os.preadv(handle, [view], offset)
    except OSError as error:
        if error.errno != errno.EINVAL or not _is_direct(handle):
            raise
        fcntl.fcntl(handle, fcntl.F_SETFL, fcntl.fcntl(handle, fcntl.F_GETFL) & ~os.O_DIRECT)
        return os.preadv(handle, [view], offset)


def write_all(disk: Disk, handle: int, content: bytes | memoryview) -> None:
    """Write all of content, in as many calls as it takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[disk.write(handle, rest) :]
