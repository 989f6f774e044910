"""Embeddings that were forgotten are not on the disk either: every byte of it is searched."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_projects import add, again, analyse, new

from safehouse.store import working_copy
from safehouse.store.project import Project

SIZE = 24 << 20
BLOCK = 512
MOST = 200


def bytes_of(number: int, length: int = 516) -> bytes:
    """Return bytes that are nowhere else."""
    parts = (hashlib.sha256(f"{number} {part}".encode()).digest() for part in range(length // 32))
    return b"".join(parts).ljust(length, b"\1")


EMBEDDINGS = [bytes_of(number) for number in range(MOST)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """A small disk of its own, and what reads every byte of it when it is taken out."""
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE)
    programs: tuple[tuple[str | Path, ...], ...] = (
        ("mkfs.ext4", "-q", "-F", image),
        ("mount", "-o", "loop", image, folder),
    )
    for program in programs:
        if not shutil.which(str(program[0])) or subprocess.run(program, check=False).returncode:
            pytest.skip("this user can't make and mount a small disk")

    def take_out() -> bytes:
        subprocess.run(["umount", folder], check=True)
        return image.read_bytes()

    yield folder, take_out
    subprocess.run(["umount", folder], check=False, capture_output=True)


def look_at(film: Project) -> None:
    """Do what analysis does, and what comes after it: embeddings come, and are written anew."""
    film.act(add(1), analyse(1, MOST))
    names = [row[0] for row in film.rows("SELECT id FROM piece ORDER BY id")]
    for begin in range(0, MOST, 50):
        part = slice(begin, begin + 50)
        rows = zip(names[part], EMBEDDINGS[part], strict=True)
        film.put_faces([(name, 1, embedding) for name, embedding in rows])
        film.snapshot()


def pieces(content: bytes) -> list[bytes]:
    """Return parts of a sealed file, one of each block."""
    return [content[at : at + 48] for at in range(BLOCK, len(content) - 48, BLOCK)]


def sealed_of(folder: Path) -> list[bytes]:
    paths = [*(folder / "snapshots").iterdir(), *(folder / "faces").iterdir()]
    return [part for path in paths for part in pieces(path.read_bytes())]


@pytest.mark.slow
@pytest.mark.parametrize("memory", [True, False], ids=["in memory", "on the disk"])
def test_neither_embeddings_nor_what_held_them_sealed_is_left(
    disk: tuple[Path, Callable[[], bytes]], monkeypatch: pytest.MonkeyPatch, memory: bool
) -> None:
    folder, take_out = disk
    if not memory:
        monkeypatch.setattr(working_copy, "_memory", lambda: iter(()))
    with new(folder / "film") as film:
        assert film.work.is_relative_to(folder) != memory
        look_at(film)
        sealed = sealed_of(folder / "film")
    with again(folder / "film") as film:
        assert len(film.rows("SELECT * FROM face")) == MOST
        sealed += sealed_of(folder / "film")
        film.forget_faces()
        sealed = [part for part in sealed if part not in b"".join(snapshots_of(folder / "film"))]
    with again(folder / "film") as film:
        assert film.rows("SELECT * FROM face") == []
        assert len(film.rows("SELECT * FROM piece")) == MOST
    content = take_out()
    assert b'"project/1"' in content, "the disk is read"
    assert [n for n, one in enumerate(EMBEDDINGS) if one[:64] in content] == []
    assert len(sealed) > MOST
    assert sum(part in content for part in sealed) == 0


def snapshots_of(folder: Path) -> list[bytes]:
    """Return the snapshots that are there after the forgetting: they hold no embedding."""
    return [path.read_bytes() for path in (folder / "snapshots").iterdir()]
