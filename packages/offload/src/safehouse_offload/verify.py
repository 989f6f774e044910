"""Holds a vault against its own lists, without a key: structure, digests, completeness."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from safehouse_offload.copying import Meter
from safehouse_offload.disk import Disk
from safehouse_offload.header import HEADER_BYTES, NotAge, plain_length, read_header
from safehouse_offload.lists import Entry, NotList, VaultList, before, digest_of, heads
from safehouse_offload.padding import is_padded
from safehouse_offload.places import (
    FOLDERS,
    FORMAT_FILE,
    LISTS,
    LOCK,
    MANIFESTS,
    OBJECTS,
    PARTIAL,
    PENDING,
    SEALED,
    TEXT,
    is_name,
    list_path,
    manifest_path,
    object_path,
)
from safehouse_offload.text import escape
from safehouse_offload.vault import read_text, require_vault
from safehouse_offload.words import same_root

__all__ = ["Checked", "Verdict", "check_sealed", "verify"]


@dataclass(slots=True)
class Checked:
    """What was found in one vault.

    Attributes:
        damage: what is missing, changed, or does not belong there, in words.
        objects, bytes: sealed files that are named by lists, and their lengths.
        manifests: of offloads; they are not among objects.
        gone: objects that were destroyed on purpose.
        loose: sealed files that no finished offload names.
        unfinished: files that an offload was writing when it was stopped.
        pending: cards that are not done.
    """

    vault: str
    lists: dict[str, VaultList] = field(default_factory=dict)
    damage: list[str] = field(default_factory=list)
    objects: int = 0
    bytes: int = 0
    manifests: int = 0
    gone: int = 0
    loose: list[str] = field(default_factory=list)
    unfinished: int = 0
    pending: int = 0
    proven: bool = True


@dataclass(slots=True)
class Verdict:
    """What was found in all vaults.

    Attributes:
        roots: digests of the lists that no other follows.
        paper: digest of the list whose words were given; "" when none has them, None when no
            words were given.
        since: lists that came after it.
        gone_since: objects that were destroyed on purpose after it.
    """

    vaults: list[Checked]
    roots: tuple[str, ...] = ()
    paper: str | None = None
    since: int = 0
    gone_since: int = 0

    @property
    def damaged(self) -> bool:
        """Whether anything is not as it should be."""
        return self.paper == "" or any(one.damage for one in self.vaults)


def verify(disk: Disk, vaults: tuple[str, ...], words: str, meter: Meter) -> Verdict:
    """Return what is wrong in the vaults, and whether they hold what the words on paper fix.

    Args:
        disk: the door.
        vaults: folders.
        words: of a root; "" when there is no paper.
        meter: told what was read.

    Raises:
        VaultMissing: a folder is no vault.
        NotWords: the words are not of the list.
    """
    verdict = Verdict([_check_vault(disk, vault, meter) for vault in vaults])
    known = {digest: one for checked in verdict.vaults for digest, one in checked.lists.items()}
    verdict.roots = heads(known)
    for checked in verdict.vaults:
        _require_lists(checked, known)
    if words.strip():
        _hold_against_paper(verdict, known, words)
    return verdict


def _check_vault(disk: Disk, vault: str, meter: Meter) -> Checked:
    require_vault(disk, vault)
    checked = Checked(vault)
    try:
        _read_lists(disk, checked)
        found = _sealed_files(disk, checked)
        _check_entries(disk, checked, found, meter)
    except OSError as error:
        checked.damage.append(f"can't be read: {(error.strerror or '?').lower()}")
    return checked


def _read_lists(disk: Disk, checked: Checked) -> None:
    vault = checked.vault
    _name_strangers(checked, "", set(disk.names(vault)) - {FORMAT_FILE, LOCK, "lost+found"})
    for name in disk.names(f"{vault}/{LISTS}"):
        digest = name.removesuffix(TEXT)
        if name.endswith(PARTIAL):
            checked.unfinished += 1
        elif not (name.endswith(TEXT) and is_name(digest, 64)):
            _name_strangers(checked, f"{LISTS}/", {name})
        else:
            _read_list(disk, checked, digest)
    states = disk.names(f"{vault}/{PENDING}")
    checked.pending = sum(name.endswith(TEXT) for name in states)
    checked.unfinished += sum(name.endswith(PARTIAL) for name in states)
    strange = {name for name in states if not name.endswith((TEXT, PARTIAL))}
    _name_strangers(checked, f"{PENDING}/", strange)


def _name_strangers(checked: Checked, folder: str, names: set[str]) -> None:
    if not folder:
        checked.damage += [f"{name} is missing" for name in FOLDERS if name not in names]
        names = names - set(FOLDERS)
        checked.unfinished += sum(name.endswith(PARTIAL) for name in names)
        names = {name for name in names if not name.endswith(PARTIAL)}
    checked.damage += [f"{folder}{escape(name)} does not belong there" for name in sorted(names)]


def _read_list(disk: Disk, checked: Checked, digest: str) -> None:
    text = read_text(disk, list_path(checked.vault, digest))
    try:
        if digest_of(text) != digest:
            raise NotList("its digest is another")
        checked.lists[digest] = VaultList.read(text)
    except NotList as error:
        checked.damage.append(f"{LISTS}/{digest[:8]}…: {error}")


def _sealed_files(disk: Disk, checked: Checked) -> dict[str, str]:
    """Return every sealed file of a vault: its path by its name with `object` or `manifest`."""
    vault = checked.vault
    found = {}
    for folder in disk.names(f"{vault}/{OBJECTS}"):
        for name in disk.names(f"{vault}/{OBJECTS}/{folder}"):
            path = f"{vault}/{OBJECTS}/{folder}/{name}"
            if _is_sealed(checked, path, object_path(vault, name.removesuffix(SEALED))):
                found[f"object {name.removesuffix(SEALED)}"] = path
    for name in disk.names(f"{vault}/{MANIFESTS}"):
        path = f"{vault}/{MANIFESTS}/{name}"
        if _is_sealed(checked, path, manifest_path(vault, name.removesuffix(SEALED))):
            found[f"manifest {name.removesuffix(SEALED)}"] = path
    return found


def _is_sealed(checked: Checked, path: str, wanted: str) -> bool:
    if path.endswith(PARTIAL):
        checked.unfinished += 1
        return False
    name = path.rpartition("/")[2].removesuffix(SEALED)
    if path == wanted and is_name(name):
        return True
    _name_strangers(
        checked, path.removeprefix(f"{checked.vault}/").rpartition("/")[0] + "/", {name}
    )
    return False


def _entries(checked: Checked) -> Iterator[tuple[str, Entry]]:
    for one in checked.lists.values():
        if one.manifest is not None:
            yield f"manifest {one.manifest.name}", one.manifest
        for entry in one.objects:
            yield f"object {entry.name}", entry


def _check_entries(disk: Disk, checked: Checked, found: dict[str, str], meter: Meter) -> None:
    """Compare every sealed file with what the lists say of it."""
    gone = {f"object {name}" for one in checked.lists.values() for name in one.gone}
    checked.gone = len(gone)
    wanted: dict[str, Entry] = {}
    for key, entry in _entries(checked):
        if wanted.setdefault(key, entry) != entry:
            checked.damage.append(f"lists differ about {_short(key)}")
    for key, entry in sorted(wanted.items()):
        if key in gone:
            continue
        if key.startswith("object "):
            checked.objects += 1
            checked.bytes += entry.bytes
        else:
            checked.manifests += 1
        if key not in found:
            checked.damage.append(f"{_short(key)} is missing")
        else:
            _check_one(disk, checked, key, found[key], entry, meter)
    checked.damage += [f"{_short(key)} was to be destroyed" for key in sorted(gone & set(found))]
    checked.loose = sorted(path for key, path in found.items() if key not in {*wanted, *gone})


def _short(key: str) -> str:
    kind, _, name = key.partition(" ")
    return f"{kind} {name[:8]}…"


def _check_one(
    disk: Disk, checked: Checked, key: str, path: str, entry: Entry, meter: Meter
) -> None:
    try:
        length, sha256, proven = check_sealed(disk, path, meter)
    except NotAge as error:
        checked.damage.append(f"{_short(key)}: {error}")
    except OSError as error:
        checked.damage.append(f"{_short(key)}: {(error.strerror or '?').lower()}")
    else:
        checked.proven &= proven
        if (length, sha256) != (entry.bytes, entry.sha256):
            checked.damage.append(f"{_short(key)} is not what was written")


def check_sealed(disk: Disk, path: str, meter: Meter) -> tuple[int, str, bool]:
    """Return length and digest of a sealed file, and whether the device was read.

    Raises:
        NotAge: it has not the structure that a sealed file has.
        OSError: it can't be read.
    """
    digest, length, first = hashlib.sha256(), 0, b""

    def take(block: memoryview) -> None:
        nonlocal length, first
        first += bytes(block[: HEADER_BYTES - len(first)])
        digest.update(block)
        length += len(block)
        meter(len(block))

    proven = disk.read_cold(path, take)
    header = read_header(first)
    if not is_padded(plain_length(header.length, length)):
        raise NotAge("a length that padding does not give")
    return length, digest.hexdigest(), proven


def _require_lists(checked: Checked, known: dict[str, VaultList]) -> None:
    """Name the lists that other lists or other vaults know of, and this vault has not."""
    wanted = before(known, known)
    missing = len(wanted - set(checked.lists))
    if missing:
        checked.damage.append(f"{missing} lists are missing: earlier or later offloads")


def _hold_against_paper(verdict: Verdict, known: dict[str, VaultList], words: str) -> None:
    paper = [digest for digest in known if same_root(words, digest)]
    if not paper:
        same_root(words, "0" * 64)  # says so when they are no words
        verdict.paper = ""
        return
    verdict.paper = paper[0]
    then = before(known, paper)
    later = [known[digest] for digest in set(known) - then]
    verdict.since = len(later)
    verdict.gone_since = len({name for one in later for name in one.gone})
