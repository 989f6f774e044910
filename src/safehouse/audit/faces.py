"""Attack 2, faces: does an independent detector find a face in the film?

dlib's HOG looks at whole frames from time to time, and at crops along each track: before it
begins, at its start, middle and end, and after. Its CNN looks at the crops just outside a track.
In a full audit the detector that found the people looks again, in more ways than it then did.
A face under no mask is a person whom the plan does not hide: a leak. One under a mask can only be
an accident of the fill, since coverage shows that nothing of the original is left there: it is
counted, and shown to nobody. A face where the plan shows somebody by consent is counted too; a
second one there is a leak (`consented`).
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import msgspec
import numpy as np

from safehouse.audit.case import FindFaces
from safehouse.audit.consented import Shown
from safehouse.audit.crops import CNN_PX, CROP_PX, Crop, around, crops_of
from safehouse.audit.detectors import (
    HOG_LEAST_PX,
    Face,
    check_models,
    find_cnn,
    find_hog,
)
from safehouse.audit.draw import hidden_bits
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, said_list, say

__all__ = ["Faces", "Looked", "Seen", "build_attack", "check_models", "merge"]

FULL_AREA = 1920 * 1080
"""Px that a whole frame is scaled to, at most four times its size: HOG takes 0.12 s for it."""

EVERY_QUICK, EVERY_FULL = 25, 10
"""Frames from one whole look to the next."""

UNDER = 0.5
"""A face with this part of its box hidden is an accident of the fill."""

SURE_HOG, SURE_CNN, SURE_AGAIN = 0.4, 0.5, 0.6
"""Scores from which a detector's word is taken alone; a weaker face needs the CNN's word too."""

AGAIN, SELDOM = "the finder, again", "the finder, in few ways"
"""What the detector that found the people is called here, by how many of its ways show a face."""

WAYS = 4
"""Of its eleven ways, so many must show a face for its word to be taken alone. Of 21 heads the 19
that have a score of 0.6 were seen in 8 and more, a raised fist with 0.7 in two."""

BY = {AGAIN: say("the finder, again"), "HOG and CNN": say("HOG and CNN")}

SURE = {"HOG": SURE_HOG, "CNN": SURE_CNN, AGAIN: SURE_AGAIN, SELDOM: 2.0}


class Seen(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A face that no mask covers: its frame, box in px, score, and which detector found it."""

    frame: int
    box: Box
    score: float
    by: str


class Looked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was looked at, and found.

    Attributes:
        whole: frames that were looked at whole.
        crops: crops along tracks that HOG looked at.
        deep: crops that the CNN looked at.
        under: faces found under masks.
        weak: faces that one detector was unsure of and the CNN did not see.
        again: frames that the detector which found the people looked at again.
        drawn: faces inside regions that a person drew to be shown.
        agreed: faces of people who are shown by consent.
        tried, found: planned heads in the original, as control, and how many gave a face.
        seen: faces that no mask covers.
    """

    whole: tuple[int, ...] = ()
    crops: int = 0
    deep: int = 0
    under: int = 0
    weak: int = 0
    drawn: int = 0
    tried: int = 0
    found: int = 0
    again: int = 0
    seen: tuple[Seen, ...] = ()
    agreed: int = 0


class Faces:
    """Looks for faces while frames go by, in one thread of its own.

    Args:
        plan: who is hidden where.
        quick: look at fewer whole frames.
        find: the detector that found the people; looks at whole frames too.
        every: frames from one whole look to the next; 0 is EVERY_QUICK or EVERY_FULL.

    Raises:
        EnvironmentLacks: a model is missing or damaged.
    """

    def __init__(
        self, plan: Plan, *, quick: bool, find: FindFaces | None = None, every: int = 0
    ) -> None:
        check_models()
        self._find = find
        self._plan = plan
        self._every = every or (EVERY_QUICK if quick else EVERY_FULL)
        self._crops = crops_of(plan, quick=quick)
        self._turns = (plan.clip.video.rotation // 90) % 4 if plan.clip.video else 0
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[Future[Looked]] = []
        self._parts: list[Looked] = []

    def look(self, original: OriginalFrame, film: OriginalFrame) -> None:
        """Look at a frame, if it is one of those that are looked at."""
        crops = self._crops.get(film.index, [])
        whole = film.index % self._every == 0
        if not crops and not whole:
            return
        while len(self._waiting) > 1:
            self._parts.append(self._waiting.pop(0).result())
        self._waiting.append(self._thread.submit(self._look, original, film, crops, whole))

    def result(self) -> Looked:
        """Return everything found so far."""
        self._parts += [future.result() for future in self._waiting]
        self._waiting.clear()
        return merge(self._parts)

    def close(self) -> None:
        """End the thread; what waits is not looked at any more."""
        self._thread.shutdown(cancel_futures=True)

    def _look(
        self, original: OriginalFrame, film: OriginalFrame, crops: list[Crop], whole: bool
    ) -> Looked:
        grey = _grey(film)
        faces: list[tuple[Face, str]] = []
        if whole:
            frame = Box(0, 0, film.width, film.height)
            scale = min(4.0, (FULL_AREA / max(1, frame.area)) ** 0.5)
            faces += [(face, "HOG") for face in find_hog(grey, frame, scale, self._turns)]
            faces += self._look_again(film)
        for crop in crops:
            faces += [(f, "HOG") for f in find_hog(grey, crop.part, crop.scale, self._turns)]
            if crop.deep:
                scale = crop.scale * CNN_PX / CROP_PX
                faces += [(f, "CNN") for f in find_cnn(grey, crop.part, scale, self._turns)]
        trials = [crop for crop in crops if crop.control]
        light = _grey(original) if trials else grey
        found = sum(bool(find_hog(light, c.part, c.scale, self._turns)) for c in trials)
        judged = self._judge(film, original.corrupt, grey, faces)
        return msgspec.structs.replace(
            judged,
            whole=(film.index,) if whole else (),
            crops=len(crops),
            deep=judged.deep + sum(crop.deep for crop in crops),
            again=int(whole and self._find is not None),
            tried=len(trials),
            found=found,
        )

    def _look_again(self, film: OriginalFrame) -> list[tuple[Face, str]]:
        """Return what the finder sees in the film, each place once, best first."""
        hits = sorted(self._find(film) if self._find else [], key=lambda hit: -hit.score)
        kept: list[Face] = []
        for hit in hits:
            if all(2 * hit.box.intersect(face.box).area < hit.box.area for face in kept):
                kept.append(Face(hit.box, hit.score))
        ways = (
            sum(2 * hit.box.intersect(face.box).area >= hit.box.area for hit in hits)
            for face in kept
        )
        return [(f, AGAIN if n >= WAYS else SELDOM) for f, n in zip(kept, ways, strict=True)]

    def _judge(
        self,
        film: OriginalFrame,
        corrupt: bool,
        grey: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
        faces: list[tuple[Face, str]],
    ) -> Looked:
        """Return which faces no mask covers; a weak one is shown to the CNN first."""
        if not faces:
            return Looked()
        hidden = hidden_bits(self._plan, film.index, corrupt=corrupt)
        under = weak = drawn = deep = agreed = 0
        shown, seen = Shown(self._plan, film.index), list[Seen]()
        for face, by in sorted(faces, key=lambda row: row[0].score - SURE[row[1]], reverse=True):
            box = face.box.clip(film.width, film.height)
            if not box.area:
                continue
            if hidden[box.y0 : box.y1, box.x0 : box.x1].mean() >= UNDER:
                under += 1
            elif self._plan.mode == "reveal-only":
                drawn += 1
            elif shown.takes(box):
                agreed += 1
            elif face.score >= SURE[by]:
                seen.append(Seen(film.index, box, face.score, by))
            elif by == "CNN":
                weak += 1
            else:
                deep += 1
                sure = self._sees(grey, box)
                weak += not sure
                seen += [Seen(film.index, box, face.score, f"{by} and CNN")] if sure else []
        return Looked(
            deep=deep, under=under, weak=weak, drawn=drawn, seen=tuple(seen), agreed=agreed
        )

    def _sees(self, grey: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], box: Box) -> bool:
        """Return whether the CNN finds a face where HOG found a weak one."""
        part, scale = around(box, CNN_PX, grey.shape[1], grey.shape[0])
        faces = find_cnn(grey, part, scale, self._turns)
        return any(f.score >= SURE_CNN and 3 * f.box.intersect(box).area > box.area for f in faces)


def _grey(frame: OriginalFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return luma (or green) in 8 bits."""
    plane = frame.planes[0]
    if frame.layout.depth > 8:
        plane = plane >> np.uint16(frame.layout.depth - 8)
    return np.ascontiguousarray(plane, dtype=np.uint8)


def merge(parts: Iterable[Looked]) -> Looked:
    """Return what several looks, or several ranges of one film, found together."""
    rows = list(parts)
    return Looked(
        tuple(sorted(frame for p in rows for frame in p.whole)),
        sum(p.crops for p in rows),
        sum(p.deep for p in rows),
        sum(p.under for p in rows),
        sum(p.weak for p in rows),
        sum(p.drawn for p in rows),
        sum(p.tried for p in rows),
        sum(p.found for p in rows),
        sum(p.again for p in rows),
        tuple(sorted((s for p in rows for s in p.seen), key=lambda s: s.frame)),
        sum(p.agreed for p in rows),
    )


def build_attack(looked: Looked, plan: Plan) -> Attack:
    """Return attack 2 with its result."""
    video = plan.clip.video
    if video is None:
        return _attack(looked, say("the film has no picture"), False)
    frames = video.times.count
    edges = (-1, *looked.whole, frames)
    scale = min(4.0, (FULL_AREA / max(1, video.width * video.height)) ** 0.5)
    least, longest = HOG_LEAST_PX / scale, max(b - a - 1 for a, b in pairwise(edges))
    return _attack(looked, _figure(looked, frames, least, longest), not looked.whole)


def _figure(looked: Looked, frames: int, least_px: float, longest: int) -> Said:
    parts = [
        say(
            "{whole} of {frames} frames looked at whole, for faces from {least:.0f} px (longest "
            "run not looked at {longest} frames), and {crops} crops along the heads' ways, {deep} "
            "of them by a second detector too: {seen} faces outside masks; {under} on a fill, "
            "where nothing of the original is left; {weak} weak ones that the second detector did "
            "not see",
            whole=len(looked.whole),
            frames=frames,
            least=least_px,
            longest=longest,
            crops=looked.crops,
            deep=looked.deep,
            seen=len(looked.seen),
            under=looked.under,
            weak=looked.weak,
        )
    ]
    if looked.again:
        parts.append(
            say(
                "the finder looked again at {n} frames, in three sizes, mirrored, stretched and "
                "turned",
                n=looked.again,
            )
        )
    if looked.drawn:
        parts.append(say("{n} in regions that a person drew to be shown", n=looked.drawn))
    if looked.agreed:
        parts.append(
            say("{n} of people who are shown by consent, where the plan says", n=looked.agreed)
        )
    return said_list("; ", parts)


def _attack(looked: Looked, figure: Said, not_run: bool) -> Attack:
    held = True if looked.found else None
    found = say(
        "on the unprotected clip the same detector finds a face at {found} of {tried} planned "
        "heads",
        found=looked.found,
        tried=looked.tried,
    )
    none = say(
        "no face here that this detector can see, at {tried} planned heads of the unprotected clip",
        tried=looked.tried,
    )
    return Attack(
        name="faces",
        title=say("Does a detector that had no part in hiding still find a face?"),
        result="leak" if looked.seen else ("not run" if not_run else "none found"),
        figure=figure,
        control=Control(held, found if looked.found else none),
        spots=tuple(_spots(looked.seen)),
    )


def _spots(seen: tuple[Seen, ...]) -> Iterator[Spot]:
    for hit in seen:
        x, y = (hit.box.x0 + hit.box.x1) // 2, (hit.box.y0 + hit.box.y1) // 2
        yield Spot(
            hit.frame,
            hit.frame + 1,
            say(
                "a face that no mask covers, {width} px wide around ({x}, {y}), found by {by} "
                "with score {score:.1f}",
                width=hit.box.width,
                x=x,
                y=y,
                by=BY.get(hit.by, hit.by),
                score=hit.score,
            ),
        )
