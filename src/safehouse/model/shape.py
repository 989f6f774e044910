"""Shapes over time: what a mask covers in each frame, in exact integer arithmetic.

The rules here are the plan format's (docs/plan-format.md); `render` and `audit` each draw from
these numbers with code of their own.
"""

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

__all__ = ["SUBPIXEL", "Ellipse", "Key", "Polygon", "Shape", "Whole", "shape_at"]

SUBPIXEL = 16
"""Units in a pixel for coordinates in a plan; a finer grid would tell more of a head's motion."""


class Ellipse(
    msgspec.Struct, frozen=True, tag="ellipse", tag_field="kind", forbid_unknown_fields=True
):
    """An upright oval: centre (cx, cy) and half-axes (rx, ry), in 1/16 px of the coded frame.

    A pixel (x, y) is covered when its centre (16x + 8, 16y + 8) lies inside or on the oval:
    (X - cx)² ry² + (Y - cy)² rx² <= rx² ry².
    """

    cx: int
    cy: int
    rx: int
    ry: int


class Polygon(
    msgspec.Struct, frozen=True, tag="polygon", tag_field="kind", forbid_unknown_fields=True
):
    """A closed polygon of at least three points [x, y] in 1/16 px, filled by the even-odd rule.

    A pixel is covered when its centre lies inside or on an edge.
    """

    points: tuple[tuple[int, int], ...]


class Whole(msgspec.Struct, frozen=True, tag="whole", tag_field="kind", forbid_unknown_fields=True):
    """The whole frame."""


Shape = Ellipse | Polygon | Whole


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shape at a frame number."""

    frame: int
    shape: Shape


def shape_at(keys: Sequence[Key], frame: int) -> Shape:
    """Return the shape at a frame: between keys of one kind every number goes in a straight line.

    Centres and points are rounded down, half-axes are rounded up, to whole units. Before the first
    key and after the last, that key holds. Between keys of different kinds (or polygons of
    different numbers of points) the earlier key holds. keys are in the order of their frames.
    """
    at = bisect_right(keys, frame, key=lambda key: key.frame)
    if at == 0:
        return keys[0].shape
    before = keys[at - 1]
    if at == len(keys) or before.frame == frame:
        return before.shape
    after = keys[at]
    return _between(before.shape, after.shape, frame - before.frame, after.frame - before.frame)


def _between(a: Shape, b: Shape, t: int, span: int) -> Shape:
    """Return the shape t/span of the way from a to b."""
    if isinstance(a, Ellipse) and isinstance(b, Ellipse):
        return Ellipse(
            _line_down(a.cx, b.cx, t, span),
            _line_down(a.cy, b.cy, t, span),
            -_line_down(-a.rx, -b.rx, t, span),
            -_line_down(-a.ry, -b.ry, t, span),
        )
    if isinstance(a, Polygon) and isinstance(b, Polygon) and len(a.points) == len(b.points):
        return Polygon(
            tuple(
                (_line_down(p[0], q[0], t, span), _line_down(p[1], q[1], t, span))
                for p, q in zip(a.points, b.points, strict=True)
            )
        )
    return a


def _line_down(a: int, b: int, t: int, span: int) -> int:
    """Return a + (b - a) t / span, rounded down; exact integers."""
    return (a * (span - t) + b * t) // span
