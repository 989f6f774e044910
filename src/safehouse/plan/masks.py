"""A plan's masks as polygons, for editors and benchmarks."""

from collections.abc import Iterable
from math import cos, pi, sin

from safehouse.model.plan import Mask, Plan, Region
from safehouse.model.shape import SUBPIXEL, Ellipse, Polygon, Shape, shape_at

__all__ = ["mask_polygons"]

OVAL_POINTS = 64
"""Corners of the polygon around an oval; at 64 it is at most 0.12 % larger than the oval."""

Outline = list[list[float]]
"""Corners [x, y], px of the coded frame."""


def mask_polygons(plan: Plan, frames: Iterable[int]) -> dict[int, list[Outline]]:
    """Return for each frame the outlines of what is hidden, [x, y] in coded px.

    An oval's polygon is drawn around it, so it holds every hidden pixel. In `reveal-only` the first
    outline is the whole frame, and the regions shown are told by `region_polygons`.

    Raises:
        IndexError: a frame is not in the clip.
    """
    video = plan.clip.video
    count = video.times.count if video else 0
    found: dict[int, list[Outline]] = {}
    for frame in frames:
        if video is None or not 0 <= frame < count:
            raise IndexError(f"frame {frame} is not in the clip's {count}")
        whole = [_whole(video.width, video.height)] if plan.mode == "reveal-only" else []
        found[frame] = whole + _outlines(plan.masks, frame, video.width, video.height)
    return found


def region_polygons(plan: Plan, frame: int) -> list[Outline]:
    """Return the outlines of the regions that `reveal-only` shows in a frame."""
    video = plan.clip.video
    return _outlines(plan.regions, frame, video.width, video.height) if video else []


def _outlines(items: Iterable[Mask | Region], frame: int, width: int, height: int) -> list[Outline]:
    return [
        _outline(shape_at(item.keys, frame), width, height)
        for item in items
        if item.first <= frame < item.end
    ]


def _outline(shape: Shape, width: int, height: int) -> Outline:
    if isinstance(shape, Ellipse):
        return _around(shape)
    if isinstance(shape, Polygon):
        return [[x / SUBPIXEL, y / SUBPIXEL] for x, y in shape.points]
    return _whole(width, height)


def _around(oval: Ellipse) -> Outline:
    """Return the polygon whose edges touch the oval from outside."""
    larger = 1 / cos(pi / OVAL_POINTS)
    turns = [2 * pi * n / OVAL_POINTS for n in range(OVAL_POINTS)]
    return [
        [
            round((oval.cx + oval.rx * larger * cos(turn)) / SUBPIXEL, 3),
            round((oval.cy + oval.ry * larger * sin(turn)) / SUBPIXEL, 3),
        ]
        for turn in turns
    ]


def _whole(width: int, height: int) -> Outline:
    return [[0.0, 0.0], [float(width), 0.0], [float(width), float(height)], [0.0, float(height)]]
