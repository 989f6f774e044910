"""Film projects for the tests of versions: a clip with two appearances, and who agreed to what."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from made_projects import made_project
from registers import change, person, record

from safehouse import version_films
from safehouse.choices import Inquiry
from safehouse.model.acts import (
    AddVersion,
    ChangeState,
    ConfirmPieces,
    Decide,
    DescribePerson,
    RecordConsent,
    SecondWidening,
)
from safehouse.model.documents import format_document
from safehouse.model.report import Attack, Control, Report
from safehouse.pipeline import Desk, digest_file
from safehouse.store.project import Project, open_project

CUT = "festival-cut"


def answered(project: Project) -> None:
    """Answer every question."""
    rows = project.rows("SELECT id FROM question")
    project.act(*(Decide(row[0], "accept") for row in rows))


def agreed(project: Project, *, face: bool = True) -> None:
    """P01 is the first appearance, and said yes with everything that it takes."""
    project.act(DescribePerson(person("P01")), ConfirmPieces(("C0001-A001",), "P01"))
    project.act(RecordConsent(record("R0001", person="P01", traits={"face": face})))
    if face:
        seconded(project, "R0001")


def seconded(project: Project, record_id: str) -> None:
    """Somebody else agrees to a record that widens."""
    who, project.who = project.who, "second"
    project.act(SecondWidening(record_id, project.clock()[:10]))
    project.who = who


def withdrawn(project: Project, who: str = "P01") -> None:
    """A person backs out."""
    project.act(ChangeState(change("withdrawn", project.clock()[:10], id="S0001", person=who)))


def add_cut(project: Project, name: str = CUT, **given: object) -> None:
    """Add a version for festivals, drawn in the fastest look."""
    version = AddVersion(version=name, medium="festival", look="solid")
    project.act(msgspec.structs.replace(version, **given))


def make_template(folder: Path) -> Path:
    """Make a project with one clip, every question answered, and a version; return its folder."""
    with made_project(folder) as project:
        answered(project)
        add_cut(project)
        return Path(project.folder)


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Project]:
    """An open copy of a template; its clip stays where it is."""
    shutil.copytree(template, folder / "project")
    with open_project(folder / "project", who="reviewer") as project:
        yield project


Audit = Callable[[Inquiry, Path, Desk], bool]


def audit_finding(*, held: bool) -> Audit:
    """An audit that attacks nothing and finds what it is told."""

    def audit(inquiry: Inquiry, folder: Path, desk: Desk) -> bool:
        del desk
        assert inquiry.plan is not None
        attack = Attack(
            name="faces",
            title="faces",
            result="leak" if held else "none found",
            figure="",
            control=Control(True, ""),
        )
        report = Report(
            clip="C0001",
            film_sha256=digest_file(inquiry.film),
            plan_sha256=digest_file(inquiry.plan),
            held=held,
            attacks=(attack,),
            remains=("clothing and body shape",),
            program="safehouse test",
            digest="d" * 64,
        )
        (folder / "report.json").write_bytes(format_document(report))
        (folder / "report.html").write_text("<p>report</p>")
        return held

    return audit


def use_audit(patch: pytest.MonkeyPatch, *, held: bool = False) -> None:
    """Let films be audited by `audit_finding`."""
    patch.setattr(version_films, "audit_film", audit_finding(held=held))
