"""What attackers learn from other speakers' protected speech: a discriminant, a network."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Learned", "discriminant", "network", "squeezed"]

Floats = NDArray[np.float64]
Learned = Callable[[Floats], Floats]

RIDGE = 0.05
HIDDEN, PASSES, BATCH = 128, 120, 64
STEP, DROPPED, DECAY = 2e-3, 0.3, 1e-3


def squeezed(rows: Floats, most: int) -> Learned:
    """Return a map to standard scores and at most so many principal directions."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scored = np.clip((rows - mean) / spread, -6, 6)
    if rows.shape[1] <= most:
        return lambda given: np.clip((given - mean) / spread, -6, 6)
    _, _, axes = np.linalg.svd(scored, full_matrices=False)
    kept = axes[:most].T
    return lambda given: np.asarray(np.clip((given - mean) / spread, -6, 6) @ kept)


def discriminant(rows: Floats, names: NDArray[np.int64], size: int) -> Learned:
    """Return the map to the directions that tell speakers apart best (Fisher 1936)."""
    mean = rows.mean(axis=0)
    centres = np.stack([rows[names == name].mean(axis=0) for name in np.unique(names)])
    inside = rows - centres[np.searchsorted(np.unique(names), names)]
    within = inside.T @ inside / len(rows)
    within += RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    power, axes = np.linalg.eigh(within)
    white = axes / np.sqrt(power)
    between = (centres - mean) @ white
    _, _, apart = np.linalg.svd(between, full_matrices=False)
    turn = white @ apart[:size].T
    return lambda given: np.asarray((given - mean) @ turn)


@dataclass
class _Network:
    """One hidden layer and a choice among the speakers of training."""

    first: Floats
    bias: Floats
    second: Floats

    def hidden(self, rows: Floats) -> Floats:
        return np.asarray(rows @ self.first + self.bias)

    def slopes(self, rows: Floats, wanted: Floats, kept: Floats) -> tuple[Floats, Floats, Floats]:
        before = self.hidden(rows)
        after = np.maximum(before, 0) * kept
        score = after @ self.second
        chance = np.exp(score - score.max(axis=1, keepdims=True))
        off = (chance / chance.sum(axis=1, keepdims=True) - wanted) / len(rows)
        back = (off @ self.second.T) * kept * (before > 0)
        return rows.T @ back, back.sum(axis=0), after.T @ off


def network(rows: Floats, names: NDArray[np.int64], seed: int = 0) -> Learned:
    """Return the map to the hidden layer of a network that was trained to name speakers (Adam)."""
    draw = np.random.default_rng(seed)
    kinds, numbers = np.unique(names, return_inverse=True)
    width = rows.shape[1]
    net = _Network(
        draw.normal(0, np.sqrt(2 / width), (width, HIDDEN)),
        np.zeros(HIDDEN),
        draw.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, len(kinds))),
    )
    wanted = np.eye(len(kinds))[numbers]
    moments = [[np.zeros_like(part), np.zeros_like(part)] for part in _parts(net)]
    turn = 0
    for _ in range(PASSES):
        order = draw.permutation(len(rows))
        for at in range(0, len(rows), BATCH):
            some = order[at : at + BATCH]
            kept = (draw.random((len(some), HIDDEN)) > DROPPED) / (1 - DROPPED)
            turn += 1
            _step(net, net.slopes(rows[some], wanted[some], kept), moments, turn)
    return net.hidden


def _parts(net: _Network) -> tuple[Floats, Floats, Floats]:
    return net.first, net.bias, net.second


def _step(
    net: _Network, slopes: tuple[Floats, ...], moments: list[list[Floats]], turn: int
) -> None:
    """Move the network's numbers along the slopes, in place (Kingma and Ba 2015)."""
    for part, slope, (mean, power) in zip(_parts(net), slopes, moments, strict=True):
        mean += 0.1 * (slope - mean)
        power += 0.001 * (slope**2 - power)
        fair = mean / (1 - 0.9**turn)
        size = np.sqrt(power / (1 - 0.999**turn)) + 1e-8
        part -= STEP * (fair / size + DECAY * part)
