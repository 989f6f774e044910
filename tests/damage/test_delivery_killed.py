"""Killed while it delivers, what it left is named and cleared, and never goes out."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from versioned import CUT, agreed, copied, make_template, use_audit

from safehouse.delivering import deliver_version, watch_version
from safehouse.film_status import film_status
from safehouse.pipeline import Desk
from safehouse.store.project import create_project, open_project
from safehouse.store.reading_versions import read_deliveries
from safehouse.unfinished import begin_delivery, clear_unfinished, end_delivery, unfinished
from safehouse.versions import render_version
from safehouse.workers import Workers

KILLED = """
import os, signal, sys
from pathlib import Path
from safehouse import delivering
from safehouse.store.project import open_project

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

what, project, out = sys.argv[1:]
if what == "copying":
    delivering._write_papers = die
elif what == "written":
    delivering.fsync_folder = die
else:
    rename = Path.rename
    Path.rename = lambda path, to: die() if path.suffix == ".partial" else rename(path, to)
with open_project(Path(project), who="op") as film:
    delivering.deliver_version(film, "festival-cut", Path(out))
"""


def test_a_note_that_is_damaged_stands_in_no_way(tmp_path: Path) -> None:
    with create_project(
        tmp_path / "film", passphrase=None, recipient=None, unsealed=True
    ) as project:
        begin_delivery(project, tmp_path / "OUT")
        note = project.folder / "sealed" / "pending" / "deliveries.json.age"
        note.write_bytes(note.read_bytes()[:-3])
        assert unfinished(project) == ()
        assert film_status(project).clips == 0
        assert clear_unfinished(project) == ()
        assert not note.exists()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose only clip is rendered and watched."""
    place = make_template(tmp_path_factory.mktemp("template"))
    folder = tmp_path_factory.mktemp("rendered")
    with pytest.MonkeyPatch.context() as patch, Workers(1) as workers:
        use_audit(patch)
        with copied(place, folder) as project:
            agreed(project)
            render_version(project, CUT, Desk(workers))
            watch_version(project, CUT)
    return folder / "project"


@pytest.fixture
def place(template: Path, tmp_path: Path) -> Path:
    with copied(template, tmp_path):
        return tmp_path


def killed(place: Path, what: str, out: str = "OUT") -> Path:
    """Deliver in a process of its own, which is killed at a moment; return what it left."""
    (place / "disk").mkdir(exist_ok=True)
    words = [what, str(place / "project"), str(place / "disk" / out)]
    done = subprocess.run([sys.executable, "-c", KILLED, *words], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (place / "disk" / out).exists()
    (left,) = (place / "disk").glob(f".{out}.*.partial")
    return left


@pytest.mark.parametrize(("what", "known"), [("copying", 0), ("written", 0), ("renaming", 1)])
def test_what_a_killed_delivery_left_is_named_then_cleared(
    place: Path, what: str, known: int
) -> None:
    left = killed(place, what)
    assert (left / "C0001.mov").is_file()
    with open_project(place / "project", who="op") as project:
        assert film_status(project).unfinished == (str(left),)
        assert len(read_deliveries(project)) == known
        done = deliver_version(project, CUT, place / "elsewhere")
        assert not left.exists()
        assert film_status(project).unfinished == ()
        assert done.id == f"D{known + 1:04d}"
    assert sorted(path.name for path in (place / "elsewhere").iterdir()) == [
        "C0001.mov",
        "about.html",
        "provenance.json",
    ]
    assert list((place / "disk").iterdir()) == []


def test_the_same_folder_can_be_delivered_to_again(place: Path) -> None:
    killed(place, "copying")
    with open_project(place / "project", who="op") as project:
        deliver_version(project, CUT, place / "disk" / "OUT")
        assert project.files.names("pending/deliveries") == ()
    assert [path.name for path in (place / "disk").iterdir()] == ["OUT"]


def test_one_on_a_disk_that_is_away_is_named_until_it_is_back(place: Path) -> None:
    left = killed(place, "written")
    (place / "disk").rename(place / "away")
    with open_project(place / "project", who="op") as project:
        assert clear_unfinished(project) == (str(left),)
        assert unfinished(project) == (str(left),)
        (place / "away").rename(place / "disk")
        assert clear_unfinished(project) == ()
        assert not left.exists()


def test_a_link_that_stands_in_its_place_is_not_followed(place: Path) -> None:
    left = killed(place, "written")
    left.rename(place / "mine")
    left.symlink_to(place / "mine")
    with open_project(place / "project", who="op") as project:
        clear_unfinished(project)
    assert (place / "mine" / "C0001.mov").is_file()


def test_one_that_goes_on_in_this_process_is_let_be(place: Path) -> None:
    with open_project(place / "project", who="op") as project:
        partial = begin_delivery(project, place / "OUT")
        assert partial.name == f".OUT.{os.getpid()}.partial"
        assert unfinished(project) == ()
        clear_unfinished(project)
        assert partial.is_dir()
        end_delivery(project, partial)
        assert not partial.exists()
        assert project.files.names("pending/deliveries") == ()
