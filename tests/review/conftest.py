"""What the page's journeys share: a project, the page that serves it, one Chromium."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import chromium, served, tab
from made_projects import made_project
from walking import House, Walk

from safehouse.review.desk import Desk

CONNECT = socket.socket.connect


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the rule of all tests: loopback alone, where the page is served."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a test reached for the network")

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1", "a test reached for the network"
        CONNECT(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("film")
    with chromium() as browser, made_project(folder) as project:
        desk = Desk(private=tmp_path_factory.mktemp("private"), project=project, who="reviewer")
        with served(desk):
            yield House(project, desk, browser)


@pytest.fixture
def walk(house: House) -> Iterator[Walk]:
    link = house.desk.link()
    with tab(house.browser, link, reduced_motion="reduce") as watched:
        walk = Walk(house.project, house.desk, watched)
        yield walk
    house.put_back()
    assert watched.elsewhere == [], "the page asked another host"
    faults = [one for one in watched.faults if not any(f" {n} " in one for n in walk.refusals)]
    assert faults == [], "the page's scripts failed"
