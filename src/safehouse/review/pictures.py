"""Pictures for the page: made in a worker process, kept for a while in memory alone."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from safehouse.errors import SafehouseError, SourceMissing, UsageError
from safehouse.model.box import Box
from safehouse.model.plan import Plan
from safehouse.review.picture_jobs import (
    Wanted,
    let_go,
    original_pictures,
    protected_pictures,
    ready,
)
from safehouse.review.view_plan import Seen, ViewPlans, plan_for, view_job
from safehouse.store.reading_view import (
    ClipRow,
    Marks,
    read_clip_row,
    read_heads_between,
    read_marks,
)
from safehouse.workers import Limits, Workers

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["Pictures"]

AHEAD = 8
"""Frames that are made after the one that was asked for: whoever steps on wants the next ones."""

HEADS_MOST = 48
"""Heads that are made on one way through a clip; the nearest to the one that was asked for."""

REST_S = 20.0
"""Seconds without a question after which the clip is closed; its disk can be taken out then."""

KEPT_BYTES = 48 << 20
"""Pictures in memory; the ones not seen for longest go first."""

JOB_CPU_S = 120
"""CPU seconds for one picture; a decoder in an endless loop ends there."""

LONGEST = {"small": 320, "view": 960}
"""Longest side of a picture, px, by what it is for."""


Place = tuple[int, Box]
"""A frame, and a place in it in coded px."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """A clip as it is hidden now, and the size of its pictures."""

    row: ClipRow
    seen: Seen
    marks: Marks
    size: str

    @property
    def key(self) -> tuple[object, ...]:
        return (self.row.id, self.row.findings_sha256, hash(_state(self.marks)), self.size)


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
        self._later = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._wish: _Scene | None = None
        self._asking = 0
        self._timer: threading.Timer | None = None
        self._closed = False

    def begin(self) -> None:
        """Start the worker, so that the first picture does not wait for it."""
        with self._one, suppress(SafehouseError):
            self._workers.run(ready)

    def close(self) -> None:
        """Stop the worker and forget every picture."""
        with self._keeping:
            self._kept.clear()
            self._bytes = 0
            self._asking += 1  # for good: nothing is made ahead any more
            if self._timer is not None:
                self._timer.cancel()
        self._later.shutdown(cancel_futures=True)
        with self._one:
            self._closed = True
            self._workers.__exit__(None, None, None)

    def protected(self, project: "Project", clip: str, frame: int, *, size: str = "view") -> bytes:
        """Return the JPEG file of a frame in which everybody is hidden.

        The frames after it are made next, as long as nobody asks for anything else.

        Raises:
            UsageError: no such clip or frame.
            SourceError: the clip can't be read.
        """
        row, seen, marks = self._facts(project, clip, frame)
        scene = _Scene(row, seen, marks, size)
        with self._asked():
            found = self._frame(scene, frame)
        self._wish = scene
        self._later.submit(self._go_on, scene, frame + 1)
        return found

    def _frame(self, scene: "_Scene", frame: int) -> bytes:
        key = (*scene.key, frame)
        if found := self._get(key):
            return found
        with self._one:
            if found := self._get(key):
                return found
            wanted = Wanted(frame, scene.seen.decode_from(frame), LONGEST[scene.size])
            plan = _encode(plan_for(scene.seen, scene.marks, frame, frame + 1))
            made = bytes(self._workers.run(protected_pictures, _path(scene.row), plan, [wanted])[0])
        self._keep(key, made)
        return made

    def _go_on(self, scene: "_Scene", first: int) -> None:
        """Make the next frames, until somebody asks for something."""
        for frame in range(first, min(first + AHEAD, scene.seen.video.times.count)):
            if self._asking or self._wish is not scene:
                return
            with suppress(SafehouseError):
                self._frame(scene, frame)
        self._rest()

    def original(
        self, project: "Project", clip: str, frame: int, *, grey: bool, size: str = "view"
    ) -> bytes:
        """Return the JPEG file of a frame as it was filmed. The caller records the look.

        Raises:
            UsageError: no such clip or frame.
            SourceError: the clip can't be read.
        """
        row, seen, marks = self._facts(project, clip, frame)
        wanted = Wanted(frame, seen.decode_from(frame), LONGEST[size], grey=grey)
        plan = _encode(plan_for(seen, marks, frame, frame + 1))
        with self._asked(), self._one:
            return bytes(self._workers.run(original_pictures, _path(row), plan, [wanted])[0])

    def head(self, project: "Project", clip: str, at: Place, *, veiled: bool) -> bytes:
        """Return a small JPEG file of one head, at (frame, place in coded px), small.

        Veiled, it shows what the protected picture shows there. Else it is grey. Whoever looks at
        one head of a wall wants the others: those that are decoded on the same way are made too,
        and kept in memory until they are asked for.

        Raises:
            UsageError: no such clip or frame.
            SourceError: the clip can't be read.
        """
        row, seen, marks = self._facts(project, clip, at[0])
        mark = (clip, row.findings_sha256, hash(_state(marks)) if veiled else "", veiled)
        if found := self._get((*mark, *at)):
            return found
        with self._asked(), self._one:
            if found := self._get((*mark, *at)):
                return found
            along = [one for one in _along(project, clip, seen, at) if not self._get((*mark, *one))]
            job = protected_pictures if veiled else original_pictures
            plan = _encode(plan_for(seen, marks, along[0][0], along[-1][0] + 1))
            wanted = [_head_of(seen, one, grey=not veiled) for one in along]
            made = dict(zip(along, self._workers.run(job, _path(row), plan, wanted), strict=True))
            for one, picture in made.items():
                self._keep((*mark, *one), picture)
        return bytes(made[at])

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Let what is made ahead wait while somebody waits."""
        with self._keeping:
            self._asking += 1
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        try:
            yield
        finally:
            with self._keeping:
                self._asking -= 1
            self._rest()

    def _rest(self) -> None:
        """Close the clip when nobody asked for a while, so that its disk can be taken out."""
        with self._keeping:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(REST_S, self._let_go)
            self._timer.daemon = True
            self._timer.start()

    def _let_go(self) -> None:
        with self._one, suppress(SafehouseError):
            if not self._closed:
                self._workers.run(let_go)

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


def _along(project: "Project", clip: str, seen: Seen, at: Place) -> list[Place]:
    """Return heads that are decoded from the same key frame, and the one asked for, in order."""
    first = seen.decode_from(at[0])
    keys = [key for key in seen.key_frames if key > at[0]]
    end = min(keys, default=seen.video.times.count)
    rows = read_heads_between(project, clip, first, end, near=at[0], most=HEADS_MOST)
    found = {at, *((frame, Box(*box)) for frame, box in rows)}
    return sorted(found, key=lambda one: (one[0], one[1].x0, one[1].y0, one[1].x1, one[1].y1))


def _head_of(seen: Seen, at: Place, *, grey: bool) -> Wanted:
    frame, box = at
    around = box.grow(box.width // 2, box.height // 2)
    return Wanted(frame, seen.decode_from(frame), 160, around, grey=grey)
