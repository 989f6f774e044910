"""Resemblyzer's voice embedding: its three-layer LSTM in numpy, weights from the installed package.

Source: resemblyzer 0.1.4 (Apache-2.0), after Wan et al., Generalized End-to-End Loss, 2018. Its
voice detector is not used: `hearing.spoken` cuts the silence.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.hearing import mel_power, spoken
from safehouse.audit.attacks.weights import find_weights, read_weights

__all__ = ["Embedder", "find_embedder"]

Floats = NDArray[np.float32]

SPAN, STEP = 160, 77
"""Frames of a partial utterance (1.6 s), and from one to the next (1.3 a second)."""

LEAST = 0.75
"""Smallest part of a span that the last one may have."""

LAYERS, WIDTH = 3, 256
BATCH = 256


class Embedder:
    """Gives voices as directions of 256 numbers; near ones are the same speaker."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self._weights = weights

    def vectors(self, pieces: Sequence[Floats]) -> Floats:
        """Return one vector of length 1 for each piece of sound at 16 kHz, shape (pieces, 256)."""
        parts = [_partials(mel_power(spoken(piece))) for piece in pieces]
        joined = np.concatenate(parts)
        made = np.concatenate(
            [self._network(joined[at : at + BATCH]) for at in range(0, len(joined), BATCH)]
        )
        ends = np.cumsum([len(part) for part in parts])[:-1]
        return np.stack([_direction(part.mean(axis=0)) for part in np.split(made, ends)])

    def _network(self, mels: Floats) -> Floats:
        """Return embeddings of partial utterances, shape (n, SPAN, 40) → (n, 256)."""
        layer = mels
        for number in range(LAYERS):
            layer = self._layer(layer, number)
        out = layer[:, -1] @ self._weights["linear.weight"].T + self._weights["linear.bias"]
        return np.stack([_direction(row) for row in np.maximum(out, 0)])

    def _layer(self, given: Floats, number: int) -> Floats:
        into, back, bias, other = (
            self._weights[f"lstm.{kind}_l{number}"]
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        pushed = given @ into.T + bias + other
        hidden = np.zeros((len(given), WIDTH), np.float32)
        cell = np.zeros_like(hidden)
        made = np.empty((len(given), given.shape[1], WIDTH), np.float32)
        for at in range(given.shape[1]):
            gates = pushed[:, at] + hidden @ back.T
            enter, forget, new, out = np.split(gates, 4, axis=1)
            cell = _opening(forget) * cell + _opening(enter) * np.tanh(new)
            hidden = _opening(out) * np.tanh(cell)
            made[:, at] = hidden
        return made


def find_embedder() -> Embedder | None:
    """Return Resemblyzer's embedder, or None where the package `resemblyzer` is not installed."""
    path = find_weights()
    return Embedder(read_weights(path)) if path else None


def _opening(gate: Floats) -> Floats:
    return np.asarray(0.5 * np.tanh(0.5 * gate) + 0.5, np.float32)


def _direction(vector: Floats) -> Floats:
    return np.asarray(vector / max(1e-9, float(np.linalg.norm(vector))), np.float32)


def _partials(mels: Floats) -> Floats:
    parts: list[Floats] = []
    for first in range(0, max(1, len(mels)), STEP):
        part = mels[first : first + SPAN]
        if parts and len(part) < LEAST * SPAN:
            break
        parts.append(np.pad(part, ((0, SPAN - len(part)), (0, 0))))
    return np.stack(parts)
