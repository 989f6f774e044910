"""A second search of single frames, in more ways than the first one took: for the audit.

Three sizes, each as it is, mirrored and with its contrast stretched; and a small picture turned a
quarter to either side. What one way misses another may see: a detector is not the same on a
mirrored picture. Frames are looked at alone; nothing is followed.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.detect import FaceDetector, Look, faces_of
from safehouse.analysis.look import choose_longest
from safehouse.analysis.picture import Small, fit_size, rgb_rule, shrink
from safehouse.analysis.places import Area
from safehouse.analysis.settings import Settings
from safehouse.analysis.watch import choose_precision
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame

__all__ = ["LOW", "SecondSearch", "Sighting", "ways"]

U8 = NDArray[np.uint8]

SIZES = (0.7, 1.0, 4 / 3)
"""Longer sides of the pictures, in usual ones."""

LOW = 0.3
"""Score from which a face is told."""

ENDS = (1.0, 99.0)
"""Percentiles of luma that are stretched to 16 and 235."""

Sighting = tuple[Area, float, str]
"""A face: its area in px of the coded frame, its score, and how the picture was seen."""


class SecondSearch:
    """Looks for faces in single frames of one clip.

    Args:
        video: the clip's picture; its rotation says how frames are seen.
        threads: threads of the detector; 0 takes all cores.

    Raises:
        EnvironmentLacks: the weights are missing or not the pinned ones.
    """

    def __init__(self, video: VideoStream, threads: int = 0) -> None:
        self._video = video
        self._threads = threads
        self._detector: FaceDetector | None = None
        self._layout = ""

    def __call__(self, frame: OriginalFrame) -> list[Sighting]:
        """Return every face that any way of looking shows; one face may be there many times."""
        detector = self._ready(frame)
        upright = self._video.rotation // 90 % 4
        found: list[Sighting] = []
        for name, small, turn, mirrored in ways(frame, upright):
            planes = np.ascontiguousarray(np.rot90(small.planes, turn, axes=(1, 2)))
            size = (small.planes.shape[2], small.planes.shape[1])
            look = Look(detector.start(planes), size, small.per_x, small.per_y, turn=turn)
            for hit in faces_of(detector.finish(look.request), look, LOW):
                area = _mirror_back(hit.face, small) if mirrored else hit.face
                found.append((area, hit.score, name))
        return found

    def _ready(self, frame: OriginalFrame) -> FaceDetector:
        """Return the detector for frames laid out like this one."""
        if self._detector is None or self._layout != frame.layout.pix_fmt:
            rule = rgb_rule(frame.layout, self._video.colour)
            precision = choose_precision(Settings())
            self._detector = FaceDetector(precision, rule, self._threads)
            self._layout = frame.layout.pix_fmt
        return self._detector


def ways(frame: OriginalFrame, upright: int) -> list[tuple[str, Small, int, bool]]:
    """Return the pictures that are looked at: name, picture, quarter turns, and if mirrored.

    upright is the number of quarter turns counter-clockwise that put the frame upright.
    """
    usual = choose_longest(frame.width, frame.height)
    rows: list[tuple[str, Small, int, bool]] = []
    for share in SIZES:
        fit = fit_size(frame.width, frame.height, round(usual * share))
        small = shrink(frame, fit)
        px = fit.size[0]
        rows.append((f"{px} px wide", small, upright, False))
        rows.append((f"{px} px wide, mirrored", _with(small, _mirrored), upright, True))
        rows.append((f"{px} px wide, stretched", _with(small, _stretched), upright, False))
        if share == SIZES[0]:
            rows += [(f"{px} px wide, turned", small, upright + side, False) for side in (1, 3)]
    return rows


def _with(small: Small, change: Callable[[U8], U8]) -> Small:
    return replace(small, planes=change(small.planes))


def _mirrored(planes: U8) -> U8:
    return np.ascontiguousarray(planes[:, :, ::-1])


def _stretched(planes: U8) -> U8:
    """Return a picture whose luma goes from black to white."""
    low, high = np.percentile(planes[0], ENDS)
    wide = np.clip((planes[0] - low) * (219 / max(8.0, high - low)) + 16, 0, 255)
    return np.stack([wide.astype(np.uint8), planes[1], planes[2]])


def _mirror_back(area: Area, small: Small) -> Area:
    """Return an area that was found in the mirrored picture where it is in the frame."""
    wide = small.planes.shape[2] * small.per_x
    return wide - area[2], area[1], wide - area[0], area[3]
