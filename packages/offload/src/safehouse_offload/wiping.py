"""Overwrites a card: every file, its name, and the free space; reads it back from the device."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EFBIG, ENOSPC

from safehouse_offload.card import Card, look
from safehouse_offload.disk import BLOCK, Disk, write_all
from safehouse_offload.erasing import overwrite
from safehouse_offload.errors import CardUnreadable
from safehouse_offload.places import new_name
from safehouse_offload.text import escape

__all__ = ["Wiped", "wipe"]


@dataclass(slots=True)
class Wiped:
    """What became of a card.

    Attributes:
        files, bytes: what was overwritten, read back and removed.
        filled: bytes of free space that were filled, read back and freed again.
        own_disk: the folder lies on the computer's own disk, whose free space is let be.
        failed: what could not be, and why.
        shown: every comparison was with the device and not with memory.
    """

    files: int = 0
    bytes: int = 0
    filled: int = 0
    own_disk: bool = False
    failed: list[str] = field(default_factory=list)
    shown: bool = True


def wipe(disk: Disk, root: str) -> Wiped:
    """Overwrite everything on a card; links are removed and never followed.

    A folder on the computer's own disk is overwritten too, but that disk is not filled: whatever
    else runs there would find no room.

    Raises:
        CardUnreadable: no card is there.
    """
    card = look(disk, root)
    if not (card.files or card.folders or card.odd):
        raise CardUnreadable(
            f"nothing is on the card at '{escape(root)}'", next_step="check the path"
        )
    wiped = Wiped(failed=[f"{escape(p.path) or 'card'}: {p.what}" for p in card.problems])
    for file in card.files:
        _wipe_file(disk, root, file.path, wiped)
    _remove_rest(disk, root, card, wiped)
    wiped.own_disk = disk.is_computers_own(root)
    if not wiped.own_disk:
        _fill(disk, root, wiped)
    return wiped


def _wipe_file(disk: Disk, root: str, path: str, wiped: Wiped) -> None:
    """Overwrite a file, give it a name that says nothing, and remove it."""
    source = f"{root}/{path}"
    plain = f"{source.rpartition('/')[0]}/{new_name()[: max(1, min(8, len(path)))]}"
    try:
        length = disk.facts(source).st_size
        wiped.shown &= overwrite(disk, source)
        disk.rename(source, plain)
        disk.remove(plain)
        disk.fsync_folder(plain.rpartition("/")[0])
    except OSError as error:
        wiped.failed.append(f"{escape(path)}: {(error.strerror or 'unknown failure').lower()}")
    else:
        wiped.files += 1
        wiped.bytes += length


def _remove_rest(disk: Disk, root: str, card: Card, wiped: Wiped) -> None:
    """Remove links and empty folders, the innermost first."""
    for odd in card.odd:
        try:
            disk.remove(f"{root}/{odd.path}")
        except OSError as error:
            wiped.failed.append(f"{escape(odd.path)}: {(error.strerror or '?').lower()}")
    for path, _ in sorted(card.folders, reverse=True):
        with suppress(OSError):  # what could not be removed is named already
            disk.remove_folder(f"{root}/{path}")


def _fill(disk: Disk, root: str, wiped: Wiped) -> None:
    """Fill the free space, where deleted files lie, and free it again."""
    names: list[str] = []
    try:
        while disk.room(root) >= BLOCK:
            names.append(f"{root}/{new_name()[:8]}")
            count = _fill_one(disk, names[-1])
            wiped.shown &= disk.read_cold(names[-1], _unseen)
            wiped.filled += count
            if not count:
                break
    except OSError as error:
        wiped.failed.append(f"free space: {(error.strerror or 'unknown failure').lower()}")
    finally:  # by Ctrl-C as well: a disk is never left full
        for name in names:
            with suppress(OSError):
                disk.remove(name)
        with suppress(OSError):
            disk.fsync_folder(root)


def _unseen(block: memoryview) -> None:
    del block


def _fill_one(disk: Disk, path: str) -> int:
    """Write to a new file until nothing more fits, and return how much did."""
    seed = secrets.token_bytes(BLOCK)
    handle, count = disk.create(path), 0
    try:
        while True:
            try:
                write_all(disk, handle, seed)
            except OSError as error:
                if error.errno not in {ENOSPC, EFBIG}:
                    raise
                return count
            count += BLOCK
    finally:
        with suppress(OSError):
            disk.fsync(handle)
        disk.close(handle)
