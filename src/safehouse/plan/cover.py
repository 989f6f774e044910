"""Whether one oval holds another, and keys with straight lines between that hold every frame.

What is claimed here is checked on the plan's own numbers: the shapes that `shape_at` gives.
"""

from math import ceil, cos, floor, pi, sin

from safehouse.model.shape import SUBPIXEL, Ellipse, Key, shape_at
from safehouse.plan.margins import Oval

__all__ = ["covers", "holds", "inflate", "keys_over"]

CORNERS = 24
"""Corners of the polygon around an oval with which containment is tested: it is 0.9 % larger, so
the test errs on the side of more cover."""

AROUND = tuple(
    (cos(2 * pi * n / CORNERS) / cos(pi / CORNERS), sin(2 * pi * n / CORNERS) / cos(pi / CORNERS))
    for n in range(CORNERS)
)

SLACK = 0.03
"""Growth of a key's oval, so that a straight line can follow a bent path; larger: fewer keys."""

GRID = 2 * SUBPIXEL
"""Grid of keys, 1/16 px: two px, so that a head that stands still has a mask that does."""

LONGEST = 48
"""Most frames between two keys; bounds the work of finding the longest straight line."""


def holds(outer: Oval, inner: Oval) -> bool:
    """Return whether outer holds the whole of inner."""
    cx, cy, rx, ry = outer
    x, y, wide, tall = inner
    return all(
        ((x + c * wide - cx) / rx) ** 2 + ((y + s * tall - cy) / ry) ** 2 <= 1 for c, s in AROUND
    )


def inflate(outer: Oval, inner: Oval) -> Oval:
    """Return outer grown about its centre until it holds inner."""
    cx, cy, rx, ry = outer
    x, y, wide, tall = inner
    most = max(((x + c * wide - cx) / rx) ** 2 + ((y + s * tall - cy) / ry) ** 2 for c, s in AROUND)
    by = max(1.0, most**0.5) * (1 + 1e-9)
    return (cx, cy, rx * by, ry * by)


def covers(shape: Ellipse, oval: Oval) -> bool:
    """Return whether a plan's oval holds an oval in px."""
    unit = 1 / SUBPIXEL
    return holds((shape.cx * unit, shape.cy * unit, shape.rx * unit, shape.ry * unit), oval)


def keys_over(first: int, needed: list[Oval], calm: list[Oval]) -> tuple[Key, ...]:
    """Return few keys, from frame first on, whose straight lines hold what every frame needs.

    Args:
        first: the frame of the first row.
        needed: the oval that each frame must hide.
        calm: smooth ovals that hold the needed ones; the keys are taken from them.
    """
    shapes = [_holding(oval, own) for oval, own in zip(calm, needed, strict=True)]
    keys = [Key(first, shapes[0])]
    at = 0
    while at + 1 < len(shapes):
        to = _farthest(at, shapes, needed)
        keys.append(Key(first + to, shapes[to]))
        at = to
    return tuple(_without_repeats(keys))


def _farthest(at: int, shapes: list[Ellipse], needed: list[Oval]) -> int:
    """Return the farthest row that a straight line from row at reaches without baring a frame."""
    step, best = 1, at + 1
    while step > 0:
        to = best + step
        if to < len(shapes) and to - at <= LONGEST and _is_line(at, to, shapes, needed):
            best, step = to, step * 2
        else:
            step //= 2
    return best


def _is_line(at: int, to: int, shapes: list[Ellipse], needed: list[Oval]) -> bool:
    keys = (Key(at, shapes[at]), Key(to, shapes[to]))
    for frame in range(at + 1, to):
        shape = shape_at(keys, frame)
        if not (isinstance(shape, Ellipse) and covers(shape, needed[frame])):
            return False
    return True


def _holding(calm: Oval, own: Oval) -> Ellipse:
    """Return the calm oval on the grid, grown where it must be until it holds the frame's own."""
    shape = _snap(calm)
    while not covers(shape, own):
        shape = Ellipse(shape.cx, shape.cy, shape.rx + GRID, shape.ry + GRID)
    return shape


def _snap(oval: Oval) -> Ellipse:
    """Return the oval with slack, on the coarse grid, outwards."""
    cx, cy, rx, ry = (v * SUBPIXEL for v in oval)
    x, y = _near(cx), _near(cy)
    return Ellipse(
        x,
        y,
        GRID * ceil((rx * (1 + SLACK) + abs(cx - x)) / GRID),
        GRID * ceil((ry * (1 + SLACK) + abs(cy - y)) / GRID),
    )


def _near(value: float) -> int:
    return GRID * floor(value / GRID + 0.5)


def _without_repeats(keys: list[Key]) -> list[Key]:
    """Return the keys without those in the middle of a run of one shape."""
    kept: list[Key] = []
    for key in keys:
        if len(kept) > 1 and kept[-1].shape == kept[-2].shape == key.shape:
            kept.pop()
        kept.append(key)
    return kept
