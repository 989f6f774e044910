"""What must be true of a card and its vaults after anything: used by every test of damage."""

import hashlib
from collections.abc import Iterable, Iterator

from broken_disk import BrokenDisk, Fault, Killed
from safehouse_offload.copying import Copied, Failed, FileJob, copy_file
from safehouse_offload.errors import SafehouseError
from safehouse_offload.offload import Order, Outcome, offload
from safehouse_offload.text import named
from safehouse_offload.vault import make_vault
from safehouse_offload.verify import verify
from safehouse_offload.words import root_words

from safehouse.vault.catalogue import read_catalogue
from safehouse.vault.keys import join, make_key
from safehouse.vault.unseal import unseal

RECIPIENT, SHARES = make_key(2, 3)
KEY = join(SHARES[:2])
VAULTS = ("/A/v", "/B/v")
CARD = {
    "DCIM/C0001.MP4": b"",
    "DCIM/C0002.MP4": b"take two" * 20,
    "PRIVATE/C0003.MP4": hashlib.sha256(b"three").digest() * 2200,
}


def unheard(moved: int) -> None:
    """A meter that nobody reads."""


def new_world(seed: int, card: dict[str, bytes] | None = None) -> BrokenDisk:
    """Return a disk with a card and two empty vaults."""
    disk = BrokenDisk(seed)
    for at, (path, content) in enumerate((CARD if card is None else card).items(), 1):
        disk.put(f"/card/{path}", content, at)
    for vault in VAULTS:
        disk.put(f"{vault[:2]}/.keep", b"")
        make_vault(disk, vault)
    return disk


def run(disk: BrokenDisk, fault: Fault | None = None) -> Outcome | None:
    """Run an offload under a fault; None where it was killed or ended with a failure."""
    disk.begin_run(fault)

    def jobs_done(jobs: Iterable[FileJob]) -> Iterator[Copied | Failed]:
        for job in jobs:
            yield copy_file(disk, job, unheard)

    try:
        return offload(disk, Order("/card", VAULTS, (RECIPIENT,)), jobs_done)
    except (Killed, SafehouseError, OSError):
        return None
    finally:
        disk.begin_run()


def card_of(disk: BrokenDisk) -> dict[str, bytes]:
    """Return what is on the card."""
    return {
        path.removeprefix("/card/"): bytes(node.content)
        for path, node in disk.nodes.items()
        if path.startswith("/card/")
    }


def contents(disk: BrokenDisk, vault: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every object that has a final name; each must open."""
    for path in [p for p in disk.nodes if p.startswith(f"{vault}/objects/")]:
        if path.endswith(".age"):
            parts: list[bytes] = []
            trailer = unseal(disk, path, KEY, parts.append)
            yield trailer.path, b"".join(parts)[: trailer.bytes]


def require_nothing_wrong(disk: BrokenDisk, card: dict[str, bytes]) -> None:
    """The card is untouched; each clip is absent or complete, whatever happened."""
    assert card_of(disk) == card
    wanted = {named(path): content for path, content in card.items()}
    for vault in VAULTS:
        for path, content in contents(disk, vault):
            assert wanted[path] == content
        checked = verify(disk, (vault,), "", unheard).vaults[0]
        assert checked.damage == []


def require_all_there(disk: BrokenDisk, card: dict[str, bytes], outcome: Outcome) -> None:
    """What was said to be verified is there, in every vault, after a power cut as well."""
    require_nothing_wrong(disk, card)
    verdict = verify(disk, VAULTS, root_words(outcome.root), unheard)
    assert (verdict.damaged, verdict.paper) == (False, outcome.root)
    assert [one.pending for one in verdict.vaults] == [0, 0]
    for vault in VAULTS:
        catalogue = read_catalogue(disk, (vault,), KEY)
        manifest = catalogue.manifests[-1]
        assert manifest.complete
        assert {row.path: row.sha256 for row in manifest.files} == {
            named(path): hashlib.sha256(content).hexdigest() for path, content in card.items()
        }
        opened = dict(contents(disk, vault))
        assert opened == {named(path): content for path, content in card.items()}


def survive(seed: int, fault: Fault, *, cut: bool) -> bool:
    """Break one offload, hold everything against the oracle, go on; return whether it was hit."""
    disk = new_world(seed)
    card = card_of(disk)
    outcome = run(disk, fault)
    said_done = outcome is not None and outcome.done
    if cut or said_done:
        disk.cut_power()
    require_nothing_wrong(disk, card)
    if said_done:
        assert outcome is not None
        require_all_there(disk, card, outcome)
    again = run(disk)
    assert again is not None
    assert again.done, again
    disk.cut_power()
    require_all_there(disk, card, again)
    return not said_done
