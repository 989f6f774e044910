"""What a worker process does when a film is attacked; like `jobs`, files in and files out."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from safehouse import memory
from safehouse.choices import Inquiry
from safehouse.jobs import TOLD, plan_at, teller, voices_job
from safehouse.model.documents import format_document, parse_document
from safehouse.store.atomic import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safehouse.audit.case import Case, FindFaces
    from safehouse.audit.run import Part
    from safehouse.model.box import Box
    from safehouse.model.clip import VideoStream
    from safehouse.model.frame import OriginalFrame
    from safehouse.model.report import Report
    from safehouse.model.voices import Voices

__all__ = ["look_job", "plain_job", "report_job", "second_search"]


def look_job(inquiry: Inquiry, span: tuple[int, int], out: str) -> bytes:
    """Attack a range of a film's frames; write what was seen to out.

    Biometric data is not written: it is returned, as JSON.
    """
    from safehouse.audit.run import Tools, check_range
    from safehouse.render.protect import protect

    memory.take_apart_from(memory.AUDIT_BYTES)
    case = _case(inquiry)
    video = case.plan.clip.video
    find = None if inquiry.quick or video is None else second_search(video)
    tools = Tools(partial(protect, plan=case.plan), find)
    part = check_range(case, *span, tools, teller(out + TOLD))
    kept = msgspec.structs.replace(part, sightings=())
    write_whole(Path(out), format_document(kept))
    Path(out + TOLD).unlink(missing_ok=True)
    return msgspec.json.encode(part.sightings)


def report_job(inquiry: Inquiry, parts: list[str], sightings: list[bytes], folder: str) -> bool:
    """Put the parts of an audit together; return whether the film is held.

    sightings is what each part's `look_job` returned; report.json and
    report.html are written into folder.
    """
    from safehouse.audit.embeddings import Sighting
    from safehouse.audit.paper import write_report
    from safehouse.audit.run import Part, build_report

    case = _case(inquiry)
    seen = [parse_document(Path(part).read_bytes(), Part) for part in parts]
    rows = [msgspec.json.decode(row, type=tuple[Sighting, ...]) for row in sightings]
    whole = [
        msgspec.structs.replace(part, sightings=own) for part, own in zip(seen, rows, strict=True)
    ]
    report = build_report(case, whole, _turns_of(case))
    sheet = _sheet(case, report, whole)
    return write_report(Path(folder), report, case.plan, sheet, inquiry.language).held


def _turns_of(case: "Case") -> "Voices | None":
    """Return who speaks when in the clip, for a full audit of sound that has voices in it."""
    actions = {span.action for track in case.plan.sound for span in track.spans}
    if case.quick or not actions & {"disguise", "revoice"}:
        return None
    return voices_job(str(case.source), case.plan.clip.id, os.devnull)


def _sheet(case: "Case", report: "Report", parts: "Sequence[Part]") -> tuple[bytes, ...]:
    """Return the report's pictures; flat ones where the film shows somebody."""
    from safehouse.audit.sheet import contact_sheet, flat_sheet

    showing = {"coverage", "faces", "seen", "interference"}
    leaks = any(a.name in showing and a.result != "none found" for a in report.attacks)
    if leaks or case.plan.shown:
        found: dict[int, list[Box]] = {}
        for face in (face for part in parts for face in part.faces.seen):
            found.setdefault(face.frame, []).append(face.box)
        return flat_sheet(case.plan, found)
    taken = (picture for part in parts for picture in part.pictures)
    return contact_sheet(case.film, case.plan, taken)


def plain_job(inquiry: Inquiry, folder: str, told: str) -> bool:
    """Audit a film that has no plan; return whether it is held.

    report.json and report.html are written into folder.
    """
    from safehouse.audit.paper import write_report
    from safehouse.audit.plain import audit_plain

    memory.take_apart_from(memory.AUDIT_BYTES)
    report, plan = audit_plain(
        inquiry.film,
        inquiry.source,
        progress=teller(told),
        search=second_search,
        quick=inquiry.quick,
    )
    return write_report(Path(folder), report, plan, (), inquiry.language).held


def _case(inquiry: Inquiry) -> "Case":
    """Return what is audited, with its plan read.

    Raises:
        ValueError: the inquiry has no plan or no clip.
    """
    from safehouse.audit.case import Case

    if inquiry.plan is None or inquiry.source is None:
        raise ValueError("an audit by a plan needs the plan and the clip")
    return Case(
        inquiry.film,
        inquiry.source,
        plan_at(str(inquiry.plan)),
        quick=inquiry.quick,
        beside=inquiry.beside or inquiry.plan.parent,
        same_camera=inquiry.same_camera,
        earlier=inquiry.earlier,
    )


def second_search(video: "VideoStream") -> "FindFaces":
    """Return the finder's second look at single frames like this picture's."""
    from safehouse.analysis.again import SecondSearch
    from safehouse.audit.case import Found
    from safehouse.model.box import Box

    search = SecondSearch(video, threads=1)

    def find(frame: "OriginalFrame") -> list[Found]:
        return [
            Found(Box(*(round(edge) for edge in area)), score) for area, score, _ in search(frame)
        ]

    return find
