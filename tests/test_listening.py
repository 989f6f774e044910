"""A voice recorder in the film: who is heard is said by a human, and only that may be heard."""

import io
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from sounded import FIRST, LENGTH, RATE, SECOND, recorded_project, sound
from versioned import CUT, add_cut, use_audit

from safehouse.delivering import deliver_version, watch_version
from safehouse.errors import NotRendered, SourceChanged, UsageError
from safehouse.listening import hear, listen, listened, say_heard
from safehouse.media.containers import check_film
from safehouse.pipeline import Desk
from safehouse.proxies import Wanted, copy_of, make_proxies
from safehouse.store.project import Project, open_project
from safehouse.store.reading_versions import read_deliveries, read_renders
from safehouse.store.reading_view import read_marks
from safehouse.version_states import states
from safehouse.versions import audit_version, render_version
from safehouse.withdrawing import touched, withdraw
from safehouse.workers import Workers

EDGE = round(0.1 * RATE)
"""What a heard span loses at each end, 80 ms, and 20 ms in which it fades."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Workers(1) as workers:
        yield Desk(workers)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    with recorded_project(folder) as project:
        listen(project, "C0001")
    return folder / "project"


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(template, tmp_path / "project")
    with open_project(tmp_path / "project", who="anna") as made:
        yield made


def samples_of(file: Path) -> NDArray[np.float64]:
    with wave.open(str(file), "rb") as handle:
        assert (handle.getnchannels(), handle.getframerate()) == (1, RATE)
        raw = handle.readframes(handle.getnframes())
    return np.frombuffer(raw, "<i2").astype(np.float64) / 32768


def original() -> NDArray[np.float64]:
    return np.clip(np.rint(sound()[0].astype(np.float64) * 32768), -32768, 32767) / 32768


def both_said(project: Project) -> None:
    say_heard(project, "C0001", "P01", spans=[(0, *FIRST)])
    say_heard(project, "C0001", "P02", spans=[(0, *SECOND)])


def test_turns_are_found_and_kept_sealed(project: Project, template: Path) -> None:
    found = listened(project, "C0001")
    assert found is not None
    turns = [turn for track in found.voices.tracks for turn in track.turns]
    for first, end in (FIRST, SECOND):
        for at in range(first, end, RATE // 10):
            assert any(turn.first <= at < turn.end for turn in turns)
    levels = np.array(found.levels["0"])
    assert levels.size == 600
    assert levels[600 * 3 * RATE // LENGTH] < -50
    assert levels[600 * RATE // LENGTH] > -30
    lying = (path.read_bytes() for path in (template / "sealed").rglob("voices/*"))
    assert not any(b"voices/1" in content for content in lying)


def test_what_a_human_says_is_kept_and_can_be_undone(project: Project) -> None:
    turn = next(t for track in listened(project, "C0001").voices.tracks for t in track.turns)  # type: ignore[union-attr]  # listened to
    say_heard(project, "C0001", "P01", [turn.id])
    (row,) = read_marks(project, "C0001").voices
    assert (row.first, row.end, row.person) == (turn.first, turn.end, "P01")
    project.undo()
    assert read_marks(project, "C0001").voices == ()


@pytest.mark.parametrize(
    ("person", "turns", "spans", "error"),
    [
        ("P01", ["T0999"], [], UsageError),
        ("P01", [], [(0, 5, 5)], UsageError),
        ("P01", [], [(0, 0, LENGTH + 1)], UsageError),
        ("P01", [], [(3, 0, 5)], UsageError),
        ("P01", [], [], UsageError),
        ("P09", [], [(0, 0, 5)], UsageError),
    ],
)
def test_what_is_not_there_is_not_said(
    project: Project,
    person: str,
    turns: list[str],
    spans: list[tuple[int, int, int]],
    error: type[Exception],
) -> None:
    before = project.version
    with pytest.raises(error):
        say_heard(project, "C0001", person, turns, spans)
    assert project.version == before


def test_nobody_is_named_in_a_clip_that_nobody_listened_to(project: Project) -> None:
    project.files.remove("voices/C0001.json")
    with pytest.raises(NotRendered):
        say_heard(project, "C0001", "P01", ["T0001"])
    with pytest.raises(UsageError):
        listen(project, "C0009")


def test_an_original_is_heard_after_it_is_on_record(project: Project) -> None:
    made = hear(project, "C0001", 0, *FIRST)
    with wave.open(io.BytesIO(made)) as handle:
        assert handle.getnframes() == FIRST[1] - FIRST[0]
        raw = np.frombuffer(handle.readframes(handle.getnframes()), "<i2") / 32767
    assert np.abs(raw - original()[slice(*FIRST)]).max() < 1e-3
    (row,) = project.rows("SELECT body FROM act WHERE kind = 'HearOriginal'")
    assert row[0].endswith(b'"stream":0,"first":8000,"end":40000}')
    before = project.version
    with pytest.raises(UsageError):
        hear(project, "C0001", 0, 5, LENGTH + 1)
    assert project.version == before


def test_another_file_in_its_place_is_neither_heard_nor_listened_to(
    template: Path, tmp_path: Path
) -> None:
    shutil.copytree(template.parent, tmp_path / "all")
    with open_project(tmp_path / "all" / "project", who="anna") as project:
        project.db.execute("UPDATE clip SET path = ?", (str(tmp_path / "other.wav"),))
        (tmp_path / "other.wav").write_bytes(b"RIFF")
        project.files.remove("voices/C0001.json")
        with pytest.raises(SourceChanged):
            listen(project, "C0001")


def test_in_a_version_one_voice_is_heard_bit_for_bit_and_the_other_is_silent(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_audit(monkeypatch)
    both_said(project)
    add_cut(project)
    render_version(project, CUT, desk)
    (render,) = read_renders(project, CUT).values()
    assert render.file == f"renders/{CUT}/C0001.wav"
    assert render.shows == (("P01", "voice", ("R0001",)),)
    film, source = samples_of(project.folder / render.file), original()
    assert film.size == source.size
    heard = slice(FIRST[0] + EDGE, FIRST[1] - EDGE)
    assert np.array_equal(film[heard], source[heard])
    assert not film[: FIRST[0]].any()
    assert not film[FIRST[1] :].any()
    assert check_film(project.folder / render.file) == ()


def test_one_voice_is_heard_and_the_other_is_disguised(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_audit(monkeypatch)
    both_said(project)
    add_cut(project, voices="disguise")
    render_version(project, CUT, desk)
    film, source = samples_of(project.folder / f"renders/{CUT}/C0001.wav"), original()
    heard = slice(FIRST[0] + EDGE, FIRST[1] - EDGE)
    assert np.array_equal(film[heard], source[heard])
    ours, theirs = film[slice(*SECOND)], source[slice(*SECOND)]
    assert np.std(ours) > 0.01
    size = 1 << 17
    spectra = np.fft.rfft(ours, size) * np.conj(np.fft.rfft(theirs, size))
    alike = np.abs(np.fft.irfft(spectra)).max() / (np.linalg.norm(ours) * np.linalg.norm(theirs))
    assert alike < 0.35
    assert audit_version(project, CUT, desk).clips[0].what == "audited"
    shutil.rmtree(project.folder / f"renders/{CUT}/.made-C0001")
    with pytest.raises(NotRendered, match="made sound of clip C0001 is gone"):
        audit_version(project, CUT, desk)


def test_a_cutting_copy_has_name_length_and_neutral_place_and_nobodys_voice(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_said(project)
    (done,) = make_proxies(project, Wanted(names="own"), desk)
    assert done.what == "made"
    copy = copy_of(project, "C0001")
    assert copy == project.folder / "proxies" / "C0001.wav"
    assert copy is not None
    film = samples_of(copy)
    assert film.size == LENGTH
    assert not film.any()
    assert check_film(copy) == ()
    with av.open(str(copy)) as opened:
        assert opened.metadata == {"time_reference": str(3600 * RATE)}
    assert (project.folder / "proxies-named" / "ZOOM0001.WAV").samefile(copy)
    (again,) = make_proxies(project, Wanted(), desk)
    assert again.what == "as it was"
    make_proxies(project, Wanted(voices="disguise"), desk)
    film, source = samples_of(copy), original()
    assert np.std(film[slice(*FIRST)]) > 0.01
    assert not np.array_equal(film[slice(*FIRST)], source[slice(*FIRST)])


def test_who_is_only_heard_is_found_when_they_withdraw(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_audit(monkeypatch)
    both_said(project)
    add_cut(project)
    render_version(project, CUT, desk)
    watch_version(project, CUT)
    deliver_version(project, CUT, tmp_path / "OUT")
    assert (tmp_path / "OUT" / "C0001.wav").is_file()
    assert '"C0001.wav"' in (tmp_path / "OUT" / "provenance.json").read_text()
    (delivered,) = read_deliveries(project)
    assert delivered.act.places == (("C0001", "P01", "voice"),)
    found = withdraw(project, "P01")
    assert [one.id for one in found.delivered] == ["D0001"]
    assert [(one.clip, one.heard) for one in found.clips] == [("C0001", 1)]
    assert states(project, CUT)[0].state == "wrong"
    render_version(project, CUT, desk)
    assert not samples_of(project.folder / f"renders/{CUT}/C0001.wav").any()
    assert touched(project, "P02").delivered == ()
