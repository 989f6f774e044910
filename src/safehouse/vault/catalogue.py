"""What lies in the vaults, with the key: manifests, and where a good copy of each object may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from safehouse_offload.disk import Disk
from safehouse_offload.lists import VaultList
from safehouse_offload.manifest import Manifest, NotManifest, read_manifest
from safehouse_offload.places import MANIFESTS, OBJECTS, SEALED, is_name, object_path
from safehouse_offload.vault import read_lists, require_vault

from safehouse.errors import WrongKey
from safehouse.vault.unseal import BadSeal, OtherKey, unseal

__all__ = ["Catalogue", "read_catalogue"]


@dataclass(slots=True)
class Catalogue:
    """Everything in some vaults.

    Attributes:
        manifests: in the order in which they were begun; one whose files another has as well is
            not among them.
        places: vaults that have an object, by its name.
        gone: objects that were destroyed on purpose.
        damage: what could not be read, in words.
        loose: names of objects that no manifest names, of an offload that did not finish.
    """

    vaults: tuple[str, ...]
    manifests: list[Manifest] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    damage: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)

    def paths(self, name: str) -> list[str]:
        """Return where copies of an object lie."""
        return [object_path(vault, name) for vault in self.places.get(name, ())]


def read_catalogue(disk: Disk, vaults: tuple[str, ...], key: str) -> Catalogue:
    """Return what lies in the vaults.

    Raises:
        VaultMissing: a folder is no vault.
        WrongKey: nothing here is for this key.
    """
    catalogue = Catalogue(vaults)
    lists: dict[str, VaultList] = {}
    for vault in vaults:
        require_vault(disk, vault)
        lists |= read_lists(disk, vault)
        for name in _objects(disk, vault):
            catalogue.places.setdefault(name, []).append(vault)
    catalogue.gone = {name for one in lists.values() for name in one.gone}
    found = _read_manifests(disk, catalogue, key)
    catalogue.manifests = _latest(found)
    known = {row.object for one in found for row in one.files}
    catalogue.loose = sorted(set(catalogue.places) - known - catalogue.gone)
    return catalogue


def _objects(disk: Disk, vault: str) -> list[str]:
    root = f"{vault}/{OBJECTS}"
    names = [name for folder in disk.names(root) for name in disk.names(f"{root}/{folder}")]
    return [name.removesuffix(SEALED) for name in names if is_name(name.removesuffix(SEALED))]


def _read_manifests(disk: Disk, catalogue: Catalogue, key: str) -> list[Manifest]:
    """Return every manifest that opens, each from the first copy that is whole."""
    paths: dict[str, list[str]] = {}
    for vault in catalogue.vaults:
        for name in disk.names(f"{vault}/{MANIFESTS}"):
            if is_name(name.removesuffix(SEALED)):
                paths.setdefault(name, []).append(f"{vault}/{MANIFESTS}/{name}")
    found, others = [], 0
    for name, copies in sorted(paths.items()):
        try:
            found.append(_first_whole(copies, lambda path: _manifest(disk, path, key)))
        except OtherKey:
            others += 1
        except BadSeal as error:
            catalogue.damage.append(f"manifest {name[:8]}…: {error}")
    if others and not found:
        raise WrongKey(
            "these key words are of a key that does not open this vault",
            kept="nothing was opened and nothing was written",
            next_step="take the key words that were made with this vault's public key",
        )
    if others:
        catalogue.damage.append(f"{others} manifests are damaged, or for another key")
    return found


def _first_whole(copies: Sequence[str], read: Callable[[str], Manifest]) -> Manifest:
    """Return what the first copy gives that can be read; the last one's failure otherwise."""
    for copy in copies[:-1]:
        try:
            return read(copy)
        except (BadSeal, OtherKey, OSError):
            continue
    try:
        return read(copies[-1])
    except OSError as error:
        raise BadSeal(f"can't be read: {(error.strerror or '?').lower()}") from error


def _manifest(disk: Disk, path: str, key: str) -> Manifest:
    parts: list[bytes] = []
    trailer = unseal(disk, path, key, parts.append)
    text = b"".join(parts)[: trailer.bytes]
    try:
        return read_manifest(text)
    except NotManifest as error:
        raise BadSeal(str(error)) from error


def _order(one: Manifest) -> tuple[str, str, bool, int, str]:
    return one.begun, one.ended, one.complete, len(one.files), one.offload


def _latest(found: list[Manifest]) -> list[Manifest]:
    """Return the manifests in order, without those whose files another has as well."""
    ordered = sorted(found, key=_order)
    return [
        one
        for at, one in enumerate(ordered)
        if not any(
            _has_all(other, one, equal=at < place)
            for place, other in enumerate(ordered)
            if place != at
        )
    ]


def _has_all(other: Manifest, one: Manifest, *, equal: bool) -> bool:
    """Return whether other has all that one has, and more, or as much where equal will do.

    Two of one offload were sealed twice, where a run that was stopped had to begin again: then the
    files count, and not the objects that they lie in.
    """
    if other.offload == one.offload:
        mine = {(row.path, row.sha256) for row in one.files}
        others = {(row.path, row.sha256) for row in other.files}
    else:
        mine = {(row.object, "") for row in one.files}
        others = {(row.object, "") for row in other.files}
        if not mine:
            return False
    return mine < others or (equal and mine == others)
