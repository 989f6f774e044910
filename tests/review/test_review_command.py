"""`safehouse` and `safehouse review`, as processes: the link, the first page, the end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from window import Window

from safehouse.review.desk import Desk
from safehouse.store.project import create_project


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Window]]:
    """The command in a folder, and a window that has entered by its link."""
    private = folder / "memory"
    private.mkdir(exist_ok=True)
    surroundings = os.environ | {"XDG_RUNTIME_DIR": str(private), "LANG": "fr_FR.UTF-8"}
    surroundings |= {
        "LANGUAGE": "",
        "LC_ALL": "",
        "LC_MESSAGES": "",
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
    }
    command = [sys.executable, "-m", "safehouse", *arguments]
    child = subprocess.Popen(
        command, cwd=folder, env=surroundings, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        link = child.stdout.readline().split(": ", 1)[1].strip()
        host, base = link.split("/")[2], "/" + link.split("/")[3]
        window = Window(Desk(private=private, host=host, base=base))
        assert window.enter(link).status == 303
        yield child, window
    finally:
        child.kill()
        child.communicate()


@pytest.mark.slow
def test_safehouse_alone_opens_the_first_page_and_leaves_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as (child, window):
        page = window.get("/").text
        assert '<html lang="fr"' in page
        assert len(list((tmp_path / "memory").iterdir())) == 1
        child.send_signal(signal.SIGINT)
        assert child.wait(20) == 0, "Ctrl-C closes the page"
        assert list((tmp_path / "memory").iterdir()) == []


@pytest.mark.slow
def test_review_opens_the_project_that_it_is_called_in(tmp_path: Path) -> None:
    create_project(
        tmp_path / "film", passphrase=None, recipient=None, unsealed=True, who="ada"
    ).close()
    below = tmp_path / "film" / "proxies"
    below.mkdir(exist_ok=True)
    with running(tmp_path, "review", "--project", "film", "--who", "ada") as (child, window):
        assert window.get("/status.json").json()["clips"] == 0
        busy = subprocess.run(
            [sys.executable, "-m", "safehouse", "status", "--project", "film"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "[E81]" in busy.stderr, "one process at a time"
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 143
    again = subprocess.run(
        [sys.executable, "-m", "safehouse", "status", "--project", "film"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert again.returncode == 0
