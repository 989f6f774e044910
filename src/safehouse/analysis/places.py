"""Boxes as floats: overlap, distance, quarter turns, and the head around a face."""

from dataclasses import dataclass
from math import cos, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Area",
    "Hit",
    "head_around",
    "inside",
    "mix",
    "move",
    "nearness",
    "nearness_of",
    "overlap",
    "stretch",
    "turn_back",
]

Area = tuple[float, float, float, float]
"""x0, y0, x1, y1 in px of the coded frame; half-open, may leave the frame."""

Points = NDArray[np.float64]

SIDE, BEHIND = 0.32, 3.8
"""Hair and ear beside a face, in face widths: at least SIDE; towards the back of a head that looks
aside, BEHIND times the nose's offset from the eyes' middle more (a profile has 0.2: 1.0 widths).
Medians and 95th percentiles of the labelled heads; smaller numbers leave the back of heads bare."""

FULL_HAIR = 0.42
"""The same as SIDE for a face that looks straight at the camera: full hair, scarves and hats reach
as far, and what they leave free lies within a quarter of the head."""

FILLS, FILLING = 0.45, 0.75
"""Height of a face, in shorter sides of the picture, from which SIDE and ABOVE fade, and at which
they are down to SIDE_FILLING and ABOVE_FILLING: the box of a face that fills the picture reaches
from ear to ear and into the hair (labelled heads and close-ups judged by eye: 0 to 0.2 beside and
0.14 to 0.3 above it, where small faces have 0.7 and 0.8 at the 90th percentile)."""

SIDE_FILLING, ABOVE_FILLING = 0.2, 0.4

TRUSTED = 0.4
"""Score from which a face's points are taken as they are."""

ABOVE, BELOW = 0.58, 0.12
"""Hair above the forehead and chin below, in face heights."""


UPRIGHT, DOWN = 0.57, 5.0
"""Where the nose is between eyes and mouth on a head held upright, and how many face heights more
of crown and hair each such share below that shows: a head that looks down has 0.65 and 1.0."""


LYING, AROUND_LYING = 1.15, 0.3
"""A face box this much wider than tall is of a head that lies on its side; its points say nothing,
and the head is taken to reach this share of the box beyond each side."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A face that the detector saw in one frame.

    Attributes:
        face: the face, px of the coded frame.
        head: the head around it.
        score: 0 … 1.
        turn: quarter turns counter-clockwise that the picture had to make for the face to stand;
            half of one for a head that leans.
    """

    face: Area
    head: Area
    score: float
    turn: float = 0


def head_around(face: Area, points: Points, score: float, share: float = 0.0) -> Area:
    """Return the head with hair, ears and chin around an upright face.

    Args:
        face: the detector's face box.
        points: shape (5, 2): eyes, nose and mouth corners as x, y in the same px.
        score: the face's; the points of a faint one say little of where it looks.
        share: the face's height in shorter sides of the picture; a large face's box holds more of
            the head already.
    """
    x0, y0, x1, y1 = face
    wide, tall = x1 - x0, y1 - y0
    if wide > LYING * tall:
        return stretch(face, AROUND_LYING)
    aside = float(points[2, 0] - (points[0, 0] + points[1, 0]) / 2) / max(wide, 1e-6)
    aside = min(max(aside, -0.3), 0.3) * min(1.0, score / TRUSTED)
    eyes, mouth = (points[0, 1] + points[1, 1]) / 2, (points[3, 1] + points[4, 1]) / 2
    down = float((points[2, 1] - eyes) / max(mouth - eyes, 1e-6)) - UPRIGHT
    fills = min(1.0, max(0.0, (share - FILLS) / (FILLING - FILLS)))
    above = ABOVE + fills * (ABOVE_FILLING - ABOVE)
    crown = above + DOWN * min(max(down, 0.0), 0.1) * min(1.0, score / TRUSTED)
    hair = (FULL_HAIR - SIDE) * max(0.0, 1 - abs(aside) / 0.1)
    side = SIDE + hair + fills * (SIDE_FILLING - SIDE - hair)
    left = side + BEHIND * max(0.0, aside - 0.03)
    right = side + BEHIND * max(0.0, -aside - 0.03)
    return (x0 - left * wide, y0 - crown * tall, x1 + right * wide, y1 + BELOW * tall)


def turn_back(area: Area, turn: float, width: float, height: float) -> Area:
    """Return an area of a turned picture where it lies in the upright one of width x height px.

    turn counts quarter turns counter-clockwise that the picture made. A picture that leans was
    turned about its middle and kept its size; an area in it becomes the box around the area's oval.
    """
    if turn % 1:
        return _lean_back(area, turn, width / 2, height / 2)
    x0, y0, x1, y1 = area
    if turn == 1:
        return (width - y1, x0, width - y0, x1)
    if turn == 2:
        return (width - x1, height - y1, width - x0, height - y0)
    if turn == 3:
        return (y0, height - x1, y1, height - x0)
    return area


def _lean_back(area: Area, turn: float, middle_x: float, middle_y: float) -> Area:
    c, s = cos(turn * pi / 2), sin(turn * pi / 2)
    x, y = (area[0] + area[2]) / 2 - middle_x, (area[1] + area[3]) / 2 - middle_y
    rx, ry = (area[2] - area[0]) / 2, (area[3] - area[1]) / 2
    x, y = middle_x + c * x - s * y, middle_y + s * x + c * y
    rx, ry = hypot(c * rx, s * ry), hypot(s * rx, c * ry)
    return (x - rx, y - ry, x + rx, y + ry)


def inside(a: Area, b: Area) -> float:
    """Return the share of a that lies in b, 0 … 1."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, wide) * max(0.0, tall) / max(_size(a), 1e-6)


def overlap(a: Area, b: Area) -> float:
    """Return the common area over the united one, 0 … 1."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    both = wide * tall
    return both / (_size(a) + _size(b) - both)


def nearness(a: Area, b: Area) -> float:
    """Return how far two areas are apart, in their mean size, with a penalty for unlike sizes.

    0 for the same area; 1 for neighbours of one size; a double size counts as 0.7.
    """
    side_a, side_b = max(_size(a), 1e-6) ** 0.5, max(_size(b), 1e-6) ** 0.5
    dx = (a[0] + a[2] - b[0] - b[2]) / 2
    dy = (a[1] + a[3] - b[1] - b[3]) / 2
    apart = (dx * dx + dy * dy) ** 0.5 / ((side_a + side_b) / 2)
    return float(apart + abs(np.log(side_a / side_b)))


def nearness_of(ones: list[Area], others: list[Area]) -> NDArray[np.float64]:
    """Return `nearness` of each of ones to each of others, shape (ones, others)."""
    a, b = np.array(ones)[:, None], np.array(others)[None]
    side_a, side_b = (
        np.sqrt(np.maximum((s[..., 2] - s[..., 0]) * (s[..., 3] - s[..., 1]), 1e-6)) for s in (a, b)
    )
    gap = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    apart = np.hypot(gap[..., 0], gap[..., 1]) / ((side_a + side_b) / 2)
    return np.asarray(apart + np.abs(np.log(side_a / side_b)), dtype=np.float64)


def move(area: Area, dx: float, dy: float, scale: float = 1.0) -> Area:
    """Return the area moved by dx, dy px and scaled about its centre."""
    cx, cy = (area[0] + area[2]) / 2 + dx, (area[1] + area[3]) / 2 + dy
    rx, ry = (area[2] - area[0]) / 2 * scale, (area[3] - area[1]) / 2 * scale
    return (cx - rx, cy - ry, cx + rx, cy + ry)


def stretch(area: Area, share: float) -> Area:
    """Return the area grown on each side by a share of its own size."""
    dx, dy = share * (area[2] - area[0]), share * (area[3] - area[1])
    return (area[0] - dx, area[1] - dy, area[2] + dx, area[3] + dy)


def mix(a: Area, b: Area, t: float) -> Area:
    """Return the area t of the way from a to b."""
    return (
        a[0] + t * (b[0] - a[0]),
        a[1] + t * (b[1] - a[1]),
        a[2] + t * (b[2] - a[2]),
        a[3] + t * (b[3] - a[3]),
    )


def _size(a: Area) -> float:
    return max(0.0, a[2] - a[0]) * max(0.0, a[3] - a[1])
