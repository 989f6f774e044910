"""Commands speak the user's language, and English byte for byte where they don't."""

import json
import string
from pathlib import Path

import pytest
from loading import load_script

from safehouse.cli.main import run
from safehouse.cli.speaking import say_help, say_line, spoken, wanted
from safehouse.errors import error_classes
from safehouse.language import ENGLISH, load_language

FRENCH = load_language("fr")


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_text_of_a_command_has_french_with_the_same_values() -> None:
    script = load_script("catalogue")
    templates = script.command_words((script.SRC, script.FIELD))
    assert len(templates) > 1500
    said = {row: FRENCH.words.gettext(row) for row in templates}
    catalogue = vars(FRENCH.words)["_catalog"]
    assert [row for row in templates if not (catalogue.get(row) or catalogue.get((row, 0)))] == []
    assert [row for row, french in said.items() if fields(french) != fields(row)] == []


def test_what_every_failure_keeps_is_in_the_catalogue() -> None:
    for kind in error_classes():
        assert say_line(FRENCH, kind.kept_unless_said) != kind.kept_unless_said


def test_a_failure_is_french_in_all_three_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    english = (
        "safehouse: there is no project here, nor in a folder above [E80]\n"
        "  kept: nothing was written\n"
        '  next: safehouse init "NAME", or --project FOLDER\n'
    )
    french = (
        "safehouse: il n\u2019y a pas de projet ici, ni dans un dossier au-dessus [E80]\n"
        "  conservé\u00a0: rien n\u2019a été écrit\n"
        '  ensuite\u00a0: safehouse init "NAME", ou --project FOLDER\n'
    )
    for language, text in (("fr_FR.UTF-8", french), ("en", english), ("xx", english)):
        monkeypatch.setenv("LANGUAGE", language)
        assert run(["status"]) == 80
        assert capsys.readouterr().err == text
    assert run(["--language", "fr", "status"]) == 80
    assert capsys.readouterr().err == french
    assert run(["--language", "xx", "status"]) == 2
    assert "no language 'xx' is spoken here" in capsys.readouterr().err


def test_json_is_never_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    folder = tmp_path / "film"
    assert run(["init", str(folder), "--unsealed", "--who", "anna"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("LANGUAGE", "en")
    assert run(["status", "--project", str(folder), "--json"]) == 0
    english = capsys.readouterr().out
    monkeypatch.setenv("LANGUAGE", "fr")
    assert run(["status", "--project", str(folder), "--json"]) == 0
    assert capsys.readouterr().out == english
    assert json.loads(english)


def test_help_is_said_and_examples_are_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    assert run(["init", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Faire un projet" in shown
    assert "Afficher ce message" in shown
    assert "safehouse init" in shown
    assert say_help(FRENCH, "A new folder. Example: -o OUT/").endswith("Exemple\u00a0: -o OUT/")


def test_values_in_quotes_and_commands_stay_as_they_are() -> None:
    assert "«\u00a0mask\u00a0»" in say_line(FRENCH, "'mask' is not a folder")
    assert say_line(FRENCH, "next: safehouse render --version stale").endswith("--version stale")
    assert say_line(FRENCH, "  abandon ability able") == "  abandon ability able"
    assert say_line(ENGLISH, "'mask' is not a folder") == "'mask' is not a folder"


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "de_DE"}, "en"),
        ({"LANGUAGE": "de:fr", "LANG": "en_GB"}, "fr"),
    ],
)
def test_the_language_is_chosen_as_gettext_does(environment: dict[str, str], code: str) -> None:
    assert spoken(environment) == code


def test_only_what_stands_before_the_command_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    assert wanted(["--language=fr", "status"]) == "fr"
    assert wanted(["--no-browser", "--language", "fr"]) == "fr"
    assert wanted(["protect", "a.mov", "--language", "fr"]) == "en"


def test_a_line_put_together_of_pieces_is_said_piece_by_piece() -> None:
    assert say_line(FRENCH, "clips added: 2; known already: 1").endswith(
        "ajoutés\u00a0: 2\u00a0; connus déjà\u00a0: 1"
    )
    assert say_line(FRENCH, "P02  C0001, C0002") == "P02  C0001, C0002"


def test_the_package_of_the_field_speaks_english(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from safehouse_offload.cli import main as field

    monkeypatch.setenv("LANGUAGE", "fr")
    assert field.run(["check", str(tmp_path / "nowhere")]) == 68
    shown = capsys.readouterr().err
    assert "\n  kept: " in shown
    assert "\n  next: " in shown


def test_a_line_of_three_pieces_with_figures_is_said_whole() -> None:
    said = say_line(FRENCH, "clips added: 0; known already: 3; other files left alone: 1")
    assert "known" not in said
    assert said.endswith("laissés tels quels\u00a0: 1")


def test_the_name_of_a_version_is_never_said_in_another_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "film", "--unsealed"]) == 0
    made = ["--medium", "court", "--project", "film"]
    assert run(["version", "add", "court", *made]) == 0
    capsys.readouterr()
    assert run(["--language", "fr", "version", "list", "--project", "film"]) == 0
    assert run(["--language", "fr", "status", "--project", "film"]) == 0
    listed, _, stands, *_ = capsys.readouterr().out.splitlines()
    assert listed.startswith("court\u00a0: tribunal\u00a0; ")
    assert stands.startswith("court (tribunal)\u00a0: ")
