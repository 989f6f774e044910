"""Attack 13, interference: what lies under the masks is changed, and the film must not notice.

In sampled frames every hidden sample of the clip is replaced by noise, and the frame is rendered
again: one sample that comes out otherwise would be a trace of somebody. A frame is what an encoder
gets, so the same frames are the same film. As a control, samples beside the masks are changed too.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec
import numpy as np

from safehouse.audit.draw import Bits, chroma_bits, hidden_bits
from safehouse.model.frame import OriginalFrame, Plane, ProtectedFrame
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import say

__all__ = ["STEP", "Interference", "Scrambled", "build_attack", "merge"]

STEP = 96
"""One frame in so many is scrambled, and the first one of a range that hides anything."""


class Scrambled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was scrambled in a range of frames.

    Attributes:
        frames: frames with hidden samples that were rendered again.
        samples: hidden samples that were changed in them.
        tried: frames in which a sample beside the masks was changed, as the control.
        noticed: those of them that came out otherwise.
        finds: frames that came out otherwise though only hidden samples were changed.
    """

    frames: int = 0
    samples: int = 0
    tried: int = 0
    noticed: int = 0
    finds: tuple[int, ...] = ()


class Interference:
    """Scrambles one frame after another.

    Args:
        plan: who is hidden where.
        render_again: makes the protected frame of an original one anew.
    """

    def __init__(self, plan: Plan, render_again: Callable[[OriginalFrame], ProtectedFrame]) -> None:
        self._plan = plan
        self._again = render_again
        self._frames = self._samples = self._tried = self._noticed = 0
        self._finds: list[int] = []

    def look(self, original: OriginalFrame, again: ProtectedFrame) -> None:
        """Scramble a frame under its masks, if its turn has come; again is it rendered."""
        if self._frames and original.index % STEP:
            return
        hidden = hidden_bits(self._plan, original.index, corrupt=original.corrupt)
        if not hidden.any():
            return
        self._frames += 1
        bits = [_bits_of(hidden, original, plane) for plane in range(len(original.planes))]
        self._samples += sum(int(plane.sum()) for plane in bits)
        if not _same(self._again(_scrambled(original, bits)), again):
            self._finds.append(original.index)
        if not all(plane.all() for plane in bits):
            self._tried += 1
            beside = [~plane for plane in bits]
            self._noticed += not _same(self._again(_scrambled(original, beside)), again)

    def result(self) -> Scrambled:
        """Return everything seen so far."""
        finds = tuple(self._finds)
        return Scrambled(self._frames, self._samples, self._tried, self._noticed, finds)


def _bits_of(hidden: Bits, frame: OriginalFrame, plane: int) -> Bits:
    """Return the hidden samples of a plane."""
    layout = frame.layout
    if plane == 0 or frame.planes[plane].shape == hidden.shape:
        return hidden
    return chroma_bits(hidden, layout.shift_x, layout.shift_y, interlaced=frame.interlaced)


def _scrambled(frame: OriginalFrame, bits: list[Bits]) -> OriginalFrame:
    """Return the frame with noise in the place of these samples."""
    chance = np.random.default_rng(frame.index)
    planes: list[Plane] = []
    for plane, where in zip(frame.planes, bits, strict=True):
        changed = plane.copy()
        top = 1 << frame.layout.depth
        changed[where] = chance.integers(0, top, int(where.sum())).astype(plane.dtype)
        changed.flags.writeable = False
        planes.append(changed)
    return replace(frame, planes=tuple(planes))


def _same(one: ProtectedFrame, two: ProtectedFrame) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.planes, two.planes, strict=True))


def merge(parts: Iterable[Scrambled]) -> Scrambled:
    """Return what several ranges of one film saw together."""
    rows = list(parts)
    return Scrambled(
        sum(p.frames for p in rows),
        sum(p.samples for p in rows),
        sum(p.tried for p in rows),
        sum(p.noticed for p in rows),
        tuple(at for p in rows for at in p.finds),
    )


def build_attack(seen: Scrambled) -> Attack:
    """Return the attack with its result."""
    control = _control(seen)
    spots = tuple(
        Spot(at, at + 1, say("what lies under a mask changes the film here")) for at in seen.finds
    )
    return Attack(
        name="interference",
        title=say("Does anything under the masks have a part in the film?"),
        result="leak" if spots else ("not run" if control.held is False else "none found"),
        figure=say(
            "{samples} hidden samples in {frames} frames were replaced by noise, and the frames "
            "rendered again: {found} came out otherwise",
            samples=seen.samples,
            frames=seen.frames,
            found=len(spots),
        ),
        control=control,
        spots=spots,
    )


def _control(seen: Scrambled) -> Control:
    if not seen.tried:
        return Control(None, say("nothing is hidden") if not seen.frames else say("all is hidden"))
    words = say(
        "samples beside the masks were changed too: noticed in {noticed} of {tried}",
        noticed=seen.noticed,
        tried=seen.tried,
    )
    return Control(seen.noticed == seen.tried, words)
