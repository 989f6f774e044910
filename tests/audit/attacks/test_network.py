"""The small convolutional recogniser: it learns, and its slopes are the loss's."""

import numpy as np
import pytest
from numpy.typing import NDArray

from safehouse.audit.attacks.faces import name_over_splits
from safehouse.audit.attacks.network import (
    _features,
    _slopes,
    learner_of,
    name_by_network,
    teach_network,
)


def people(
    each: int, *, telling: bool, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Pictures of six people, 24 x 20: each has a bright patch of her own, or all are noise."""
    chance = np.random.default_rng(seed)
    rows, who = [], []
    for person in range(6):
        for _ in range(each):
            picture = chance.normal(0, 1, (24, 20)).astype(np.float32)
            if telling:
                picture[3 * person : 3 * person + 6, 6:14] += 4
            rows.append(picture)
            who.append(person)
    return np.array(rows), np.array(who)


def test_it_learns_who_is_on_pictures_that_tell() -> None:
    pictures, who = people(8, telling=True)
    network = teach_network(pictures, who, epochs=15)
    fresh, asked = people(4, telling=True, seed=1)
    assert (name_by_network(network, fresh) == asked).mean() > 0.8


def test_it_guesses_where_nothing_tells() -> None:
    pictures, who = people(7, telling=False)
    rows = pictures.reshape(len(pictures), -1).astype(np.float64)
    found = name_over_splits(rows, who, learner_of((24, 20), 8), splits=5)
    assert found.low <= 1 / 6 <= found.high


def test_the_same_seed_teaches_the_same_network() -> None:
    pictures, who = people(3, telling=True)
    one, two = (teach_network(pictures, who, seed=5, epochs=2) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.layers, two.layers, strict=True))


@pytest.mark.parametrize("layer", range(6))
def test_slopes_are_those_of_the_loss(layer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safehouse.audit.attacks.network.DROPPED", 0.0)
    pictures, who = people(2, telling=True)
    network = teach_network(pictures, who, epochs=1)
    network.layers = [part.astype(np.float64) for part in network.layers]  # type: ignore[misc]

    def loss() -> float:
        features, _ = _features(network, pictures)
        scores = features @ network.layers[4] + network.layers[5]
        scores = scores - scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return -float(logs[np.arange(len(who)), who].mean())

    slopes = _slopes(network, pictures, who, np.random.default_rng(0))
    part = network.layers[layer]
    at = np.unravel_index(int(np.abs(slopes[layer]).argmax()), part.shape)
    before = part[at]
    part[at] = before + 1e-5
    above = loss()
    part[at] = before - 1e-5
    below = loss()
    assert slopes[layer][at] == pytest.approx((above - below) / 2e-5, rel=0.02, abs=1e-5)
