"""One vault on one disk: made, looked at, cleaned of what was not finished, and added to."""

from collections.abc import Iterable, Mapping

from safehouse_offload.disk import Disk, write_all
from safehouse_offload.errors import VaultMissing
from safehouse_offload.lists import NotList, VaultList, digest_of
from safehouse_offload.pending import Pending, read_pending
from safehouse_offload.places import (
    FOLDERS,
    FORMAT,
    FORMAT_FILE,
    LISTS,
    LOCK,
    OBJECTS,
    PARTIAL,
    PENDING,
    TEXT,
    list_path,
    pending_path,
)
from safehouse_offload.text import escape

__all__ = [
    "append_text",
    "make_vault",
    "read_lists",
    "read_pendings",
    "read_text",
    "remove_partials",
    "require_vault",
    "write_text",
]


def make_vault(disk: Disk, vault: str) -> None:
    """Make a folder a vault; one that is a vault stays as it is.

    Raises:
        VaultMissing: it holds other things, or is a vault of another format.
        OSError: it can't be written.
    """
    disk.make_folder(vault)
    names = set(disk.names(vault))
    if FORMAT_FILE in names:
        require_vault(disk, vault)
    elif names - {*FOLDERS, LOCK, "lost+found", FORMAT_FILE + PARTIAL}:
        raise VaultMissing(
            f"'{escape(vault)}' holds other things, and is no vault",
            next_step="name a folder that is empty or not there yet",
        )
    for folder in FOLDERS:
        disk.make_folder(f"{vault}/{folder}")
    if FORMAT_FILE not in names:
        write_text(disk, f"{vault}/{FORMAT_FILE}", FORMAT)


def require_vault(disk: Disk, vault: str) -> None:
    """Check that a folder is a vault of this format.

    Raises:
        VaultMissing: it is not.
    """
    try:
        text = read_text(disk, f"{vault}/{FORMAT_FILE}")
    except OSError as error:
        raise VaultMissing(
            f"no vault at '{escape(vault)}'", next_step="connect its disk, or: vault init"
        ) from error
    if text != FORMAT:
        raise VaultMissing(
            f"the vault at '{escape(vault)}' has a format that is not known here",
            next_step="use a newer version, or docs/vault-format.md",
        )


def read_text(disk: Disk, path: str) -> bytes:
    """Return a whole file."""
    handle = disk.open(path)
    try:
        blocks = []
        while block := disk.read(handle, 1 << 20):
            blocks.append(block)
        return b"".join(blocks)
    finally:
        disk.close(handle)


def write_text(disk: Disk, path: str, text: bytes) -> None:
    """Write a file that appears whole or not at all; one of its name is replaced."""
    partial = path + PARTIAL
    _drop(disk, partial)
    handle = disk.create(partial)
    try:
        write_all(disk, handle, text)
        disk.fsync(handle)
    finally:
        disk.close(handle)
    disk.rename(partial, path)
    disk.fsync_folder(path.rpartition("/")[0])


def append_text(disk: Disk, path: str, text: bytes) -> None:
    """Add to the end of a file, for good."""
    handle = disk.append(path)
    try:
        write_all(disk, handle, text)
        disk.fsync(handle)
    finally:
        disk.close(handle)


def _drop(disk: Disk, path: str) -> None:
    try:
        disk.remove(path)
    except FileNotFoundError:
        return


def remove_partials(disk: Disk, vault: str) -> None:
    """Remove what an offload that was stopped left half written; call it with the lock held."""
    objects = f"{vault}/{OBJECTS}"
    folders = [vault, *(f"{vault}/{name}" for name in FOLDERS)]
    folders += [f"{objects}/{name}" for name in disk.names(objects)]
    for folder in folders:
        for name in disk.names(folder):
            if name.endswith(PARTIAL):
                disk.remove(f"{folder}/{name}")


def read_lists(disk: Disk, vault: str) -> dict[str, VaultList]:
    """Return the lists of a vault that are whole, by digest."""
    found = {}
    for name in _names(disk, f"{vault}/{LISTS}"):
        try:
            text = read_text(disk, list_path(vault, name))
            if digest_of(text) == name:
                found[name] = VaultList.read(text)
        except (NotList, FileNotFoundError):
            continue
    return found


def read_pendings(
    disk: Disk, vault: str, twins: Mapping[str, Pending] | None = None
) -> dict[str, Pending]:
    """Return the state of cards that are not done, by name; what is torn is left out.

    Args:
        disk: the door.
        vault: its folder.
        twins: what another vault says, by name; what is the same is taken from it.
    """
    found = {}
    for name in _names(disk, f"{vault}/{PENDING}"):
        text = read_text(disk, pending_path(vault, name))
        state = read_pending(text, (twins or {}).get(name))
        if state is not None:
            found[name] = state
    return found


def _names(disk: Disk, folder: str) -> Iterable[str]:
    return [name.removesuffix(TEXT) for name in disk.names(folder) if name.endswith(TEXT)]
