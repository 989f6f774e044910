"""Cutting copies hide everybody, play anywhere, and are made again only when something changed."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from registers import person
from versioned import agreed, copied, make_template

from safehouse import proxies
from safehouse.media.containers import check_film
from safehouse.model.acts import ConfirmPieces, DescribePerson, DrawMask, MoveClip, ReplaceSpan
from safehouse.model.shape import Ellipse, Key
from safehouse.pipeline import Desk
from safehouse.proxies import Wanted, make_proxies
from safehouse.store.project import Project, open_project
from safehouse.workers import Workers


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Workers(1) as workers:
        yield Desk(workers)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Iterator[Project]:
    with copied(template, tmp_path) as made:
        yield made


def copy_in(project: Project) -> Path:
    return project.folder / "proxies" / "C0001.mp4"


def luma(film: Path, frame: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    with av.open(str(film)) as opened:
        for number, picture in enumerate(opened.decode(video=0)):
            if number == frame:
                return picture.to_ndarray(format="gray")
    raise AssertionError(frame)


def face_detail(film: Path, frame: int) -> float:
    left = 40 + 3 * frame % 300
    return float(np.std(luma(film, frame)[80:200, left + 110 : left + 200]))


def test_everybody_is_hidden_even_who_agreed(project: Project, desk: Desk) -> None:
    agreed(project)
    (done,) = make_proxies(project, Wanted(look="solid"), desk)
    assert done.what == "made"
    assert max(face_detail(copy_in(project), frame) for frame in (5, 20, 50)) < 6


def test_it_has_the_clips_frames_times_and_channels_and_our_timecode(
    project: Project, desk: Desk
) -> None:
    make_proxies(project, Wanted(), desk)
    source = Path(project.rows("SELECT path FROM clip")[0][0])
    with av.open(str(copy_in(project))) as copy, av.open(str(source)) as clip:
        ours, theirs = copy.streams.video[0], clip.streams.video[0]
        assert (ours.codec.name, ours.pix_fmt, ours.profile) == ("h264", "yuv420p", "High")
        times = [frame.pts * ours.time_base for frame in copy.decode(ours)]
        assert times == [frame.pts * theirs.time_base for frame in clip.decode(theirs)]
        assert copy.streams.data[0].metadata["reel_name"] == "C0001"
    with av.open(str(copy_in(project))) as copy:
        sound = np.concatenate([frame.to_ndarray() for frame in copy.decode(audio=0)], axis=1)
        assert sound.shape[0] == 1
        assert np.abs(sound).max() == 0
    assert check_film(copy_in(project)) == ()


def test_the_words_are_burned_in(project: Project, desk: Desk) -> None:
    make_proxies(project, Wanted(), desk)
    low = luma(copy_in(project), 30)[300:, 160:480]
    assert (low > 220).sum() > 1000
    assert (low < 30).sum() > 500


def test_only_what_changed_is_made_again(project: Project, desk: Desk) -> None:
    assert [row.what for row in make_proxies(project, Wanted(), desk)] == ["made"]
    project.act(DescribePerson(person("P01")), ConfirmPieces(("C0001-A001",), "P01"))
    assert [row.what for row in make_proxies(project, Wanted(), desk)] == ["as it was"]
    oval = Key(0, Ellipse(16 * 50, 16 * 50, 16 * 20, 16 * 20))
    project.act(DrawMask(clip="C0001", mask="H1", first=0, end=10, keys=(oval,), kind="sign"))
    assert [row.what for row in make_proxies(project, Wanted(look="solid"), desk)] == ["made"]


@pytest.mark.parametrize("damage", ["gone", "changed", "its record"])
def test_a_copy_that_is_not_the_one_that_was_made_is_made_again(
    project: Project, desk: Desk, damage: str
) -> None:
    make_proxies(project, Wanted(), desk)
    film = copy_in(project)
    whole = film.read_bytes()
    record = project.folder / "sealed" / "proxies" / "C0001.json.age"
    if damage == "gone":
        film.unlink()
    elif damage == "changed":
        film.write_bytes(whole[:-1] + b"x")
    else:
        record.write_bytes(record.read_bytes()[:-5])
    assert [row.what for row in make_proxies(project, Wanted(), desk)] == ["made"]
    assert film.read_bytes() == whole
    assert [row.what for row in make_proxies(project, Wanted(), desk)] == ["as it was"]


def test_a_span_that_is_replaced_is_hidden_whole(project: Project, desk: Desk) -> None:
    project.act(ReplaceSpan(clip="C0001", first=10, end=20, by="still"))
    make_proxies(project, Wanted(), desk)
    assert np.std(luma(copy_in(project), 15)[:280]) < 3
    assert np.std(luma(copy_in(project), 25)[:280]) > 5


def test_stopped_midway_it_goes_on_and_shows_no_half_copy(
    template: Path, tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with copied(template, tmp_path) as project:
        with monkeypatch.context() as patch:
            patch.setattr(proxies, "replace_file", stopped)
            with pytest.raises(KeyboardInterrupt):
                make_proxies(project, Wanted(), desk)
        assert not copy_in(project).exists()
        work = copy_in(project).with_name(".work-C0001")
        made = {path.name: path.stat().st_mtime_ns for path in work.glob("chunk-*")}
        assert made
    with open_project(tmp_path / "project", who="op") as project:
        tell: list[tuple[str, int, int]] = []
        told = Desk(desk.workers, lambda *row: tell.append(row))
        assert [row.what for row in make_proxies(project, Wanted(), told)] == ["made"]
        assert ("copying", 60, 60) in tell
        assert not any(0 < done < 60 for stage, done, _ in tell if stage == "copying")
        assert not work.exists()


def test_names_of_the_card_are_used_only_when_asked(project: Project, desk: Desk) -> None:
    make_proxies(project, Wanted(), desk)
    assert not (project.folder / "proxies-named").exists()
    make_proxies(project, Wanted(names="own"), desk)
    assert [path.name for path in (project.folder / "proxies-named").iterdir()] == ["C0001.mp4"]


def test_a_clip_that_is_gone_fails_alone(project: Project, desk: Desk) -> None:
    project.act(MoveClip(clip="C0001", path="/nowhere/C0001.mov", mtime_ns=1))
    (done,) = make_proxies(project, Wanted(), desk)
    assert (done.what, done.error.id if done.error else "") == ("failed", "E10")
    project.act(MoveClip(clip="C0001", path=__file__, mtime_ns=1))
    (done,) = make_proxies(project, Wanted(), desk)
    assert done.error is not None
    assert (done.error.id, "as a new clip" in done.error.next_step) == ("E12", True)


def test_nothing_plain_is_left(project: Project, desk: Desk) -> None:
    make_proxies(project, Wanted(), desk)
    lying = [path for path in project.folder.rglob("*") if path.is_file()]
    assert not any(b"plan/1" in path.read_bytes() for path in lying)
    assert list(project.work.iterdir()) == []
