"""Attack 4: a recogniser that was taught on protected pictures of the same people.

The parrot attack (McPherson, Shokri and Shmatikov, Defeating Image Obfuscation with Deep Learning,
arXiv 1609.00408): whoever can run the tool on pictures that they have can learn what a face looks
like behind it. Eigenfaces and Fisher's discriminant (Belhumeur, Hespanha and Kriegman, 1997), the
nearest mean by angle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

__all__ = ["Learner", "Named", "Recogniser", "learn", "name_all", "name_over_splits", "teach"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

Learner = Callable[[Floats, Numbers, int], Callable[[Floats], Numbers]]
"""Is taught pictures (n, pixels) of people (n,) with a seed; returns what names pictures."""

COMPONENTS = 120
"""Eigenfaces that are kept, at most; fewer where there are fewer pictures."""

RIDGE = 1e-2
"""Share of the mean within-person variance that is added, so that few pictures teach too."""

RESAMPLED = 2000
"""Draws of the bootstrap over people."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """What was learned: the mean picture, the directions that tell people apart, and the people.

    Attributes:
        mean: shape (pixels,).
        directions: shape (pixels, d).
        people: the numbers of the people, shape (p,).
        means: where each lies, shape (p, d), of length 1.
    """

    mean: Floats
    directions: Floats
    people: Numbers
    means: Floats


@dataclass(frozen=True, slots=True)
class Named:
    """How often a recogniser named the right person.

    Attributes:
        rate: share of test pictures, 0 … 1.
        low, high: 95 % interval, by drawing people anew.
        tries: test pictures in all splits.
        people: how many people there are; chance is 1 in so many.
    """

    rate: float
    low: float
    high: float
    tries: int
    people: int


def teach(pictures: Floats, people: Numbers) -> Recogniser:
    """Return a recogniser that was taught pictures, shape (n, pixels), of people, shape (n,)."""
    mean = pictures.mean(axis=0)
    centred = pictures - mean
    _, sizes, rows = np.linalg.svd(centred, full_matrices=False)
    kept = min(COMPONENTS, int((sizes > 1e-9 * max(float(sizes[0]), 1e-30)).sum()))
    base = rows[: max(1, kept)].T
    low = centred @ base
    known = np.unique(people)
    middle = np.stack([low[people == person].mean(axis=0) for person in known])
    inside = low - middle[np.searchsorted(known, people)]
    within = inside.T @ inside / len(low)
    within += (RIDGE * np.trace(within) / len(within) + 1e-12) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(np.maximum(values, 1e-12))
    _, _, between = np.linalg.svd((middle - middle.mean(axis=0)) @ white, full_matrices=False)
    directions = base @ white @ between[: len(known) - 1].T
    return Recogniser(mean, directions, known, _unit(middle @ base.T @ directions))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12))


def name_all(recogniser: Recogniser, pictures: Floats) -> Numbers:
    """Return the number of the person that each picture, shape (n, pixels), is taken for."""
    places = _unit((pictures - recogniser.mean) @ recogniser.directions)
    best = (places @ recogniser.means.T).argmax(axis=1)
    return np.asarray(recogniser.people[best], np.int64)


def learn(pictures: Floats, people: Numbers, _seed: int = 0) -> Callable[[Floats], Numbers]:
    """Return what names pictures, taught by `teach`."""
    return partial(name_all, teach(pictures, people))


def name_over_splits(
    pictures: Floats,
    people: Numbers,
    learner: Learner = learn,
    *,
    taught: int = 5,
    splits: int = 10,
    seed: int = 0,
) -> Named:
    """Return how often people are named, over random splits of their pictures.

    Args:
        pictures: shape (n, pixels), all protected in the same way, to teach and to test.
        people: who is on each, shape (n,).
        learner: what is taught.
        taught: pictures of each person that teach; the others test.
        splits: how often.
        seed: of the splits and of the interval.
    """
    chance = np.random.default_rng(seed)
    known = np.unique(people)
    right = np.zeros(len(known))
    tries = np.zeros(len(known))
    for split in range(splits):
        teaches = np.zeros(len(people), np.bool_)
        for person in known:
            teaches[chance.permutation(np.flatnonzero(people == person))[:taught]] = True
        name = learner(pictures[teaches], people[teaches], split)
        hits = name(pictures[~teaches]) == people[~teaches]
        at = np.searchsorted(known, people[~teaches])
        right += np.bincount(at, hits, len(known))
        tries += np.bincount(at, minlength=len(known))
    drawn = chance.integers(0, len(known), (RESAMPLED, len(known)))
    rates = right[drawn].sum(axis=1) / tries[drawn].sum(axis=1)
    low, high = np.quantile(rates, [0.025, 0.975])
    total = float(right.sum() / tries.sum())
    return Named(total, float(low), float(high), int(tries.sum()), len(known))
