"""Sealed again to another key: all of it, nothing else, never in the clear, whatever fails."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from broken_disk import KINDS, BrokenDisk, Fault, Killed
from hypothesis import given, settings
from journey import Journey, fill, tree
from oracle import CARD, KEY, VAULTS, contents, new_world, run, unheard
from safehouse_offload.errors import SafehouseError
from safehouse_offload.text import named
from safehouse_offload.vault import make_vault
from safehouse_offload.verify import verify
from trees import trees

from safehouse.vault.catalogue import Catalogue, read_catalogue
from safehouse.vault.keys import join, make_key
from safehouse.vault.rekeying import (
    Rekeyed,
    RekeyJob,
    RekeyOrder,
    Result,
    rekey,
    rekey_one,
)
from safehouse.vault.unseal import OtherKey, unseal

EVERY = os.environ.get("SAFEHOUSE_FAULTS") == "all"
STEP = 1 if EVERY else 3
NEW, NEW_SHARES = make_key(2, 3)
NEW_KEY = join(NEW_SHARES[1:])
NEW_VAULTS = ("/C/v", "/D/v")


def world(seed: int, card: dict[str, bytes] | None = None) -> BrokenDisk:
    """A disk with a sealed card, and two new empty vaults."""
    disk = new_world(seed, card)
    assert run(disk) is not None
    for vault in NEW_VAULTS:
        disk.put(f"{vault[:2]}/.keep", b"")
        make_vault(disk, vault)
    return disk


def again(disk: BrokenDisk, old: Catalogue, fault: Fault | None = None) -> Rekeyed | None:
    """Seal again under a fault; None where it was killed or ended with a failure."""
    disk.begin_run(fault)

    def done(jobs: list[RekeyJob]) -> Iterator[Result]:
        for job in jobs:
            yield rekey_one(disk, job, unheard)

    try:
        return rekey(disk, RekeyOrder(old, KEY, NEW_VAULTS, (NEW,)), done)
    except (Killed, SafehouseError, OSError):
        return None
    finally:
        disk.begin_run()


def opened(disk: BrokenDisk, vault: str) -> Iterator[tuple[str, bytes]]:
    """Path and content of every object with a final name; each must open with the new key."""
    for path in [p for p in disk.nodes if p.startswith(f"{vault}/objects/")]:
        if path.endswith(".age"):
            parts: list[bytes] = []
            trailer = unseal(disk, path, NEW_KEY, parts.append)
            yield trailer.path, b"".join(parts)[: trailer.bytes]


def held(disk: BrokenDisk, *vaults: str) -> dict[str, bytes]:
    return {p: bytes(n.content) for p, n in disk.nodes.items() if p.startswith(vaults)}


def require_finished(disk: BrokenDisk, card: dict[str, bytes], made: Rekeyed) -> None:
    assert made.problems == []
    wanted = {named(path): content for path, content in card.items()}
    verdict = verify(disk, NEW_VAULTS, "", unheard)
    assert not verdict.damaged, verdict
    for vault in NEW_VAULTS:
        assert dict(opened(disk, vault)) == wanted
        (manifest,) = read_catalogue(disk, (vault,), NEW_KEY).manifests
        assert manifest.complete
        assert {row.path for row in manifest.files} == set(wanted)


@settings(max_examples=30, deadline=None)
@given(trees)
def test_any_tree_comes_back_with_the_new_key_and_not_with_the_old(card: dict[str, bytes]) -> None:
    disk = world(0, card)
    before = held(disk, *VAULTS)
    made = again(disk, read_catalogue(disk, VAULTS, KEY))
    assert made is not None
    require_finished(disk, card, made)
    assert held(disk, *VAULTS) == before
    for path in [p for p in disk.nodes if p.startswith(NEW_VAULTS) and p.endswith(".age")]:
        with pytest.raises(OtherKey):
            unseal(disk, path, KEY, lambda _: None)


def test_nothing_in_the_clear_is_ever_written(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = b"CnryContentZq"
    disk = world(1, {"CnryNameZq.MP4": canary * 30_000})
    write = disk._do_write

    def guarded(handle: int, block: bytes) -> None:
        assert b"Cnry" not in block
        write(handle, block)

    monkeypatch.setattr(disk, "_do_write", guarded)
    assert again(disk, read_catalogue(disk, VAULTS, KEY)) is not None
    assert [p for p in disk.nodes if "Cnry" in p and not p.startswith("/card")] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_failure_at_any_call_harms_the_old_or_shows_a_half_new(kind: str) -> None:
    """Each call fails in turn, then the power is cut; the next run finishes."""
    count = 0
    for at in range(1, 3000, STEP):
        hit = False
        for lasts in (False, True):
            disk = world(at)
            before = held(disk, *VAULTS)
            old = read_catalogue(disk, VAULTS, KEY)
            made = again(disk, old, Fault(at, kind, lasts))
            disk.cut_power()
            assert held(disk, *VAULTS) == before
            wanted = {named(path): content for path, content in CARD.items()}
            for vault in NEW_VAULTS:
                assert verify(disk, (vault,), "", unheard).vaults[0].damage == []
                assert all(wanted[path] == content for path, content in opened(disk, vault))
            if made is not None and not made.problems:
                require_finished(disk, CARD, made)
            else:
                hit = True
            last = again(disk, old)
            assert last is not None
            disk.cut_power()
            require_finished(disk, CARD, last)
            count += 1
        if not hit:
            break
    else:
        raise AssertionError("no run went through")
    print(f"{count} faults of kind {kind} while sealing again, 0 wrong")  # noqa: T201 - make damage
    assert count > (200 if EVERY else 30)


def test_a_run_goes_on_where_the_last_one_stopped() -> None:
    disk = world(3)
    old = read_catalogue(disk, VAULTS, KEY)
    for at in range(40, 400, 20):
        assert again(disk, old, Fault(at, "KILL")) is None
        states = [p[:4] for p in disk.nodes if "/pending/" in p and p.endswith(".txt")]
        if set(states) == set(NEW_VAULTS):
            break
    made = again(disk, old)
    assert made is not None
    assert made.resumed > 0
    require_finished(disk, CARD, made)


def objects(disk: BrokenDisk, vault: str) -> list[str]:
    """Paths of a vault's objects, the longest first."""
    found = [p for p in disk.nodes if p.startswith(f"{vault}/objects/") and p.endswith(".age")]
    return sorted(found, key=lambda path: -len(disk.nodes[path].content))


def test_a_damaged_copy_is_passed_over() -> None:
    disk = world(2)
    for path in objects(disk, VAULTS[0]):
        disk.nodes[path].content[-20] ^= 1
    made = again(disk, read_catalogue(disk, VAULTS, KEY))
    assert made is not None
    require_finished(disk, CARD, made)


def test_what_no_copy_gives_is_said_and_the_rest_is_sealed() -> None:
    disk = world(2)
    for vault in VAULTS:
        disk.nodes[objects(disk, vault)[0]].content[-20] ^= 1
    made = again(disk, read_catalogue(disk, VAULTS, KEY))
    assert made is not None
    assert [problem.path for problem in made.problems] == ["PRIVATE/C0003.MP4"]
    (manifest,) = read_catalogue(disk, NEW_VAULTS, NEW_KEY).manifests
    assert (len(manifest.files), manifest.complete) == (2, False)
    assert not verify(disk, NEW_VAULTS, "", unheard).damaged


def new_key(journey: Journey) -> tuple[Path, Path]:
    """A second key: its public half, and a file of two shares."""
    public, words = journey.root / "new.pub", journey.root / "new-words"
    assert journey.do("vault", "keygen", "-o", public) == 0
    found = re.findall(r"key words \d of \d:\n((?:  .*\n)+)", journey.out)
    words.write_text("\n".join(" ".join(one.split()) for one in found[:2]))
    return public, words


def test_the_whole_way_and_what_was_destroyed_stays_nameless(journey: Journey) -> None:
    fill(journey.card)
    before = tree(journey.card)
    assert journey.offload() == 0
    words = journey.root / "words"
    assert journey.do("vault", "list", "--words", words) == 0
    name = next(line.split()[0] for line in journey.out.splitlines() if "C0002" in line)
    assert journey.do("vault", "erase", name, "--yes") == 0
    public, new_words = new_key(journey)
    folders = [journey.root / "C", journey.root / "D"]
    argv = ["vault", "rekey", *folders, "--to", public, "--words", words, "--same-device"]
    assert journey.do(*argv) == 0, journey.err
    last = journey.out.strip().splitlines()[-1]
    assert last.startswith("Sealed again and verified: ")
    assert last.endswith("The old words STILL open the old vaults.")
    assert "1 file destroyed on purpose before: left out" in journey.out
    paper = journey.out.split("in place of the old ones:\n")[1].splitlines()[0].strip()
    assert journey.do("vault", "verify", *folders, "--root", paper) == 0
    assert journey.do("vault", "open", *folders, "--words", words, "-o", journey.root / "no") == 65
    out = journey.root / "rushes"
    assert journey.do("vault", "open", *folders, "--words", new_words, "-o", out) == 0
    del before[b"/DCIM/100/C0002.MP4"]
    assert tree(out / "card-0001") == before
    said = (out / "card-0001.manifest.json").read_text()
    assert "C0002" not in said
    assert json.loads(said)["complete"] is True
    assert (out / "card-0001/DCIM/100/C0001.MP4").stat().st_mtime_ns == 1_234_567_890_123_456_789
    journey.monkeypatch.setattr("safehouse_offload.disk.Disk.room", lambda *_: 0)
    assert journey.do("card", "wipe", journey.vaults[0], "--yes") == 0
    assert list(journey.vaults[0].iterdir()) == []


@pytest.mark.parametrize(
    ("words", "to", "new", "code"),
    [
        ("one", "new.pub", ["C", "D"], 64),
        ("mixed", "new.pub", ["C", "D"], 64),
        ("new-words", "new.pub", ["C", "D"], 65),
        ("words", "key.pub", ["C", "D"], 2),
        ("words", "new.pub", ["C", "A"], 2),
        ("words", "new.pub", ["C", "C"], 2),
        ("words", "words", ["C", "D"], 2),
        ("words", "new.pub", ["CARD", "D"], 60),
    ],
)
def test_wrong_words_keys_and_folders_are_refused_and_write_nothing(
    journey: Journey, words: str, to: str, new: list[str], code: int
) -> None:
    fill(journey.card)
    assert journey.offload() == 0
    new_key(journey)
    old, fresh = (journey.root / name for name in ("words", "new-words"))
    mixed = old.read_text().splitlines()[0] + "\n" + fresh.read_text().splitlines()[1]
    (journey.root / "mixed").write_text(mixed)
    before = tree(journey.root)
    folders = [journey.root / one for one in new]
    given_words, key = journey.root / words, journey.root / to
    argv = ["vault", "rekey", *folders, "--to", key, "--words", given_words, "--same-device"]
    assert journey.do(*argv) == code, journey.err
    assert [line[:8] for line in journey.err.splitlines()[-2:]] == ["  kept: ", "  next: "]
    assert tree(journey.root) == before


def test_the_old_contents_are_those_of_the_oracle() -> None:
    """The control: what these tests begin with opens with the old key."""
    disk = world(9)
    assert dict(contents(disk, VAULTS[0])) == {named(p): c for p, c in CARD.items()}
