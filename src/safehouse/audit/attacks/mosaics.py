"""Reads a mosaic's cells out of frames, and rebuilds by least squares what they were taken from.

Each cell of a mosaic is one equation about the picture behind it: the mean of its area, or one
sample of it (`deface` paints the sample at a cell's corner). While grid and face move against each
other the equations differ, and many frames give as many as there are pixels (what was done to a
moving mosaic in a film of 2025, github.com/KoKuToru/de-pixelate_gaV-O6NPWrI).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cells", "Grid", "cells_of", "find_grid", "mosaic_of", "solve"]

Floats = NDArray[np.float32]

SMALLEST, LARGEST = 5, 48
"""Sides of cells that are looked for, px."""

CLEAR = 2.5
"""How many times stronger the steps on a grid's lines must be than those beside them."""

ROUNDS = 60
SMOOTH = 0.02
"""Rounds of the solver, and the weight of a smooth picture beside the equations."""


class Grid(NamedTuple):
    """A mosaic's grid in one direction: the side of a cell and where the first line is, px."""

    side: int
    first: int


class Cells(NamedTuple):
    """Areas of a canvas and the levels seen for them: rows (u0, v0, u1, v1), and shape (n,)."""

    areas: Floats
    levels: Floats


def mosaic_of(picture: NDArray[np.uint8], side: int, shift: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture in cells' means, the grid shifted down and right by shift, px."""
    height, width = picture.shape
    top, left = shift[0] % side, shift[1] % side
    rows = np.unique(np.r_[0, np.arange(top, height, side)])
    columns = np.unique(np.r_[0, np.arange(left, width, side)])
    high, wide = np.diff(np.r_[rows, height]), np.diff(np.r_[columns, width])
    sums = np.add.reduceat(np.add.reduceat(picture.astype(np.float64), rows, 0), columns, 1)
    means = np.rint(sums / np.outer(high, wide)).astype(np.uint8)
    return np.repeat(np.repeat(means, high, 0), wide, 1)


def find_grid(picture: Floats) -> tuple[Grid, Grid] | None:
    """Return a mosaic's grid, down and across, in a picture; None where there is none."""
    down = _lines_in(np.abs(np.diff(picture, axis=0)).mean(axis=1))
    across = _lines_in(np.abs(np.diff(picture, axis=1)).mean(axis=0))
    return (down, across) if down and across else None


def _lines_in(steps: Floats) -> Grid | None:
    """Return the side and first line of the grid on which the steps are strongest."""
    best, found = CLEAR, None
    for side in range(SMALLEST, min(LARGEST, len(steps) // 3) + 1):
        phases = steps[: len(steps) // side * side].reshape(-1, side).mean(axis=0)
        phase = int(phases.argmax())
        rest = float(phases.sum() - phases[phase]) / (side - 1)
        clear = float(phases[phase]) / (rest + 0.05)
        if clear > best * 1.05:
            best, found = clear, Grid(side, (phase + 1) % side)
    return found


def cells_of(picture: Floats, grid: tuple[Grid, Grid], place: Floats, *, corner: bool) -> Cells:
    """Return a mosaic's whole cells, with their areas on a canvas.

    Args:
        picture: shape (h, w).
        grid: as `find_grid` returns it.
        place: how canvas coordinates follow from the picture's: u = place[0] x + place[1], and
            v = place[2] y + place[3].
        corner: a level is taken for the sample at its cell's first corner, else for the mean.
    """
    (high, top), (wide, left) = grid
    ys = np.arange(top, picture.shape[0] - high + 1, high)
    xs = np.arange(left, picture.shape[1] - wide + 1, wide)
    if not (len(ys) and len(xs)):
        return Cells(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))
    part = picture[ys[0] : ys[-1] + high, xs[0] : xs[-1] + wide]
    inner = part.reshape(len(ys), high, len(xs), wide)[:, 1:-1, :, 1:-1]
    y, x = np.meshgrid(ys, xs, indexing="ij")
    down, right = (1, 1) if corner else (high, wide)
    ax, bx, ay, by = (float(value) for value in place)
    areas = [ax * x + bx, ay * y + by, ax * (x + right) + bx, ay * (y + down) + by]
    stacked = np.stack([area.ravel() for area in areas], axis=1).astype(np.float32)
    return Cells(stacked, inner.mean(axis=(1, 3)).ravel().astype(np.float32))


def solve(cells: Cells, side: int) -> Floats:
    """Return the picture, shape (side, side), whose areas have these levels: conjugate gradients.

    Where no equation says anything the picture is smooth.
    """
    inside = (cells.areas[:, :2] >= 0).all(axis=1) & (cells.areas[:, 2:] <= side).all(axis=1)
    areas = cells.areas[inside].astype(np.float64)
    levels = cells.levels[inside].astype(np.float64)
    middle = float(levels.mean()) if len(levels) else 0.0
    size = np.maximum((areas[:, 2] - areas[:, 0]) * (areas[:, 3] - areas[:, 1]), 1e-6)
    corners = [
        _Corner(areas[:, u], areas[:, v], sign / size, side)
        for u, v, sign in ((2, 3, 1), (0, 3, -1), (2, 1, -1), (0, 1, 1))
    ]
    weight = SMOOTH * max(1.0, len(levels) / side**2)
    found = np.zeros((side, side))
    rest = _back(corners, np.asarray(levels - middle), side)
    step = rest.copy()
    power = float(np.square(rest).sum())
    for _ in range(ROUNDS):
        if power < 1e-9:
            break
        turned = _back(corners, _seen(corners, step), side) + weight * _rough(step)
        rate = power / float((step * turned).sum())
        found += rate * step
        rest -= rate * turned
        power, before = float(np.square(rest).sum()), power
        step = rest + power / before * step
    return (found + middle).astype(np.float32)


class _Corner:
    """One corner of all areas: where it lies in the table of sums, with bilinear weights."""

    def __init__(
        self, u: NDArray[np.float64], v: NDArray[np.float64], share: NDArray[np.float64], side: int
    ) -> None:
        left = np.clip(u.astype(np.int64), 0, side - 1)
        top = np.clip(v.astype(np.int64), 0, side - 1)
        du, dv = u - left, v - top
        at = top * (side + 1) + left
        self.at = np.concatenate([at, at + 1, at + side + 1, at + side + 2])
        self.weights = np.concatenate(
            [share * a for a in ((1 - du) * (1 - dv), du * (1 - dv), (1 - du) * dv, du * dv)]
        )


def _seen(corners: list[_Corner], picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each area's mean, from the table of sums."""
    table = np.zeros((len(picture) + 1, len(picture) + 1))
    table[1:, 1:] = picture.cumsum(axis=0).cumsum(axis=1)
    flat = table.ravel()
    rows = [(flat[c.at] * c.weights).reshape(4, -1).sum(axis=0) for c in corners]
    return np.asarray(np.sum(rows, axis=0), np.float64)


def _back(corners: list[_Corner], levels: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return the transpose of `_seen` on levels."""
    table = np.zeros((side + 1) ** 2)
    for corner in corners:
        table += np.bincount(corner.at, corner.weights * np.tile(levels, 4), len(table))
    square = table.reshape(side + 1, side + 1)[1:, 1:]
    return np.asarray(square[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1])


def _rough(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the transpose of the steps between neighbours, on those steps."""
    out = np.zeros_like(picture)
    for axis in (0, 1):
        steps = np.diff(picture, axis=axis)
        pad = [(0, 0), (0, 0)]
        pad[axis] = (1, 1)
        out -= np.diff(np.pad(steps, pad), axis=axis)
    return out
