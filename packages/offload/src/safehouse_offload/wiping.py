"""Overwrites a card: every file, its name, and the free space; reads it back from the device."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EDQUOT, EFBIG, EIO, ENOSPC

from safehouse_offload.card import Card, look
from safehouse_offload.disk import BLOCK, Disk, write_all
from safehouse_offload.erasing import is_of, overwrite
from safehouse_offload.errors import CardUnreadable
from safehouse_offload.places import new_name
from safehouse_offload.text import escape

__all__ = ["Wiped", "wipe"]

PIECES = (BLOCK, 1 << 16, 1 << 12, 1 << 9)
"""Free space is filled with whole blocks, and what these leave with ever smaller pieces."""

FULL = frozenset({ENOSPC, EDQUOT, EFBIG})
"""How a system says that nothing more fits, into the disk or into one file."""

MOST_NAMES = 1 << 13
"""Names that are written over old ones, where a folder never shows that it grows."""

Meter = Callable[[int, int], None]
"""Told how many bytes are overwritten, and how many there are in all."""


@dataclass(slots=True)
class Wiped:
    """What became of a card.

    Attributes:
        files, bytes: what was overwritten, read back and removed.
        filled: bytes of free space that were filled, read back and freed again.
        left: bytes of free space that no file could be given, as the system counts.
        own_disk: the folder lies on the computer's own disk, whose free space is let be.
        notes: kind of the file system, where it keeps notes of its own that names may be in.
        failed: what could not be, and why.
        shown: every comparison was with the device and not with memory.
    """

    files: int = 0
    bytes: int = 0
    filled: int = 0
    left: int = 0
    own_disk: bool = False
    notes: str = ""
    failed: list[str] = field(default_factory=list)
    shown: bool = True


@dataclass(slots=True)
class _Work:
    """A card that is being wiped."""

    disk: Disk
    root: str
    meter: Meter
    wiped: Wiped
    total: int
    done: int = 0

    def moved(self, count: int) -> None:
        """Tell how far the work is."""
        self.done += count
        self.meter(self.done, max(self.done, self.total))


def _unheard(done: int, total: int) -> None:
    del done, total


def wipe(disk: Disk, root: str, meter: Meter = _unheard) -> Wiped:
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
    wiped.own_disk, wiped.notes = disk.is_computers_own(root), disk.keeps_notes(root)
    held = sum(file.bytes for file in card.files)
    free = 0 if wiped.own_disk else held + disk.room(root)
    work = _Work(disk, root, meter, wiped, total=2 * (held + free))
    for file in card.files:
        _wipe_file(work, file.path)
    _remove_rest(disk, root, card, wiped)
    _cover_names(work)
    if not wiped.own_disk:
        _fill(work)
    return wiped


def _wipe_file(work: _Work, path: str) -> None:
    """Overwrite a file, give it a name that says nothing, and remove it."""
    disk, wiped = work.disk, work.wiped
    source = f"{work.root}/{path}"
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
        work.moved(2 * length)


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


def _cover_names(work: _Work) -> None:
    """Write names of chance over those that were in the card's own folder, and remove them.

    A file that is removed leaves its name in its folder, to be used again. Folders below are freed
    themselves, and filled with the free space; this one stays. Names are written until it grows:
    then every old place is used. Eight capitals and digits take one place on a FAT disk.
    """
    disk, root, names = work.disk, work.root, list[str]()
    before = _extent(work)
    try:
        while len(names) < MOST_NAMES and _extent(work) == before:
            path = f"{root}/{new_name()[:8].upper()}"
            names.append(path)
            disk.close(disk.create(path))
    except OSError as error:
        if error.errno not in FULL:
            work.wiped.failed.append(f"names: {(error.strerror or 'unknown failure').lower()}")
    finally:
        _free(disk, root, names)


def _extent(work: _Work) -> tuple[int, int]:
    """Return what changes when the card's own folder grows, on one file system or the other."""
    room = 0 if work.wiped.own_disk else work.disk.room(work.root)  # others write there as well
    return work.disk.facts(work.root).st_size, room


def _free(disk: Disk, root: str, names: list[str]) -> None:
    """Make what was written to new files last, and remove them."""
    with suppress(OSError):
        disk.fsync_folder(root)
    for name in names:
        with suppress(OSError):
            disk.remove(name)
    with suppress(OSError):
        disk.fsync_folder(root)


def _fill(work: _Work) -> None:
    """Fill the free space, where deleted files lie, and free it again."""
    disk, wiped = work.disk, work.wiped
    names: list[str] = []
    try:
        for piece in PIECES:
            while _fill_one(work, names, piece):
                pass
        wiped.left = disk.free(work.root)
    except OSError as error:
        wiped.failed.append(f"free space: {(error.strerror or 'unknown failure').lower()}")
    finally:  # by Ctrl-C as well: a disk is never left full
        _free(disk, work.root, names)


def _fill_one(work: _Work, names: list[str], piece: int) -> int:
    """Write pieces to a new file until no more fits, read it back; return how many bytes did."""
    disk, wiped = work.disk, work.wiped
    path, seed = f"{work.root}/{new_name()[:8]}", secrets.token_bytes(BLOCK)
    names.append(path)  # before it is there: a stop in between leaves nothing
    try:
        handle = disk.create(path)
    except OSError as error:
        if error.errno not in FULL:
            raise
        return 0
    try:
        _write_pieces(work, handle, seed, piece)
    finally:
        with suppress(OSError):
            disk.fsync(handle)
        disk.close(handle)
    length = disk.facts(path).st_size
    shown, same = is_of(disk, path, seed, length)
    work.moved(length)
    wiped.shown &= shown
    wiped.filled += length
    if not same:
        raise OSError(EIO, "does not read back as it was filled")
    return length


def _write_pieces(work: _Work, handle: int, seed: bytes, piece: int) -> None:
    """Write the seed over and over, until nothing more fits."""
    count, view = 0, memoryview(seed)
    try:
        while True:
            at = count % BLOCK
            write_all(work.disk, handle, view[at : at + piece])
            count += piece
            work.moved(piece)
    except OSError as error:
        if error.errno not in FULL:
            raise
