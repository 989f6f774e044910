"""How well an attack tells speakers: error rates, ranks and suspects, with intervals."""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = ["Told", "Trials", "equal_error", "told"]

Floats = NDArray[np.float64]

ALARM = 0.01
DRAWS = 300


@dataclass(frozen=True)
class Trials:
    """Scores of each test against each enrolled speaker.

    Attributes:
        scores: shape (tests, speakers); higher is more alike.
        own: shape (tests,), the number of each test's speaker.
        sexes: shape (speakers,), any two numbers; None where not known.
    """

    scores: Floats
    own: NDArray[np.int64]
    sexes: NDArray[np.int64] | None = None

    def is_own(self) -> NDArray[np.bool_]:
        """Return where a test meets its own speaker, shape of scores."""
        return np.asarray(self.own[:, None] == np.arange(self.scores.shape[1]))


@dataclass(frozen=True)
class Told:
    """How well speakers were told; all in percent but picked, which is tries in ten.

    Attributes:
        eer, low, high: equal error rate, and where it lies in 95 of 100 draws of speakers.
        at_one: own speaker accepted where 1 in 100 strangers is.
        first: own speaker ranked first among all, each speaker counting once.
        same_sex: equal error rate among speakers of one sex; None where not known.
        picked: among 5 and 10 suspects, tries of 10 in which the speaker is picked.
        speakers, tests: how many.
    """

    eer: float
    low: float
    high: float
    at_one: float
    first: float
    same_sex: float | None
    picked: tuple[float, float]
    speakers: int
    tests: int


def equal_error(own: Floats, strange: Floats) -> float:
    """Return the rate, 0 … 1, at which own speakers are refused as often as strangers accepted."""
    edges = np.sort(np.concatenate([own, strange]))
    refused = np.searchsorted(np.sort(own), edges) / len(own)
    accepted = 1 - np.searchsorted(np.sort(strange), edges) / len(strange)
    at = int(np.abs(refused - accepted).argmin())
    return float((refused[at] + accepted[at]) / 2)


def told(trials: Trials, seed: int = 0) -> Told:
    """Return every measure of one attack."""
    own = trials.is_own()
    low, high = _interval(trials, seed)
    same: float | None = None
    if trials.sexes is not None:
        alike = trials.sexes[trials.own][:, None] == trials.sexes[None]
        same = 100 * equal_error(trials.scores[own], trials.scores[alike & ~own])
    limit = np.quantile(trials.scores[~own], 1 - ALARM)
    return Told(
        eer=100 * equal_error(trials.scores[own], trials.scores[~own]),
        low=low,
        high=high,
        at_one=100 * float((trials.scores[own] > limit).mean()),
        first=100 * float(_by_speaker(trials, _above(trials) == 0)),
        same_sex=same,
        picked=(_picked(trials, 5), _picked(trials, 10)),
        speakers=len(np.unique(trials.own)),
        tests=len(trials.own),
    )


def _above(trials: Trials) -> NDArray[np.int64]:
    """Return how many others score as high as the own speaker, for each test."""
    mine = trials.scores[np.arange(len(trials.own)), trials.own]
    return np.asarray((trials.scores >= mine[:, None]).sum(axis=1) - 1)


def _by_speaker(trials: Trials, values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(np.mean([values[trials.own == name].mean() for name in np.unique(trials.own)]))


def _picked(trials: Trials, suspects: int) -> float:
    """Return tries of ten in which the speaker is picked out of so many, all line-ups counted."""
    others = trials.scores.shape[1] - 1
    if others < suspects - 1:
        return float("nan")
    ways = comb(others, suspects - 1)
    chances = [comb(others - int(n), suspects - 1) / ways for n in _above(trials)]
    return 10 * _by_speaker(trials, np.asarray(chances))


def _interval(trials: Trials, seed: int) -> tuple[float, float]:
    """Return the middle 95 % of the equal error rate over draws of test speakers."""
    draw = np.random.default_rng(seed)
    names = np.unique(trials.own)
    rows = [np.flatnonzero(trials.own == name) for name in names]
    own = trials.is_own()
    found = []
    for _ in range(DRAWS):
        some = np.concatenate([rows[k] for k in draw.integers(0, len(names), len(names))])
        mine = own[some]
        found.append(equal_error(trials.scores[some][mine], trials.scores[some][~mine]))
    low, high = np.quantile(found, (0.025, 0.975))
    return 100 * float(low), 100 * float(high)
