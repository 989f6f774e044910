"""Joins the audit: shares a film's frames out to workers, and puts what they saw together."""

import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from safehouse import attack_jobs, jobs
from safehouse.choices import Inquiry
from safehouse.model.plan import Chunk
from safehouse.pipeline import Desk, pass_on, read_plan, told_by

__all__ = ["audit_film", "share_out"]

LONGEST_LOOK = 3000
"""Most frames that one audit job looks at, so that progress and memory stay even."""


def audit_film(inquiry: Inquiry, folder: Path, desk: Desk) -> bool:
    """Attack a film, write report.json and report.html into folder; return whether it is held."""
    if inquiry.plan is None or inquiry.source is None:
        return _audit_plain(inquiry, folder, desk)
    work = folder / ".audit"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        seen = _look_at_film(inquiry, inquiry.plan, work, desk)
        names, faces = [str(part) for part in seen], list(seen.values())
        held = desk.workers.run(attack_jobs.report_job, inquiry, names, faces, str(folder))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return bool(held)


def _audit_plain(inquiry: Inquiry, folder: Path, desk: Desk) -> bool:
    """Attack a film that has no plan."""
    told = folder / ".told"
    try:
        held = desk.workers.run_alone(
            attack_jobs.plain_job,
            inquiry,
            str(folder),
            str(told),
            poll=lambda: pass_on(told, "attacking", desk.tell),
        )
    finally:
        told.unlink(missing_ok=True)
    return bool(held)


def _look_at_film(inquiry: Inquiry, plan: Path, work: Path, desk: Desk) -> dict[Path, bytes]:
    """Return the files of what was seen in each range of the film's frames, and biometric data."""
    video = read_plan(plan).output.video
    if video is None:
        return {}
    spans = share_out(video.chunks, desk.workers.count)
    parts = [work / f"part-{n:04d}" for n in range(len(spans))]
    total = spans[-1][1]

    def poll() -> None:
        done = sum(
            told_by(part.with_name(part.name + jobs.TOLD))[0] if not part.exists() else end - first
            for part, (first, end) in zip(parts, spans, strict=True)
        )
        desk.tell("attacking", done, total)

    calls = [(inquiry, span, str(part)) for span, part in zip(spans, parts, strict=True)]
    faces = dict(desk.workers.run_all(attack_jobs.look_job, calls, poll))
    desk.tell("attacking", total, total)
    return {part: faces[n] for n, part in enumerate(parts)}


def share_out(chunks: Sequence[Chunk], workers: int) -> list[tuple[int, int]]:
    """Return ranges of frames for workers, cut where chunks begin, nearly equal.

    There are as many ranges as workers, or a multiple of it where a range would grow too long.
    """
    total = chunks[-1].end
    wanted = workers * -(-total // (workers * LONGEST_LOOK))
    cuts = {0, total}
    for number in range(1, wanted):
        cuts.add(min((c.first for c in chunks), key=lambda at: abs(at * wanted - number * total)))
    return list(pairwise(sorted(cuts)))
