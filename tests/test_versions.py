"""Versions: plans as consent and decisions are now, films that are redone when those change."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest
from registers import person, record
from versioned import (
    CUT,
    add_cut,
    agreed,
    audit_finding,
    copied,
    make_template,
    seconded,
    use_audit,
    withdrawn,
)

from safehouse import version_films
from safehouse.delivering import hindrances
from safehouse.errors import (
    NotRendered,
    ProjectDamaged,
    RenderWrong,
    SourceChanged,
    VersionEmpty,
    VersionUnknown,
)
from safehouse.language import load_language
from safehouse.model.acts import (
    AddClip,
    ConfirmPieces,
    Decide,
    DescribePerson,
    DrawMask,
    MarkNotPerson,
    MoveClip,
    RecordConsent,
    ReplaceSpan,
    VoiceIs,
)
from safehouse.model.shape import Ellipse, Key
from safehouse.papers import has_papers
from safehouse.pipeline import Desk
from safehouse.store.project import Project, create_project, open_project
from safehouse.store.reading_versions import read_renders, read_version
from safehouse.version_states import clips_of, inputs_of, rulings_of
from safehouse.versions import audit_version, build_version_plan, render_version, rerender, states
from safehouse.workers import Workers


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Workers(1) as workers:
        yield Desk(workers)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def project(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project with one clip, two appearances, every question answered, and a version."""
    use_audit(monkeypatch)
    with copied(template, tmp_path) as made:
        yield made


def what(rendered: Any) -> list[str]:
    return [row.what for row in rendered.clips]


def stand(project: Project) -> str:
    (row,) = states(project, CUT)
    return row.state


def film_of(project: Project) -> Path:
    return project.folder / "renders" / CUT / "C0001.mov"


def face_detail(film: Path, frame: int) -> float:
    """How much detail is in the place of the portrait's face."""
    with av.open(str(film)) as opened:
        for number, picture in enumerate(opened.decode(video=0)):
            if number == frame:
                left = 40 + 3 * frame % 300
                luma = picture.to_ndarray(format="gray")[80:200, left + 110 : left + 200]
                return float(np.std(luma))
    raise AssertionError(frame)


def test_without_consent_everybody_is_hidden(project: Project, desk: Desk) -> None:
    assert stand(project) == "missing"
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert stand(project) == "ready"
    assert read_renders(project, CUT)["C0001"].shows == ()
    assert max(face_detail(film_of(project), frame) for frame in (5, 30, 50)) < 5


PAPERS = (f"plans/{CUT}/C0001.json", f"reports/{CUT}/C0001.json", f"reports/{CUT}/C0001.html")


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("damage", ["gone", "cut", "another"])
def test_a_film_whose_plan_or_report_is_damaged_is_rendered_again(
    project: Project, desk: Desk, name: str, damage: str
) -> None:
    render_version(project, CUT, desk)
    before = read_renders(project, CUT)["C0001"]
    path = project.folder / "sealed" / f"{name}.age"
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
        assert stand(project) == "missing"
    elif damage == "cut":
        path.write_bytes(whole[:-5])
    else:
        other = next(paper for paper in PAPERS if paper != name)
        path.write_bytes((project.folder / "sealed" / f"{other}.age").read_bytes())
    assert hindrances(project, CUT).rows[0].id == "E70"
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert has_papers(project, before)
    assert read_renders(project, CUT)["C0001"].film_sha256 == before.film_sha256
    assert "E70" not in [row.id for row in hindrances(project, CUT).rows]
    assert what(render_version(project, CUT, desk)) == ["as it was"]


def test_a_film_that_was_swapped_is_rendered_again(project: Project, desk: Desk) -> None:
    render_version(project, CUT, desk)
    whole = film_of(project).read_bytes()
    film_of(project).write_bytes(whole[:-1] + b"x")
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert film_of(project).read_bytes() == whole


def test_a_begun_film_whose_sealed_plan_is_damaged_is_begun_anew(
    project: Project, desk: Desk
) -> None:
    name = f"pending/{CUT}/C0001.json"
    project.files.put(name, b"{}")
    path = project.folder / "sealed" / f"{name}.age"
    path.write_bytes(path.read_bytes()[:-5])
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert not path.exists()


def test_findings_that_are_not_those_on_record_make_no_film(project: Project, desk: Desk) -> None:
    name = "findings/C0001.json"
    text = project.files.get(name)
    project.files.put(name, text + b" ")
    (row,) = render_version(project, CUT, desk).clips
    assert isinstance(row.error, ProjectDamaged)
    assert not film_of(project).exists()
    project.files.put(name, text)
    assert what(render_version(project, CUT, desk)) == ["rendered"]


def test_nothing_plain_is_left_and_the_film_carries_its_reel(project: Project, desk: Desk) -> None:
    render_version(project, CUT, desk)
    lying = [path for path in project.folder.rglob("*") if path.is_file()]
    assert not any(b"plan/1" in path.read_bytes() for path in lying)
    assert list(project.work.iterdir()) == []
    assert [path.name for path in film_of(project).parent.iterdir()] == ["C0001.mov"]
    with av.open(str(film_of(project))) as opened:
        assert opened.streams.data[0].metadata["reel_name"] == "C0001"


def test_who_agreed_is_shown_where_a_human_confirmed_it_and_nowhere_else(
    project: Project, desk: Desk
) -> None:
    render_version(project, CUT, desk)
    agreed(project)
    assert stand(project) == "stale"
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert read_renders(project, CUT)["C0001"].shows == (("P01", "face", ("R0001",)),)
    assert face_detail(film_of(project), 15) > 15
    assert face_detail(film_of(project), 50) < 5
    plan = build_version_plan(project, CUT, "C0001", desk)
    assert {shown.person for shown in plan.shown} == {"P01"}


def test_a_voice_is_heard_where_a_human_said_whose_it_is_and_they_agreed(
    project: Project, desk: Desk
) -> None:
    project.act(DescribePerson(person("P01")))
    project.act(RecordConsent(record("R0001", person="P01", traits={"voice": True})))
    seconded(project, "R0001")
    project.act(VoiceIs(clip="C0001", stream=1, first=0, end=48_000, person="P01"))
    render_version(project, CUT, desk)
    assert read_renders(project, CUT)["C0001"].shows == (("P01", "voice", ("R0001",)),)
    with av.open(str(film_of(project))) as opened:
        sound = np.concatenate([f.to_ndarray() for f in opened.decode(audio=0)], axis=1)
    assert np.abs(sound[:, 10_000:40_000]).max() > 0.2
    assert np.abs(sound[:, 50_000:]).max() < 0.01


def test_only_what_changed_is_rendered(project: Project, desk: Desk) -> None:
    render_version(project, CUT, desk)
    made = film_of(project).stat().st_mtime_ns
    assert what(render_version(project, CUT, desk)) == ["as it was"]
    assert film_of(project).stat().st_mtime_ns == made
    oval = Key(0, Ellipse(16 * 50, 16 * 50, 16 * 20, 16 * 20))
    project.act(DrawMask(clip="C0001", mask="H1", first=0, end=10, keys=(oval,), kind="sign"))
    assert stand(project) == "stale"
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    add_cut(project, look="veil")
    assert stand(project) == "stale"


def test_whatever_decides_who_is_shown_makes_films_stale(project: Project) -> None:
    version = read_version(project, CUT)

    def digest() -> str:
        clips = clips_of(project, version)
        return inputs_of(project, version, rulings_of(project, version), clips)["C0001"]

    agreed(project)
    question = project.rows("SELECT id FROM question")[0][0]
    oval = Key(0, Ellipse(16 * 50, 16 * 50, 16 * 20, 16 * 20))
    seen = [digest()]
    for act in (
        MarkNotPerson(("C0001-A001",)),
        ConfirmPieces(("C0001-A001",), "P01"),
        ConfirmPieces(("C0001-A002",), "P02"),
        Decide(question, "hide"),
        DrawMask(clip="C0001", mask="H1", first=0, end=9, keys=(oval,), kind="sign"),
        ReplaceSpan(clip="C0001", first=3, end=9, by="slate"),
        VoiceIs(clip="C0001", stream=1, first=0, end=4800, person="P01"),
    ):
        project.act(act)
        seen.append(digest())
    assert all(one != other for one, other in pairwise(seen))
    withdrawn(project)
    assert digest() not in seen


def test_a_withdrawal_makes_films_wrong_and_they_go_before_new_ones_are_made(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(project)
    render_version(project, CUT, desk)
    withdrawn(project)
    (row,) = states(project, CUT)
    assert row.state == "wrong"
    assert "P01" in row.why[0]
    assert load_language("fr").say(row.why[0]).startswith("il montre")
    assert msgspec.json.encode(row)
    with pytest.raises(RenderWrong):
        audit_version(project, CUT, desk)

    def no_disk(*_: object, **__: object) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(version_films, "render_film", no_disk)
        (done,) = rerender(project, [CUT], desk)
    assert what(done) == ["failed"]
    assert not film_of(project).exists()
    assert what(rerender(project, [CUT], desk)[0]) == ["rendered"]
    assert stand(project) == "ready"
    assert face_detail(film_of(project), 15) < 5


@pytest.mark.parametrize("fact", ["sha256", "findings_sha256", "origin"])
def test_each_fact_about_a_clip_makes_its_film_stale(project: Project, fact: str) -> None:
    version = read_version(project, CUT)
    (clip,) = clips_of(project, version)
    rulings = rulings_of(project, version)
    changed = msgspec.structs.replace(clip, **{fact: "another"})
    before = inputs_of(project, version, rulings, (clip,))
    assert inputs_of(project, version, rulings, (changed,)) != before


@pytest.mark.parametrize("given", [{"look": "veil"}, {"voices": "disguise"}])
def test_each_choice_of_a_version_makes_its_films_stale(
    project: Project, given: dict[str, str]
) -> None:
    version = read_version(project, CUT)
    clips, rulings = clips_of(project, version), rulings_of(project, version)
    other = msgspec.structs.replace(version, **given)
    before = inputs_of(project, version, rulings, clips)
    assert inputs_of(project, other, rulings, clips) != before


def test_another_ruling_for_who_is_confirmed_makes_a_film_stale(project: Project) -> None:
    agreed(project)
    version = read_version(project, CUT)
    clips, rulings = clips_of(project, version), rulings_of(project, version)
    assert rulings["P01", "face"].allowed
    before = inputs_of(project, version, rulings, clips)
    for change in ({"allowed": False}, {"records": ("R0009",)}):
        ruling = msgspec.structs.replace(rulings["P01", "face"], **change)
        other = {**rulings, ("P01", "face"): ruling}
        assert inputs_of(project, version, other, clips) != before


def test_a_film_of_a_clip_that_was_sent_in_after_all_is_wrong(project: Project, desk: Desk) -> None:
    agreed(project)
    render_version(project, CUT, desk)
    clip = clips_of(project, read_version(project, CUT))[0]
    project.act(MoveClip(clip="C0001", path=clip.path, mtime_ns=1, origin="unknown"))
    (row,) = states(project, CUT)
    assert row.state == "wrong"
    assert "unknown origin" in row.why[0]
    assert next(one.id for one in hindrances(project, CUT).rows) == "E72"
    assert what(rerender(project, [CUT], desk)[0]) == ["rendered"]
    assert stand(project) == "ready"
    assert read_renders(project, CUT)["C0001"].shows == ()
    assert face_detail(film_of(project), 15) < 5


def test_films_of_clips_that_a_version_lost_go_too(project: Project, desk: Desk) -> None:
    agreed(project)
    render_version(project, CUT, desk)
    other = AddClip(clip="C0002", path="/nowhere", sha256="1" * 64, size_bytes=1, mtime_ns=1)
    project.act(other)
    add_cut(project, clips=("C0002",))
    withdrawn(project)
    assert what(rerender(project, [CUT], desk)[0]) == ["failed"]
    assert not film_of(project).exists()


def test_withdrawn_while_it_rendered_the_film_is_thrown_away(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(project)
    attack = version_films.audit_film

    def meanwhile(*given: Any) -> bool:
        withdrawn(project)
        return attack(*given)

    monkeypatch.setattr(version_films, "audit_film", meanwhile)
    done = render_version(project, CUT, desk)
    assert what(done) == ["thrown away"]
    assert isinstance(done.clips[0].error, NotRendered)
    assert read_renders(project, CUT) == {}
    assert not [path for path in project.folder.rglob("*.mov") if "renders" in path.parts]
    assert stand(project) == "missing"


def test_confirmed_and_undone_while_it_rendered_shows_nobody(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a plan is made from is read at one moment: a change that comes and goes is not in it."""
    project.act(DescribePerson(person("P01")), RecordConsent(record("R0001", person="P01")))
    seconded(project, "R0001")
    plan_now = version_films.plan_now

    def between(*given: Any, **named: Any) -> Any:
        project.act(ConfirmPieces(("C0001-A001",), "P01"))
        plan = plan_now(*given, **named)
        project.undo()
        return plan

    monkeypatch.setattr(version_films, "plan_now", between)
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert read_renders(project, CUT)["C0001"].shows == ()
    assert face_detail(film_of(project), 15) < 5


def test_stopped_midway_it_goes_on_with_finished_chunks(
    template: Path, tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_audit(monkeypatch)
    with copied(template, tmp_path) as project:

        def stopped(*_: object) -> bool:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(version_films, "audit_film", stopped)
            with pytest.raises(KeyboardInterrupt):
                render_version(project, CUT, desk)
        assert stand(project) == "missing"
    chunks = sorted((tmp_path / "project" / "renders").rglob("chunk-*"))
    assert chunks
    made = [path.stat().st_mtime_ns for path in chunks]
    with open_project(tmp_path / "project", who="another") as project:
        kept: list[int] = []
        attack = version_films.audit_film

        def looked(*given: Any) -> bool:
            kept.extend(path.stat().st_mtime_ns for path in chunks)
            return attack(*given)

        monkeypatch.setattr(version_films, "audit_film", looked)
        assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert kept == made
    assert not list((tmp_path / "project" / "renders").rglob(".work*"))


def test_one_clip_that_fails_leaves_the_others_going(project: Project, desk: Desk) -> None:
    lost = AddClip(clip="C0000", path="/nowhere/a.mov", sha256="0" * 64, size_bytes=1, mtime_ns=1)
    project.act(lost)
    told: list[str] = []
    done = render_version(project, CUT, desk, told=lambda row: told.append(row.clip))
    assert what(done) == ["failed", "rendered"]
    assert told == ["C0000", "C0001"]
    assert [row.error.id for row in done.failed if row.error] == ["E10"]


def test_a_file_that_is_not_the_clip_any_more_is_refused(project: Project, desk: Desk) -> None:
    project.act(MoveClip(clip="C0001", path=__file__, mtime_ns=1))
    (row,) = render_version(project, CUT, desk).clips
    assert row.error is not None
    assert row.error.id == "E12"
    assert "safehouse add it, as a new clip" in row.error.next_step
    assert read_renders(project, CUT) == {}


def test_a_film_is_not_held_against_another_file_than_its_clip(
    project: Project, desk: Desk
) -> None:
    render_version(project, CUT, desk)
    project.act(MoveClip(clip="C0001", path=__file__, mtime_ns=1))
    with pytest.raises(SourceChanged) as refused:
        audit_version(project, CUT, desk)
    assert "safehouse add it, as a new clip" in refused.value.next_step
    assert stand(project) == "ready"


def test_an_audit_of_a_version_can_hold_its_films(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_version(project, CUT, desk)
    use_audit(monkeypatch, held=True)
    assert [row.held for row in audit_version(project, CUT, desk).clips] == [True]
    assert stand(project) == "held"
    assert [path.name for path in film_of(project).parent.iterdir()] == ["C0001.mov.held"]
    assert what(render_version(project, CUT, desk)) == ["as it was"]
    use_audit(monkeypatch)
    audit_version(project, CUT, desk)
    assert stand(project) == "ready"
    film_of(project).write_bytes(b"another")
    with pytest.raises(NotRendered):
        audit_version(project, CUT, desk)


def test_a_quick_audit_never_lets_go_what_is_held(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_version(project, CUT, desk)
    asked: list[bool] = []

    def audit(held: bool) -> Any:
        attack = audit_finding(held=held)

        def noted(inquiry: Any, *rest: Any) -> bool:
            asked.append(inquiry.quick)
            return attack(inquiry, *rest)

        return noted

    for held in (True, True, False, False):
        monkeypatch.setattr(version_films, "audit_film", audit(held))
        audit_version(project, CUT, desk, full=False)
    assert asked == [True, False, False, True]


def test_an_older_plan_that_was_put_back_is_not_audited_by(project: Project, desk: Desk) -> None:
    render_version(project, CUT, desk)
    sealed = project.folder / "sealed" / "plans" / CUT / "C0001.json.age"
    older = sealed.read_bytes()
    agreed(project)
    render_version(project, CUT, desk)
    sealed.write_bytes(older)
    with pytest.raises(ProjectDamaged):
        audit_version(project, CUT, desk)


def test_a_film_that_was_not_put_down_to_its_end_is_missing(project: Project, desk: Desk) -> None:
    """Killed between the film and its record: what was sealed before it began is still there."""
    render_version(project, CUT, desk)
    assert stand(project) == "ready"
    project.files.put(f"pending/{CUT}/C0001.json", b"{}")
    assert stand(project) == "missing"
    assert what(render_version(project, CUT, desk)) == ["rendered"]
    assert stand(project) == "ready"


def test_a_film_that_is_gone_is_missing(project: Project, desk: Desk) -> None:
    render_version(project, CUT, desk)
    film_of(project).unlink()
    assert stand(project) == "missing"


def test_versions_that_are_not_there_or_empty_are_refused(tmp_path: Path, desk: Desk) -> None:
    with create_project(
        tmp_path / "p", passphrase=None, recipient=None, unsealed=True, who="op"
    ) as project:
        with pytest.raises(VersionUnknown):
            render_version(project, CUT, desk)
        add_cut(project)
        with pytest.raises(VersionEmpty):
            render_version(project, CUT, desk)
