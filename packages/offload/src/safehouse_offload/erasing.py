"""Destroys sealed files on purpose, in every vault, and writes down that it was on purpose."""

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from errno import EIO

from safehouse_offload.disk import BLOCK, Disk, write_all
from safehouse_offload.errors import NotWiped, UsageError, VaultBusy
from safehouse_offload.lists import ERASED, VaultList, digest_of, heads
from safehouse_offload.places import LOCK, object_path
from safehouse_offload.seal import CopyFailed
from safehouse_offload.sharing import share_lists, write_list
from safehouse_offload.text import escape
from safehouse_offload.vault import require_vault

__all__ = ["erase", "is_of", "overwrite"]


def erase(disk: Disk, vaults: Sequence[str], names: Sequence[str]) -> str:
    """Overwrite and remove objects in every vault; return the digest of the destruction record.

    The record is written first: what a power cut leaves half done is then known to be on purpose,
    and the same command finishes it.

    Raises:
        UsageError: a name is none of an object here.
        VaultBusy: a vault is being written to.
        NotWiped: an object could not be overwritten and removed everywhere.
    """
    with ExitStack() as stack:
        for vault in vaults:
            require_vault(disk, vault)
            if not stack.enter_context(disk.locked(f"{vault}/{LOCK}")):
                raise VaultBusy(
                    f"another program is writing to '{escape(vault)}'", next_step="wait for it"
                )
        try:
            return _erase(disk, vaults, tuple(sorted(set(names))))
        except OSError as error:
            raise NotWiped(
                f"not everything was destroyed: {(error.strerror or 'unknown failure').lower()}",
                kept="the record is written; what is still there is named by vault verify",
                next_step="give the same command again",
            ) from error


def _erase(disk: Disk, vaults: Sequence[str], names: tuple[str, ...]) -> str:
    known = share_lists(disk, vaults)
    here = {entry.name for one in known.values() for entry in one.objects}
    strange = [name for name in names if name not in here]
    if strange or not names:
        raise UsageError(
            f"no sealed file here is named '{escape(strange[0])}'" if strange else "no name given",
            kept="nothing was destroyed",
            next_step="vault list, with key words, says which name is which file",
        )
    gone = {name for one in known.values() for name in one.gone}
    text = VaultList(ERASED, heads(known), gone=names).written()
    if set(names) - gone:
        for copy, vault in enumerate(vaults):
            write_list(disk, copy, vault, text)
    for copy, vault in enumerate(vaults):
        for name in names:
            _destroy(disk, copy, object_path(vault, name))
    return digest_of(text) if set(names) - gone else heads(known)[-1]


def _destroy(disk: Disk, copy: int, path: str) -> None:
    try:
        overwrite(disk, path)
        disk.remove(path)
        disk.fsync_folder(path.rpartition("/")[0])
    except FileNotFoundError:
        return
    except OSError as error:
        raise CopyFailed(copy, error) from error


def overwrite(disk: Disk, path: str) -> bool:
    """Overwrite a file with chance, read it back from the device; return whether that is shown.

    Raises:
        OSError: it can't be written, or does not read back as what was written.
    """
    length = disk.facts(path).st_size
    seed = secrets.token_bytes(BLOCK)
    handle = disk.overwrite(path)
    try:
        for at in range(0, length, BLOCK):
            write_all(disk, handle, memoryview(seed)[: min(BLOCK, length - at)])
        disk.fsync(handle)
    finally:
        disk.close(handle)
    shown, same = is_of(disk, path, seed, length)
    if not same:
        raise OSError(EIO, "does not read back as it was overwritten")
    return shown


def is_of(disk: Disk, path: str, seed: bytes, length: int) -> tuple[bool, bool]:
    """Return whether a read is shown to be of the device, and whether a file is seed all through.

    Args:
        disk: the door.
        path: the file.
        seed: BLOCK bytes, which the file holds over and over.
        length: of the file.

    Raises:
        OSError: it can't be read.
    """
    same, count = True, 0

    def take(block: memoryview) -> None:
        nonlocal same, count
        at = count % BLOCK
        wanted = (seed + seed)[at : at + len(block)] if at else seed[: len(block)]
        same &= block == wanted
        count += len(block)

    shown = disk.read_cold(path, take)
    return shown, same and count == length
