"""Seals a card to every vault, and says that it is copied only when every comparison held."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from errno import EDQUOT, EIO, ENODEV, ENOSPC, EROFS

from safehouse_offload import __version__
from safehouse_offload.card import Card, CardFile, Odd, Problem, changes, look, same_but_case
from safehouse_offload.committing import commit, entry_of
from safehouse_offload.copying import Copied, Failed, FileJob
from safehouse_offload.devices import MEMORY, lasting
from safehouse_offload.disk import Disk
from safehouse_offload.errors import CardUnreadable, OneDevice, VaultBusy
from safehouse_offload.ledger import Ledger
from safehouse_offload.lists import Entry
from safehouse_offload.manifest import FileRow, Manifest
from safehouse_offload.mhl import history
from safehouse_offload.places import LOCK, new_name
from safehouse_offload.seal import CopyFailed
from safehouse_offload.spans import Take, find_takes
from safehouse_offload.text import escape, named
from safehouse_offload.vault import remove_partials, require_vault

__all__ = ["Order", "Outcome", "RunJobs", "offload", "require_enough", "vaults_held"]

RunJobs = Callable[[Iterable[FileJob]], Iterator[Copied | Failed]]
"""Does jobs, in any order, in any number of processes."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be copied where.

    Attributes:
        root: the card.
        vaults: folders, one for each copy.
        to: age recipients.
        same_device: one device may hold everything.
    """

    root: str
    vaults: tuple[str, ...]
    to: tuple[str, ...]
    same_device: bool = False


Clock = Callable[[], datetime]

HOPELESS = frozenset({ENOSPC, EDQUOT, EROFS, ENODEV, EIO})
"""Failures of a copy after which the next file would fail as well."""


@dataclass(slots=True)
class Outcome:
    """What an offload did.

    Attributes:
        copies: the vaults.
        devices: names of the devices below them.
        files, bytes: what is copied, of what lies on the card.
        problems: what is not copied, and why; paths as they are.
        odd: what is neither file nor folder.
        alike: paths that differ by case alone; they are copied.
        takes: takes that lie in several files, and what they lack.
        proven: every comparison was with a device and not with memory.
        root: digest of the list that was written; "" when none was.
        resumed: files that an earlier run had done.
        seconds: how long each part took, over all processes.
    """

    copies: tuple[str, ...]
    devices: frozenset[str] = frozenset()
    files: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    alike: list[tuple[str, ...]] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)
    proven: bool = True
    root: str = ""
    resumed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether everything on the card is in every vault."""
        return bool(self.root) and not self.problems and not self.odd


@dataclass(frozen=True, slots=True)
class _Done:
    """What is kept of a file that is copied: a card may hold 50,000."""

    row: FileRow
    entry: Entry


@dataclass(slots=True)
class _Work:
    """One offload under way."""

    disk: Disk
    order: Order
    clock: Clock
    outcome: Outcome
    copied: dict[str, _Done] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)


def offload(
    disk: Disk, order: Order, run_jobs: RunJobs, clock: Clock = lambda: datetime.now(UTC)
) -> Outcome:
    """Return what became of every file on a card; nothing on it is changed.

    Nothing lost: the card is only read. What a vault holds stays. A list is written when everything
    that it names was compared; a run that ends before goes on where it was.

    Raises:
        CardUnreadable: no card is there, or nothing is on it.
        OneDevice: the vaults and the card lie on fewer devices than they must.
        VaultMissing, VaultBusy: a vault is not there, or is being written to.
        CopyFailed: a vault can't even be begun with.
    """
    outcome = Outcome(order.vaults, devices=_require_devices(disk, order))
    work = _Work(disk, order, clock, outcome)
    with vaults_held(disk, order.vaults):
        _run(work, run_jobs)
    return outcome


@contextmanager
def vaults_held(disk: Disk, vaults: Sequence[str]) -> Iterator[None]:
    """Hold the locks of vaults, and remove what a run before left half written.

    Raises:
        VaultBusy: another program is writing to one.
        CopyFailed: one can't be written.
    """
    with ExitStack() as stack:
        for copy, vault in enumerate(vaults):
            if not stack.enter_context(disk.locked(f"{vault}/{LOCK}")):
                raise _busy(vault)
            _remove_partials(disk, copy, vault)
        yield


def _remove_partials(disk: Disk, copy: int, vault: str) -> None:
    try:
        remove_partials(disk, vault)
    except OSError as error:
        raise CopyFailed(copy, error) from error


def _busy(vault: str) -> VaultBusy:
    return VaultBusy(
        f"another program is writing to '{escape(vault)}'", next_step="wait until it is done"
    )


def _require_devices(disk: Disk, order: Order) -> frozenset[str]:
    """Return the devices below the vaults."""
    devices = frozenset(_device(disk, vault) for vault in order.vaults)
    try:
        card = disk.device(order.root)
    except OSError as error:
        raise _no_card(order.root) from error
    require_enough(devices, len(order.vaults), card, same_device=order.same_device)
    return devices


def require_enough(
    devices: frozenset[str], vaults: int, card: str = "", *, same_device: bool
) -> None:
    """Check that copies lie on devices of their own, which keep them without power.

    Raises:
        OneDevice: they don't, and it was not agreed to.
    """
    if same_device or (len(lasting(devices)) >= max(2, vaults) and card not in devices):
        return
    what = "all copies would lie on one device: if it fails, everything is gone"
    if card in devices:
        what = "the card and a vault lie on one device: if it fails, everything is gone"
    if MEMORY in devices:
        what = "a vault lies in memory: it is gone when the power is"
    raise OneDevice(
        what,
        next_step="name folders on two disks to vault init, or add --same-device",
    )


def _device(disk: Disk, vault: str) -> str:
    require_vault(disk, vault)
    return disk.device(vault)


def _no_card(root: str) -> CardUnreadable:
    return CardUnreadable(
        f"no card at '{escape(root)}'", next_step="check the path, and the reader"
    )


def _run(work: _Work, run_jobs: RunJobs) -> None:
    began = work.clock()
    card = look(work.disk, work.order.root)
    if not (card.files or card.odd):
        raise CardUnreadable(
            f"nothing is on the card at '{escape(work.order.root)}'"
            + (f": {card.problems[0].what}" if card.problems else ""),
            next_step="check the path: is the card mounted there?",
        )
    ledger = Ledger.begin(work.disk, work.order.vaults)
    jobs = [_job(work, ledger, file) for file in card.files]
    ledger.forget()
    _copy_all(work, ledger, run_jobs(_given(jobs)))
    _compare_looks(work, card)
    _count(work, card)
    _commit(work, card, began)
    if work.outcome.done:
        _finish(work, ledger)


def _job(work: _Work, ledger: Ledger, file: CardFile) -> FileJob:
    salt, done = ledger.known(file)
    work.outcome.resumed += done is not None
    return FileJob(work.order.root, file, work.order.vaults, work.order.to, salt, done)


def _given(jobs: list[FileJob]) -> Iterator[FileJob]:
    """Yield each job and keep it no longer: 50,000 files take memory."""
    jobs.reverse()
    while jobs:
        yield jobs.pop()


def _copy_all(work: _Work, ledger: Ledger, results: Iterator[Copied | Failed]) -> None:
    for result in results:
        if isinstance(result, Copied):
            done = _Done(_row(result), entry_of(result.sealed))
            path = result.file.path
            work.copied[done.row.path if path == done.row.path else path] = done
            work.outcome.proven &= result.proven
            for part, seconds in result.seconds.items():
                work.outcome.seconds[part] = work.outcome.seconds.get(part, 0.0) + seconds
            try:
                ledger.add(result.file, result.sealed)
            except CopyFailed as error:
                _copy_broke(work, error)
                break
        elif _is_hopeless(work, result):
            break


def _is_hopeless(work: _Work, result: Failed) -> bool:
    """Note a failure; return whether the rest would fail as well."""
    where = "" if result.copy is None else f"{escape(work.order.vaults[result.copy])}: "
    work.outcome.problems.append(Problem(result.file.path, where + result.what))
    if result.copy is None or result.errno not in HOPELESS:
        return False
    work.broken.add(result.copy)
    return True


def _copy_broke(work: _Work, error: CopyFailed) -> None:
    work.broken.add(error.copy)
    what = (error.strerror or "unknown failure").lower()
    work.outcome.problems.append(Problem("", f"{escape(work.order.vaults[error.copy])}: {what}"))


def _compare_looks(work: _Work, card: Card) -> None:
    """Name what is not as it was when the work began, and what was never come to."""
    found = work.outcome.problems
    found += card.problems
    found += changes(card, look(work.disk, work.order.root))
    for problem in found:
        work.copied.pop(problem.path, None)
    named_already = {problem.path for problem in found}
    found += [
        Problem(file.path, "not come to")
        for file in card.files
        if file.path not in work.copied and file.path not in named_already
    ]


def _count(work: _Work, card: Card) -> None:
    outcome = work.outcome
    outcome.files = len(work.copied)
    outcome.bytes = sum(one.row.bytes for one in work.copied.values())
    outcome.odd = [odd.path for odd in card.odd]
    outcome.alike = same_but_case(card)
    outcome.takes = find_takes(card.files)


def _commit(work: _Work, card: Card, began: datetime) -> None:
    """Write manifest and list of what is copied; vaults that broke are left alone.

    What is copied when something else failed is written down as well: it can be opened.
    """
    whole = [vault for copy, vault in enumerate(work.order.vaults) if copy not in work.broken]
    if not whole or (work.outcome.problems and not work.copied):
        return
    entries = [one.entry for one in work.copied.values()]
    manifest = _manifest(work, card, began)
    try:
        root, proven = commit(work.disk, manifest, entries, whole, work.order.to)
    except CopyFailed as error:
        _copy_broke(work, CopyFailed(work.order.vaults.index(whole[error.copy]), error))
        return
    work.outcome.root = root
    work.outcome.proven &= proven


def _manifest(work: _Work, card: Card, began: datetime) -> Manifest:
    rows = tuple(work.copied[path].row for path in sorted(work.copied))
    ended = work.clock()
    return Manifest(
        offload=new_name(),
        begun=f"{began:%Y-%m-%dT%H:%M:%SZ}",
        ended=f"{ended:%Y-%m-%dT%H:%M:%SZ}",
        complete=not work.outcome.problems,
        files=rows,
        folders=tuple((named(path), at) for path, at in card.folders),
        others=tuple(Odd(named(odd.path), odd.kind, named(odd.target)) for odd in card.odd),
        problems=tuple(Problem(named(p.path), p.what) for p in sorted(work.outcome.problems)),
        mhl=history(rows, ended, __version__),
        takes=tuple(
            Take(tuple(map(named, take.paths)), tuple(map(named, take.missing)))
            for take in work.outcome.takes
        ),
    )


def _row(one: Copied) -> FileRow:
    trailer = one.sealed.trailer
    return FileRow(
        named(one.file.path),
        trailer.bytes,
        trailer.mtime_ns,
        trailer.sha256,
        trailer.xxh64,
        one.sealed.name,
    )


def _finish(work: _Work, ledger: Ledger) -> None:
    try:
        ledger.end()
    except CopyFailed as error:
        _copy_broke(work, error)
