"""A film is looked at clip by clip: failures are recorded, decisions kept, faces forgotten."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from made_findings import findings_of, head_at, track_of

from safehouse import film_analysis, film_jobs
from safehouse.analysis.asking import questions_of
from safehouse.analysis.grouping import LINE
from safehouse.analysis.pieces import cut_tracks
from safehouse.errors import SourceCrashed, SourceNotMedia, UsageError
from safehouse.film import add_clips
from safehouse.film_analysis import analyse_film, findings_name, group_film
from safehouse.film_jobs import Seen, View
from safehouse.model.acts import ConfirmPieces, LockPicture, SplitPerson
from safehouse.model.documents import format_document
from safehouse.model.findings import Findings
from safehouse.store.project import Project, create_project, open_project
from safehouse.store.reading_people import (
    faces_kept,
    read_clip_pieces,
    read_people,
    read_person_pieces,
    read_unknown_pieces,
)
from safehouse.workers import Workers

DRAW = np.random.default_rng(3)
FACES = DRAW.normal(0, 0.08, (9, 128)).astype(np.float32)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A project with three clips of one head each: of one person, of another, of the first."""
    with create_project(
        tmp_path / "film", passphrase=None, recipient=None, unsealed=True, who="anna"
    ) as made:
        for name in "abc":
            (tmp_path / f"{name}.mov").write_bytes(name.encode())
        add_clips(made, [tmp_path / f"{name}.mov" for name in "abc"])
        yield made


class Looks:
    """Stands for the finder and the looks at faces: what they see is in the clip's name."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.who = {"a": 0, "b": 1, "c": 0}

    def findings(self, source: Path, clip: str) -> Findings:
        found = findings_of([track_of("T0001", 0, [head_at(100)] * 50)], frames=50)
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        own = msgspec.structs.replace(found.clip, id=clip, sha256=digest)
        return msgspec.structs.replace(found, clip=own)

    def analyse(self, source: Path, clip: str, out: Path, desk: Any) -> Findings:
        self.asked.append(clip)
        desk.tell("looking", 25, 50)
        if clip in self.fails:
            raise self.fails[clip]
        found = self.findings(source, clip)
        out.write_bytes(format_document(found))
        return found

    def pieces(self, source: str, findings: str, told: str, faces: bool) -> bytes:
        found = self.findings(Path(source), Path(findings).stem)
        pieces = cut_tracks(found)
        vector = FACES[self.who[Path(source).stem]]
        views = [View(pieces[0].id, 5, 0.8, vector.astype("<f4").tobytes())] if faces else []
        return msgspec.msgpack.encode(Seen(pieces, questions_of(found), tuple(views)))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    stand_in = Looks()

    def run_alone(_: Workers, job: Callable[..., Any], *args: Any, poll: Any = None) -> Any:
        assert job is film_jobs.pieces_job
        return stand_in.pieces(*args)

    monkeypatch.setattr(film_analysis, "analyse_clip", stand_in.analyse)
    monkeypatch.setattr(Workers, "run_alone", run_alone)
    return stand_in


def test_every_clip_is_looked_at_once_and_who_is_who_is_guessed(
    project: Project, looks: Looks
) -> None:
    found = analyse_film(project)
    assert (found.done, found.kept, found.exit_code) == (["C0001", "C0002", "C0003"], [], 0)
    people = {p.person.id: (p.confirmed, p.suggested, p.clips) for p in read_people(project)}
    assert people == {"P01": (0, 2, 2), "P02": (0, 1, 1)}
    again = analyse_film(project)
    assert (again.done, again.kept) == ([], ["C0001", "C0002", "C0003"])
    assert looks.asked == ["C0001", "C0002", "C0003"]


def test_findings_lie_sealed_and_their_digest_is_on_record(project: Project, looks: Looks) -> None:
    analyse_film(project)
    text = project.files.get("findings/C0002.json")
    assert msgspec.json.decode(text, type=Findings).clip.id == "C0002"
    (row,) = project.rows("SELECT * FROM clip WHERE id = 'C0002'")
    assert row["findings_sha256"] == hashlib.sha256(text).hexdigest()
    assert (row["width"], row["height"], row["frames"], row["rate"]) == (640, 360, 50, "25/1")
    assert row["seconds"] == 2.0
    assert not list(project.work.iterdir()), "nothing plain is left"
    held = [p.read_bytes() for p in project.folder.rglob("*") if p.is_file()]
    assert not any(b"T0001" in content for content in held)


@pytest.mark.parametrize("damage", ["gone", "cut", "older"])
def test_findings_that_are_not_those_on_record_are_made_again(
    project: Project, looks: Looks, damage: str
) -> None:
    analyse_film(project)
    project.act(ConfirmPieces(("C0002-A001",), "P02"))
    name = findings_name("C0002")
    path = project.folder / "sealed" / f"{name}.age"
    good = project.files.get(name)
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    else:
        project.files.put(name, good.replace(b"T0001", b"T0009"))
    found = analyse_film(project)
    assert (found.done, found.kept) == (["C0002"], ["C0001", "C0003"])
    assert project.files.get(name) == good
    (row,) = project.rows("SELECT person FROM piece WHERE id = 'C0002-A001'")
    assert row["person"] == "P02", "what was decided stays"
    assert analyse_film(project).done == []


def test_a_clip_that_fails_is_recorded_and_the_others_go_on(project: Project, looks: Looks) -> None:
    looks.fails["C0002"] = SourceCrashed("it died", next_step="copy it")
    found = analyse_film(project)
    assert found.done == ["C0001", "C0003"]
    assert [(clip, failure.id) for clip, failure in found.failures] == [("C0002", "E19")]
    assert found.exit_code == 19
    (row,) = project.rows("SELECT error, error_words FROM clip WHERE id = 'C0002'")
    assert row["error"] == "E19"
    assert "died" in row["error_words"]
    looks.fails.clear()
    assert analyse_film(project).done == ["C0002"]
    (row,) = project.rows("SELECT error FROM clip WHERE id = 'C0002'")
    assert row["error"] == ""


def test_a_bug_of_ours_in_one_clip_does_not_end_the_others(project: Project, looks: Looks) -> None:
    looks.fails["C0001"] = ZeroDivisionError()
    found = analyse_film(project)
    assert found.done == ["C0002", "C0003"]
    assert found.exit_code == 1


def test_no_name_of_a_file_goes_into_the_history(project: Project, looks: Looks) -> None:
    looks.fails["C0001"] = SourceNotMedia("'Maria.mov' is no film", next_step="name a film")
    analyse_film(project)
    (row,) = project.rows("SELECT error_words FROM clip WHERE id = 'C0001'")
    assert "Maria" not in row["error_words"]


def test_a_clip_that_changed_is_named_and_not_looked_at(
    project: Project, looks: Looks, tmp_path: Path
) -> None:
    analyse_film(project)
    (tmp_path / "b.mov").write_bytes(b"other")
    found = analyse_film(project)
    assert [(clip, failure.id) for clip, failure in found.failures] == [("C0002", "E12")]
    assert found.exit_code == 12
    assert len(looks.asked) == 3


def test_a_clip_that_changes_while_it_is_looked_at_gives_no_findings(
    project: Project, looks: Looks, tmp_path: Path
) -> None:
    real = looks.findings

    def changed(source: Path, clip: str) -> Findings:
        found = real(source, clip)
        other = msgspec.structs.replace(found.clip, sha256="0" * 64)
        return msgspec.structs.replace(found, clip=other)

    looks.findings = changed  # type: ignore[method-assign]
    assert {failure.id for _, failure in analyse_film(project).failures} == {"E12"}
    assert project.files.names("findings/") == ()


def test_a_copy_with_another_time_is_the_same_clip(
    project: Project, looks: Looks, tmp_path: Path
) -> None:
    analyse_film(project)
    (tmp_path / "a.mov").write_bytes(b"a")
    assert analyse_film(project).kept == ["C0001", "C0002", "C0003"]
    (row,) = project.rows("SELECT mtime_ns FROM clip WHERE id = 'C0001'")
    assert row["mtime_ns"] == (tmp_path / "a.mov").stat().st_mtime_ns


def test_a_clip_on_a_disk_that_is_not_plugged_in_keeps_everything(
    project: Project, looks: Looks, tmp_path: Path
) -> None:
    analyse_film(project)
    (tmp_path / "a.mov").unlink()
    found = analyse_film(project)
    assert [(clip, failure.id) for clip, failure in found.failures] == [("C0001", "E10")]
    (row,) = project.rows("SELECT error, frames FROM clip WHERE id = 'C0001'")
    assert tuple(row) == ("", 50)


def test_what_was_confirmed_and_split_stays_when_a_film_grows(
    project: Project, looks: Looks, tmp_path: Path
) -> None:
    analyse_film(project, ["C0001", "C0002"])
    (piece,) = read_clip_pieces(project, "C0001")
    project.act(ConfirmPieces((piece.id,), "P01"))
    analyse_film(project)
    analyse_film(project, ["C0001"])
    people = {p.person.id: (p.confirmed, p.suggested) for p in read_people(project)}
    assert people["P01"] == (1, 1)
    (other,) = read_clip_pieces(project, "C0003")
    project.act(SplitPerson("P01", (other.id,), "P03"))
    group_film(project)
    assert [one.suggested for one in read_clip_pieces(project, "C0003")] == ["P03"]
    project.undo()
    assert [one.suggested for one in read_clip_pieces(project, "C0003")] == ["P01"]


def test_a_guess_near_the_line_is_asked_about_and_confirming_answers_it(
    project: Project, looks: Looks
) -> None:
    way = (FACES[1] - FACES[0]) / np.linalg.norm(FACES[1] - FACES[0])
    FACES[2] = FACES[0] + (LINE + 0.02) * way
    looks.who["b"] = 2
    analyse_film(project)
    (row,) = project.rows("SELECT id, clip, kind, answer FROM question WHERE kind = 'near'")
    assert row["answer"] == "open"
    piece = row["id"].replace("-N", "-A")
    project.act(ConfirmPieces((piece,), "P01"))
    (row,) = project.rows("SELECT answer FROM question WHERE kind = 'near'")
    assert row["answer"] == "accept"


def test_faces_are_forgotten_and_not_looked_at_while_the_picture_is_locked(
    project: Project, looks: Looks, tmp_path: Path
) -> None:
    analyse_film(project, ["C0001", "C0002"])
    assert faces_kept(project) == 2
    project.act(LockPicture())
    analyse_film(project, ["C0003"])
    assert faces_kept(project) == 2
    project.forget_faces()
    folder = project.folder
    assert faces_kept(project) == 0
    assert {p.person.id for p in read_people(project)} == {"P01", "P02"}
    project.close()
    with open_project(folder) as again:
        assert faces_kept(again) == 0
        assert group_film(again).guesses == ()


def test_embeddings_never_go_into_the_history(project: Project, looks: Looks) -> None:
    analyse_film(project)
    project.snapshot()
    bodies = b"".join(bytes(entry.act) for entry in project.entries())
    vector = FACES[0].astype("<f4").tobytes()
    assert vector not in bodies
    assert b64encode(vector)[:100] not in bodies
    assert b64encode(np.float32(0.8).tobytes() + vector)[:100] not in bodies
    assert faces_kept(project) == 3


def test_one_bar_goes_over_the_whole_film(project: Project, looks: Looks) -> None:
    told: list[tuple[str, int, int]] = []
    analyse_film(project, tell=lambda what, done, total: told.append((what, done, total)))
    assert {(what, total) for what, _, total in told} == {("film, MB", 3)}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == 3


def test_readers_give_pieces_by_person_and_those_of_nobody(project: Project, looks: Looks) -> None:
    analyse_film(project, faces=False)
    assert [one.clip for one in read_unknown_pieces(project)] == ["C0001", "C0002", "C0003"]
    assert [one.clip for one in read_unknown_pieces(project, most=1, after=1)] == ["C0002"]
    analyse_film(project, ["C0001", "C0003"])
    (first, second) = read_person_pieces(project, "P01")
    assert (first.clip, first.first_s, first.last_s) == ("C0001", 0.0, 2.0)
    assert second.suggested == "P01"


def test_a_clip_that_is_not_there_is_refused(project: Project, looks: Looks) -> None:
    with pytest.raises(UsageError, match="C0077"):
        analyse_film(project, ["C0077"])


def test_looking_again_leaves_no_old_embedding(project: Project, looks: Looks) -> None:
    analyse_film(project, ["C0001"])
    assert faces_kept(project) == 1
    analyse_film(project, ["C0001"], faces=False)
    assert faces_kept(project) == 0


def test_a_crash_before_the_act_costs_time_alone(
    project: Project, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Project, "act", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            analyse_film(project, ["C0001"])
    assert read_clip_pieces(project, "C0001") == ()
    assert analyse_film(project).done == ["C0001", "C0002", "C0003"]
    assert faces_kept(project) == 3
