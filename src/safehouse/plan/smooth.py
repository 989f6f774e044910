"""Ovals over time, smoothed only outwards: each result holds what its frame needs."""

from safehouse.plan.cover import holds, inflate
from safehouse.plan.margins import Oval

__all__ = ["smooth_outwards"]

REACH = 3
"""Frames on each side that are taken together: a detector's box jitters from frame to frame, and
the outline of the mask must not."""


def smooth_outwards(ovals: list[Oval], reach: int = REACH) -> list[Oval]:
    """Return calm ovals, each of which holds the one given for its frame.

    The sides of the ovals are widened to their extremes over reach frames on each side, then
    averaged over as many: the average of the extremes is never inside the frame's own side.
    """
    sides = [[cx - rx, cy - ry, -cx - rx, -cy - ry] for cx, cy, rx, ry in ovals]
    columns = [_calm([row[side] for row in sides], reach) for side in range(4)]
    found = []
    for oval, x0, y0, x1, y1 in zip(ovals, *columns, strict=True):
        whole = ((x0 - x1) / 2, (y0 - y1) / 2, -(x1 + x0) / 2, -(y1 + y0) / 2)
        found.append(whole if holds(whole, oval) else inflate(whole, oval))
    return found


def _calm(lows: list[float], reach: int) -> list[float]:
    """Return averages of running minima of one side; never above the side itself."""
    count = len(lows)
    least = [min(lows[max(0, n - reach) : n + reach + 1]) for n in range(count)]
    calm = []
    for n in range(count):
        window = least[max(0, n - reach) : n + reach + 1]
        calm.append(sum(window) / len(window))
    return calm
