"""What is freed goes back to the system, and a longer film takes no more."""

from pathlib import Path

import pytest
from clips import make_clip
from errands import freed_and_kept, memory_of_analysis, memory_of_sealing

from safehouse import memory
from safehouse.workers import Workers


def measure(size: int) -> tuple[int, int]:
    with Workers(1) as pool:
        grown, left = pool.run(freed_and_kept, size)
    return grown, left


def test_blocks_that_are_taken_apart_go_back_at_once() -> None:
    grown, _ = measure(1 << 19)
    assert grown < 20_000


def test_pieces_go_back_when_asked() -> None:
    _, left = measure(memory.AUDIT_BYTES)
    assert left < 20_000


def test_sealing_holds_few_copies() -> None:
    """The findings of a long film of a crowd are hundreds of megabytes."""
    with Workers(1) as pool:
        to_seal, to_open = pool.run(memory_of_sealing, 64 << 20)
    assert to_seal < 3 * 65536 + 10_000
    assert to_open < 2.5 * 65536 + 10_000


@pytest.mark.slow
def test_looking_at_a_longer_clip_takes_no_more_memory(tmp_path: Path) -> None:
    most = []
    for frames in (100, 600):
        clip = make_clip(tmp_path / f"{frames}.mkv", frames=frames)
        with Workers(1) as pool:
            most.append(pool.run(memory_of_analysis, str(clip), str(tmp_path / f"{frames}.json")))
    assert most[1] < most[0] + 20_000
