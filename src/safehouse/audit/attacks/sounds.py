"""Which sounds a speaker makes, how, and in what order: learned from other speakers' speech.

A mixture of Gaussians over cepstra says what sounds there are (Reynolds 2000); a piece of speech
is how far its own sounds lie from them, how often each comes, and which follows which.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.hearing import cepstra, spoken

__all__ = ["Sounds", "learn_sounds", "sounds_of"]

Floats = NDArray[np.float32]

PARTS, ROUNDS = 48, 8
COARSE = 16
KEPT = 60_000
RELEVANCE = 8.0
"""Frames after which a piece's own sound counts as much as the mixture's."""

FLOOR = 0.05


def sounds_of(samples: Floats) -> Floats:
    """Return cepstra with their change over 60 ms, shape (frames, 38), of the spoken part."""
    steady = cepstra(spoken(samples), 20)[:, 1:]
    edge = np.pad(steady, ((3, 3), (0, 0)), mode="edge")
    return np.concatenate([steady, edge[6:] - edge[:-6]], axis=1)


@dataclass(frozen=True)
class Sounds:
    """A mixture with diagonal spreads: shape (parts, n), (parts, n), (parts,)."""

    means: Floats
    spreads: Floats
    shares: Floats
    coarse: NDArray[np.int64]

    def vector(self, frames: Floats) -> Floats:
        """Return a piece as numbers: distances of its sounds, how often they come, their order."""
        weights = self.weights(frames)
        count = weights.sum(axis=0)
        moved = (weights.T @ frames - count[:, None] * self.means) / self.spreads
        moved /= count[:, None] + RELEVANCE
        often = np.log(count / count.sum() + 1e-3)
        return np.concatenate([moved.ravel(), often, self._order(weights)]).astype(np.float32)

    def weights(self, frames: Floats) -> Floats:
        """Return how much each frame is each sound, shape (frames, parts); rows sum to 1."""
        inverse = 1 / self.spreads**2
        far = (frames**2) @ inverse.T - 2 * frames @ (self.means * inverse).T
        far += (self.means**2 * inverse).sum(axis=1) + 2 * np.log(self.spreads).sum(axis=1)
        log = np.log(self.shares + 1e-9) - 0.5 * far
        log -= log.max(axis=1, keepdims=True)
        made = np.exp(log)
        return np.asarray(made / made.sum(axis=1, keepdims=True), np.float32)

    def _order(self, weights: Floats) -> Floats:
        """Return roots of how often one of 16 kinds of sound follows another, 50 ms later."""
        kinds = np.zeros((len(weights), COARSE), np.float32)
        for part, kind in enumerate(self.coarse):
            kinds[:, kind] += weights[:, part]
        after = kinds[5:].T @ kinds[:-5] / max(1, len(kinds) - 5)
        return np.sqrt(after).ravel()


def learn_sounds(pieces: Sequence[Floats]) -> Sounds:
    """Return the mixture that fits frames of many pieces best (k-means, then EM)."""
    frames = np.concatenate(list(pieces))
    frames = frames[:: max(1, len(frames) // KEPT)]
    draw = np.random.default_rng(1)
    means = frames[draw.choice(len(frames), PARTS, replace=False)]
    wide = np.tile(frames.std(axis=0), (PARTS, 1))
    made = Sounds(means, wide, np.full(PARTS, 1 / PARTS, np.float32), np.arange(PARTS) % COARSE)
    for _ in range(ROUNDS):
        made = _better(made, frames)
    order = made.means[:, 0].argsort().argsort()
    return Sounds(made.means, made.spreads, made.shares, order * COARSE // PARTS)


def _better(model: Sounds, frames: Floats) -> Sounds:
    weights = model.weights(frames)
    count = weights.sum(axis=0) + 1e-3
    means = weights.T @ frames / count[:, None]
    power = weights.T @ frames**2 / count[:, None] - means**2
    spreads = np.sqrt(np.maximum(power, FLOOR * frames.var(axis=0)))
    return Sounds(means, spreads, count / count.sum(), model.coarse)
