"""How fast a card is sealed to two vaults, beside its limits and beside other ways; prints a table.

    python benchmarks/offload.py [--mb 2048] [--card DIR] [--a DIR] [--b DIR]
    python benchmarks/offload.py --long-gb 64

The bar: 90 % of the slowest of card read, the slower disk's write, and pyrage alone in as many
processes as files are in flight. Digests, reading back and the second read have lines of their own
and are counted out.

`--long-gb` seals one file of that length, without data on the disk, to writers that drop what they
are given, and reads it twice more in full: for the memory that it takes. What is dropped can't be
compared; that part is measured by the table.
"""

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyrage
import xxhash
from safehouse_offload.card import CardFile, read_file
from safehouse_offload.copying import copy_file
from safehouse_offload.disk import Disk
from safehouse_offload.offload import Order, offload
from safehouse_offload.pool import run_in_processes
from safehouse_offload.seal import seal
from safehouse_offload.trailer import FILE, Trailer
from safehouse_offload.vault import make_vault

FILES = 8
BLOCK = 1 << 20
WORKERS = min(4, len(os.sched_getaffinity(0)))
SEALING = "reading the card and sealing"


def cold(folder: Path) -> None:
    """Drop a folder's files from memory."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def timed(do: Callable[[], object]) -> float:
    """Return how long something takes, in seconds."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def read_all(folder: Path) -> None:
    """Read every file of a folder from its disk."""
    for path in sorted(folder.iterdir()):
        Disk().read_cold(str(path), lambda _: None)


def write_all(folder: Path, count: int) -> None:
    """Write count bytes to a disk, synced."""
    block = os.urandom(BLOCK)
    with (folder / "written").open("wb") as file:
        for _ in range(count // BLOCK):
            file.write(block)
        os.fsync(file.fileno())
    (folder / "written").unlink()


def seal_alone(source: str, recipient: str) -> None:
    """Encrypt a file to nowhere, by pyrage alone."""
    pyrage.encrypt_file(source, "/dev/null", [pyrage.x25519.Recipient.from_str(recipient)])


def seal_all(card: Path, recipient: str) -> None:
    """Encrypt every file to nowhere, in as many processes as an offload has."""
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(seal_alone, map(str, card.iterdir()), [recipient] * FILES))


def digests(count: int) -> float:
    """Return the seconds of one core that the digests of count bytes take."""
    block = os.urandom(BLOCK)
    strong, cipher, quick = hashlib.sha256(), hashlib.sha256(), xxhash.xxh64()

    def once() -> None:
        for _ in range(256):
            strong.update(block)
            cipher.update(block)
            quick.update(block)

    return timed(once) / 256 * count / BLOCK


def run_offload(
    card: Path, vaults: tuple[str, ...], recipient: str
) -> tuple[float, dict[str, float]]:
    """Return the seconds of a whole offload, and of its parts over all processes."""
    disk = Disk()
    for vault in vaults:
        make_vault(disk, vault)
    seconds: dict[str, float] = {}

    def once() -> None:
        made = offload(
            disk,
            Order(str(card), vaults, (recipient,), same_device=True),
            lambda jobs: run_in_processes(copy_file, jobs, WORKERS, lambda _: None),
        )
        if not made.done:
            raise SystemExit(f"not done: {made.problems}")
        seconds.update(made.seconds)

    return timed(once), seconds


def others(card: Path, a: Path, b: Path, recipient: str) -> dict[str, float]:
    """Return the seconds of other ways, where their programs are here."""
    age = (
        f"for f in {card}/*; do n=$(basename $f); age -r {recipient} $f | tee {a}/o/$n > {b}/o/$n;"
        " done; sync"
    )
    twice = f"cp -r {card} {a}/o; cp -r {card} {b}/o; sync; sha256sum {card}/* {a}/o/* {b}/o/*"
    sync = " ".join(f"rsync -a --checksum {card}/ {disk}/o;" for disk in (a, b))
    ways = {
        "cp twice + sha256sum of all three (nothing sealed)": twice,
        "sha256sum + age, teed to both": f"mkdir {a}/o {b}/o; sha256sum {card}/*; {age}",
        "rsync --checksum twice, and again (nothing sealed)": f"{sync} sync; {sync}",
    }
    found = {}
    for name, line in ways.items():
        program = "age" if "age -r" in line else line.split()[0]
        if shutil.which(program) is None:
            print(f"{program} is not here: left out")
            continue
        cold(card)
        argv = ["bash", "-c", f"set -e; {line} > /dev/null"]
        found[name] = timed(lambda argv=argv: subprocess.run(argv, check=True, capture_output=True))  # type: ignore[misc]
        for disk in (a, b):
            shutil.rmtree(disk / "o", ignore_errors=True)
    return found


class Dropping(Disk):
    """A disk that takes everything and keeps nothing."""

    def write(self, handle: int, block: bytes | memoryview) -> int:
        """Take a block, and forget it."""
        del handle
        return len(block)


def long_file(count: int) -> None:
    """Seal a file of count bytes, and read it as the card's second read and a read back do."""
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "C0001.MP4")
        with source.open("wb") as file:
            file.truncate(count)
        paths = [f"{scratch}/a.age", f"{scratch}/b.age"]
        about = Trailer(FILE, source.name, 0, 1, "", "")

        def once() -> None:
            blocks = read_file(Disk(), scratch, CardFile(source.name, count, 1))
            sealed = seal(Dropping(), blocks, about, paths, [recipient])
            print(f"{sealed.bytes:,} bytes sealed of {sealed.trailer.bytes:,}")

        def again() -> None:
            digest = hashlib.sha256()
            Disk().read_cold(str(source), digest.update)

        for name, do in (("sealed", once), ("read again", again), ("read back", again)):
            seconds = timed(do)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            speed = count / seconds / 1e6
            print(
                f"{name:12} {seconds:8.0f} s {speed:6.0f} MB/s, peak memory {peak:.0f} MB",
                flush=True,
            )


def main() -> None:
    """Make a card of random files, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=2048)
    parser.add_argument("--long-gb", type=int, default=0)
    for name in ("card", "a", "b"):
        parser.add_argument(f"--{name}", type=Path, default=None)
    given = parser.parse_args()
    if given.long_gb:
        long_file(given.long_gb * 10**9)
        return
    with tempfile.TemporaryDirectory() as scratch:
        card, a, b = (
            Path(tempfile.mkdtemp(dir=getattr(given, name) or scratch))
            for name in ("card", "a", "b")
        )
        try:
            table(card, a, b, given.mb * BLOCK // FILES * FILES)
        finally:
            for folder in (card, a, b):
                shutil.rmtree(folder, ignore_errors=True)


def table(card: Path, a: Path, b: Path, count: int) -> None:
    """Measure, and print."""
    for number in range(FILES):
        write_all(card, count // FILES)
        with (card / f"C{number:04d}.MP4").open("wb") as file:
            for _ in range(count // FILES // BLOCK):
                file.write(os.urandom(BLOCK))
    cold(card)
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    limits = {
        "card read, once": timed(lambda: read_all(card)),
        "write to A, synced": timed(lambda: write_all(a, count)),
        "write to B, synced": timed(lambda: write_all(b, count)),
        f"pyrage alone, {WORKERS} processes": timed(lambda: seal_all(card, recipient)),
    }
    cold(card)
    whole, parts = run_offload(card, (str(a / "v"), str(b / "v")), recipient)
    hashing = digests(count) / WORKERS
    sealing = parts[SEALING] / WORKERS
    slowest = max(limits.values())

    def row(name: str, seconds: float) -> None:
        print(f"{name:58} {seconds:8.2f} s {count / seconds / 1e6:8.0f} MB/s")

    print(f"{count / 1e6:.0f} MB in {FILES} files, {WORKERS} processes")
    for name, seconds in limits.items():
        row(f"limit: {name}", seconds)
    for name, seconds in parts.items():
        told = "reading back, one copy" if "reading back" in name else name
        row(f"offload: {told}", seconds / WORKERS)
    row("  of the sealing: digests (SHA-256 twice, xxh64)", hashing)
    row("offload, whole: two copies, read back, card read twice", whole)
    print(f"sealing without digests: {slowest / (sealing - hashing):.0%} of the slowest limit")
    for name, seconds in others(card, a, b, recipient).items():
        row(name, seconds)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"largest process: {memory / 1024:.0f} MB")


if __name__ == "__main__":
    main()
