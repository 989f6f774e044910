"""The oval that hides a head in one frame: the head, its outline, and a margin for what is unsure.

Upright ovals, px as floats: (cx, cy, rx, ry). The plan's whole units come later (`cover.py`).
"""

from itertools import pairwise
from math import cos, pi, sin

import msgspec

from safehouse.model.box import Box
from safehouse.model.findings import Sample

__all__ = ["LOSSY_MARGIN", "Oval", "oval_for", "ovals_for"]

Oval = tuple[float, float, float, float]

LOSSY_MARGIN = 16
"""Least margin around a head on lossy sources, luma px (DESIGN section 5): the camera's codec
predicts whole blocks, so bits of a face lie up to a macroblock beyond it."""

CLEAN_MARGIN = 2
"""Least margin on sources that no codec predicted, px."""

ROUND = 0.54
"""Half-axes of the oval around a head box, in box sizes; 0.5 touches its sides and leaves the
corners, 0.71 holds the corners. 0.54 hides 85 % of the box before any margin."""

FACE_ROUND = 0.66
"""The same for the face box, which must be hidden to 90 %: 0.66 leaves 2 % in the corners."""

MOTION = {"seen": 0.15, "bridge": 0.35, "flow": 0.25, "lead": 0.35, "lost": 0.4}
"""Margin in px for each px that the head moves in a frame: a shutter open for half of it blurs a
seen head by a quarter to each side; a place that was not seen may also be off."""

UNSURE = {"seen": 0.0, "bridge": 0.03, "flow": 0.04, "lead": 0.05, "lost": 0.06}
"""Margin in head sizes for how a place is known, as `Sample.source` says."""

WEAK = 0.35
"""Score below which a face's box is badly placed; the margin then grows by up to WEAK_MARGIN."""

WEAK_MARGIN = 0.06

NEAR_SIGHT, AGREE = 3, 0.1
"""Frames between two sights that need no more margin than a sight, where the two are less than
AGREE head sizes apart: large clips are looked at in every third frame only."""

LINE = 4
"""Frames on each side to which a line is fitted for a head's speed."""

JITTER = 0.02
"""Step from frame to frame, in head sizes, that may be the detector's box alone."""


def ovals_for(samples: tuple[Sample, ...], *, lossy: bool) -> list[Oval]:
    """Return the oval that each frame of a track needs."""
    near = _near_sight(samples)
    return [
        oval_for(
            msgspec.structs.replace(sample, source="seen") if at in near else sample,
            _speed(samples, at),
            lossy=lossy,
        )
        for at, sample in enumerate(samples)
    ]


def _near_sight(samples: tuple[Sample, ...]) -> set[int]:
    """Return the rows between two sights of a head that are close in time and agree."""
    found: set[int] = set()
    seen = [at for at, sample in enumerate(samples) if sample.source == "seen"]
    for a, b in pairwise(seen):
        if 1 < b - a <= NEAR_SIGHT + 1:
            size = (samples[a].head.width * samples[a].head.height) ** 0.5
            if _apart(samples[a].head, samples[b].head) <= AGREE * size:
                found |= set(range(a + 1, b))
    return found


def _speed(samples: tuple[Sample, ...], at: int) -> float:
    """Return how fast a head moves, px a frame: by a line, or by a step that is no jitter."""
    before, after = samples[max(at - 1, 0)], samples[min(at + 1, len(samples) - 1)]
    head = samples[at].head
    jitter = JITTER * (head.width * head.height) ** 0.5
    step = _apart(before.head, after.head) / max(1, after.frame - before.frame)
    window = samples[max(at - LINE, 0) : at + LINE + 1]
    return float(max(_slope(window), step - jitter))


def _slope(samples: tuple[Sample, ...]) -> float:
    """Return the speed of the straight line that fits a head's middles best, px a frame."""
    middle = sum(sample.frame for sample in samples) / len(samples)
    squares = sum((sample.frame - middle) ** 2 for sample in samples)
    if not squares:
        return 0.0
    dx = sum((s.frame - middle) * (s.head.x0 + s.head.x1) / 2 for s in samples) / squares
    dy = sum((s.frame - middle) * (s.head.y0 + s.head.y1) / 2 for s in samples) / squares
    return float((dx * dx + dy * dy) ** 0.5)


def oval_for(sample: Sample, speed: float, *, lossy: bool) -> Oval:
    """Return the oval that hides a head in its frame; speed is px a frame."""
    head = sample.head
    cx, cy = (head.x0 + head.x1) / 2, (head.y0 + head.y1) / 2
    size = (head.width * head.height) ** 0.5
    weak = max(0.0, 1 - sample.score / WEAK) * WEAK_MARGIN
    more = MOTION[sample.source] * speed + size * (UNSURE[sample.source] + weak)
    least = LOSSY_MARGIN if lossy else CLEAN_MARGIN
    rx = max(head.width * ROUND + more, head.width / 2 + least)
    ry = max(head.height * ROUND + more, head.height / 2 + least)
    if sample.face is None:
        return (cx, cy, rx, ry)
    return _with_face((cx, cy, rx, ry), sample.face)


def _with_face(oval: Oval, face: Box) -> Oval:
    """Return the oval, grown about its centre until it holds the oval around the face box."""
    cx, cy, rx, ry = oval
    fx, fy = (face.x0 + face.x1) / 2, (face.y0 + face.y1) / 2
    wide, tall = face.width * FACE_ROUND, face.height * FACE_ROUND
    grown = 1.0
    for turn in range(8):
        x = fx + cos(turn * pi / 4) * wide - cx
        y = fy + sin(turn * pi / 4) * tall - cy
        grown = max(grown, ((x / rx) ** 2 + (y / ry) ** 2) ** 0.5)
    return (cx, cy, rx * grown, ry * grown)


def _apart(a: Box, b: Box) -> float:
    dx, dy = (a.x0 + a.x1 - b.x0 - b.x1) / 2, (a.y0 + a.y1 - b.y0 - b.y1) / 2
    return float((dx * dx + dy * dy) ** 0.5)
