"""The recogniser names people that it was taught, and nobody where there is nothing to tell."""

import numpy as np
import pytest
from numpy.typing import NDArray

from safehouse.audit.attacks.faces import name_all, name_over_splits, teach

PEOPLE = np.repeat(np.arange(12), 7)


def portraits(likeness: float) -> NDArray[np.float64]:
    """Return pictures, shape (84, 300): each person's own pattern so strong, light and noise."""
    chance = np.random.default_rng(3)
    patterns = chance.normal(size=(12, 300))
    light = np.linspace(-1, 1, 300) * chance.normal(size=(len(PEOPLE), 1)) * 4
    noise = chance.normal(size=(len(PEOPLE), 300))
    return np.asarray(likeness * patterns[PEOPLE] + light + noise)


def test_people_who_look_like_themselves_are_named() -> None:
    assert name_over_splits(portraits(1.0), PEOPLE, splits=4).rate > 0.95


def test_black_pictures_and_noise_are_named_by_chance() -> None:
    black = name_over_splits(np.zeros((len(PEOPLE), 300)), PEOPLE, splits=4)
    noise = name_over_splits(portraits(0.0), PEOPLE, splits=10)
    assert black.rate == pytest.approx(1 / 12, abs=0.001)
    assert noise.rate < 0.2
    assert noise.low < 1 / 12 < noise.high


def test_protected_in_the_same_way_is_still_named_where_protection_is_a_function_of_the_face() -> (
    None
):
    pictures = portraits(1.0).reshape(-1, 30, 10).mean(axis=2)
    assert name_over_splits(pictures, PEOPLE, splits=4).rate > 0.5


def test_the_interval_holds_the_rate_and_counts_every_try() -> None:
    found = name_over_splits(portraits(0.3), PEOPLE, taught=5, splits=6)
    assert found.low <= found.rate <= found.high
    assert (found.tries, found.people) == (6 * 12 * 2, 12)


def test_people_keep_their_numbers() -> None:
    pictures, numbers = portraits(2.0), PEOPLE * 10 + 5
    named = name_all(teach(pictures, numbers), pictures)
    assert set(named.tolist()) <= set(numbers.tolist())
    assert (named == numbers).mean() > 0.95
