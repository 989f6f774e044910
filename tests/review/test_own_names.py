"""A clip's own file name helps whoever knows the card; it stays in the page's text."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import served
from made_projects import made_project
from window import Window, links_of

from safehouse.model.acts import AddVersion, MoveClip
from safehouse.review.desk import Desk
from safehouse.review.opening import take

OWN = "Zerlina <b>&\u202e.mov"
SEEN = "Zerlina &lt;b&gt;&amp;\\u202e.mov"
PAGES = (
    *("/clips", "/clips/C0001", "/people", "/people/P01", "/queue", "/queue/C0001-Q001"),
    "/versions/cut",
)


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    folder = tmp_path_factory.mktemp("film")
    with made_project(folder) as project:
        path = Path(shutil.move(folder / "C0001.mov", folder / OWN))
        project.act(MoveClip(clip="C0001", path=str(path), mtime_ns=path.stat().st_mtime_ns))
        project.act(AddVersion(version="cut", medium="festival"))
        desk = Desk(private=tmp_path_factory.mktemp("private"))
        take(desk, project)
        with served(desk) as link:
            window = Window(desk)
            assert window.enter(link).status == 303
            yield window


@pytest.mark.parametrize("path", PAGES)
def test_a_clip_is_shown_with_its_own_name_escaped_and_in_no_address_or_title(
    window: Window, path: str
) -> None:
    told = window.get(path)
    assert told.status == 200
    assert told.heads["cache-control"] == "no-store"
    assert told.text.count("Zerlina") == told.text.count(SEEN) >= 1
    assert not any("Zerlina" in link for link in links_of(told.text))
    title = re.search(r"<title>(.*?)</title>", told.text)
    assert title
    assert "Zerlina" not in title[1]


@pytest.mark.parametrize(
    "path", ["/status", "/consent", "/history", "/withdraw/P01", "/settings", "/work", "/versions"]
)
def test_pages_that_may_be_printed_or_looked_at_together_hold_no_name(
    window: Window, path: str
) -> None:
    assert "Zerlina" not in window.get(path).text
