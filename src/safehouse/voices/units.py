"""A small set of sounds of speech, which everything is said with: the crowd's, nobody's own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from safehouse.voices.bands import FRAMES
from safehouse.voices.local import Heard

__all__ = ["CELL", "Units", "choose_units", "load_units"]

Floats = NDArray[np.float32]

CELL = 3
"""Frames that share one unit: everybody speaks in steps of 30 ms."""

CHANGE = 20.0
"""What a change of unit costs, in squared spreads: short sounds of one's own are not followed."""


@dataclass(frozen=True, slots=True)
class Units:
    """The codebook, made by scripts/units.py from synthetic speech.

    Attributes:
        shapes: shape (units, 24), in spreads from the crowd's mean.
        members: shape (units, members, 24): sounds of the crowd near each unit.
        means, spreads: shape (voices, 24), of each voice of the crowd, nepers.
    """

    shapes: Floats
    members: Floats
    means: Floats
    spreads: Floats


@cache
def load_units() -> Units:
    """Return the codebook that lies in the package."""
    with (files("safehouse.voices") / "data" / "units.npz").open("rb") as handle:
        stored = np.load(handle, allow_pickle=False)
        return Units(**{name: np.asarray(stored[name], np.float32) for name in stored.files})


def choose_units(heard: Iterable[Heard], shapes: Floats) -> Iterator[NDArray[np.int64]]:
    """Yield the unit of each cell, shape (FRAMES / CELL,), for each block.

    The path is the cheapest (Viterbi 1967) of squared distances and changes, with one block to
    look ahead.
    """
    paid = np.zeros(len(shapes), np.float32)
    held: NDArray[np.int64] | None = None
    for block in heard:
        came, paid = _walk(_distances(block, shapes), paid)
        if held is not None:
            yield _back(np.concatenate([held, came]), paid)[: len(held)]
        held = came
    if held is not None:
        yield _back(held, paid)


def _distances(block: Heard, shapes: Floats) -> Floats:
    """Return what each unit costs in each cell: summed squares over its frames of speech."""
    cross = block.shapes @ shapes.T
    frames = (shapes**2).sum(axis=1) - 2 * cross
    frames = frames * block.speech[:, None]
    return np.asarray(frames.reshape(FRAMES // CELL, CELL, -1).sum(axis=1), np.float32)


def _walk(costs: Floats, paid: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return where each cell's units came from, shape (cells, units), and what each has paid."""
    own = np.arange(len(paid))
    came = np.empty(costs.shape, np.int64)
    for cell, cost in enumerate(costs):
        best = int(paid.argmin())
        change = paid[best] + np.float32(CHANGE)
        stay = paid <= change
        came[cell] = np.where(stay, own, best)
        paid = np.where(stay, paid, change) + cost
        paid = paid - paid.min()
    return came, paid


def _back(came: NDArray[np.int64], paid: Floats) -> NDArray[np.int64]:
    path = np.empty(len(came), np.int64)
    unit = int(paid.argmin())
    for cell in range(len(came) - 1, -1, -1):
        path[cell] = unit
        unit = int(came[cell, unit])
    return path
