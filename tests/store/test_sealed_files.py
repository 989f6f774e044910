"""Sealed files: whole or not at all, by names that lead nowhere else."""

import hashlib
from pathlib import Path

import pytest

from safehouse.errors import ProjectDamaged, ProjectUnwritable, SealedMissing, UsageError
from safehouse.store.sealed_files import SealedFiles
from safehouse.store.sealing import Keys

KEYS = Keys.generate()
NAME = "findings/C0001.json"


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    return SealedFiles(tmp_path / "sealed", KEYS)


def path_of(tmp_path: Path, name: str = NAME) -> Path:
    return tmp_path / "sealed" / f"{name}.age"


@pytest.mark.parametrize("content", [b"", b"\n", b"words\nand more", bytes(range(256)) * 5000])
def test_what_is_put_is_got(files: SealedFiles, content: bytes) -> None:
    files.put(NAME, b"before")
    files.put(NAME, content)
    assert files.get(NAME) == content


def test_nothing_lies_there_in_plain(files: SealedFiles, tmp_path: Path) -> None:
    files.put(NAME, b"somebody was there" * 100)
    assert b"somebody" not in path_of(tmp_path).read_bytes()


def test_names_are_listed_by_what_they_begin_with(files: SealedFiles) -> None:
    assert files.names() == ()
    for name in (NAME, "plans/festival-cut/C0001.json", "plans/festival-cut/C0002.json"):
        files.put(name, b"x")
    assert files.names("plans/festival-cut/") == (
        "plans/festival-cut/C0001.json",
        "plans/festival-cut/C0002.json",
    )
    assert len(files.names()) == 3


def test_an_older_file_of_the_same_name_is_found_out_by_its_digest(
    files: SealedFiles, tmp_path: Path
) -> None:
    files.put(NAME, b"before")
    older = path_of(tmp_path).read_bytes()
    files.put(NAME, b"now")
    digest = hashlib.sha256(b"now").hexdigest()
    assert files.get(NAME, digest) == b"now"
    path_of(tmp_path).write_bytes(older)
    with pytest.raises(ProjectDamaged):
        files.get(NAME, digest)
    assert files.get(NAME) == b"before"


@pytest.mark.parametrize(
    ("name", "step"),
    [
        (NAME, "safehouse analyse"),
        ("views/C0001.json", "safehouse analyse"),
        ("plans/festival-cut/C0001.json", "safehouse render --version festival-cut"),
        ("reports/festival-cut/C0001.json", "safehouse render --version festival-cut"),
        ("proxies/C0001.json", "safehouse proxies"),
    ],
)
def test_the_next_step_is_the_command_that_makes_the_file_again(
    files: SealedFiles, tmp_path: Path, name: str, step: str
) -> None:
    with pytest.raises(SealedMissing) as missing:
        files.get(name)
    files.put(name, b"x")
    path_of(tmp_path, name).write_bytes(b"scrap")
    with pytest.raises(ProjectDamaged) as damaged:
        files.get(name)
    assert missing.value.next_step == step
    assert (damaged.value.next_step or "").startswith(f"{step}, ")


def test_a_file_that_is_not_there_is_said_to_be_missing(files: SealedFiles) -> None:
    assert not files.has(NAME)
    with pytest.raises(SealedMissing):
        files.get(NAME)
    files.put(NAME, b"x")
    assert files.has(NAME)
    files.remove(NAME)
    files.remove(NAME)
    assert not files.has(NAME)


@pytest.mark.parametrize("at", [0, 30, 150, -1])
def test_a_changed_file_is_damage(files: SealedFiles, tmp_path: Path, at: int) -> None:
    files.put(NAME, b"true")
    raw = bytearray(path_of(tmp_path).read_bytes())
    raw[at] ^= 1
    path_of(tmp_path).write_bytes(raw)
    with pytest.raises(ProjectDamaged):
        files.get(NAME)


def test_a_file_put_in_place_of_another_is_found_out(files: SealedFiles, tmp_path: Path) -> None:
    """Somebody who can't read the findings could still swap those of two clips."""
    files.put(NAME, b"one")
    files.put("findings/C0002.json", b"two")
    path_of(tmp_path, "findings/C0002.json").replace(path_of(tmp_path))
    with pytest.raises(ProjectDamaged):
        files.get(NAME)


def test_a_file_that_somebody_else_sealed_to_the_public_key_is_found_out(
    files: SealedFiles, tmp_path: Path
) -> None:
    files.put(NAME, b"one")
    SealedFiles(tmp_path / "sealed", Keys(KEYS.public, Keys.generate().private)).put(NAME, b"two")
    with pytest.raises(ProjectDamaged):
        files.get(NAME)


@pytest.mark.parametrize(
    "name",
    [
        *("", "/", "../key.txt", "a/../../b", "/etc/passwd", "a//b", "a/./b", ".hidden", "a\\b"),
        *("a/", "a\0b", "a\nb", "é", "a" * 200, "..", "a..b/c"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(files: SealedFiles, name: str) -> None:
    for use in (files.get, files.has, files.remove, lambda n: files.put(n, b"x")):
        with pytest.raises(UsageError):
            use(name)


def test_a_full_disk_leaves_the_file_as_it_was(
    files: SealedFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "no space left")

    files.put(NAME, b"before")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(ProjectUnwritable):
            files.put(NAME, b"after")
    assert files.get(NAME) == b"before"
    assert [path.name for path in path_of(tmp_path).parent.iterdir()] == ["C0001.json.age"]
