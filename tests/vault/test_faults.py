"""Whatever fails, and whenever: the card is untouched, a clip is whole or not there, nothing lies.

Each call of the system is made to fail in turn, once and from then on, with and without a power
cut, until a run goes through without being hit. `make check` takes a part, `make damage` all of it.
"""

import contextlib
import os
import random
from collections import Counter

import pytest
from broken_disk import KINDS, Fault, Killed
from oracle import (
    VAULTS,
    card_of,
    new_world,
    require_all_there,
    require_nothing_wrong,
    run,
    survive,
)
from safehouse_offload.sharing import share_lists

EVERY = os.environ.get("SAFEHOUSE_FAULTS") == "all"
SEEDS = range(4) if EVERY else range(1)
STEP = 1 if EVERY else 3
"""How many calls lie between two that fail, in `make check`."""

MOST_CALLS = 2000


def injected(seed: int, kind: str) -> int:
    """Return how many faults were injected before a run went through."""
    count = 0
    for at in range(1 + seed % STEP, MOST_CALLS, STEP):
        hit = False
        for lasts in (False, True):
            for cut in (False, True):
                hit |= survive(seed * MOST_CALLS + at, Fault(at, kind, lasts), cut=cut)
                count += 1
        if not hit:
            return count
    raise AssertionError("no run went through")


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_failure_at_any_call_loses_a_clip_or_is_called_verified(kind: str, seed: int) -> None:
    count = injected(seed, kind)
    print(f"{count} faults of kind {kind}, 0 wrong")  # noqa: T201 - shown by make damage (-rP)
    assert count > (700 if EVERY else 200)


@pytest.mark.slow
def test_failure_after_failure_loses_nothing_either() -> None:
    """Four runs that fail at places of chance, then one that does not."""
    for seed in range(1500 if EVERY else 60):
        chance = random.Random(seed)  # noqa: S311 - a test's own
        disk = new_world(seed)
        card = card_of(disk)
        for _ in range(4):
            kind = chance.choice(("ENOSPC", "EIO", "EIO", "KILL"))
            run(disk, Fault(chance.randrange(20, 240), kind, chance.random() < 0.2))
            if chance.random() < 0.3:
                disk.cut_power()
            require_nothing_wrong(disk, card)
        outcome = run(disk)
        assert outcome is not None
        assert outcome.done
        disk.cut_power()
        require_all_there(disk, card, outcome)


def test_lists_are_shared_with_earlier_ones_first() -> None:
    """Wherever sharing stops, no vault has a list without those before it."""
    for stop in range(1, 60):
        disk = new_world(7)
        run(disk)
        for number in (1, 2, 3):
            disk.put(f"/card/more{number}", b"x", number)
            run(disk)
        for path in [p for p in disk.nodes if p.startswith("/A/v/lists/")]:
            del disk.nodes[path]
        disk.begin_run(Fault(stop, "KILL"))
        with contextlib.suppress(Killed):
            share_lists(disk, VAULTS)
        disk.begin_run()
        require_nothing_wrong(disk, card_of(disk))


def test_a_device_that_changes_what_was_written_is_found_out() -> None:
    """Write number N is silently changed on the way to the device, for each N.

    Every write is taken whole here: then their number is the same in every run.
    """
    found: Counter[str] = Counter()
    for at in range(1, MOST_CALLS):
        disk = new_world(at)
        disk.takes_part, disk.lie_at = False, at
        card = card_of(disk)
        outcome = run(disk)
        disk.lie_at = 0
        if not disk.lied_in:
            break
        place = disk.lied_in.split("/")[3]
        found[place] += 1
        if place == "pending":  # the state is deleted when the card is done: it can't mislead
            assert outcome is not None
            require_all_there(disk, card, outcome)
            continue
        assert outcome is None or not outcome.done, disk.lied_in
        require_nothing_wrong(disk, card)
        again = run(disk)
        assert again is not None
        require_all_there(disk, card, again)
    del found["pending"]
    assert found == {"objects": 6, "manifests": 2, "lists": 2}


def test_without_read_back_the_lying_device_would_be_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: it is reading back that finds it."""
    monkeypatch.setattr("safehouse_offload.copying.read_back", lambda *_: True)
    disk = new_world(1)
    disk.lie_at = 1
    outcome = run(disk)
    assert outcome is not None
    assert outcome.done


def test_a_run_goes_on_where_the_last_one_stopped() -> None:
    disk = new_world(3)
    assert run(disk, Fault(130, "KILL")) is None
    disk.cut_power()
    again = run(disk)
    assert again is not None
    assert again.resumed > 0
    require_all_there(disk, card_of(disk), again)


def test_without_syncs_a_power_cut_would_be_seen() -> None:
    """The control: a program that does not sync fails the oracle."""
    broken = 0
    for seed in range(5):
        disk = new_world(seed)
        disk.fsync = lambda handle: None  # type: ignore[method-assign]
        card = card_of(disk)
        outcome = run(disk)
        assert outcome is not None
        disk.cut_power()
        try:
            require_all_there(disk, card, outcome)
        except Exception:  # noqa: BLE001 - however it shows
            broken += 1
    assert broken == 5
