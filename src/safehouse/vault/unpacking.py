"""Opens whole vaults: a folder for each card, and one for what no offload finished."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from safehouse_offload.disk import Disk
from safehouse_offload.manifest import Manifest
from safehouse_offload.mhl import fits
from safehouse_offload.places import FORMAT
from safehouse_offload.text import escape, name_of
from safehouse_offload.vault import write_text

from safehouse.vault.catalogue import Catalogue
from safehouse.vault.handover import DESTROYED, HISTORY, MANIFEST, UNFINISHED
from safehouse.vault.opening import NOWHERE, Opened, OpenJob

__all__ = ["RunOpen", "Tally", "check_vaults", "open_vaults"]

RunOpen = Callable[[Iterable[OpenJob]], Iterator[Opened]]


@dataclass(slots=True)
class Tally:
    """What came of opening.

    Attributes:
        cards: number of offloads.
        files, bytes: what opened.
        unfinished: files of offloads that did not finish; they are among files.
        damage: what did not open, or opened from another copy only.
        lost: number of files that no copy gives.
        gone: number that were destroyed on purpose.
        notes: what the cards held besides files, and what offloads could not copy.
    """

    cards: int = 0
    files: int = 0
    bytes: int = 0
    unfinished: int = 0
    damage: list[str] = field(default_factory=list)
    lost: int = 0
    gone: int = 0
    notes: list[str] = field(default_factory=list)


def open_vaults(disk: Disk, catalogue: Catalogue, key: str, out: str, run: RunOpen) -> Tally:
    """Open everything into a folder that is empty; return what came of it.

    Nothing lost: vaults are only read; every file is compared with its manifest before it has its
    name. A copy that is damaged is passed over for the next one.
    """
    tally = Tally(damage=list(catalogue.damage))
    known: set[tuple[str, str]] = set()
    for number, manifest in enumerate(catalogue.manifests, 1):
        folder = f"{out}/card-{number:04d}"
        tally.damage += _begin_card(disk, manifest, folder)
        _write_destroyed(disk, catalogue, manifest, folder)
        tally.notes += _unfit(manifest)
        _take_all(tally, manifest, run(_jobs(catalogue, manifest, key, folder, tally)))
        _end_card(disk, manifest, folder)
        known |= {(row.path, row.sha256) for row in manifest.files}
    _open_loose(catalogue, key, f"{out}/{UNFINISHED}", run, (tally, known))
    return tally


def check_vaults(catalogue: Catalogue, key: str, run: RunOpen) -> Tally:
    """Open everything to nowhere, every copy of it, and compare it with the manifests."""
    tally = Tally(damage=list(catalogue.damage))
    for manifest in catalogue.manifests:
        jobs = [
            OpenJob((path,), key, row, NOWHERE)
            for row in manifest.files
            if row.object not in catalogue.gone
            for path in catalogue.paths(row.object) or [""]
        ]
        _take_all(tally, manifest, run(jobs))
    loose = [
        OpenJob((path,), key, None, NOWHERE)
        for name in catalogue.loose
        for path in catalogue.paths(name)
    ]
    for opened in run(loose):
        _take(tally, opened)
    return tally


def _jobs(
    catalogue: Catalogue, manifest: Manifest, key: str, folder: str, tally: Tally
) -> Iterator[OpenJob]:
    for row in manifest.files:
        if row.object in catalogue.gone:
            tally.gone += 1
        else:
            yield OpenJob(tuple(catalogue.paths(row.object)), key, row, folder)


def _take_all(tally: Tally, manifest: Manifest, results: Iterator[Opened]) -> None:
    tally.cards += 1
    tally.notes += [f"{escape(one.path)}: {one.kind}, not copied" for one in manifest.others]
    tally.notes += [f"{escape(one.path)}: {escape(one.what)}" for one in manifest.problems]
    for opened in results:
        _take(tally, opened)


def _take(tally: Tally, opened: Opened) -> None:
    name = escape(opened.row.path) if opened.row else "a file of an offload that did not finish"
    tally.damage += [f"{name}: {words}" for words in opened.damage]
    if opened.trailer is None:
        tally.lost += 1
    else:
        tally.files += 1
        tally.bytes += opened.trailer.bytes


def _begin_card(disk: Disk, manifest: Manifest, folder: str) -> list[str]:
    """Make a card's folders; return what is to be said of those that can't be made."""
    Path(folder).mkdir(parents=True)
    failed = []
    for path, _ in manifest.folders:
        target = _inside(folder, path)
        try:
            if target is not None:
                target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            failed.append(f"{escape(path)}: {(error.strerror or '?').lower()}")
    write_text(disk, f"{folder}{MANIFEST}", manifest.written())
    return failed


def _write_destroyed(disk: Disk, catalogue: Catalogue, manifest: Manifest, folder: str) -> None:
    """Write which of the manifest's files were destroyed on purpose, where some were."""
    gone = [row.path for row in manifest.files if row.object in catalogue.gone]
    if gone:
        made = {"format": FORMAT.decode().strip(), "destroyed": gone}
        write_text(disk, f"{folder}{DESTROYED}", json.dumps(made, indent=1).encode())


def _unfit(manifest: Manifest) -> list[str]:
    """Return what is to be said of names that the ASC MHL history can't hold."""
    return [
        f"{escape(name_of(row.path))}: a name that XML can't hold: in the manifest, not in the"
        " ASC MHL history"
        for row in manifest.files
        if not fits(row.path)
    ]


def _end_card(disk: Disk, manifest: Manifest, folder: str) -> None:
    """Write the history, and give folders the times that they had."""
    history = Path(folder, HISTORY)
    if history.exists():
        history = Path(f"{folder}.{HISTORY}")
    history.mkdir()
    for name, text in manifest.mhl:
        write_text(disk, str(history / Path(name).name), text.encode())
    for path, mtime_ns in sorted(manifest.folders, reverse=True):
        target = _inside(folder, path)
        if target is not None:
            with suppress(OSError):
                os.utime(target, ns=(mtime_ns, mtime_ns))


def _inside(folder: str, untrusted: str) -> Path | None:
    """Return the folder's path below folder; None for one that would lead out of it."""
    parts = name_of(untrusted).split("/")
    return None if {"..", ".", ""} & set(parts) else Path(folder, *parts)


def _open_loose(
    catalogue: Catalogue,
    key: str,
    folder: str,
    run: RunOpen,
    so_far: tuple[Tally, set[tuple[str, str]]],
) -> None:
    """Open what no manifest names; what is there already under its name is taken away again."""
    tally, known = so_far
    if not catalogue.loose:
        return
    Path(folder).mkdir()
    jobs = [OpenJob(tuple(catalogue.paths(name)), key, None, folder) for name in catalogue.loose]
    for opened in run(jobs):
        if opened.trailer is None:
            _take(tally, opened)
        elif (opened.trailer.path, opened.trailer.sha256) in known:
            Path(opened.path).unlink()
        elif _digest(opened.path) != opened.trailer.sha256:
            Path(opened.path).unlink()
            tally.lost += 1
            tally.damage.append("a file of an offload that did not finish: not what was sealed")
        else:
            _take(tally, opened)
            tally.unfinished += 1
            known.add((opened.trailer.path, opened.trailer.sha256))
    with suppress(OSError):
        Path(folder).rmdir()


def _digest(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
