"""Whoever is linked to somebody out of reach waits for a look, and is shown where people work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import served
from made_projects import made_project
from window import Window, links_of

from safehouse.cli.main import run
from safehouse.film_status import film_status, people_to_look_at
from safehouse.review.desk import Desk
from safehouse.review.opening import take

WORDS = "linked to P02, who is detained"


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with made_project(tmp_path / "film") as project:
        desk = Desk(private=tmp_path / "private")
        take(desk, project)
        with served(desk) as link:
            window = Window(desk)
            assert window.enter(link).status == 303
            yield window


def detain(window: Window) -> None:
    window.post("/consent/P02/link", other="P01", answered="no risk")
    window.post("/consent/P02/state", state="detained")


def test_nobody_waits_while_everybody_is_in_reach(window: Window) -> None:
    window.post("/consent/P02/link", other="P01", answered="no risk")
    for path in ("/queue", "/status", "/consent"):
        assert "because of somebody else" not in window.get(path).text
        assert window.get(f"{path}.json").json()["look"] == []


@pytest.mark.parametrize("path", ["/queue", "/status", "/consent"])
def test_who_is_linked_to_somebody_detained_is_shown_with_the_way_there(
    window: Window, path: str
) -> None:
    detain(window)
    page = window.get(path)
    assert "People to be looked at, because of somebody else" in page.text
    assert WORDS in page.text
    assert f"{window.desk.base}/consent/P01" in links_of(page.text)
    look = window.get(f"{path}.json").json()["look"]
    assert look == [{"person": "P01", "because": "P02", "words": WORDS}]


def test_the_words_are_in_the_page_s_language(window: Window) -> None:
    detain(window)
    window.post("/settings/language", value="fr")
    assert WORDS not in window.get("/queue").text
    assert "P02" in window.get("/queue").text


def test_the_command_says_the_same(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with made_project(tmp_path / "film") as project:
        desk = Desk(private=tmp_path / "private")
        take(desk, project)
        with served(desk) as link:
            window = Window(desk)
            window.enter(link)
            detain(window)
        assert film_status(project).look == people_to_look_at(project)
    run(["status", "--project", str(tmp_path / "film" / "project")])
    assert f"look at P01: {WORDS}" in capfd.readouterr().out
