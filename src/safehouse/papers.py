"""Whether a film of a version, its plan and its report lie as they were recorded.

The tables say what was made; somebody may have swapped a film, or put an older plan or report back,
and a disk may have lost one. What is not there as it was recorded counts as not rendered.
"""

import msgspec

from safehouse.errors import ProjectDamaged, SealedMissing
from safehouse.model.acts import RecordRender
from safehouse.model.documents import parse_document
from safehouse.model.report import Report
from safehouse.pipeline import digest_file
from safehouse.store.project import Project

__all__ = ["has_papers", "is_as_made"]


def is_as_made(project: Project, render: RecordRender) -> bool:
    """Return whether a film, which is read, its plan and its report are those on record."""
    film = project.folder / render.file
    if not has_papers(project, render):
        return False
    return film.is_file() and digest_file(film) == render.film_sha256


def has_papers(project: Project, render: RecordRender) -> bool:
    """Return whether the sealed plan and report of a film are those on record."""
    name = f"{render.version}/{render.clip}"
    try:
        project.files.get(f"plans/{name}.json", render.plan_sha256)
        project.files.get(f"reports/{name}.html")
        report = parse_document(project.files.get(f"reports/{name}.json"), Report)
    except (SealedMissing, ProjectDamaged, msgspec.DecodeError):
        return False
    return report.digest == render.report_sha256
