"""The list of commands."""

import pytest
import typer

from safehouse.cli.main import app, run
from safehouse.cli.overview import SECTIONS, in_short


def test_every_command_stands_in_one_section() -> None:
    listed = [name for _, names in SECTIONS for name in names]
    commands: dict[str, object] = getattr(typer.main.get_command(app), "commands", {})
    assert sorted(listed) == sorted(commands)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Who is who: list, confirm.", "Who is who"),
        ("Say when.\n\nExample:\n  safehouse x", "Say when"),
        ("Dire qui parle quand\N{NO-BREAK SPACE}: tours.", "Dire qui parle quand"),
        ("Two lines\nof one sentence; more", "Two lines of one sentence"),
        ("Set at 1.5 and no more.", "Set at 1.5 and no more"),
        ("", ""),
    ],
)
def test_a_help_text_in_short_is_what_it_begins_with(text: str, short: str) -> None:
    assert in_short(text) == short


def test_the_list_is_told_by_section_and_nothing_is_cut_short(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert "..." not in told.split("A clip:")[1]
    assert told.index("\nA film:") < told.index("\n  withdraw ") < told.index("\nCards and vaults:")


def test_the_list_speaks_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--language", "fr", "--help"]) == 0
    assert "Cartes et coffres" in capsys.readouterr().out
