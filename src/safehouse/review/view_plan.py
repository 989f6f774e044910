"""What the clip view hides: everybody that was found, and all that was drawn by hand.

The page's own pictures show nobody, whatever the register allows: who is shown in a version is seen
in its proxies and renders, after the rules have spoken.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from safehouse.errors import ProjectError, UsageError
from safehouse.model.clip import Clip, VideoStream
from safehouse.model.findings import Findings
from safehouse.model.plan import Mask, Output, Plan
from safehouse.model.shape import Key, Whole
from safehouse.plan.build import build_masks
from safehouse.store.reading_view import ClipRow, Marks

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["Seen", "ViewPlans", "masks_between", "plan_for", "seen_of", "view_job"]

FORM = 1
"""Counts up when masks are made otherwise: what was kept is made again then."""

KEPT = 4
"""Clips whose masks are kept in memory."""


class Seen(msgspec.Struct, frozen=True):
    """What the view needs of a clip's findings.

    Attributes:
        clip: its streams and exact times; sound and what was dropped are left out of plans.
        masks: those that hide everybody found.
    """

    clip: Clip
    shots: tuple[int, ...]
    key_frames: tuple[int, ...]
    masks: tuple[Mask, ...]

    @property
    def video(self) -> VideoStream:
        """The picture.

        Raises:
            UsageError: the clip is sound alone.
        """
        if self.clip.video is None:
            raise UsageError(
                f"clip {self.clip.id} has no picture",
                kept="nothing was changed",
                next_step="its sound is muted as a whole",
            )
        return self.clip.video

    def decode_from(self, frame: int) -> int:
        """Return the last frame up to this one at which decoding can begin."""
        return max((at for at in self.key_frames if at <= frame), default=0)


class ViewPlans:
    """What is hidden in the clips that were looked at last, kept by the findings' digest.

    Working it out takes seconds for a clip of an hour: it is done once, by `build`, and kept sealed
    in the project.

    Args:
        build: makes the encoded `Seen` of a document `findings/1`.
    """

    def __init__(self, build: Callable[[bytes], bytes] | None = None) -> None:
        self._build = build or view_job
        self._kept: OrderedDict[str, Seen] = OrderedDict()
        self._lock = threading.Lock()

    def seen(self, project: "Project", row: ClipRow) -> Seen:
        """Return what is known of an analysed clip.

        Raises:
            UsageError: it was not analysed yet.
        """
        if not row.findings_sha256:
            raise UsageError(
                f"clip {row.id} was not analysed yet",
                kept="nothing was changed",
                next_step="safehouse analyse",
            )
        with self._lock:
            found = self._kept.pop(row.findings_sha256, None)
        if found is None:
            found = self._read(project, row) or self._make(project, row)
        with self._lock:
            self._kept[row.findings_sha256] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _read(self, project: "Project", row: ClipRow) -> Seen | None:
        """Return what was kept of just these findings."""
        try:
            found = msgspec.json.decode(project.files.get(_name(row)), type=_Kept)
        except (ProjectError, msgspec.DecodeError):
            return None
        fits = (found.form, found.findings_sha256) == (FORM, row.findings_sha256)
        return found.seen if fits else None

    def _make(self, project: "Project", row: ClipRow) -> Seen:
        made = self._build(project.files.get(f"findings/{row.id}.json", row.findings_sha256))
        seen = msgspec.json.decode(made, type=Seen)
        kept = _Kept(FORM, row.findings_sha256, seen)
        project.files.put(_name(row), msgspec.json.encode(kept))
        return seen


class _Kept(msgspec.Struct, frozen=True):
    """What is kept of a clip, and of which findings."""

    form: int
    findings_sha256: str
    seen: Seen


def _name(row: ClipRow) -> str:
    return f"views/{row.id}.json"


def view_job(text: bytes) -> bytes:
    """Return the encoded `Seen` of a document `findings/1`; runs in a worker."""
    return msgspec.json.encode(seen_of(text))


def seen_of(text: bytes) -> Seen:
    """Return what the view needs of a document `findings/1`."""
    findings = msgspec.json.decode(text, type=Findings)
    return Seen(
        clip=msgspec.structs.replace(findings.clip, dropped=()),
        shots=findings.shots,
        key_frames=findings.key_frames,
        masks=build_masks(findings),
    )


def masks_between(masks: tuple[Mask, ...], first: int, end: int) -> tuple[Mask, ...]:
    """Return masks of frames first <= f < end, with no more of their keys than these need."""
    return tuple(_trimmed(m, first, end) for m in masks if m.first < end and m.end > first)


def _trimmed(mask: Mask, first: int, end: int) -> Mask:
    """Return a mask with the keys inside the frames, and one beyond on either side."""
    inside = [n for n, key in enumerate(mask.keys) if first < key.frame < end - 1]
    before = [n for n, key in enumerate(mask.keys) if key.frame <= first][-1:]
    after = [n for n, key in enumerate(mask.keys) if key.frame >= end - 1][:1]
    keys = tuple(mask.keys[n] for n in sorted({*before, *inside, *after}))
    return msgspec.structs.replace(mask, keys=keys)


def plan_for(seen: Seen, marks: Marks, first: int, end: int) -> Plan:
    """Return a plan that hides everybody and everything drawn, in frames first <= f < end."""
    by_hand = tuple(Mask(m.id, m.first, m.end, m.keys, why="hand") for m in marks.masks)
    whole = tuple(
        Mask(f"W{n:04d}", a, b, (Key(a, Whole()),), why="hand")
        for n, (a, b) in enumerate(_whole(marks))
    )
    return Plan(
        clip=msgspec.structs.replace(seen.clip, sound=()),
        masks=masks_between(seen.masks + by_hand + whole, first, end),
        output=Output("mov", None),
        cpu="x86-64-v3",
    )


def _whole(marks: Marks) -> list[tuple[int, int]]:
    """Return the spans that are hidden whole: replaced by something, or so decided."""
    spans = [(first, end) for first, end, by in marks.spans if by != "nothing"]
    return spans + [(q.first, q.end) for q in marks.questions if q.answer == "hide"]
