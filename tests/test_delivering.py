"""A version goes out whole, with nothing private, and only when nothing stands in its way."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from versioned import CUT, add_cut, agreed, copied, make_template, use_audit, withdrawn

from safehouse import delivering
from safehouse.delivering import (
    add_version,
    deliver_version,
    hindrances,
    watch_version,
)
from safehouse.errors import (
    DeliveryError,
    DiskFull,
    FilmChanged,
    NotRendered,
    NotWatched,
    OutputExists,
    OutputUnwritable,
    RenderStale,
    RenderWrong,
    SomebodyRecognised,
    UsageError,
)
from safehouse.film_status import film_status
from safehouse.model.acts import AddClip, AddVersion, Decide, RecordWatch
from safehouse.pipeline import Desk
from safehouse.store.project import Project
from safehouse.store.reading_versions import (
    read_deliveries,
    read_versions,
    read_watches,
)
from safehouse.versions import render_version
from safehouse.workers import Workers


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose only clip is rendered for its version; P01 is shown."""
    place = make_template(tmp_path_factory.mktemp("template"))
    folder = tmp_path_factory.mktemp("rendered")
    with pytest.MonkeyPatch.context() as patch, Workers(1) as workers:
        use_audit(patch)
        with copied(place, folder) as project:
            agreed(project)
            render_version(project, CUT, Desk(workers))
    return folder / "project"


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Iterator[Project]:
    with copied(template, tmp_path) as made:
        yield made


def test_what_goes_out_is_whole_and_tells_of_nobody(project: Project, tmp_path: Path) -> None:
    assert watch_version(project, CUT) == 1
    head = project.head_words()
    done = deliver_version(project, CUT, tmp_path / "OUT")
    out = sorted(path.name for path in (tmp_path / "OUT").iterdir())
    assert out == ["C0001.mov", "about.html", "provenance.json"]
    assert done.head == head
    digest = project.rows("SELECT sha256 FROM clip")[0][0]
    for name in ("about.html", "provenance.json"):
        text = (tmp_path / "OUT" / name).read_text()
        assert head in text
        for telling in ("P01", "R0001", digest, "A001", str(project.folder)):
            assert telling not in text
    papers = json.loads((tmp_path / "OUT" / "provenance.json").read_text())
    film = delivering.digest_file(tmp_path / "OUT" / "C0001.mov")
    assert papers["films"] == [{"file": "C0001.mov", "sha256": film}]
    (delivered,) = read_deliveries(project, CUT)
    assert delivered.act.films == (("C0001", film),)
    assert done.id == delivered.id == "D0001"
    assert delivered.act.shows == (("P01", "face"),)
    assert delivered.act.places == (("C0001", "P01", "face"),)
    assert delivered.act.parts == ("C0001-A001",)


def test_nothing_goes_out_unwatched(project: Project, tmp_path: Path) -> None:
    with pytest.raises(NotWatched):
        deliver_version(project, CUT, tmp_path / "OUT")
    assert not (tmp_path / "OUT").exists()
    assert read_deliveries(project) == ()


def test_after_a_withdrawal_nothing_goes_out(project: Project, tmp_path: Path) -> None:
    watch_version(project, CUT)
    withdrawn(project)
    with pytest.raises(RenderWrong):
        deliver_version(project, CUT, tmp_path / "OUT")
    assert [row.id for row in hindrances(project, CUT).rows] == ["E72"]
    assert not (tmp_path / "OUT").exists()


Meanwhile = Callable[[Project], object]

MEANWHILE: dict[str, tuple[Meanwhile, type[DeliveryError]]] = {
    "withdrawn": (withdrawn, RenderWrong),
    "asked again": (
        lambda film: film.act(Decide(film.rows("SELECT id FROM question")[0][0], "open")),
        RenderStale,
    ),
    "recognised": (
        lambda film: watch_version(film, CUT, knower="recognised somebody"),
        SomebodyRecognised,
    ),
    "one clip more": (
        lambda film: film.act(
            AddClip(clip="C0009", path="/c", sha256="9" * 64, size_bytes=1, mtime_ns=1)
        ),
        NotRendered,
    ),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_is_decided_while_films_are_copied_stops_them(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Two windows: in one the version goes out, in the other somebody decides."""
    watch_version(project, CUT)
    happens, error = MEANWHILE[what]
    write = delivering._write_papers

    def slow(*given: Any) -> None:
        write(*given)
        happens(project)

    monkeypatch.setattr(delivering, "_write_papers", slow)
    with pytest.raises(error):
        deliver_version(project, CUT, tmp_path / "OUT")
    assert not (tmp_path / "OUT").exists()
    assert read_deliveries(project) == ()


def test_an_expired_consent_makes_a_film_wrong_by_the_day_alone(project: Project) -> None:
    assert film_status(project, "2026-11-21").versions[0].wrong == ()
    assert film_status(project, "2026-09-01").versions[0].wrong == ("C0001",)


def test_a_film_that_was_swapped_goes_nowhere(project: Project, tmp_path: Path) -> None:
    watch_version(project, CUT)
    (project.folder / "renders" / CUT / "C0001.mov").write_bytes(b"another film")
    with pytest.raises(FilmChanged):
        deliver_version(project, CUT, tmp_path / "OUT")
    with pytest.raises(FilmChanged):
        watch_version(project, CUT)
    (project.folder / "renders" / CUT / "C0001.mov").unlink()
    with pytest.raises(NotRendered):
        watch_version(project, CUT)


def test_a_film_that_is_swapped_while_it_is_copied_goes_nowhere(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is what goes out: each copy is read again."""
    watch_version(project, CUT)
    copy = shutil.copyfile

    def swapped(source: Path, to: Path) -> None:
        copy(source, to)
        to.write_bytes(b"another film")

    monkeypatch.setattr(shutil, "copyfile", swapped)
    with pytest.raises(FilmChanged):
        deliver_version(project, CUT, tmp_path / "OUT")
    assert not (tmp_path / "OUT").exists()
    assert read_deliveries(project) == ()


def test_an_answer_that_was_taken_back_stops_it(project: Project) -> None:
    watch_version(project, CUT)
    question = project.rows("SELECT id FROM question")[0][0]
    project.act(Decide(question, "open"))
    assert [row.id for row in hindrances(project, CUT).rows] == ["E71", "E75"]


def test_recognised_by_somebody_who_knows_them_stops_just_these_films(project: Project) -> None:
    watch_version(project, CUT, knower="recognised somebody")
    watch_version(project, CUT)
    assert [row.id for row in hindrances(project, CUT).rows] == ["E77"]
    assert film_status(project).next_step == f"safehouse deliver {CUT} --check"
    assert [row.act.knower for row in read_watches(project, CUT)] == [
        "recognised somebody",
        "not shown",
    ]


def test_a_watch_of_other_films_is_refused(project: Project) -> None:
    with pytest.raises(UsageError):
        project.act(RecordWatch(version=CUT, films=(("C0001", "0" * 64),)))


def test_the_folder_must_be_new_and_outside_the_project(project: Project, tmp_path: Path) -> None:
    watch_version(project, CUT)
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(project.folder)
    for out, error in (
        (project.folder / "OUT", UsageError),
        (tmp_path / "link" / "OUT", UsageError),
        (tmp_path / "there", OutputExists),
        (tmp_path / "nowhere" / "OUT", OutputUnwritable),
    ):
        with pytest.raises(error):
            deliver_version(project, CUT, out)
    assert read_deliveries(project) == ()


def test_a_full_disk_leaves_nothing_half_delivered(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_version(project, CUT)

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(delivering, "write_whole", full)
    with pytest.raises(DiskFull):
        deliver_version(project, CUT, tmp_path / "OUT")
    assert {path.name for path in tmp_path.iterdir()} == {"project"}
    assert read_deliveries(project) == ()


def test_what_versions_tell_together_is_said(project: Project, tmp_path: Path) -> None:
    watch_version(project, CUT)
    assert deliver_version(project, CUT, tmp_path / "OUT").together.words == ()
    withdrawn(project)
    with pytest.MonkeyPatch.context() as patch, Workers(1) as workers:
        use_audit(patch)
        render_version(project, CUT, Desk(workers))
    watch_version(project, CUT)
    done = deliver_version(project, CUT, tmp_path / "OUT2")
    assert done.together.people == ("P01",)


def test_the_status_says_the_next_step(project: Project, tmp_path: Path) -> None:
    assert film_status(project).next_step == f"safehouse watch {CUT}"
    watch_version(project, CUT)
    assert film_status(project).next_step == f"safehouse deliver {CUT} -o OUT/"
    deliver_version(project, CUT, tmp_path / "OUT")
    assert film_status(project).next_step == ""
    withdrawn(project)
    found = film_status(project)
    assert found.next_step == f"safehouse render --version {CUT}"
    assert found.versions[0].counts == {"wrong": 1}
    assert found.versions[0].delivered == 1


@pytest.mark.parametrize(
    "given",
    [
        {"version": "../../etc"},
        {"version": ".hidden"},
        {"version": "Festival Cut"},
        {"version": "a" * 65},
        {"territories": ("XX",)},
        {"territories": ("fr",)},
        {"day": "2027-02-30"},
        {"clips": ("C0009",)},
    ],
    ids=str,
)
def test_a_version_that_can_not_be_is_refused(project: Project, given: dict[str, object]) -> None:
    before = read_versions(project)
    fine: dict[str, object] = {"version": "other", "medium": "online"}
    with pytest.raises(UsageError):
        add_version(project, AddVersion(**{**fine, **given}))  # type: ignore[arg-type]
    assert read_versions(project) == before


def test_a_version_described_anew_is_the_same_version(project: Project) -> None:
    add_cut(project, territories=("FR", "DE"))
    (version,) = read_versions(project)
    assert version.territories == ("FR", "DE")
