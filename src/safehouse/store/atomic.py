"""Files that appear whole or not at all: temp name in the same folder, fsync, rename."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["PARTIAL", "fsync_folder", "replace_file", "whole_file", "write_whole"]

PARTIAL = ".partial"
"""Ending of a file that is still being written; `deliver` never opens one."""


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(partial: Path, final: Path) -> None:
    """Give a finished file its name: fsync, rename, fsync of the folder.

    Nothing lost: until the rename, final is what it was; after it, final is whole.
    """
    with partial.open("rb+") as handle:
        os.fsync(handle.fileno())
    partial.replace(final)
    fsync_folder(final.parent)


@contextmanager
def whole_file(final: Path) -> Iterator[Path]:
    """Yield a path to write to; it becomes final when the block ends well, else it is removed."""
    partial = final.with_name(f".{final.name}.{os.getpid()}{PARTIAL}")
    try:
        yield partial
        replace_file(partial, final)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def write_whole(final: Path, content: bytes) -> None:
    """Write content so that final has all of it or is as before."""
    with whole_file(final) as partial:
        partial.write_bytes(content)
