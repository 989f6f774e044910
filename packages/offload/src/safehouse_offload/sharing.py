"""Brings the lists of vaults in line, where a run that stopped wrote to some of them only."""

from collections.abc import Sequence
from contextlib import suppress

from safehouse_offload.disk import Disk
from safehouse_offload.lists import Entry, VaultList, before, digest_of
from safehouse_offload.places import list_path, manifest_path, object_path
from safehouse_offload.seal import CopyFailed
from safehouse_offload.vault import read_lists, read_text, write_text

__all__ = ["share_lists", "write_list"]


def share_lists(disk: Disk, vaults: Sequence[str]) -> dict[str, VaultList]:
    """Return the lists of all vaults, after giving each vault those whose objects it has.

    Earlier ones go first: a run that stops in between leaves no list without those before it.

    Raises:
        CopyFailed: a vault can't be read or written.
    """
    lists = [_read_lists(disk, copy, vault) for copy, vault in enumerate(vaults)]
    known = {digest: one for found in lists for digest, one in found.items()}
    for copy, (vault, found) in enumerate(zip(vaults, lists, strict=True)):
        for digest in sorted(set(known) - set(found), key=lambda one: len(before(known, [one]))):
            one = known[digest]
            if set(one.after) <= set(found) and _has_objects(disk, copy, vault, one):
                _share_manifest(disk, copy, vaults, one)
                write_list(disk, copy, vault, one.written())
                found[digest] = one
    return known


def _read_lists(disk: Disk, copy: int, vault: str) -> dict[str, VaultList]:
    try:
        return read_lists(disk, vault)
    except OSError as error:
        raise CopyFailed(copy, error) from error


def _has_objects(disk: Disk, copy: int, vault: str, one: VaultList) -> bool:
    paths = [(object_path(vault, entry.name), entry.bytes) for entry in one.objects]
    try:
        return all(disk.facts(path).st_size == length for path, length in paths)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CopyFailed(copy, error) from error


def _share_manifest(disk: Disk, copy: int, vaults: Sequence[str], one: VaultList) -> None:
    """Give a vault the sealed manifest of a list, out of another vault."""
    if one.manifest is None:
        return
    target = manifest_path(vaults[copy], one.manifest.name)
    try:
        if _is_whole(disk, target, one.manifest):
            return
        for other in vaults:
            source = manifest_path(other, one.manifest.name)
            if _is_whole(disk, source, one.manifest):
                write_text(disk, target, read_text(disk, source))
                return
    except OSError as error:
        raise CopyFailed(copy, error) from error


def _is_whole(disk: Disk, path: str, entry: Entry) -> bool:
    try:
        text = read_text(disk, path)
    except FileNotFoundError:
        return False
    return (len(text), digest_of(text)) == (entry.bytes, entry.sha256)


def write_list(disk: Disk, copy: int, vault: str, text: bytes) -> None:
    """Write a list, and compare what the disk gives back.

    Raises:
        CopyFailed: it can't be written, or reads differently.
    """
    path = list_path(vault, digest_of(text))
    same, count = True, 0

    def take(block: memoryview) -> None:
        nonlocal same, count
        same &= text[count : count + len(block)] == block
        count += len(block)

    try:
        write_text(disk, path, text)
        disk.read_cold(path, take)
    except OSError as error:
        raise CopyFailed(copy, error) from error
    if not same or count != len(text):
        with suppress(OSError):
            disk.remove(path)
        raise CopyFailed(copy, OSError(0, "reads back differently than it was written"))
