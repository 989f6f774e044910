"""The commands at home as functions: they return the lines to be shown, and print nothing."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyrage
from safehouse_offload.config import Config as FieldConfig
from safehouse_offload.config import format_key, read_config, read_key, write_config
from safehouse_offload.disk import Disk
from safehouse_offload.field import Said, Tell, counted, make_vaults, place_words, sized, take_lines
from safehouse_offload.manifest import Manifest
from safehouse_offload.pool import run_in_processes
from safehouse_offload.seal import CopyFailed
from safehouse_offload.text import escape
from safehouse_offload.words import root_words

from safehouse.errors import (
    NotCopied,
    OutputExists,
    OutputUnwritable,
    UsageError,
    VaultDamaged,
    VaultMissing,
    VaultUnwritable,
    WrongKey,
)
from safehouse.store.atomic import write_whole
from safehouse.vault.catalogue import Catalogue, read_catalogue
from safehouse.vault.handover import check_opened
from safehouse.vault.keys import join, make_key, read_scheme, recipient_of
from safehouse.vault.opening import Opened, OpenJob, open_one
from safehouse.vault.rekeying import Rekeyed, RekeyJob, RekeyOrder, Result, rekey, rekey_one
from safehouse.vault.unpacking import Tally, check_vaults, open_vaults

__all__ = [
    "NewVaults",
    "check_contents",
    "check_folder",
    "keygen",
    "list_contents",
    "open_all",
    "rehearse",
    "rekey_all",
]


@dataclass(frozen=True, slots=True)
class NewVaults:
    """Where a re-keying goes: folders, files of public keys, and whether one device may do."""

    folders: tuple[Path, ...]
    to: tuple[Path, ...]
    same_device: bool = False


RunOpen = Callable[[Iterable[OpenJob]], Iterator[Opened]]
T = TypeVar("T")


def keygen(scheme: str, output: Path) -> Said:
    """Make a key: the public half into a file, the private half as key words, once.

    Raises:
        UsageError: no such split.
        OutputExists, OutputUnwritable: the file is there, or can't be written.
    """
    threshold, count = read_scheme(scheme)
    if os.path.lexists(output):
        raise OutputExists(
            f"'{escape(output.name)}' is there already",
            kept="it is untouched; no key was made",
            next_step="give another -o",
        )
    public, shares = make_key(threshold, count)
    try:
        write_whole(output, format_key(public).encode())
    except OSError as error:
        raise OutputUnwritable(
            f"'{escape(output.name)}' can't be written: {(error.strerror or '?').lower()}",
            kept="no key was made",
            next_step="give another -o",
        ) from error
    said = Said([f"Any {threshold} of these {count} open. They are shown once and never stored."])
    for number, share in enumerate(shares, 1):
        said.lines += ["", f"key words {number} of {count}:", *_rows(share)]
    said.lines += [
        "",
        "Write each on its own paper, for its own place. Then close this terminal, which remembers",
        f"what it showed, and in a new one: vault rehearse {escape(output.name)}",
    ]
    return said


def _rows(share: str) -> list[str]:
    words = share.split()
    return ["  " + " ".join(words[at : at + 6]) for at in range(0, len(words), 6)]


def rehearse(shares: Sequence[str], key_file: Path | None) -> Said:
    """Try key words on a test object, and remember that they opened it.

    Raises:
        KeyWordsRefused: the words make no key.
        WrongKey: they make another key than the one that seals.
    """
    key = join(shares)
    public = recipient_of(key)
    config = _config_or_none() if key_file is None else None
    wanted = read_key(key_file)[0] if key_file else (config.to if config else ())
    if public not in wanted:
        raise WrongKey(
            "these key words are of another key than the one that seals here",
            kept="nothing was changed",
            next_step="take the key words that were made with this public key",
        )
    test = os.urandom(1 << 17)
    sealed = pyrage.encrypt(test, [pyrage.x25519.Recipient.from_str(one) for one in wanted])
    if pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(key)]) != test:
        raise WrongKey("the test object opened to other bytes", next_step="report it")
    if key_file is not None:
        write_whole(key_file, "".join(format_key(one, rehearsed=True) for one in wanted).encode())
    if config is not None:
        tried = tuple(sorted({*config.rehearsed, public}))
        write_config(FieldConfig(config.vaults, config.to, tried))
    return Said(["a test object was sealed, and these key words opened it"])


def _config_or_none() -> FieldConfig | None:
    try:
        return read_config()
    except VaultMissing:
        return None


def _catalogue(folders: Iterable[Path], key: str) -> Catalogue:
    vaults = tuple(str(folder.resolve()) for folder in folders) or read_config().vaults
    return read_catalogue(Disk(), vaults, key)


def _runner(workers: int, tell: Tell) -> RunOpen:
    def run(jobs: Iterable[OpenJob]) -> Iterator[Opened]:
        listed = list(jobs)
        if not listed:
            return
        done = run_in_processes(open_one, listed, workers, lambda n: tell("MB", n >> 20, 0))
        for number, opened in enumerate(done, 1):
            tell("files", number, len(listed))
            yield opened

    return run


def list_contents(folders: Iterable[Path], shares: Sequence[str]) -> Said:
    """Say what lies in the vaults: names, dates, digests, and the sealed name of each file."""
    catalogue = _catalogue(folders, join(shares))
    said = Said()
    for number, manifest in enumerate(catalogue.manifests, 1):
        said.lines += _manifest_lines(number, manifest, catalogue.gone)
    if catalogue.loose:
        said.lines.append(f"{len(catalogue.loose)} files of offloads that did not finish")
    said.lines += [f"DAMAGED: {words}" for words in catalogue.damage]
    if catalogue.damage:
        said.error = _damaged(len(catalogue.damage))
    return said


def _manifest_lines(number: int, manifest: Manifest, gone: set[str]) -> list[str]:
    whole = "" if manifest.complete else "; NOT everything on the card"
    total = sum(row.bytes for row in manifest.files)
    lines = [
        f"card-{number:04d}: {manifest.ended}, {len(manifest.files)} files, {sized(total)}{whole}"
    ]
    for row in manifest.files:
        state = "  destroyed on purpose" if row.object in gone else ""
        lines.append(f"  {row.object}  {row.sha256}  {row.bytes}  {escape(row.path)}{state}")
    lines += [f"  {line}" for line in take_lines(manifest.takes)]
    lines += [f"  {escape(odd.path)}: {odd.kind}, not copied" for odd in manifest.others]
    return lines + [f"  {escape(p.path)}: {escape(p.what)}" for p in manifest.problems]


def open_all(
    folders: Iterable[Path], shares: Sequence[str], out: Path, workers: int, tell: Tell
) -> Said:
    """Open everything in the vaults into a folder that is empty or not there yet.

    Raises:
        OutputExists: something is in the folder.
        OutputUnwritable: it can't be written.
        KeyWordsRefused, WrongKey, VaultMissing: nothing is written.
    """
    key = join(shares)
    catalogue = _catalogue(folders, key)
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise OutputExists(
                f"something is in '{escape(out.name)}' already",
                kept="it is untouched; nothing was opened",
                next_step="give another -o",
            )
        tally = open_vaults(Disk(), catalogue, key, str(out), _runner(workers, tell))
    except OSError as error:
        raise OutputUnwritable(
            f"'{escape(out.name)}' can't be written: {(error.strerror or '?').lower()}",
            kept="the vaults are untouched; files that have their name are whole",
            next_step="make room, and give the same command with another -o",
        ) from error
    return _told(tally, "opened, and compared with the manifest")


def check_contents(
    folders: Iterable[Path], shares: Sequence[str], workers: int, tell: Tell
) -> Said:
    """Open every copy of everything to nowhere, and compare it with the manifests."""
    key = join(shares)
    catalogue = _catalogue(folders, key)
    tally = check_vaults(catalogue, key, _runner(workers, tell))
    return _told(tally, "every copy opened to nowhere, and compared with the manifest")


def check_folder(folder: Path, tell: Tell) -> Said:
    """Hold what vault open wrote against the manifests beside it; say what is wrong.

    Raises:
        UsageError: the folder is not what vault open wrote.
    """
    read = 0

    def meter(count: int) -> None:
        nonlocal read
        read += count
        tell("MB", read >> 20, 0)

    custody = check_opened(folder, meter)
    said = Said([f"DAMAGED: {escape(path)}: {what}" for path, what in custody.wrong])
    total = sized(sum(clip.bytes for clip in custody.clips))
    done = f"{counted(len(custody.clips), 'file')} of {counted(custody.cards, 'card')}, {total}"
    said.lines.append(f"{done}: each is what was sealed")
    if custody.destroyed:
        said.lines.append(f"destroyed on purpose: {counted(custody.destroyed, 'file')}")
    if custody.unfinished:
        said.lines.append(
            f"{counted(custody.unfinished, 'file')} of offloads that did not finish: no manifest"
            " names them, so nothing can be said of them"
        )
    if custody.wrong:
        said.error = VaultDamaged(
            f"missing, changed or extra: {counted(len(custody.wrong), 'thing')}",
            kept="nothing was changed; the vaults have what they had",
            next_step="open the vaults again, into another folder",
        )
    return said


def rekey_all(
    folders: Iterable[Path],
    shares: Sequence[str],
    new: NewVaults,
    workers: int,
    tell: Tell,
) -> Said:
    """Seal everything in old vaults again, to another key, into new vaults.

    Raises:
        OneDevice, UsageError, VaultBusy, VaultUnwritable: the new vaults, or what is to be in them.
        KeyWordsRefused, WrongKey, VaultMissing: nothing is written.
    """
    key = join(shares)
    catalogue = _catalogue(folders, key)
    keys = [read_key(path) for path in new.to]
    to = tuple(sorted({one for found, _ in keys for one in found}))
    vaults = tuple(str(folder.resolve()) for folder in new.folders)
    if recipient_of(key) in to or set(vaults) & set(catalogue.vaults):
        raise UsageError(
            "the new key is the old one, or a new vault is an old one",
            kept="nothing was written",
            next_step="vault keygen makes a new key; name folders that are not there yet",
        )
    devices = make_vaults(Disk(), vaults, same_device=new.same_device)

    try:
        made = rekey(Disk(), RekeyOrder(catalogue, key, vaults, to), _rekeyer(workers, tell))
    except CopyFailed as error:
        raise VaultUnwritable(
            f"'{escape(vaults[error.copy])}': {(error.strerror or '?').lower()}",
            kept="the old vaults are untouched; what is done is not done again",
            next_step="make room, and give the same command again",
        ) from error
    return _rekeyed(made, vaults, devices, rehearsed=all(tried for _, tried in keys))


def _rekeyer(workers: int, tell: Tell) -> Callable[[list[RekeyJob]], Iterator[Result]]:
    def run(jobs: list[RekeyJob]) -> Iterator[Result]:
        done = run_in_processes(rekey_one, jobs, workers, lambda n: tell("MB", n >> 20, 0))
        for number, result in enumerate(done, 1):
            tell("files", number, len(jobs))
            yield result

    return run


def _rekeyed(
    made: Rekeyed, vaults: tuple[str, ...], devices: frozenset[str], *, rehearsed: bool
) -> Said:
    said = Said([f"{escape(p.path) or 'old vaults'}: {p.what}" for p in made.problems])
    before = f", {made.resumed} of them begun by an earlier run" if made.resumed else ""
    said.lines.append(
        f"{counted(made.files, 'file')} of {counted(made.cards, 'card')}, {sized(made.bytes)},"
        f" sealed to the new key{before}"
    )
    if made.left_out:
        said.lines.append(f"{counted(made.left_out, 'file')} destroyed on purpose before: left out")
    if made.root:
        said.lines += [
            "write these 13 words on paper, in place of the old ones:",
            f"  {root_words(made.root)}",
        ]
    if not rehearsed:
        said.lines.append("WARNING: nobody has tried the new key words yet: vault rehearse")
    names = ", ".join(map(escape, vaults))
    if made.problems:
        said.last = (
            f"NOT DONE: {counted(len(made.problems), 'thing')} did not open. Keep the old vaults."
        )
        said.error = NotCopied(
            f"{counted(len(made.problems), 'thing')} in the old vaults not sealed again",
            kept="the old vaults are untouched",
            next_step="connect every disk that has a copy, name its vault with --from, and give the"
            " same command again",
        )
        return said
    where = place_words(devices, proven=made.proven)
    said.last = (
        f"Sealed again and verified: {names} ({where}). The old words STILL open the old vaults."
    )
    return said


def _told(tally: Tally, what: str) -> Said:
    said = Said([f"DAMAGED: {words}" for words in tally.damage])
    said.lines += [f"from the card: {note}" for note in tally.notes]
    done = f"{counted(tally.files, 'file')} of {counted(tally.cards, 'card')}, {sized(tally.bytes)}"
    said.lines.append(f"{done}: {what}")
    if tally.unfinished:
        said.lines.append(f"{tally.unfinished} of them are of offloads that did not finish")
    if tally.gone:
        said.lines.append(f"destroyed on purpose: {counted(tally.gone, 'file')}")
    if tally.damage or tally.lost:
        said.error = _damaged(len(tally.damage), tally.lost)
    return said


def _damaged(damage: int, lost: int = 0) -> VaultDamaged:
    return VaultDamaged(
        f"damaged: {counted(damage, 'thing')}; files that open from no copy: {lost}",
        kept="the vaults are untouched; everything that could be opened was",
        next_step="connect every disk that has a copy, and give the same command again",
    )
