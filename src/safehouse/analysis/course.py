"""Where a head that is out of sight is on its way to: on, as it moved. Pure."""

from collections.abc import Sequence

import numpy as np

from safehouse.analysis.places import Area, move, stretch

__all__ = ["Course", "course_of", "moved_on"]

Course = tuple[float, float]
"""How a head moves, px a frame, to the right and down."""

RECENT, SIGHTS = 8, 3
"""Frames, and sights within them at least, from which a course is told."""

FASTEST = 1.0
"""Fastest course that is believed, in head sizes a frame."""

EARLY, LATE = 0.5, 1.2
"""Shares of its course at which a head that is out of sight may be going on."""


def course_of(sights: Sequence[tuple[int, Area]]) -> Course | None:
    """Return how a head moves at the last of its sights, or None where too few tell.

    Args:
        sights: (frame, place), the last one in time last; in reverse order for the way back.
    """
    end = sights[-1][0]
    near = [(frame, area) for frame, area in sights if abs(end - frame) <= RECENT]
    if len(near) < SIGHTS:
        return None
    frames = np.array([abs(frame - end) for frame, _ in near], dtype=np.float64)
    middles = np.array([((a[0] + a[2]) / 2, (a[1] + a[3]) / 2) for _, a in near])
    slope = np.polyfit(-frames, middles, 1)[0]
    last = near[-1][1]
    size = ((last[2] - last[0]) * (last[3] - last[1])) ** 0.5
    by = min(1.0, FASTEST * size / max(float(np.hypot(*slope)), 1e-6))
    return (float(slope[0]) * by, float(slope[1]) * by)


def moved_on(area: Area, course: Course | None, steps: int, growth: float) -> Area:
    """Return the place where a head can be some frames after its last sight.

    It holds the head moved on by EARLY to LATE of its course, and grows on each side by growth, in
    head sizes a frame.
    """
    x, y = (steps * side for side in course) if course else (0.0, 0.0)
    early, late = (move(area, share * x, share * y) for share in (EARLY, LATE))
    both = (
        min(early[0], late[0]),
        min(early[1], late[1]),
        max(early[2], late[2]),
        max(early[3], late[3]),
    )
    more = stretch(area, growth * steps)
    dx, dy = area[0] - more[0], area[1] - more[1]
    return (both[0] - dx, both[1] - dy, both[2] + dx, both[3] + dy)
