"""Shot cuts: where a frame does not go on from the one before it.

A cut is exact to the frame: nothing is ever carried or bridged across it. Two small pictures are
compared after the second was bent back by optical flow, so that a shaken or swung camera is no
cut. PySceneDetect's detectors compare without that and cut a handheld clip at every jolt.
"""

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.motion import flow_between
from safehouse.analysis.picture import Small

__all__ = ["CutWatch"]

THUMB = (96, 54)
"""Size at which frames are compared, px: noise blurs away, and flow costs 0.3 ms."""

QUIET = 8.0
"""Difference below which flow is not even asked, levels summed over the three planes."""

CERTAIN = 26.0
"""Difference, after flow, of a cut. On the labelled and other clips of the benchmark hard cuts
have 33 to 48, jolts of a handheld camera at most 20, frames behind a decode error up to 70."""

LIKELY, TIMES, CHANGED = 8.0, 4.0, 0.3
"""A smaller difference is a cut too (a dark scene) where it is this many times the largest of the
last frames, and this share of the colours changed."""

MEMORY = 8
"""Frames whose differences are remembered."""

Thumb = NDArray[np.uint8]


class CutWatch:
    """Says of each frame, in order, whether a shot begins with it."""

    def __init__(self) -> None:
        self._before: Thumb | None = None
        self._steps: deque[float] = deque(maxlen=MEMORY)

    def begins(self, small: Small) -> bool:
        """Return whether the frame begins a shot; the first frame does."""
        thumb = np.stack(
            [cv2.resize(p, THUMB, interpolation=cv2.INTER_AREA) for p in small.planes], axis=-1
        )
        before, self._before = self._before, thumb
        if before is None:
            return True
        step = _difference(before, thumb)
        usual = max(self._steps, default=step)
        cut = step > CERTAIN or (
            step > LIKELY and step > TIMES * usual and _new_colours(before, thumb) > CHANGED
        )
        self._steps.append(step)
        if cut:
            self._steps.clear()
        return cut


def _difference(a: Thumb, b: Thumb) -> float:
    """Return the mean difference, summed over the planes, after b was bent back onto a."""
    plain = _mean(a, b)
    if plain < QUIET:
        return plain
    flow = flow_between(a[..., 0], b[..., 0])
    columns, rows = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in THUMB))
    bent = cv2.remap(
        b,
        columns + flow[..., 0],
        rows + flow[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return min(plain, _mean(a, np.asarray(bent, dtype=np.uint8)))


def _mean(a: Thumb, b: Thumb) -> float:
    return float(np.mean(cv2.absdiff(a, b))) * 3


def _new_colours(a: Thumb, b: Thumb) -> float:
    """Return the share of px whose colour, coarsely, has no partner in the other picture."""
    counts = [_colours(picture) for picture in (a, b)]
    return float(np.abs(counts[0] - counts[1]).sum()) / 2


def _colours(picture: Thumb) -> NDArray[np.float64]:
    bins = (picture >> 5).astype(np.int64)
    codes = (bins[..., 0] * 8 + bins[..., 1]) * 8 + bins[..., 2]
    return np.bincount(codes.ravel(), minlength=512) / codes.size
