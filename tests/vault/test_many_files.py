"""A card with very many files: what is kept of each is small."""

import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyrage
from safehouse_offload.copying import Copied, Failed, FileJob
from safehouse_offload.disk import Disk
from safehouse_offload.offload import Order, offload
from safehouse_offload.places import new_name
from safehouse_offload.seal import Sealed
from safehouse_offload.trailer import FILE, Trailer
from safehouse_offload.vault import make_vault

FILES = 4_000
MOST_BYTES = 2_600
"""Of memory, for each file, at the most; it was 4,460 when manifest and history were built at
once."""


class Hasty(Disk):
    """Waits for no device: what is measured is memory."""

    def fsync(self, handle: int) -> None:
        del handle

    def fsync_folder(self, folder: str) -> None:
        del folder


def copied(jobs: Iterable[FileJob]) -> Iterator[Copied | Failed]:
    """Say of each file that it is copied, with strings of its own as another process would."""
    for job in jobs:
        about = Trailer(FILE, str(Path(job.file.path)), 0, 1, new_name() * 2, new_name()[:16])
        parts = {f"part {number}": 0.1 for number in range(4)}
        yield Copied(job.file, Sealed(new_name(), 700, new_name() * 2, about), True, parts)


def test_fifty_thousand_files_would_take_a_tenth_of_a_gigabyte(tmp_path: Path) -> None:
    disk, card = Hasty(), tmp_path / "card"
    for number in range(FILES):
        path = card / f"{number // 500:03d}MEDIA" / f"IMG_{number:06d}.JPG"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    vaults = (str(tmp_path / "a"), str(tmp_path / "b"))
    for vault in vaults:
        make_vault(disk, vault)
    to = (str(pyrage.x25519.Identity.generate().to_public()),)
    tracemalloc.start()
    try:
        outcome = offload(disk, Order(str(card), vaults, to, same_device=True), copied)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome.done
    assert outcome.files == FILES
    assert peak / FILES < MOST_BYTES
