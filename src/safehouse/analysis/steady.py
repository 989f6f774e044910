"""Steadies heads over time: a single face box jitters, and its points more. Pure."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.places import Area, Hit

__all__ = ["steady"]

MOST = 1.1
"""How much wider or taller than the middle of its neighbours a face may be."""

REACH = 4
"""Hits on each side whose middle value is taken."""


def steady(hits: dict[int, Hit]) -> dict[int, Hit]:
    """Return the hits with heads whose size and place around the face do not jump.

    A head keeps the face's middle; its four sides are the middle values, over neighbouring hits,
    of how far they are from there. Faces stay as they were seen, but for one that is much larger
    than its neighbours: it keeps its middle and gets a size that they bear out.
    """
    frames = sorted(hits)
    if not frames:
        return {}
    middles = np.array([_middle(hits[frame].face) for frame in frames])
    heads = np.array([hits[frame].head for frame in frames])
    sides = heads - np.hstack([middles, middles])
    sizes = np.array([_size(hits[frame].face) for frame in frames])
    found = {}
    for n, frame in enumerate(frames):
        near = slice(max(0, n - REACH), n + REACH + 1)
        calm = np.median(sides[near], axis=0)
        half = np.minimum(sizes[n], MOST * np.median(sizes[near], axis=0)) / 2
        found[frame] = replace(
            hits[frame],
            head=_area(np.hstack([middles[n], middles[n]]) + calm),
            face=_area(np.hstack([middles[n] - half, middles[n] + half])),
        )
    return found


def _size(face: Area) -> tuple[float, float]:
    return (face[2] - face[0], face[3] - face[1])


def _middle(face: Area) -> tuple[float, float]:
    return ((face[0] + face[2]) / 2, (face[1] + face[3]) / 2)


def _area(values: NDArray[np.float64]) -> Area:
    x0, y0, x1, y1 = (float(v) for v in values)
    return (x0, y0, x1, y1)
