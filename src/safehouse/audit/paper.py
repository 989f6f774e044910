"""Writes the report: report.json, and report.html made from it."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

from safehouse.audit.page import build_page
from safehouse.audit.proof import with_digest
from safehouse.audit.questions import questions_of
from safehouse.language import load_language
from safehouse.model.documents import format_document
from safehouse.model.plan import Plan
from safehouse.model.report import Report
from safehouse.store.atomic import write_whole

__all__ = ["write_report"]


def write_report(
    folder: Path, report: Report, plan: Plan, sheet: Sequence[bytes], language: str = "en"
) -> Report:
    """Write report.json and report.html into a folder; return the report as written.

    What people are asked, the program's version and the report's digest are put in here.

    Args:
        folder: must be there.
        report: what the attacks found.
        plan: who is hidden where.
        sheet: PNG pictures at `sheet.moments`.
        language: of the page, a code of `language.LANGUAGES`; report.json is English.
    """
    whole = msgspec.structs.replace(
        report, questions=questions_of(plan), program=f"safehouse {version('safehouse')}"
    )
    whole = with_digest(whole)
    write_whole(folder / "report.json", format_document(whole))
    page = build_page(whole, plan, sheet, load_language(language))
    write_whole(folder / "report.html", page.encode())
    return whole
