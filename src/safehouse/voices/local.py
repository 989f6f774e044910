"""Speech made like everybody's: loudness and colour of some seconds around are taken away.

Each speaker of a film, each microphone and each room has its own mean and spread in every band.
They are measured in a window that slides along, so that memory does not grow with the film, and
so that a second speaker is measured as soon as he or she has the word.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.voices.bands import BAND_COUNT, FRAMES, SILENT

__all__ = ["Heard", "local_speech"]

Floats = NDArray[np.float32]

REACH = 8
"""Blocks before and after the present one that are measured with it: 20 s in all."""

LEVELS = np.linspace(-17.0, 17.0, 273)
"""Edges of the counted levels, nepers of power."""

FULL, LEAST = 5.75, 0.35
"""A frame is speech within 25 dB of the loud ones, and above so much of the way from the quiet
ones to the loud ones: noise below the speech is left out."""

STEADY = 1.2
"""Sound whose level moves less than this, nepers, is hum or hiss, and no speech."""

QUIETEST = -12.3
"""Mean log band of sound at -75 dBFS; what is softer is silence."""

LOUD_PART, QUIET_PART = 0.95, 0.1
LEAST_FRAMES = 20
LEAST_SPREAD = 0.3
"""Smallest spread that shapes are divided by, nepers; speech has 1 to 2."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A block of sound as the units see it.

    Attributes:
        shapes: shape (FRAMES, 24), the spectrum's shape in spreads from the local mean.
        level: shape (FRAMES,), loudness in spreads from the local mean.
        speech: shape (FRAMES,), True where somebody may speak.
    """

    shapes: Floats
    level: Floats
    speech: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Block:
    shapes: Floats
    level: Floats
    counts: NDArray[np.int64]


def local_speech(bands: Iterable[Floats]) -> Iterator[Heard]:
    """Yield each block of log bands, shape (FRAMES, 24), made like those around it."""
    window: deque[_Block] = deque(maxlen=2 * REACH + 1)
    ahead = 0
    for block in bands:
        window.append(_split(block))
        ahead += 1
        if ahead > REACH:
            yield _relative(window, len(window) - 1 - REACH)
    for at in range(max(0, len(window) - min(ahead, REACH)), len(window)):
        yield _relative(_around(window, at), min(at, REACH))


def _around(window: deque[_Block], at: int) -> "deque[_Block]":
    first = max(0, at - REACH)
    return deque(list(window)[first : at + REACH + 1])


def _split(bands: Floats) -> _Block:
    level = bands.mean(axis=1)
    heard = level[level > SILENT]
    counts, _ = np.histogram(np.clip(heard, LEVELS[0], LEVELS[-1]), LEVELS)
    return _Block(bands - level[:, None], level, counts)


def _threshold(window: Iterable[_Block]) -> float:
    """Return the level from which a frame of the window is speech; infinite where none is."""
    total = np.cumsum(np.sum([block.counts for block in window], axis=0))
    if not total[-1]:
        return float("inf")
    loud = LEVELS[int(np.searchsorted(total, LOUD_PART * total[-1]))]
    quiet = LEVELS[int(np.searchsorted(total, QUIET_PART * total[-1]))]
    if loud - quiet < STEADY:
        return float("inf")
    return float(max(loud - FULL, quiet + LEAST * (loud - quiet), QUIETEST))


def _relative(window: "deque[_Block]", at: int) -> Heard:
    """Return block number at of a window, as the whole window sees it."""
    least = _threshold(window)
    shapes = np.concatenate([block.shapes[block.level > least] for block in window])
    levels = np.concatenate([block.level[block.level > least] for block in window])
    here = window[at]
    if len(levels) < LEAST_FRAMES:
        nothing = np.zeros(FRAMES, np.float32)
        return Heard(np.zeros((FRAMES, BAND_COUNT), np.float32), nothing, nothing > 0)
    spread = np.maximum(shapes.std(axis=0), LEAST_SPREAD)
    loud = max(float(levels.std()), LEAST_SPREAD)
    return Heard(
        (here.shapes - shapes.mean(axis=0)) / spread,
        (here.level - levels.mean()) / np.float32(loud),
        here.level > least,
    )
