"""What every command on a project asks for: the project, its key, a pseudonym."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_projects import add, journal_of, new

from safehouse.cli import project as options
from safehouse.cli.main import run
from safehouse.cli.project import WHO, Here, ask_passphrase, operator, read_passphrase
from safehouse.errors import ProjectBusy, ProjectMissing, UsageError
from safehouse.store.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new(tmp_path / "film").close()
    return tmp_path / "film"


def test_the_project_is_found_upwards_or_where_it_is_said_to_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (folder / "renders").mkdir()
    monkeypatch.chdir(folder / "renders")
    with Here().opened() as film:
        assert film.folder == folder
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectMissing):
        Here().opened()
    with Here(folder).opened() as film:
        assert film.folder == folder


def test_a_pseudonym_is_said_or_comes_from_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(WHO, raising=False)
    assert operator("") == "operator"
    monkeypatch.setenv(WHO, "op3")
    assert operator("") == "op3"
    with Here(folder, who="op4").opened() as film:
        assert film.who == "op4"


def test_a_passphrase_is_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "words"
    file.write_text("six words, née long\nand a note\n", encoding="utf-8")
    assert read_passphrase(file) == "six words, née long"
    for content in (b"", b"\nlater", b"\xff\xfe\x00"):
        file.write_bytes(content)
        with pytest.raises(UsageError):
            read_passphrase(file)
    with pytest.raises(UsageError):
        read_passphrase(tmp_path / "absent")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "again", "good"),
    [
        (["words"], False, True),
        (["words", "words"], True, True),
        (["words", "wrods"], True, False),
        ([""], False, False),
    ],
)
def test_a_passphrase_is_asked_for_and_a_new_one_twice(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], again: bool, good: bool
) -> None:
    answers = iter(typed)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(options.getpass, "getpass", lambda *_, **__: next(answers))
    if good:
        assert ask_passphrase(again=again) == "words"
    else:
        with pytest.raises(UsageError):
            ask_passphrase(again=again)


def test_where_nobody_can_be_asked_a_sealed_project_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert run(["init", str(tmp_path / "film")]) == 2
    assert "--passphrase-file FILE" in capsys.readouterr().err
    assert not (tmp_path / "film").exists()


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\r", b"\n\nnote\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_an_editor_that_marks_files_or_ends_lines_its_own_way_changes_no_passphrase(
    tmp_path: Path, mark: bytes, ending: bytes
) -> None:
    file = tmp_path / "words"
    file.write_bytes(mark + " six words, n\N{LATIN SMALL LETTER E WITH ACUTE}e ".encode() + ending)
    assert read_passphrase(file) == " six words, n\N{LATIN SMALL LETTER E WITH ACUTE}e "


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "latin-1"])
def test_a_file_in_another_coding_is_refused_and_says_so(tmp_path: Path, coding: str) -> None:
    file = tmp_path / "words"
    file.write_bytes("six words, n\N{LATIN SMALL LETTER E WITH ACUTE}e\n".encode(coding))
    with pytest.raises(UsageError, match="no plain text"):
        read_passphrase(file)


def test_a_sealed_project_takes_its_passphrase_from_the_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = folder / "project.json"
    card.write_text(card.read_text().replace("beside", "passphrase"))
    (tmp_path / "words").write_text("six words\n")
    given: list[str] = []

    def open_it(folder: Path, *, passphrase: Callable[[], str], **rest: object) -> Project:
        given.append(passphrase())
        raise ProjectMissing("seen", next_step="none")

    monkeypatch.setattr(options, "open_project", open_it)
    with pytest.raises(ProjectMissing):
        Here(folder, tmp_path / "words").opened()
    assert given == ["six words"]


def test_nobody_is_asked_for_the_passphrase_of_a_project_that_is_in_use(folder: Path) -> None:
    card = folder / "project.json"
    with Here(folder).opened():
        card.write_text(card.read_text().replace("beside", "passphrase"))
        with pytest.raises(ProjectBusy):
            Here(folder).opened()


def test_a_last_act_that_was_torn_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Here(folder).opened() as film:
        film.act(add(1))
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    path = journal_of(folder)
    path.write_bytes(path.read_bytes()[:-9])
    with Here(folder).opened() as film:
        assert film.version == 0
    assert "kept as journal/torn-000000000000" in capsys.readouterr().err
    Here(folder).opened().close()
    assert capsys.readouterr().err == ""


def test_the_history_is_printed_as_json_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["--json"], ["--verify", "--json"]):
        assert run(["history", "--project", str(folder), *arguments]) == 0
        assert '"head": "' in capsys.readouterr().out
