"""Rules of every test: no error log, no network, an empty HOME, and media only where it is."""

import difflib
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["LANGUAGE"] = "en"  # commands speak English to tests, wherever they run


def media_folder() -> Path:
    """Return SAFEHOUSE_MEDIA, the folder of real footage, or ../shared/media by the checkout."""
    default = Path(__file__).resolve().parents[2] / "shared" / "media"
    return Path(os.environ.get("SAFEHOUSE_MEDIA", default))


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real footage; without it the test skips, or fails where media is required."""
    folder = media_folder()
    if (folder / "video").is_dir():
        return folder
    if os.environ.get("SAFEHOUSE_REQUIRE_MEDIA") == "1":
        pytest.fail("real footage is required, but SAFEHOUSE_MEDIA holds none")
    pytest.skip("real footage is not here (SAFEHOUSE_MEDIA)")


def pytest_configure() -> None:
    """Let signals reach what tests start, also where this was started in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, each for itself; else a file's tests stay in one process."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if item.get_closest_marker("long") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """A check that a text is that of tests/golden/NAME; with --golden, NAME becomes the text."""

    def check(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        before = path.read_text() if path.exists() else ""
        if request.config.getoption("--golden") and text != before:
            changed = difflib.unified_diff(before.splitlines(), text.splitlines(), name, name)
            request.config.get_terminal_writer().write("\n".join(["", *changed, ""]))
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            return
        assert path.exists(), f"{name} is missing; make golden writes it"
        assert text == before, f"{name} differs; make golden shows how"

    return check


@pytest.fixture(autouse=True)
def _quiet_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def _no_error_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    errors = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, [record.getMessage() for record in errors]
