"""Writes an offload down: its sealed manifest, and the list that says what is complete."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from safehouse_offload.copying import read_back
from safehouse_offload.disk import Disk
from safehouse_offload.lists import OFFLOAD, Entry, VaultList, digest_of, heads
from safehouse_offload.manifest import Manifest
from safehouse_offload.places import manifest_path, new_name
from safehouse_offload.seal import CopyFailed, Sealed, seal
from safehouse_offload.sharing import share_lists, write_list
from safehouse_offload.trailer import MANIFEST, Trailer

__all__ = ["commit", "entry_of"]


def entry_of(sealed: Sealed) -> Entry:
    """Return what a list says of a sealed file."""
    return Entry(sealed.name, sealed.bytes, sealed.sha256)


def commit(
    disk: Disk,
    manifest: Manifest,
    objects: Iterable[Entry],
    vaults: Sequence[str],
    to: Sequence[str],
) -> tuple[str, bool]:
    """Seal a manifest to every vault and write its list; return the list's digest.

    Args:
        disk: the door.
        manifest: what the objects are.
        objects: sealed files that lie in every vault, compared.
        vaults: folders, their locks held.
        to: age recipients.

    Returns:
        The digest of the list, and whether the manifest was compared with each device.

    Raises:
        CopyFailed: a vault can't be written or reads differently; no list names the objects there.
    """
    sealed, proven = _seal_manifest(disk, manifest, vaults, to)
    known = share_lists(disk, vaults)
    made = VaultList(OFFLOAD, heads(known), entry_of(sealed), tuple(sorted(objects)))
    text = made.written()
    for copy, vault in enumerate(vaults):
        write_list(disk, copy, vault, text)
    return digest_of(text), proven


def _seal_manifest(
    disk: Disk, manifest: Manifest, vaults: Sequence[str], to: Sequence[str]
) -> tuple[Sealed, bool]:
    name, proven = new_name(), True
    paths = [manifest_path(vault, name) for vault in vaults]
    about = Trailer(MANIFEST, "", 0, 0, "", "")
    sealed = seal(disk, manifest.blocks(), about, paths, to)
    try:
        for copy, path in enumerate(paths):
            proven &= read_back(disk, entry_of(sealed), path, copy, _unheard)
    except CopyFailed:
        for path in paths:
            with suppress(OSError):
                disk.remove(path)
        raise
    return sealed, proven


def _unheard(moved: int) -> None:
    del moved
