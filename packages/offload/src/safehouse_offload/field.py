"""The commands of the field as functions: they return the lines to be shown, and print nothing."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from safehouse_offload.card import look
from safehouse_offload.config import Config, read_config, read_key, write_config
from safehouse_offload.copying import Copied, Failed, FileJob, copy_file
from safehouse_offload.devices import MEMORY, lasting
from safehouse_offload.disk import Disk
from safehouse_offload.erasing import erase
from safehouse_offload.errors import (
    CardDoubtful,
    NotCopied,
    NotWiped,
    SafehouseError,
    UsageError,
    VaultDamaged,
    VaultUnwritable,
    kept_if_stopped,
)
from safehouse_offload.offload import Order, Outcome, offload, require_enough
from safehouse_offload.pool import run_in_processes
from safehouse_offload.seal import CopyFailed
from safehouse_offload.spans import Take
from safehouse_offload.text import escape
from safehouse_offload.vault import make_vault, read_lists, require_vault
from safehouse_offload.verify import Checked, Verdict, verify
from safehouse_offload.wiping import Wiped, wipe
from safehouse_offload.words import NotWords, root_words

__all__ = [
    "Said",
    "Tell",
    "counted",
    "default_workers",
    "erase_objects",
    "init_vaults",
    "list_vaults",
    "make_vaults",
    "offload_card",
    "place_words",
    "sized",
    "take_lines",
    "verify_vaults",
    "wipe_card",
]

Tell = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how much it is in all."""

MOST_WORKERS = 4
PAPER = "write these 13 words on paper, to be kept apart from the disks:"
STOPPED_WIPE = "the wipe is not done: files may be overwritten already, or still be on the card"
STOPPED_ERASE = "what is destroyed stays destroyed; what is left, vault verify names"
NUMBERS = {0: "NO device", 1: "ONE device", 2: "two devices", 3: "three devices"}


@dataclass(slots=True)
class Said:
    """What a command has to say: lines, a failure if there is one, and the last line."""

    lines: list[str] = field(default_factory=list)
    error: SafehouseError | None = None
    last: str = ""


def default_workers() -> int:
    """Return how many processes work at once."""
    return min(MOST_WORKERS, len(os.sched_getaffinity(0)))


def sized(count: int) -> str:
    """Return a number of bytes for people."""
    value, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{count} bytes" if unit == "bytes" else f"{value:.1f} {unit}"


def counted(count: int, thing: str) -> str:
    """Return how many there are of a thing, in words."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def init_vaults(folders: Iterable[Path], key_files: Iterable[Path], *, same_device: bool) -> Said:
    """Make vaults, and remember them with the public keys.

    Raises:
        OneDevice, UsageError, VaultMissing, VaultUnwritable: nothing is remembered.
    """
    disk, vaults = Disk(), tuple(str(folder.resolve()) for folder in folders)
    read = [read_key(path) for path in key_files]
    to = tuple(sorted({key for keys, _ in read for key in keys}))
    tried = tuple(sorted({key for keys, rehearsed in read for key in keys if rehearsed}))
    make_vaults(disk, vaults, same_device=same_device)
    write_config(Config(vaults, to, tried))
    made = f"{counted(len(vaults), 'vault')}, sealing to {counted(len(to), 'public key')}"
    said = Said([f"{made}: {', '.join(map(escape, vaults))}"])
    if set(to) - set(tried):
        said.lines.append(
            "WARNING: nobody has tried the key words yet. Next: vault rehearse, at home, that they"
            " open what is sealed here"
        )
    return said


def make_vaults(disk: Disk, vaults: tuple[str, ...], *, same_device: bool) -> frozenset[str]:
    """Make folders vaults; return the devices below them.

    Raises:
        UsageError, OneDevice, VaultMissing, VaultUnwritable: they can't be.
    """
    if len(set(vaults)) != len(vaults):
        raise UsageError("one folder is given twice", next_step="name another folder")
    devices = _require_devices(disk, vaults, same_device=same_device)
    try:
        for vault in vaults:
            make_vault(disk, vault)
    except OSError as error:
        raise VaultUnwritable(
            f"a vault can't be made: {(error.strerror or 'unknown failure').lower()}",
            next_step="check that the disk is connected and can be written",
        ) from error
    return devices


def _require_devices(disk: Disk, vaults: tuple[str, ...], *, same_device: bool) -> frozenset[str]:
    """Check, before anything is made, that the vaults will lie on devices of their own."""
    there = [next(p for p in (Path(v), *Path(v).parents) if p.exists()) for v in vaults]
    devices = frozenset(disk.device(str(path)) for path in there)
    require_enough(devices, len(vaults), same_device=same_device)
    return devices


def offload_card(card: Path, *, same_device: bool, workers: int, tell: Tell) -> Said:
    """Copy a card to every vault; the last line says whether it is done."""
    config = read_config()
    root = str(card.resolve())
    _require_apart(root, config.vaults)
    order = Order(root, config.vaults, config.to, same_device)
    lengths = [file.bytes for file in look(Disk(), root).files]
    total = sum(lengths) * (2 + len(order.vaults))

    def jobs_done(jobs: Iterable[FileJob]) -> Iterator[Copied | Failed]:
        done = run_in_processes(
            copy_file, jobs, workers, lambda moved: tell("MB", moved >> 20, total >> 20)
        )
        for number, result in enumerate(done, 1):
            tell("files", number, len(lengths))
            yield result

    try:
        outcome = offload(Disk(), order, jobs_done)
    except CopyFailed as error:
        raise VaultUnwritable(
            f"'{escape(config.vaults[error.copy])}': {(error.strerror or '?').lower()}",
            next_step="check the disk, and give the same command again",
        ) from error
    except BrokenProcessPool as error:
        raise NotCopied(
            "a process that copied was ended from outside",
            kept="the card is untouched; files that are done are not copied again",
            next_step="give the same command again",
        ) from error
    return _told(outcome, config)


def _require_apart(root: str, vaults: tuple[str, ...]) -> None:
    for vault in vaults:
        if f"{vault}/".startswith(f"{root}/") or f"{root}/".startswith(f"{vault}/"):
            raise UsageError(
                "the card and a vault lie in one another",
                kept="nothing was written",
                next_step="name the card's own folder",
            )


def _told(outcome: Outcome, config: Config) -> Said:
    said = Said([f"{escape(p.path) or 'vaults'}: {p.what}" for p in outcome.problems])
    said.lines += [f"{escape(path)}: neither file nor folder, not copied" for path in outcome.odd]
    said.lines += [
        f"names that differ by case alone, all copied: {', '.join(map(escape, paths))}"
        for paths in outcome.alike
    ]
    said.lines += take_lines(outcome.takes)
    before = f", {outcome.resumed} of them begun by an earlier run" if outcome.resumed else ""
    said.lines.append(f"copied: {counted(outcome.files, 'file')}, {sized(outcome.bytes)}{before}")
    if outcome.seconds:
        slowest = max(outcome.seconds, key=lambda part: outcome.seconds[part])
        said.lines.append(f"slowest part: {escape(slowest)}")
    if outcome.root:
        said.lines += [PAPER, f"  {root_words(outcome.root)}"]
    if set(config.to) - set(config.rehearsed):
        said.lines.append("WARNING: nobody has tried the key words yet (vault rehearse, at home)")
    said.last = _last_line(outcome)
    lacking = sum(len(take.missing) for take in outcome.takes)
    if outcome.done and lacking:
        said.error = CardDoubtful(
            f"{counted(lacking, 'part')} of a take not on the card",
            kept="all that is on the card is copied and verified",
            next_step="look for it on another card before this one is used again",
        )
    if not outcome.done:
        said.error = NotCopied(
            f"{_missing(outcome)} on the card not copied",
            kept="the card is untouched; what is copied stays, and is not copied again",
            next_step="keep the card; mend what is named above, and give the same command again",
        )
    return said


def take_lines(takes: Iterable[Take]) -> list[str]:
    """Say which files are one take, and which part of one is missing."""
    lines = []
    for take in takes:
        names = [escape(path) for path in take.paths]
        if len(names) > 1:
            lines.append(f"one take in {len(names)} files: {' + '.join(names)}")
        lines += [
            f"MISSING: {escape(path)}, a part of the take of {names[0]}" for path in take.missing
        ]
    return lines


def _missing(outcome: Outcome) -> str:
    paths = {problem.path for problem in outcome.problems}
    return counted(len(paths) + len(outcome.odd), "thing")


def _last_line(outcome: Outcome) -> str:
    copies = ", ".join(escape(vault) for vault in outcome.copies)
    if not outcome.done:
        return f"NOT DONE: {_missing(outcome)} on this card not copied. Keep the card."
    where = place_words(outcome.devices, proven=outcome.proven)
    return f"Copies verified: {copies} ({where}). Formatting does NOT erase this card."


def place_words(devices: frozenset[str], *, proven: bool) -> str:
    """Say on how many devices copies lie, what won't last, and what could not be shown."""
    number = len(lasting(devices))
    where = NUMBERS.get(number, f"{number} devices")
    if MEMORY in devices:
        where += "; what lies in memory is gone when the power is"
    return (
        where if proven else f"{where}; this system can't show that they were read from the disks"
    )


def verify_vaults(folders: Iterable[Path], words: str, tell: Tell) -> Said:
    """Hold vaults against their lists, and against the words on paper.

    Raises:
        UsageError: the words are not of the list.
        VaultMissing: a folder is no vault.
    """
    vaults = tuple(str(folder.resolve()) for folder in folders) or read_config().vaults
    moved = 0

    def meter(count: int) -> None:
        nonlocal moved
        moved += count
        tell("MB", moved >> 20, 0)

    try:
        verdict = verify(Disk(), vaults, words, meter)
    except NotWords as error:
        raise UsageError(
            f"the words on paper are {error}",
            kept="nothing was written",
            next_step='vault verify --root "WORDS"; the first four letters of each are enough',
        ) from error
    said = Said([line for checked in verdict.vaults for line in _vault_lines(checked)])
    said.lines += _paper_lines(verdict)
    if verdict.damaged:
        said.error = VaultDamaged(
            "the vaults are not as they were written",
            kept="nothing was changed",
            next_step="keep both disks; what one has lost the other may have",
        )
    return said


def _vault_lines(one: Checked) -> list[str]:
    name = escape(one.vault)
    lines = [f"{name}: DAMAGED: {damage}" for damage in one.damage]
    if not one.damage:
        held = f"{counted(one.objects, 'sealed file')}, {sized(one.bytes)}"
        lines = [f"{name}: not damaged; {held}, of {counted(one.manifests, 'offload')}"]
    counts = {
        "destroyed on purpose": one.gone,
        "sealed files of offloads that did not finish": len(one.loose),
        "files that an offload was writing when it was stopped": one.unfinished,
        "cards that are not done (give the same offload again)": one.pending,
    }
    lines += [f"{name}: {what}: {count}" for what, count in counts.items() if count]
    if not one.proven:
        lines.append(f"{name}: this system can't show that it was read from the disk")
    return lines


def _paper_lines(verdict: Verdict) -> list[str]:
    if verdict.paper is None:
        return ["whether somebody put another vault there, only the words on paper tell: --root"]
    if not verdict.paper:
        return ["CHANGED, or a word was misread: what the words on paper stand for is not here"]
    if verdict.damaged:
        return ["the words on paper are of an offload that is here; see the damage above"]
    later = f"; {verdict.since} came later" if verdict.since else ""
    gone = f", {verdict.gone_since} sealed files were destroyed" if verdict.gone_since else ""
    return [f"unchanged since the words were written{later}{gone}"]


def list_vaults(folders: Iterable[Path]) -> Said:
    """Say how much lies in the vaults: numbers and sizes only."""
    vaults = tuple(str(folder.resolve()) for folder in folders) or read_config().vaults
    lines = []
    for vault in vaults:
        count, total = _amount(Disk(), vault)
        lines.append(f"{escape(vault)}: {counted(count, 'sealed file')}, {sized(total)}")
    return Said(lines)


def _amount(disk: Disk, vault: str) -> tuple[int, int]:
    require_vault(disk, vault)
    lists = read_lists(disk, vault).values()
    gone = {name for one in lists for name in one.gone}
    sizes = {e.name: e.bytes for one in lists for e in one.objects if e.name not in gone}
    return len(sizes), sum(sizes.values())


def erase_objects(folders: Iterable[Path], names: Iterable[str]) -> Said:
    """Destroy sealed files in every vault."""
    vaults = tuple(str(folder.resolve()) for folder in folders) or read_config().vaults
    wanted = sorted(set(names))
    with kept_if_stopped(STOPPED_ERASE):
        root = erase(Disk(), vaults, wanted)
    return Said(
        [
            f"{counted(len(wanted), 'sealed file')} destroyed in {', '.join(map(escape, vaults))}",
            "other copies of the disks, and what wear-levelling kept back, still have them",
            PAPER,
            f"  {root_words(root)}",
        ]
    )


def wipe_card(card: Path, tell: Tell) -> Said:
    """Overwrite a card."""
    with kept_if_stopped(STOPPED_WIPE):
        wiped = wipe(
            Disk(),
            str(card.resolve()),
            lambda done, total: tell("MB", done >> 20, total >> 20),
        )
    said = Said([f"NOT WIPED: {line}" for line in wiped.failed])
    said.lines += [
        f"{counted(wiped.files, 'file')}, {sized(wiped.bytes)}, overwritten, read back and removed",
        *_free_space_lines(wiped),
        "the card's own electronics keep blocks aside that no program reaches: what lay in them"
        " stays until they are used again; only destroying the card ends that",
    ]
    if not wiped.shown:
        said.lines.append("this system can't show that it was read back from the card itself")
    if wiped.failed:
        said.error = NotWiped(
            f"{counted(len(wiped.failed), 'thing')} on the card could not be overwritten",
            kept="what is named above is still on the card",
            next_step="mount the card for writing and give the same command again",
        )
    return said


def _free_space_lines(wiped: Wiped) -> list[str]:
    """Say what became of what lay between the files."""
    if wiped.own_disk:
        lines = [
            "the free space was NOT filled: this folder lies on the computer's own disk or in its"
            " memory, where what was deleted before may still be found"
        ]
    else:
        lines = [f"{sized(wiped.filled)} of free space filled, read back and freed again"]
    if wiped.left:
        lines.append(
            f"{sized(wiped.left)} of free space could not be filled: this file system keeps it for"
            " itself, or for root"
        )
    if wiped.notes:
        lines.append(
            f"names of files may be found still: this file system ({escape(wiped.notes)}) may keep"
            " notes of its own that no program overwrites"
        )
    return lines
