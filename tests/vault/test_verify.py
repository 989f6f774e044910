"""Every byte of a vault is held by something: a change is found, and never opens to wrong bytes."""

from collections.abc import Iterator

import pytest
from broken_disk import BrokenDisk
from oracle import CARD, KEY, VAULTS, contents, new_world, run, unheard
from safehouse_offload.errors import VaultMissing
from safehouse_offload.verify import verify
from safehouse_offload.words import NotWords, root_words

from safehouse.vault.unseal import BadSeal, OtherKey, unseal

SMALL = {"a": b"one", "b/c": b""}
VAULT = VAULTS[0]


@pytest.fixture
def disk() -> BrokenDisk:
    made = new_world(5, SMALL)
    assert run(made)
    return made


def parts(disk: BrokenDisk) -> list[str]:
    """Paths of everything in the first vault that holds bytes."""
    return [p for p, node in disk.nodes.items() if p.startswith(VAULT + "/") and node.content]


def is_found(disk: BrokenDisk) -> bool:
    try:
        return bool(verify(disk, (VAULT,), "", unheard).vaults[0].damage)
    except VaultMissing:
        return True


def opens_wrong(disk: BrokenDisk, path: str) -> bool:
    """Whether a changed object gives bytes that were never on the card."""
    if "/objects/" not in path:
        return False
    got: list[bytes] = []
    try:
        trailer = unseal(disk, path, KEY, got.append)
    except (BadSeal, OtherKey):
        return False
    return SMALL[trailer.path] != b"".join(got)[: trailer.bytes]


def test_a_whole_vault_has_no_damage(disk: BrokenDisk) -> None:
    assert not is_found(disk)
    assert len(parts(disk)) == 5


@pytest.mark.slow
def test_every_flipped_byte_is_found_and_opens_to_nothing_wrong(disk: BrokenDisk) -> None:
    missed, wrong, flipped = [], [], 0
    for path in parts(disk):
        content = disk.nodes[path].content
        for at in range(len(content)):
            content[at] ^= 1 << at % 8
            flipped += 1
            missed += [] if is_found(disk) else [(path, at)]
            wrong += [(path, at)] if opens_wrong(disk, path) else []
            content[at] ^= 1 << at % 8
    assert (missed, wrong) == ([], [])
    assert flipped > 3000


@pytest.mark.slow
def test_every_truncation_and_every_longer_file_is_found(disk: BrokenDisk) -> None:
    for path in parts(disk):
        node = disk.nodes[path]
        whole = bytes(node.content)
        for changed in [*(whole[:n] for n in range(0, len(whole), 7)), whole + b"\0"]:
            node.content = bytearray(changed)
            assert is_found(disk), (path, len(changed))
            assert not opens_wrong(disk, path)
        node.content = bytearray(whole)


def test_what_is_missing_or_does_not_belong_is_found(disk: BrokenDisk) -> None:
    for path in parts(disk):
        node = disk.nodes.pop(path)
        lists_alone = "/lists/" in path
        assert is_found(disk) or lists_alone
        disk.nodes[path] = node
    for stranger in ("note.txt", "objects/xx/a.age", "lists/a.txt", "manifests/b"):
        disk.put(f"{VAULT}/{stranger}", b"x")
        assert is_found(disk), stranger
        disk.nodes.pop(f"{VAULT}/{stranger}")
        disk.folders.discard(f"{VAULT}/objects/xx")


def test_two_objects_that_changed_places_are_found(disk: BrokenDisk) -> None:
    one, two = (path for path in parts(disk) if "/objects/" in path)
    disk.nodes[one], disk.nodes[two] = disk.nodes[two], disk.nodes[one]
    assert is_found(disk)


def test_a_vault_that_lost_its_last_offload_differs_from_the_other_and_from_the_paper(
    disk: BrokenDisk,
) -> None:
    disk.put("/card/later", b"later", 9)
    outcome = run(disk)
    assert outcome is not None
    words = root_words(outcome.root)
    for path in list(disk.nodes):
        if path == f"{VAULT}/lists/{outcome.root}.txt":
            del disk.nodes[path]
    alone = verify(disk, (VAULT,), "", unheard)
    assert not alone.vaults[0].damage
    assert verify(disk, VAULTS, "", unheard).damaged
    assert verify(disk, (VAULT,), words, unheard).paper == ""


def test_an_older_paper_still_fixes_what_was_there_then(disk: BrokenDisk) -> None:
    (first,) = verify(disk, VAULTS, "", unheard).roots
    disk.put("/card/later", b"later", 9)
    assert run(disk)
    verdict = verify(disk, VAULTS, root_words(first), unheard)
    assert (verdict.damaged, verdict.paper, verdict.since) == (False, first, 1)


def test_a_forged_vault_is_whole_but_is_not_the_paper() -> None:
    """Anybody with the public key can make a vault that opens; only the words tell."""
    true, forged = new_world(1, SMALL), new_world(2, SMALL)
    printed = run(true)
    assert printed is not None
    assert run(forged)
    assert not verify(forged, VAULTS, "", unheard).damaged
    assert verify(forged, VAULTS, root_words(printed.root), unheard).damaged


def test_first_letters_of_the_words_are_enough_and_other_words_are_refused(
    disk: BrokenDisk,
) -> None:
    (root,) = verify(disk, VAULTS, "", unheard).roots
    short = " ".join(word[:4].upper() for word in root_words(root).split())
    assert verify(disk, VAULTS, short, unheard).paper == root
    for wrong in ("academic", short + " academic", "xylophone " * 13):
        with pytest.raises(NotWords):
            verify(disk, VAULTS, wrong, unheard)


def test_one_card_sealed_twice_in_any_order_opens_the_same() -> None:
    def opened(card: dict[str, bytes]) -> list[tuple[str, bytes]]:
        disk = new_world(0, card)
        assert run(disk)
        return sorted(contents(disk, VAULT))

    assert opened(CARD) == opened(dict(reversed(CARD.items())))


def lists(disk: BrokenDisk) -> Iterator[str]:
    yield from (p for p in disk.nodes if p.startswith(f"{VAULT}/lists/"))


def test_a_vault_says_nothing_of_names_contents_and_times() -> None:
    card = {"DCIM/CnryNameZq.MP4": b"CnryContentZq" * 9, "CnryFolderZq/x": b"CnryContentZq"}
    disk = new_world(4, card)
    for path in card:
        disk.nodes[f"/card/{path}"].mtime_ns = 1_234_567_891_234_567_891
    assert run(disk)
    vault = [(p, bytes(n.content)) for p, n in disk.nodes.items() if p.startswith("/A/")]
    whole = b"".join(path.encode() + content for path, content in vault)
    assert [word for word in (b"Cnry", b"12345678912345", b"DCIM", b"MP4") if word in whole] == []
