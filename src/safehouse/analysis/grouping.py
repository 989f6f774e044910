"""Gathers pieces into people, by the likeness of their faces. Pure; it only ever suggests.

It is tuned to split rather than to merge: two people in one pile are a mistake that a human may not
see, one person in two piles is a key pressed once. People who are there already stay as they are;
pieces that nobody was suggested for join one of them, or make somebody new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["LINE", "Appearance", "Grouping", "Guess", "Vector", "group", "mean_of"]

LINE = 0.40
"""Distance from a person's mean up to which a piece is that person's (`benchmarks/grouping.py`)."""

FAR = 0.53
"""Distance up to which each of a person's earlier pieces must be, too: chains never join."""

KEPT = 12
"""Pieces of a person that a new one is held against, the best views first."""

LEAST_WORTH = 0.08
"""Worth of a piece's views below which it makes nobody new, and joins nobody."""

WEAK_WORTH, WEAK_LINE = 0.2, 0.9
"""Worth below which a piece must be nearer: up to this share of the line."""

BELOW, ABOVE = 0.03, 0.06
"""A guess this little below the line, or above it, is asked about."""

NOWHERE = 1e6
"""Squared length of the mean of somebody of whom no face was seen: near nobody."""

Vector = NDArray[np.float32]
"""An embedding, shape (128,)."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What grouping knows of a piece.

    Attributes:
        piece, clip, track: ids.
        first, end: frames first <= f < end.
        vector: mean of its views' embeddings, shape (128,); None where no face was seen.
        worth: of its best view, 0 … 1.
        person: who it is confirmed or was suggested to be, or "".
    """

    piece: str
    clip: str
    track: str
    first: int
    end: int
    vector: Vector | None
    worth: float
    person: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A piece may be a person, at a distance: smaller is nearer."""

    piece: str
    person: str
    distance: float


@dataclass(frozen=True, slots=True)
class Grouping:
    """What was guessed.

    Attributes:
        guesses: for pieces that nobody was suggested for before.
        near: guesses near the line, which a human should look at: just inside, or just outside.
    """

    guesses: tuple[Guess, ...]
    near: tuple[Guess, ...]


@dataclass(slots=True)
class _Pile:
    """The pieces of one person so far."""

    person: str
    total: NDArray[np.float64]
    weight: float = 0.0
    kept: list[Vector] = field(default_factory=list)
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    new: list[Appearance] = field(default_factory=list)

    def add(self, one: Appearance) -> None:
        self.spans.setdefault(one.clip, []).append((one.first, one.end))
        if one.vector is not None and one.worth >= LEAST_WORTH:
            self.total += one.worth * one.vector
            self.weight += one.worth
            if len(self.kept) < KEPT:
                self.kept.append(one.vector)

    @property
    def mean(self) -> Vector:
        return (self.total / max(self.weight, 1e-9)).astype(np.float32)

    def is_seen_with(self, spans: Iterable[tuple[str, int, int]]) -> bool:
        """Return whether the person is elsewhere in a frame of spans, as (clip, first, end)."""
        return any(
            first < b and a < end for clip, first, end in spans for a, b in self.spans.get(clip, ())
        )

    def holds(self, vectors: Sequence[Vector], far: float) -> bool:
        """Return whether all of vectors are no farther than far from every piece that is kept."""
        if not self.kept or not vectors:
            return True
        own = np.stack(self.kept)
        return all(float(np.linalg.norm(own - v, axis=1).max()) <= far for v in vectors)

    def all_spans(self) -> list[tuple[str, int, int]]:
        return [(clip, *span) for clip, spans in self.spans.items() for span in spans]


class _Piles:
    """All people, their means and those's squared lengths in two arrays."""

    def __init__(self) -> None:
        self.rows: list[_Pile] = []
        self._means = np.zeros((64, 128), np.float32)
        self._squares = np.full(64, NOWHERE, np.float32)

    def add(self, pile: _Pile) -> None:
        if len(self.rows) == len(self._means):
            self._means = np.concatenate([self._means, np.zeros_like(self._means)])
            nowhere = np.full_like(self._squares, NOWHERE)
            self._squares = np.concatenate([self._squares, nowhere])
        self.rows.append(pile)
        self.renew(len(self.rows) - 1)

    def renew(self, row: int) -> None:
        pile = self.rows[row]
        self._means[row] = pile.mean
        self._squares[row] = self._means[row] @ self._means[row] if pile.weight else NOWHERE

    def near(self, vector: Vector, within: float) -> list[tuple[float, int]]:
        """Return (distance, row) of the people within a distance, the nearest first.

        einsum, since a product by BLAS waits for its threads: five times as long on a busy machine.
        """
        count = len(self.rows)
        along = np.einsum("ij,j->i", self._means[:count], vector)
        squares = self._squares[:count] - 2 * along + vector @ vector
        rows = np.flatnonzero(squares <= within * within)
        return sorted((float(max(squares[row], 0.0)) ** 0.5, int(row)) for row in rows)


def group(
    appearances: Sequence[Appearance],
    people: Iterable[str],
    *,
    line: float = LINE,
    far: float = FAR,
) -> Grouping:
    """Return who the pieces may be.

    Two pieces that share a frame of a clip are never guessed to be one person.

    Args:
        appearances: every piece of the film that may be a person.
        people: ids of everybody there is, merged ones too: none of them is given again.
        line: distance from a person's mean up to which a piece is that person's.
        far: distance up to which each of the person's pieces must be.
    """
    taken = list(people)
    piles = _known(appearances)
    fresh = [a for a in appearances if not a.person]
    seen = [a for a in fresh if a.vector is not None and a.worth >= LEAST_WORTH]
    seen.sort(key=lambda a: (-a.worth, a.clip, a.first, a.piece))
    for one in seen:
        _place(one, piles, line, far)
    _join_new(piles, line, far)
    _name(piles, taken)
    guesses = [
        Guess(one.piece, pile.person, _distance(one, pile))
        for pile in piles.rows
        for one in pile.new
    ]
    guesses += _led(appearances, guesses, piles)
    guesses.sort(key=lambda guess: guess.piece)
    return Grouping(tuple(guesses), _near(piles, guesses, line))


def mean_of(views: Sequence[tuple[float, Vector]]) -> Vector:
    """Return the mean of the embeddings of one or more (worth, embedding), by their worth."""
    weights = np.array([worth + 1e-3 for worth, _ in views], np.float32)
    rows = np.stack([vector for _, vector in views])
    return np.asarray(weights @ rows / weights.sum(), np.float32)


def _known(appearances: Sequence[Appearance]) -> _Piles:
    """Return the people who are there already."""
    by_person: dict[str, _Pile] = {}
    for one in sorted(appearances, key=lambda a: -a.worth):
        if one.person:
            empty = _Pile(one.person, np.zeros(128))
            by_person.setdefault(one.person, empty).add(one)
    piles = _Piles()
    for _, pile in sorted(by_person.items()):
        piles.add(pile)
    return piles


def _place(one: Appearance, piles: _Piles, line: float, far: float) -> None:
    """Put a piece to the nearest person that it may be, or to somebody new."""
    if one.vector is None:
        return
    within = line * (WEAK_LINE if one.worth < WEAK_WORTH else 1.0)
    span = [(one.clip, one.first, one.end)]
    for _, row in piles.near(one.vector, within):
        pile = piles.rows[row]
        if not pile.is_seen_with(span) and pile.holds([one.vector], far):
            break
    else:
        pile = _Pile("", np.zeros(128))
        row = len(piles.rows)
        piles.add(pile)
    pile.add(one)
    pile.new.append(one)
    piles.renew(row)


def _join_new(piles: _Piles, line: float, far: float) -> None:
    """Join people whose means are near: new ones with one another and with those who were there."""
    gone: set[int] = set()
    for row in sorted(range(len(piles.rows)), key=lambda n: len(piles.rows[n].new)):
        own = piles.rows[row]
        if own.person or row in gone or not own.weight:
            continue
        for _, other in piles.near(own.mean, line):
            pile = piles.rows[other]
            if other == row or other in gone or pile.is_seen_with(own.all_spans()):
                continue
            if pile.holds(own.kept, far):
                for one in own.new:
                    pile.add(one)
                pile.new += own.new
                piles.renew(other)
                gone.add(row)
                break
    kept = [pile for row, pile in enumerate(piles.rows) if row not in gone]
    piles.rows[:] = kept
    for row in range(len(kept)):
        piles.renew(row)


def _name(piles: _Piles, taken: Iterable[str]) -> None:
    """Give new people the next free ids, those who are seen most first."""
    number = max((int(name[1:]) for name in taken if name[1:].isdigit()), default=0)
    new = [pile for pile in piles.rows if not pile.person]
    new.sort(key=lambda pile: -sum(one.end - one.first for one in pile.new))
    for pile in new:
        number += 1
        pile.person = f"P{number:02d}"


def _distance(one: Appearance, pile: _Pile) -> float:
    if one.vector is None:
        return 1.0
    return round(float(np.linalg.norm(pile.mean - one.vector)), 3)


def _led(appearances: Sequence[Appearance], guesses: Sequence[Guess], piles: _Piles) -> list[Guess]:
    """Return guesses for pieces without a view that lie between two of one person in a track.

    What ends a track, or begins it, follows its only neighbour.
    """
    known = {guess.piece: guess for guess in guesses}
    rows = {pile.person: pile for pile in piles.rows}
    by_track: dict[tuple[str, str], list[Appearance]] = {}
    for one in appearances:
        by_track.setdefault((one.clip, one.track), []).append(one)
    led: list[Guess] = []
    for own in by_track.values():
        own.sort(key=lambda a: a.first)
        names = [a.person or (known[a.piece].person if a.piece in known else "") for a in own]
        for n, one in enumerate(own):
            if names[n] or (one.vector is not None and one.worth >= LEAST_WORTH):
                continue
            beside = {name for name in (_before(names, n), _after(names, n)) if name is not None}
            pile = rows.get(beside.pop()) if len(beside) == 1 else None
            if pile and not pile.is_seen_with([(one.clip, one.first, one.end)]):
                pile.spans.setdefault(one.clip, []).append((one.first, one.end))
                led.append(Guess(one.piece, pile.person, 1.0))
    return led


def _before(names: Sequence[str], n: int) -> str | None:
    """Return who the nearest known piece before is; None where the track begins first."""
    return next((name for name in reversed(names[:n]) if name), None)


def _after(names: Sequence[str], n: int) -> str | None:
    return next((name for name in names[n + 1 :] if name), None)


def _near(piles: _Piles, guesses: Sequence[Guess], line: float) -> tuple[Guess, ...]:
    """Return the guesses just inside the line, and the nearest people just outside it."""
    found = [guess for guess in guesses if line - BELOW <= guess.distance <= line]
    asked = {guess.piece for guess in found}
    pairs: set[frozenset[str]] = set()
    for pile in sorted(piles.rows, key=lambda pile: (len(pile.new), pile.person)):
        if not pile.new or not pile.weight:
            continue
        best = pile.new[0]
        for apart, other in piles.near(pile.mean, line + ABOVE):
            one = piles.rows[other]
            both = frozenset({pile.person, one.person})
            if len(both) < 2 or both in pairs or best.piece in asked:
                continue
            if not one.is_seen_with(pile.all_spans()):
                found.append(Guess(best.piece, one.person, round(apart, 3)))
                asked.add(best.piece)
                pairs.add(both)
    return tuple(sorted(found, key=lambda guess: guess.piece))
