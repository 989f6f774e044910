"""Attacks that tell who speaks, from the ignorant to one that trained on this very protection.

Ignorant: knows the original voice, and compares it with the protected one. Lazy-informed: has
both protected. Semi-informed: trained on protected speech of other speakers, with other keys, by a
linear discriminant and by a network, on each kind of feature and on all together (Tomashenko et
al., The VoicePrivacy Challenge, 2020). The strongest is what counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.embedding import Embedder
from safehouse.audit.attacks.handmade import measure_voice
from safehouse.audit.attacks.learning import Learned, discriminant, network, squeezed
from safehouse.audit.attacks.scores import Told, Trials, told
from safehouse.audit.attacks.sounds import learn_sounds, sounds_of

__all__ = ["Attack", "Piece", "attack_speakers", "strongest"]

Floats = NDArray[np.float64]
Features = dict[str, Floats]

MOST = 200
SIZES = (30, 60)
NETWORKS = 3
"""Networks whose scores are added."""


@dataclass(frozen=True)
class Piece:
    """A piece of speech at 16 kHz, shape (n,): original, protected, and whose it is."""

    speaker: str
    samples: NDArray[np.float32]


@dataclass(frozen=True)
class Attack:
    """An attack and how well it told speakers; pooled over all of a speaker's pieces, or not."""

    attacker: str
    pooled: bool
    told: Told


def attack_speakers(
    train: Sequence[Piece],
    enrol: Sequence[Piece],
    test: Sequence[Piece],
    original: Sequence[Piece],
    embedder: Embedder | None,
    sexes: dict[str, int] | None = None,
) -> tuple[Attack, ...]:
    """Return all attacks on protected tests, each alone and pooled.

    Args:
        train: protected pieces of speakers that are in neither of the others.
        enrol: protected pieces of known speakers.
        test: protected pieces of the same speakers.
        original: the known speakers' pieces without protection.
        embedder: a trained embedding; None leaves the measures made by hand.
        sexes: two numbers by speaker, where known.
    """
    groups = [[piece.samples for piece in group] for group in (train, enrol, test, original)]
    features = _features(groups, embedder)
    names = np.unique([piece.speaker for piece in enrol])
    bench = _Bench(train, enrol, test, names, sexes)
    found: list[Attack] = []
    fused: list[Floats] = []
    for name, (taught, known, heard, bare) in features.items():
        found += bench.judged(f"ignorant, {name}", bench.scores(bare, heard))
        found += bench.judged(f"lazy-informed, {name}", bench.scores(known, heard))
        for kind, learned in _lessons(taught, bench.taught_names()):
            scores = bench.scores(learned(known), learned(heard), learned(taught))
            fused.append((scores - scores.mean()) / scores.std())
            found += bench.judged(f"semi-informed, {kind} on {name}", scores)
    found += bench.judged("semi-informed, all together", np.mean(fused, axis=0))
    return tuple(found)


def strongest(attacks: Iterable[Attack], *, pooled: bool = False) -> Attack:
    """Return the attack with the lowest equal error rate."""
    return min((a for a in attacks if a.pooled == pooled), key=lambda attack: attack.told.eer)


def _lessons(taught: Floats, names: NDArray[np.int64]) -> Iterable[tuple[str, Learned]]:
    for size in SIZES:
        yield f"discriminant of {size}", discriminant(taught, names, size)
    nets = [network(taught, names, seed) for seed in range(NETWORKS)]
    yield "network", lambda given: np.concatenate([net(given) for net in nets], axis=1)


def _features(
    groups: list[list[NDArray[np.float32]]], embedder: Embedder | None
) -> dict[str, list[Floats]]:
    """Return each kind of feature of train, enrol, test and original, in scores of train's."""
    flat = [samples for group in groups for samples in group]
    ends = np.cumsum([len(group) for group in groups])[:-1]
    frames = [sounds_of(samples) for samples in flat]
    mixture = learn_sounds(frames[: len(groups[0])])
    rows: Features = {
        "measures by hand": np.stack([measure_voice(samples) for samples in flat]).astype(float),
        "sounds and their order": np.stack([mixture.vector(some) for some in frames]).astype(float),
    }
    if embedder is not None:
        rows["Resemblyzer"] = embedder.vectors(flat).astype(float)
    made = {}
    for name, values in rows.items():
        parts = np.split(values, ends)
        fit = squeezed(parts[0], MOST)
        made[name] = [fit(part) for part in parts]
    together = [np.concatenate(parts, axis=1) for parts in zip(*made.values(), strict=True)]
    fit = squeezed(together[0], MOST)
    made["all features"] = [fit(part) for part in together]
    return made


class _Bench:
    """Turns vectors into scores, and scores into what was told."""

    def __init__(
        self,
        train: Sequence[Piece],
        enrol: Sequence[Piece],
        test: Sequence[Piece],
        names: NDArray[np.str_],
        sexes: dict[str, int] | None,
    ) -> None:
        self._train = np.array([piece.speaker for piece in train])
        self._enrol = np.array([piece.speaker for piece in enrol])
        self._test = np.array([piece.speaker for piece in test])
        self._names = names
        self._sexes = np.array([sexes[str(n)] for n in names]) if sexes else None

    def taught_names(self) -> NDArray[np.int64]:
        """Return the numbers of the speakers that are trained on."""
        return np.unique(self._train, return_inverse=True)[1]

    def scores(self, known: Floats, heard: Floats, cohort: Floats | None = None) -> Floats:
        """Return cosines of tests with speakers, relative to strangers' where there are any."""
        own = _directions(known)
        voices = _directions(
            np.stack([own[self._enrol == name].mean(axis=0) for name in self._names])
        )
        tests = _directions(heard)
        alike = np.asarray(tests @ voices.T)
        if cohort is None:
            return alike
        strangers = _directions(cohort)
        by_test, by_voice = _usual(tests @ strangers.T), _usual(voices @ strangers.T)
        mean, spread = by_test
        other, wide = by_voice
        return np.asarray((alike - mean[:, None]) / spread[:, None] + (alike - other) / wide)

    def judged(self, attacker: str, scores: Floats) -> list[Attack]:
        """Return what scores told, for each test and pooled over a speaker's tests."""
        own = np.searchsorted(self._names, self._test)
        alone = told(Trials(scores, own, self._sexes))
        known = np.unique(own)
        sums = np.stack([scores[own == name].mean(axis=0) for name in known])
        return [
            Attack(attacker, False, alone),
            Attack(attacker, True, told(Trials(sums, known, self._sexes))),
        ]


def _usual(scores: Floats) -> tuple[Floats, Floats]:
    """Return mean and spread of each row's scores against the strangers most like it."""
    near = np.sort(scores, axis=1)[:, -max(20, scores.shape[1] // 4) :]
    return near.mean(axis=1), near.std(axis=1) + 1e-6


def _directions(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(1e-9, np.linalg.norm(rows, axis=1, keepdims=True)))
