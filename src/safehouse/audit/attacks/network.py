"""A small convolutional recogniser: the second attacker that is taught on protected faces.

Two layers of convolutions with pooling and one that names people, taught by Adam (Kingma and Ba,
2015) on shifted and mirrored copies; float32 throughout, written in NumPy: no framework of its size
is worth a 1,000 times larger install. The same seed teaches the same network on one machine.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.faces import Floats, Learner, Numbers

__all__ = ["Network", "learner_of", "name_by_network", "teach_network"]

F32 = NDArray[np.float32]

KERNEL, FIRST, SECOND = 5, 12, 24
"""Edge of the convolutions, and how many there are in the first and second layer."""

EPOCHS, BATCH, RATE = 40, 32, 3e-3
"""Times that every picture is shown, pictures a step, and Adam's first step size."""

SHIFT = 2
"""Px by which copies are shifted at most."""

DROPPED = 0.3
"""Share of the features that each step of teaching leaves out."""


@dataclass(slots=True)
class Network:
    """What was learned.

    Attributes:
        mean, spread: by which pictures are brought to one scale.
        layers: kernels (FIRST, 1, k, k) and (SECOND, FIRST, k, k), and the last (features,
            people), each with its offsets.
        people: the numbers of the people, shape (p,).
    """

    mean: F32
    spread: float
    layers: list[F32]
    people: Numbers


def teach_network(pictures: F32, people: Numbers, seed: int = 0, epochs: int = EPOCHS) -> Network:
    """Return a network that was taught pictures, shape (n, h, w), of people, shape (n,)."""
    chance = np.random.default_rng(seed)
    known = np.unique(people)
    mean = pictures.mean(axis=0)
    spread = float((pictures - mean).std()) or 1.0
    scaled = ((pictures - mean) / spread).astype(np.float32)
    layers = _begin(scaled.shape[1:], len(known), chance)
    network = Network(mean.astype(np.float32), spread, layers, known)
    wanted = np.searchsorted(known, people)
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    step = 0
    total = epochs * -(-len(scaled) // BATCH)
    for _ in range(epochs):
        order = chance.permutation(len(scaled))
        for first in range(0, len(order), BATCH):
            chosen = order[first : first + BATCH]
            slopes = _slopes(network, _moved(scaled[chosen], chance), wanted[chosen], chance)
            step += 1
            _adam(layers, slopes, moments, step, RATE * (1 - step / (total + 1)))
    return network


def learner_of(shape: tuple[int, int], epochs: int = EPOCHS) -> Learner:
    """Return a learner (see `faces`) for pictures that come as rows of (h w) numbers."""

    def learn(pictures: Floats, people: Numbers, seed: int) -> Callable[[Floats], Numbers]:
        own = pictures.reshape(-1, *shape).astype(np.float32)
        network = teach_network(own, people, seed, epochs)
        return lambda rows: name_by_network(network, rows.reshape(-1, *shape).astype(np.float32))

    return learn


def name_by_network(network: Network, pictures: F32) -> Numbers:
    """Return the number of the person that each picture, shape (n, h, w), is taken for."""
    scaled = ((pictures - network.mean) / network.spread).astype(np.float32)
    features, _ = _features(network, scaled)
    scores = features @ network.layers[4] + network.layers[5]
    return np.asarray(network.people[scores.argmax(axis=1)])


def _begin(shape: tuple[int, ...], people: int, chance: np.random.Generator) -> list[F32]:
    """Return layers of chance, of the size that He and others (2015) give them."""

    def drawn(*size: int, fan: int) -> F32:
        return chance.normal(0, np.sqrt(2 / fan), size).astype(np.float32)

    rows, columns = ((shape[0] - KERNEL + 1) // 2, (shape[1] - KERNEL + 1) // 2)
    rows, columns = ((rows - KERNEL + 1) // 2, (columns - KERNEL + 1) // 2)
    features = SECOND * rows * columns
    return [
        drawn(FIRST, KERNEL * KERNEL, fan=KERNEL * KERNEL),
        np.zeros(FIRST, np.float32),
        drawn(SECOND, FIRST * KERNEL * KERNEL, fan=FIRST * KERNEL * KERNEL),
        np.zeros(SECOND, np.float32),
        drawn(features, people, fan=features) * np.float32(0.3),
        np.zeros(people, np.float32),
    ]


def _moved(pictures: F32, chance: np.random.Generator) -> F32:
    """Return the pictures shifted a little, and half of them mirrored."""
    wide = np.pad(pictures, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)), mode="edge")
    rows, columns = pictures.shape[1:]
    out = np.empty_like(pictures)
    choices = chance.integers(0, (2 * SHIFT + 1, 2 * SHIFT + 1, 2), (len(pictures), 3))
    for n, (y, x, turned) in enumerate(choices):
        own = wide[n, y : y + rows, x : x + columns]
        out[n] = own[:, ::-1] if turned else own
    return out


def _patches(maps: F32) -> F32:
    """Return every k x k patch of maps (n, c, h, w) as rows (n, h', w', c k k)."""
    seen = np.lib.stride_tricks.sliding_window_view(maps, (KERNEL, KERNEL), axis=(2, 3))
    count, _, rows, columns = seen.shape[:4]
    return np.ascontiguousarray(seen.transpose(0, 2, 3, 1, 4, 5)).reshape(count, rows, columns, -1)


@dataclass(slots=True)
class _Layer:
    """What a layer saw and gave, kept for its slopes."""

    patches: F32
    best: NDArray[np.bool_]
    pooled: F32


def _layer(maps: F32, kernels: F32, offsets: F32) -> _Layer:
    """Return a layer's maps: convolved, cut off at 0, and the largest of each 2 x 2."""
    patches = _patches(maps)
    own = np.maximum(patches @ kernels.T + offsets, 0)
    rows, columns = own.shape[1] // 2 * 2, own.shape[2] // 2 * 2
    tiles = own[:, :rows, :columns].reshape(len(own), rows // 2, 2, columns // 2, 2, -1)
    largest = tiles.max(axis=(2, 4), keepdims=True)
    best = (tiles == largest) & (tiles > 0)
    pooled = np.ascontiguousarray(largest[:, :, 0, :, 0].transpose(0, 3, 1, 2))
    return _Layer(patches, best, pooled)


def _features(network: Network, scaled: F32) -> tuple[F32, tuple[_Layer, _Layer]]:
    one = _layer(scaled[:, None], network.layers[0], network.layers[1])
    two = _layer(one.pooled, network.layers[2], network.layers[3])
    return two.pooled.reshape(len(scaled), -1), (one, two)


def _slopes(
    network: Network, scaled: F32, wanted: Numbers, chance: np.random.Generator
) -> list[F32]:
    """Return the slope of the loss (softmax, cross entropy) along every number of the layers."""
    features, (one, two) = _features(network, scaled)
    kept = (chance.random(features.shape) >= DROPPED).astype(np.float32) / np.float32(1 - DROPPED)
    dropped = features * kept
    scores = dropped @ network.layers[4] + network.layers[5]
    scores -= scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    odds /= odds.sum(axis=1, keepdims=True)
    odds[np.arange(len(wanted)), wanted] -= 1
    odds /= len(wanted)
    back = ((odds @ network.layers[4].T) * kept).reshape(two.pooled.shape)
    kernels_two, offsets_two, patches = _back(two, back)
    before = _fold(patches @ network.layers[2], one.pooled.shape)
    kernels_one, offsets_one, _ = _back(one, before)
    last = dropped.T @ odds
    return [kernels_one, offsets_one, kernels_two, offsets_two, last, odds.sum(axis=0)]


def _back(layer: _Layer, slope: F32) -> tuple[F32, F32, F32]:
    """Return the slopes of a layer's kernels and offsets, and of what it convolved to."""
    count, rows, columns, length = layer.patches.shape
    full = np.zeros((count, rows, columns, slope.shape[1]), np.float32)
    spread = layer.best * slope.transpose(0, 2, 3, 1)[:, :, None, :, None]
    even = (rows // 2 * 2, columns // 2 * 2)
    full[:, : even[0], : even[1]] = spread.reshape(count, *even, -1)
    flat = full.reshape(-1, full.shape[3])
    return flat.T @ layer.patches.reshape(-1, length), flat.sum(axis=0), full


def _fold(patches: F32, shape: tuple[int, ...]) -> F32:
    """Return maps (n, c, h, w) to which every patch's slopes are added where it was cut."""
    count, rows, columns, _ = patches.shape
    parts = patches.reshape(count, rows, columns, shape[1], KERNEL, KERNEL)
    maps = np.zeros(shape, np.float32)
    for y in range(KERNEL):
        for x in range(KERNEL):
            maps[:, :, y : y + rows, x : x + columns] += parts[..., y, x].transpose(0, 3, 1, 2)
    return maps


def _adam(
    layers: list[F32], slopes: list[F32], moments: list[tuple[F32, F32]], step: int, rate: float
) -> None:
    """Move every layer against its slope."""
    for layer, slope, (first, second) in zip(layers, slopes, moments, strict=True):
        first += np.float32(0.1) * (slope - first)
        second += np.float32(0.001) * (slope * slope - second)
        ahead = first / np.float32(1 - 0.9**step)
        size = np.sqrt(second / np.float32(1 - 0.999**step)) + np.float32(1e-8)
        layer -= np.float32(rate) * ahead / size
