"""The real program on real file systems: a disk that fills up, calls that fail, a kill at each."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from safehouse.vault.keys import join, make_key

pytestmark = pytest.mark.slow

EVERY = os.environ.get("SAFEHOUSE_FAULTS") == "all"
PUBLIC, SHARES = make_key(2, 3)
KEY = join(SHARES[:2])
SEAL = """
import sys
from safehouse_offload.copying import copy_file
from safehouse_offload.disk import Disk
from safehouse_offload.offload import Order, offload
from safehouse_offload.pool import in_this_process
def jobs(given): return in_this_process(copy_file, given, Disk(), lambda moved: None)
made = offload(Disk(), Order(sys.argv[1], (sys.argv[2], sys.argv[3]), (sys.argv[4],), True), jobs)
sys.exit(0 if made.done else 61)
"""
CALLS = ("write", "fsync", "rename", "unlink")
STRACE = ("strace", "-f", "-qq", "-o", "/dev/null")
MOST = 200
FAULTS = ("error=ENOSPC", "error=EIO", "signal=SIGKILL")


def safehouse(*words: object) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "safehouse", *map(str, words)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a card and a public key."""
    (tmp_path / "card").mkdir()
    for number in range(3):
        (tmp_path / "card" / f"C{number}.MP4").write_bytes(os.urandom(150_000 * number))
    (tmp_path / "key.pub").write_text(f"{PUBLIC}\n")
    (tmp_path / "words").write_text("\n".join(SHARES[:2]))
    return tmp_path


@pytest.fixture
def small_disk(place: Path) -> Iterator[Path]:
    """A disk with 300 kB, where this user may make one."""
    disk = place / "small"
    disk.mkdir()
    mount = shutil.which("mount")
    argv = [str(mount), "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    if mount is None or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def opened(place: Path, vault: Path, name: str) -> dict[str, bytes]:
    done = safehouse("vault", "open", vault, "--words", place / "words", "-o", place / name)
    assert done.returncode == 0, done.stdout + done.stderr
    return {p.name: p.read_bytes() for p in (place / name).rglob("*.MP4")}


def on_card(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (place / "card").iterdir()}


def test_a_disk_that_fills_up_is_named_and_a_larger_one_finishes(
    place: Path, small_disk: Path
) -> None:
    before = on_card(place)
    a, b = place / "a", small_disk / "b"
    assert (
        safehouse("vault", "init", a, b, "--to", place / "key.pub", "--same-device").returncode == 0
    )
    done = safehouse("offload", place / "card", "--same-device")
    assert done.returncode == 61, done.stderr
    assert "no space left on device" in done.stdout
    assert done.stdout.strip().splitlines()[-1].startswith("NOT DONE")
    assert on_card(place) == before
    assert {n: c for n, c in opened(place, a, "first").items() if before[n] != c} == {}
    subprocess.run(["mount", "-o", "remount,size=9m", str(small_disk)], check=True)
    done = safehouse("offload", place / "card", "--same-device")
    assert done.returncode == 0, done.stdout + done.stderr
    assert safehouse("vault", "verify").returncode == 0
    assert opened(place, a, "second") == opened(place, b, "third") == before


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_really_fails_costs_time_only(place: Path, fault: str) -> None:
    """The system's own calls fail (strace), each in turn; then the next run finishes."""
    if shutil.which("strace") is None:
        pytest.skip("the program strace is not here")
    from safehouse_offload.disk import Disk
    from safehouse_offload.vault import make_vault
    from safehouse_offload.verify import verify

    vaults = (str(place / "a"), str(place / "b"))
    for vault in vaults:
        make_vault(Disk(), vault)
    argv = [sys.executable, "-c", SEAL, str(place / "card"), *vaults, PUBLIC]
    hits = 0
    for call in CALLS:
        for at in range(1, MOST) if EVERY else (2, 7):
            inject = ["-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={at}"]
            done = subprocess.run([*STRACE, *inject, *argv], capture_output=True, check=False)
            for vault in vaults:
                found = verify(Disk(), (vault,), "", lambda _: None)
                assert not found.damaged, (call, at, found.vaults)
            if done.returncode == 0:
                break
            hits += 1
    assert subprocess.run(argv, check=False).returncode == 0
    assert not verify(Disk(), vaults, "", lambda _: None).damaged
    for number, vault in enumerate(vaults):
        assert opened(place, Path(vault), f"out{number}") == on_card(place)
    print(f"{hits} calls of the system really failed ({fault}), 0 wrong")  # noqa: T201 - make damage
    assert hits > (40 if EVERY else 3)


def finished(vault: Path) -> list[str]:
    """Return the names of the sealed files that the state of a card calls done."""
    texts = [path.read_text() for path in (vault / "pending").glob("*.txt")]
    lines = [line for text in texts for line in text.split("\n")[1:-1]]
    return sorted(line.split(" ")[2] for line in lines)


def identity(vault: Path, name: str) -> tuple[int, int, int, int]:
    """Return what changes when a sealed file is written anew, or touched at all."""
    facts = (vault / "objects" / name[:2] / f"{name}.age").stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def kill_in_the_middle(argv: list[str], vault: Path) -> None:
    """Run a command and end it and all its processes by kill -9 when three files more are done."""
    already = len(finished(vault))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, start_new_session=True) as begun:
        while len(finished(vault)) < already + 3 and begun.poll() is None:
            time.sleep(0.001)
        assert begun.poll() is None
        os.killpg(begun.pid, signal.SIGKILL)


def test_files_that_were_finished_before_a_kill_are_not_sealed_again(place: Path) -> None:
    """The real program, ended by kill -9; what was done keeps its name, its place and its times."""
    for number in range(3, 15):
        (place / "card" / f"C{number}.MP4").write_bytes(os.urandom(3_000_000))
    before, vaults = on_card(place), (place / "a", place / "b")
    made = safehouse("vault", "init", *vaults, "--to", place / "key.pub", "--same-device")
    assert made.returncode == 0, made.stderr
    argv = [sys.executable, "-m", "safehouse", "offload", str(place / "card"), "--same-device"]
    done: dict[tuple[Path, str], tuple[int, int, int, int]] = {}
    for _ in range(2):
        kill_in_the_middle([*argv, "--workers", "2"], vaults[1])
        both = set(finished(vaults[0])) & set(finished(vaults[1]))
        assert len(both) >= 2
        for vault in vaults:
            for name in both:
                found = identity(vault, name)
                assert done.setdefault((vault, name), found) == found
    again = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    names = {name for _, name in done}
    assert f"{len(names)} of them begun by an earlier run" in again.stdout
    assert {at: identity(*at) for at in done} == done
    for number, vault in enumerate(vaults):
        (written,) = (vault / "lists").glob("*.txt")
        listed = {
            line.split(" ")[1] for line in written.read_text().split("\n") if "object" in line
        }
        assert names <= listed
        assert len(listed) == len(before)
        assert list((vault / "pending").iterdir()) == []
        assert opened(place, vault, f"out{number}") == before
    checked = safehouse("vault", "verify")
    assert checked.returncode == 0, checked.stdout
