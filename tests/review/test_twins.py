"""Each page has a twin in JSON: add `.json` to its address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import served
from made_projects import made_project
from starlette.routing import Route
from window import Window

from safehouse.model.acts import AddVersion
from safehouse.review.app import PAGES
from safehouse.review.desk import Desk
from safehouse.review.opening import take

NO_PAGES = {
    "/enter/{token}": "leads in, and shows nothing",
    "/clips/{clip}/frames/{frame:int}.jpg": "a picture",
    "/clips/{clip}/proxy.mp4": "a film",
    "/faces/{piece}.jpg": "a picture",
    "/films/{job}/film": "a film",
    "/films/{job}/save": "a film",
    "/films/{job}/report": "a report as a file",
    "/versions/{version}/films/{clip}": "a film",
    "/versions/{version}/reports/{clip}": "a report as a file",
    "/clips/{clip}/sound/copy": "sound",
    "/consent/export": "JSON already, as a file",
}
"""What is asked for by GET and is no page → what it is."""

SAMPLES = {
    "{clip}": "C0001",
    "{person}": "P01",
    "{question}": "C0001-Q001",
    "{version}": "cut",
    "{job}": "1",
}

GETS = [
    route.path
    for module in PAGES
    for route in module.ROUTES
    if isinstance(route, Route) and "GET" in (route.methods or ())
]
TOLD = [path for path in GETS if not path.endswith(".json") and path not in NO_PAGES]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with made_project(tmp_path_factory.mktemp("film")) as project:
        project.act(AddVersion(version="cut", medium="festival"))
        desk = Desk(private=Path(tmp_path_factory.mktemp("private")))
        take(desk, project)
        desk.work.start("protect a clip", lambda tell: None, "/films/1")
        with served(desk) as link:
            window = Window(desk)
            assert window.enter(link).status == 303
            yield window


def opened(path: str) -> str:
    for name, value in SAMPLES.items():
        path = path.replace(name, value)
    return path


def test_what_is_no_page_is_known_by_its_address() -> None:
    assert set(NO_PAGES) <= set(GETS)
    assert len(TOLD) > 15


@pytest.mark.parametrize("path", TOLD)
def test_a_page_has_its_twin(window: Window, path: str) -> None:
    page, twin = window.get(opened(path)), window.get(opened(path) + ".json")
    assert page.status in {200, 303}
    assert page.heads.get("content-type", "text/html").startswith("text/html")
    assert f"{path}.json" in GETS
    assert twin.status == 200
    assert twin.heads["content-type"] == "application/json"
    assert twin.heads["cache-control"] == "no-store"
    assert isinstance(twin.json(), dict)


def test_a_page_without_twin_is_refused_in_json_too(window: Window) -> None:
    told = window.get("/nowhere.json")
    assert told.status == 404
    assert set(told.json()) == {"error", "happened", "kept", "next"}


def test_a_locked_page_tells_that_it_is_locked_and_nothing_else(window: Window) -> None:
    window.desk.door.lock()
    try:
        assert window.get("/locked.json").json()["locked"] is True
        others = [opened(path) + ".json" for path in TOLD if path != "/locked"]
        assert {window.get(path).status for path in others} == {423}
    finally:
        window.desk.door.unlock()
