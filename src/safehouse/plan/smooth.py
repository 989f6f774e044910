"""Ovals over time, smoothed only outwards: each result holds what its frame needs."""

from safehouse.plan.cover import holds, inflate
from safehouse.plan.margins import Oval

__all__ = ["smooth_outwards"]

REACH = 4
"""Frames on each side that are averaged: a detector's box jitters from frame to frame, and the
outline of the mask must not. A longer reach calms more and covers more where a head turns."""

STRAY = 0.08
"""How far the calm middle may be from the needed one, in half-axes: beyond it the mask follows, so
that a jolt of the camera does not blow it up."""


def smooth_outwards(ovals: list[Oval], reach: int = REACH) -> list[Oval]:
    """Return calm ovals, each of which holds the one given for its frame.

    The middle is averaged over reach frames on each side, which leaves a steady motion as it is;
    the half-axes are the averages of their running maxima, never below the frame's own; what
    then still sticks out is taken in by growth.
    """
    xs, ys, wide, tall = ([oval[side] for oval in ovals] for side in range(4))
    calm = zip(
        _near(_averages(xs, reach), xs, wide),
        _near(_averages(ys, reach), ys, tall),
        _averages(_maxima(wide, reach), reach),
        _averages(_maxima(tall, reach), reach),
        strict=True,
    )
    return [
        whole if holds(whole, oval) else inflate(whole, oval)
        for whole, oval in zip(calm, ovals, strict=True)
    ]


def _averages(values: list[float], reach: int) -> list[float]:
    """Return averages over a window that shrinks evenly towards both ends."""
    count = len(values)
    found = []
    for n in range(count):
        near = min(reach, n, count - 1 - n)
        window = values[n - near : n + near + 1]
        found.append(sum(window) / len(window))
    return found


def _maxima(values: list[float], reach: int) -> list[float]:
    return [max(values[max(0, n - reach) : n + reach + 1]) for n in range(len(values))]


def _near(calm: list[float], own: list[float], half: list[float]) -> list[float]:
    """Return the calm values, drawn to within STRAY half-axes of the frame's own."""
    return [
        min(max(c, o - STRAY * h), o + STRAY * h) for c, o, h in zip(calm, own, half, strict=True)
    ]
