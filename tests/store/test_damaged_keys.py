"""The key of a project and what names it: wrong, damaged, missing, typed on another keyboard."""

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from small_projects import add, new

from safehouse.errors import (
    ProjectBusy,
    ProjectDamaged,
    ProjectKeyRefused,
    ProjectMissing,
    SafehouseError,
)
from safehouse.store import sealing
from safehouse.store.folder import find_project
from safehouse.store.passphrases import seal_by_passphrase
from safehouse.store.project import create_project, open_project
from safehouse.store.sealing import KEY_AGE

WORDS = "six mots, né ici"
LITTLE = 4
"""Work of scrypt in these tests, as a power of two."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed") / "film"

    def quickly(content: bytes, passphrase: str) -> bytes:
        return seal_by_passphrase(content, passphrase, LITTLE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "seal_by_passphrase", quickly)
        with create_project(folder, passphrase=WORDS, recipient=None, unsealed=False) as film:
            film.act(add(1))
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "film"))


def told(folder: Path, passphrase: str = WORDS) -> SafehouseError:
    """Return how opening is refused; the journal is as it was."""
    journal = folder / "journal" / "acts.journal"
    before = journal.read_bytes()
    with pytest.raises(SafehouseError) as refused:
        open_project(folder, passphrase=passphrase)
    assert journal.read_bytes() == before
    return refused.value


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_passphrase_opens_in_either_way_of_writing_accents(folder: Path, form: str) -> None:
    typed = unicodedata.normalize(form, WORDS)  # type: ignore[arg-type]  # a name of a form
    with open_project(folder, passphrase=typed) as film:
        assert film.version == 1


def test_a_key_that_was_sealed_by_another_program_opens_with_just_those_bytes(folder: Path) -> None:
    with open_project(folder, passphrase=WORDS) as film:
        private = film._keys.private
    apart = unicodedata.normalize("NFD", WORDS)
    (folder / KEY_AGE).write_bytes(seal_by_passphrase(private.encode(), apart, LITTLE))
    with open_project(folder, passphrase=apart) as film:
        assert film.version == 1


@pytest.mark.parametrize("typed", ["", "six mots, ne ici", f"{WORDS} ", WORDS.upper()])
def test_a_wrong_passphrase_is_refused_and_nothing_is_touched(folder: Path, typed: str) -> None:
    assert isinstance(told(folder, typed), ProjectKeyRefused)


@pytest.mark.parametrize("typed", ["", "x", "7 words"])
def test_a_passphrase_that_keeps_nothing_makes_no_project(tmp_path: Path, typed: str) -> None:
    with pytest.raises(ProjectKeyRefused, match="fewer than 8"):
        create_project(tmp_path / "film", passphrase=typed, recipient=None, unsealed=False)
    assert not (tmp_path / "film").exists()


def _cut(content: bytes) -> bytes:
    return content[:-9]


def _flip(content: bytes) -> bytes:
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]


def _other(content: bytes) -> bytes:
    del content
    return b"somebody's notes\n" * 9


def _harder(content: bytes) -> bytes:
    return content.replace(b" 4\n", b" 40\n", 1)


@pytest.mark.parametrize("damage", [_cut, _flip, _other, _harder, lambda _: b""])
def test_a_damaged_key_is_not_called_a_wrong_passphrase(
    folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = folder / KEY_AGE
    good = path.read_bytes()
    path.write_bytes(damage(good))
    failure = told(folder)
    assert isinstance(failure, ProjectDamaged)
    assert KEY_AGE in failure.happened
    path.write_bytes(good)
    open_project(folder, passphrase=WORDS).close()


def test_a_missing_key_is_said(folder: Path) -> None:
    (folder / KEY_AGE).unlink()
    assert isinstance(told(folder), ProjectDamaged)


def test_in_use_is_said_before_a_passphrase_is_asked_for(folder: Path) -> None:
    def ask() -> str:
        raise AssertionError("nobody is to be asked")

    with open_project(folder, passphrase=WORDS), pytest.raises(ProjectBusy):
        open_project(folder, passphrase=ask)
    with open_project(folder, passphrase=lambda: WORDS) as film:
        assert film.version == 1
    told(folder, "another")
    open_project(folder, passphrase=WORDS).close()


@pytest.mark.parametrize("gone", ["missing", "a folder"])
def test_a_project_without_its_card_is_damaged_and_not_absent(folder: Path, gone: str) -> None:
    card = folder / "project.json"
    good = card.read_bytes()
    card.unlink()
    if gone == "a folder":
        card.mkdir()
    assert find_project(folder / "journal") == folder
    failure = told(folder)
    assert isinstance(failure, ProjectDamaged)
    assert "project.json" in failure.happened
    if gone == "a folder":
        card.rmdir()
    card.write_bytes(good)
    open_project(folder, passphrase=WORDS).close()


def test_what_init_left_half_made_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "acts.journal").touch()
    with pytest.raises(ProjectMissing):
        find_project(tmp_path / "journal")
    with pytest.raises(ProjectMissing):
        open_project(tmp_path)


@pytest.mark.parametrize("key", [None, "", "AGE-SECRET-KEY-NONE\n"])
def test_a_key_that_lies_beside_and_is_not_the_one_is_damage(
    tmp_path: Path, key: str | None
) -> None:
    new(tmp_path / "film").close()
    path = tmp_path / "film" / "key.txt"
    path.unlink()
    if key is not None:
        path.write_text(key)
    with pytest.raises(ProjectDamaged, match=r"key\.txt"):
        open_project(tmp_path / "film")
