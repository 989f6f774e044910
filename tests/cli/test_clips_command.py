"""`safehouse add` and `safehouse clips`: which clip is which file, and what comes next."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_projects import new

from safehouse.cli.main import run
from safehouse.model.acts import AnalyseClip, FailClip
from safehouse.store.project import open_project

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Type:
    """Type a command in a folder with an empty project, beside two cards."""
    new(tmp_path / "film").close()
    for card, names in {"CARD_A": "Interview.mov B1.mov", "CARD_B": "B1.mov"}.items():
        (tmp_path / card).mkdir()
        for name in names.split():
            (tmp_path / card / name).write_bytes(f"{card} {name}".encode())
    monkeypatch.chdir(tmp_path / "film")

    def command(*words: str) -> tuple[int, str, str]:
        code = run([*words])
        out, err = capfd.readouterr()
        return code, out, err

    return command


def looked_at(seconds: float) -> AnalyseClip:
    """C0001 was looked at, and nobody is in it."""
    return AnalyseClip(
        clip="C0001",
        findings_sha256="0" * 64,
        width=0,
        height=0,
        rotation=0,
        frames=0,
        rate="",
        seconds=seconds,
        shots=0,
        sound_tracks=1,
        pieces=(),
        questions=(),
    )


def test_what_was_added_is_named_and_found_again_by_id_and_by_name(typed: Type) -> None:
    assert "next: safehouse add CARD/" in typed("clips")[1]
    out = typed("add", "../CARD_A", "../CARD_B")[1]
    for line in ("clips added: 3", "  C0001  CARD_A/B1.mov", "  C0003  CARD_B/B1.mov"):
        assert f"{line}\n" in out
    assert typed("clips", "C0002")[1] == "C0002  CARD_A/Interview.mov         not analysed\n"
    assert [line[:5] for line in typed("clips", "b1")[1].splitlines()] == ["C0001", "C0003"]
    code, _, err = typed("clips", "nosuch")
    assert (code, "no clip is called so" in err) == (2, True)
    found = json.loads(typed("clips", "C0003", "--json")[1])
    assert [Path(row["path"]).parts[-2:] for row in found] == [("CARD_B", "B1.mov")]


def test_clips_say_how_far_they_are(typed: Type) -> None:
    typed("add", "../CARD_A")
    with open_project(Path(), who="op1") as project:
        project.act(looked_at(61.2))
        project.act(FailClip(clip="C0002", error="E13", words="broken"))
    first, second = typed("clips")[1].splitlines()
    assert first.endswith("01:02  0 appearances, 0 undecided")
    assert second.endswith("failed [E13]")


def test_the_next_step_after_adding_is_the_true_one(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "empty.mov").touch()
    code, out, _ = typed("add", "../empty.mov")
    assert (code, "next: safehouse add CARD/" in out) == (17, True)
    assert "next: safehouse analyse" in typed("add", "../CARD_B")[1]
    with open_project(Path(), who="op1") as project:
        project.act(looked_at(1.0))
    out = typed("add", "../CARD_B")[1]
    assert "known already: 1\nnext: safehouse version add NAME" in out
    (tmp_path / "CARD_B").rename(tmp_path / "disk")
    found = json.loads(typed("add", "../disk", "--json")[1])
    assert (found["moved"], found["next_step"][:21]) == (["C0001"], "safehouse version add")
    assert found["files"] == {"C0001": str(tmp_path / "disk" / "B1.mov")}


def test_of_many_clips_the_first_are_named(typed: Type, tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / "CARD_A" / f"{number:02d}.mov").write_bytes(b"%d" % number)
    out = typed("add", "../CARD_A")[1]
    assert "  C0020  " in out
    assert "C0021" not in out
    assert "and 7 more: safehouse clips\n" in out
