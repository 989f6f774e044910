"""A plan's masks as polygons, for editors and benchmarks."""

from collections.abc import Iterable
from math import cos, pi, sin

from safehouse.model.plan import Mask, Plan, Region, Shown
from safehouse.model.shape import SUBPIXEL, Ellipse, Polygon, Shape, shape_at

__all__ = ["mask_polygons", "region_polygons", "shown_polygons"]

OVAL_POINTS = 64
"""Corners of an oval's polygon; at 64 its edges lie at most 0.12 % of the half-axis further in."""

INSIDE_PX = 2.0
"""How far inside an oval its polygon is drawn. Programs fill polygons by different rules, and some
fill the edge too; whatever they fill between these corners is hidden, chroma samples too."""

Outline = list[list[float]]
"""Corners [x, y], px of the coded frame."""


def mask_polygons(plan: Plan, frames: Iterable[int]) -> dict[int, list[Outline]]:
    """Return for each frame the outlines of what is hidden, [x, y] in coded px.

    An oval's polygon is drawn 2 px inside it: whatever a program fills between its corners is
    hidden, and a little more is. In `reveal-only` the first outline is the whole frame, and the
    regions shown are told by `region_polygons`.

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


def shown_polygons(plan: Plan, frame: int) -> list[tuple[str, Outline]]:
    """Return person and outline of each head that is shown in a frame, where no mask covers it."""
    video = plan.clip.video
    rows = [place for place in plan.shown if place.first <= frame < place.end] if video else []
    outlines = _outlines(rows, frame, video.width, video.height) if video else []
    return [(row.person, outline) for row, outline in zip(rows, outlines, strict=True)]


def _outlines(
    items: Iterable[Mask | Region | Shown], frame: int, width: int, height: int
) -> list[Outline]:
    return [
        _outline(shape_at(item.keys, frame), width, height)
        for item in items
        if item.first <= frame < item.end
    ]


def _outline(shape: Shape, width: int, height: int) -> Outline:
    if isinstance(shape, Ellipse):
        return _inside(shape)
    if isinstance(shape, Polygon):
        return [[x / SUBPIXEL, y / SUBPIXEL] for x, y in shape.points]
    return _whole(width, height)


def _inside(oval: Ellipse) -> Outline:
    """Return a polygon whose corners lie INSIDE_PX inside the oval; small ovals keep half."""
    rx, ry = (max(r / SUBPIXEL - INSIDE_PX, r / SUBPIXEL / 2) for r in (oval.rx, oval.ry))
    turns = [2 * pi * n / OVAL_POINTS for n in range(OVAL_POINTS)]
    return [
        [
            round(oval.cx / SUBPIXEL + rx * cos(turn), 3),
            round(oval.cy / SUBPIXEL + ry * sin(turn), 3),
        ]
        for turn in turns
    ]


def _whole(width: int, height: int) -> Outline:
    return [[0.0, 0.0], [float(width), 0.0], [float(width), float(height)], [0.0, float(height)]]
