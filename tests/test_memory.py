"""What is freed goes back to the system."""

from errands import freed_and_kept

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
