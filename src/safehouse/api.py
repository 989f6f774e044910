"""The stages one by one, for programs: each takes files and gives a document or a film."""

from pathlib import Path

from safehouse.choices import Choices, Inquiry
from safehouse.machine import core_count
from safehouse.main_job import audit_to, build_plan_for, render_to
from safehouse.model.findings import Findings
from safehouse.model.plan import Plan
from safehouse.model.report import Report
from safehouse.outputs import require_document, require_source, require_writable, target_at, writing
from safehouse.pipeline import Desk, analyse_clip, choose_output, read_findings
from safehouse.plan.check import require_plan
from safehouse.workers import Workers

__all__ = ["analyse", "audit", "build_plan", "render"]


def analyse(clip: str | Path, output: str | Path, *, clip_id: str = "C0001") -> Findings:
    """Return the findings of a clip, which are also written to output.

    Raises:
        SourceError: the clip can't be read.
        OutputExists: output is there already.
    """
    source, out = Path(clip), Path(output)
    require_source(source)
    require_document(out, (source,), overwrite=False)
    with writing(), Workers(1) as workers:
        return analyse_clip(source, clip_id, out, Desk(workers))


def build_plan(
    findings: str | Path, *, choices: Choices | None = None, container: str = "mov"
) -> Plan:
    """Return the plan for a findings file: everybody found is hidden.

    Raises:
        FindingsMalformed: the file holds no findings.
        FormatRefused: the clip's pixel format can't go into the codec that was chosen.
    """
    path, wanted = Path(findings), choices or Choices()
    found = read_findings(path)
    with Workers(1) as workers:
        output = choose_output(
            path,
            workers,
            codec=wanted.codec,
            sound=wanted.sound,
            quality=wanted.quality,
            container=container,
        )
    return require_plan(build_plan_for(found, output, wanted))


def render(
    clip: str | Path,
    plan: str | Path,
    output: str | Path,
    *,
    workers: int | None = None,
    different_source: bool = False,
    overwrite: bool = False,
) -> Path:
    """Return the path of the film of a clip and a plan's file; the film is not audited.

    The same clip and plan give the same bytes on any number of workers.

    Raises:
        SourceChanged: the clip is not the plan's, and different_source is False.
    """
    source, target = Path(clip), target_at(Path(output))
    require_source(source)
    require_writable(target, (source, Path(plan)), overwrite=overwrite)
    with Workers(workers or core_count()) as pool:
        render_to(target, source, Path(plan), Desk(pool), different_source=different_source)
    return target.film


def audit(
    film: str | Path,
    clip: str | Path,
    plan: str | Path,
    folder: str | Path,
    *,
    quick: bool = True,
) -> Report:
    """Return the report of every attack on a film; report.json and report.html go into folder.

    A quick audit looks for faces in fewer frames, and with fewer detectors.

    Raises:
        SourceChanged: the clip is not the plan's.
        OutputExists: folder holds a report already.
    """
    require_source(Path(film))
    require_source(Path(clip))
    with Workers(1) as workers:
        desk = Desk(workers)
        inquiry = Inquiry(Path(film), Path(clip), Path(plan), quick=quick)
        return audit_to(inquiry, Path(folder), desk, overwrite=False)
