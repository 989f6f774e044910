"""Pictures for the page: made in a worker process, kept for a while in memory alone."""

import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from safehouse.errors import SafehouseError, SourceMissing, UsageError
from safehouse.model.box import Box
from safehouse.model.plan import Plan
from safehouse.review.picture_jobs import Wanted, original_picture, protected_pictures, ready
from safehouse.review.view_plan import Seen, ViewPlans, plan_for, view_job
from safehouse.store.reading_view import ClipRow, Marks, read_clip_row, read_marks
from safehouse.workers import Limits, Workers

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["Pictures"]

AHEAD = 8
"""Frames that are made at once: whoever steps on wants the next ones."""

KEPT_BYTES = 48 << 20
"""Pictures in memory; the ones not seen for longest go first."""

JOB_CPU_S = 120
"""CPU seconds for one picture; a decoder in an endless loop ends there."""

LONGEST = {"small": 320, "view": 960}
"""Longest side of a picture, px, by what it is for."""


class Pictures:
    """Makes and keeps the pictures of one running page.

    One worker decodes, one job after the other; it is started by the first picture. Nothing is
    written to a disk.
    """

    def __init__(self) -> None:
        self.plans = ViewPlans(self._view)
        self._workers = Workers(1, Limits(job_cpu_s=JOB_CPU_S))
        self._one = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._bytes = 0
        self._keeping = threading.Lock()

    def begin(self) -> None:
        """Start the worker, so that the first picture does not wait for it."""
        with self._one, suppress(SafehouseError):
            self._workers.run(ready)

    def close(self) -> None:
        """Stop the worker and forget every picture."""
        with self._keeping:
            self._kept.clear()
            self._bytes = 0
        with self._one:
            self._workers.__exit__(None, None, None)

    def protected(self, project: "Project", clip: str, frame: int, *, size: str = "view") -> bytes:
        """Return the JPEG file of a frame in which everybody is hidden.

        Raises:
            UsageError: no such clip or frame.
            SourceError: the clip can't be read.
        """
        row, seen, marks = self._facts(project, clip, frame)
        mark = (clip, row.findings_sha256, hash(_state(marks)), size)
        if found := self._get((*mark, frame)):
            return found
        end = min(frame + AHEAD, seen.video.times.count)
        wanted = Wanted(frame, end, seen.decode_from(frame), LONGEST[size])
        plan = plan_for(seen, marks, frame, end)
        with self._one:
            if found := self._get((*mark, frame)):
                return found
            made = self._workers.run(protected_pictures, _path(row), _encode(plan), wanted)
        for number, picture in made:
            self._keep((*mark, number), picture)
        return bytes(dict(made)[frame])

    def original(
        self, project: "Project", clip: str, frame: int, *, grey: bool, size: str = "view"
    ) -> bytes:
        """Return the JPEG file of a frame as it was filmed. The caller records the look.

        Raises:
            UsageError: no such clip or frame.
            SourceError: the clip can't be read.
        """
        row, seen, marks = self._facts(project, clip, frame)
        wanted = Wanted(frame, frame + 1, seen.decode_from(frame), LONGEST[size], grey=grey)
        plan = plan_for(seen, marks, frame, frame + 1)
        with self._one:
            return bytes(self._workers.run(original_picture, _path(row), _encode(plan), wanted))

    def head(self, project: "Project", clip: str, at: tuple[int, Box], *, veiled: bool) -> bytes:
        """Return a small JPEG file of one head, at (frame, place in coded px), small.

        Veiled, it shows what the protected picture shows there. Else it is grey.

        Raises:
            UsageError: no such clip or frame.
            SourceError: the clip can't be read.
        """
        frame, box = at
        row, seen, marks = self._facts(project, clip, frame)
        mark = (clip, row.findings_sha256, hash(_state(marks)) if veiled else "", box, veiled)
        if found := self._get((*mark, frame)):
            return found
        around = box.grow(box.width // 2, box.height // 2)
        wanted = Wanted(frame, frame + 1, seen.decode_from(frame), 160, around, grey=not veiled)
        plan = _encode(plan_for(seen, marks, frame, frame + 1))
        with self._one:
            if veiled:
                made = self._workers.run(protected_pictures, _path(row), plan, wanted)[0][1]
            else:
                made = self._workers.run(original_picture, _path(row), plan, wanted)
        self._keep((*mark, frame), made)
        return bytes(made)

    def require(self, project: "Project", clip: str, frame: int) -> None:
        """Check that there is such a frame, before anything is recorded about it.

        Raises:
            UsageError: no such clip or frame.
        """
        self._facts(project, clip, frame)

    def _view(self, findings: bytes) -> bytes:
        with self._one:
            return bytes(self._workers.run(view_job, findings))

    def forget(self) -> None:
        """Forget every picture, as when faces are switched off."""
        with self._keeping:
            self._kept.clear()
            self._bytes = 0

    def _facts(self, project: "Project", clip: str, frame: int) -> tuple[ClipRow, Seen, Marks]:
        row = read_clip_row(project, clip)
        seen = self.plans.seen(project, row)
        if not 0 <= frame < seen.video.times.count:
            raise UsageError(
                f"clip {clip} has no frame {frame}",
                kept="nothing was changed",
                next_step="go to a frame of the clip",
            )
        return row, seen, read_marks(project, clip)

    def _get(self, key: tuple[object, ...]) -> bytes | None:
        with self._keeping:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: tuple[object, ...], picture: bytes) -> None:
        with self._keeping:
            self._bytes += len(picture) - len(self._kept.pop(key, b""))
            self._kept[key] = picture
            while self._bytes > KEPT_BYTES:
                self._bytes -= len(self._kept.popitem(last=False)[1])


def _encode(plan: Plan) -> bytes:
    return msgspec.json.encode(plan)


def _state(marks: Marks) -> tuple[object, ...]:
    """Return what of the marks changes a picture."""
    hides = tuple(q.id for q in marks.questions if q.answer == "hide")
    return (marks.masks, marks.spans, hides)


def _path(row: ClipRow) -> Path:
    path = Path(row.path)
    if not path.is_file():
        raise SourceMissing(
            f"the file of clip {row.id} is not where it was",
            next_step="bring it back, or safehouse add the folder where it lies now",
        )
    return path
