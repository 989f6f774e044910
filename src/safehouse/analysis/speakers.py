"""Whose voice it may be: windows of speech, told apart by how alike their embeddings are.

It only suggests: a human confirms a turn before anybody is heard. So a window that is like two
people, or like nobody, is unsure, and so is every change from one to another.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["HEARD_HZ", "RESEMBLYZER_ALIKE", "Span", "Teller", "Window", "spans_of", "windows_of"]

HEARD_HZ = 16000
"""Samples a second that embeddings of voices are made for."""

WINDOW_S = 1.6
"""What Resemblyzer was trained on; shorter speech says little about who speaks."""

STEP_S = 0.8
SHORTEST_S = 0.6
MOST_COMPARED = 600
"""Windows that are compared each with each; the others join what was found."""

FEWEST = 3
"""A voice is heard in at least so many windows; fewer are somebody unsure."""

SPARE = 0.08
"""How much less alike to its own voice a window may be than voices must be to be one."""

MARGIN = 0.06
"""How much more alike to its own voice than to the next one a sure window is."""

CHANGE_S = 0.8
"""Unsure time around a change of speaker without a pause: windows don't see it sharper."""

RESEMBLYZER_ALIKE = 0.63
"""For Resemblyzer's vectors. In eight made-up talks of 2 to 6 readers, with noise and two talking
at once, as many voices were counted as there were in two, one or two too many in the others, and
of the speech in sure turns 0.25 % at most was somebody else's. At 0.6 and below, two readers
became one in one talk. English readers only."""

BETWEEN = 0.01
"""How much more alike to something between two voices than to one of them a window is, when both
may be heard. With it, in eight made-up talks with much overlap, 31 % of the time in which two spoke
at once was in sure turns in place of 43 %, and of each one's own time 62 % in place of 65 %."""

PARTS = np.linspace(0.2, 0.8, 13, dtype=np.float32)[:, None]
"""How much of the first of two voices is in what lies between them."""

SHORTEST_TURN_S = 0.02
"""What is shorter is left over by rounding, and goes to the turn before it."""

AT_ONCE = 16
"""Windows whose vectors are made together; more are no faster."""

Samples = NDArray[np.float32]
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Teller:
    """What tells voices apart.

    Attributes:
        embed: pieces of samples, each of shape (n,) at HEARD_HZ → a vector for each, in rows.
        alike: the cosine of two vectors from which on they may be one voice.
        name: said beside the result.
    """

    embed: Callable[[Sequence[Samples]], NDArray[np.floating]]
    alike: float
    name: str


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of speech, s, and its vector of length 1; None where it is too short."""

    first_s: float
    end_s: float
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class Span:
    """A turn in seconds, its speaker by number from 0 or -1, and how sure that is."""

    first_s: float
    end_s: float
    speaker: int = -1
    overlap: bool = False
    sure: bool = False


def windows_of(
    blocks: Iterable[Samples], runs: Sequence[tuple[float, float]], teller: Teller
) -> Iterator[list[Window]]:
    """Yield the windows of each run of speech, from blocks of shape (n,) at HEARD_HZ.

    Only the sound of some windows is held.
    """
    source = _Reader(iter(blocks))
    for first, end in runs:
        last = max(first, end - WINDOW_S)
        starts = [*np.arange(first, last, STEP_S), last]
        found: list[Window] = []
        for at in range(0, len(starts), AT_ONCE):
            times = [(float(a), min(end, float(a) + WINDOW_S)) for a in starts[at : at + AT_ONCE]]
            pieces = [source.read(round(a * HEARD_HZ), round(b * HEARD_HZ)) for a, b in times]
            vectors = _vectors(pieces, teller)
            found += [Window(*time, vector) for time, vector in zip(times, vectors, strict=True)]
        yield found


@dataclass(slots=True)
class _Reader:
    """Gives stretches that begin one after the other, from blocks that go by once."""

    blocks: Iterator[Samples]
    at: int = 0
    held: Samples | None = None

    def read(self, first: int, end: int) -> Samples:
        """Return samples first <= n < end, or as many as there are."""
        held = np.zeros(0, np.float32) if self.held is None else self.held
        while self.at + held.size < end:
            block = next(self.blocks, None)
            if block is None:
                break
            gone = min(held.size, max(0, first - self.at))
            held = np.concatenate([held[gone:], block])
            self.at += gone
        self.held = held
        return held[max(0, first - self.at) : max(0, end - self.at)]


def _vectors(pieces: Sequence[Samples], teller: Teller) -> list[Vector | None]:
    """Return a vector of length 1 for each piece; None for one that is short or silent."""
    said = [n for n, p in enumerate(pieces) if p.size >= SHORTEST_S * HEARD_HZ and p.any()]
    made: list[Vector | None] = [None] * len(pieces)
    if not said:
        return made
    rows = np.asarray(teller.embed([pieces[n] for n in said]), np.float32)
    for n, row in zip(said, rows, strict=True):
        length = float(np.linalg.norm(row))
        if length > 0 and np.isfinite(length):
            made[n] = row / np.float32(length)
    return made


def spans_of(runs: Sequence[Sequence[Window]], alike: float) -> tuple[list[list[Span]], int]:
    """Return the turns of each run of windows, in order, and how many voices were told apart."""
    vectors = [w.vector for windows in runs for w in windows if w.vector is not None]
    middles = _voices(vectors, alike)
    spans = [_turns(run, [_label(window, middles, alike) for window in run]) for run in runs]
    return _renumbered(spans)


def _voices(vectors: Sequence[Vector], alike: float) -> NDArray[np.float32]:
    """Return the mean vector of each voice, shape (voices, size), by average linkage."""
    if not vectors:
        return np.zeros((0, 1), np.float32)
    every = -(-len(vectors) // MOST_COMPARED)
    taken = np.stack(vectors[::every])
    groups = _grouped(taken @ taken.T, alike)
    kept = [group for group in groups if len(group) >= min(FEWEST, len(taken))]
    means = [np.mean(taken[group], axis=0) for group in kept]
    if not means:
        return np.zeros((0, taken.shape[1]), np.float32)
    return np.stack([mean / np.linalg.norm(mean) for mean in means]).astype(np.float32)


def _grouped(likeness: NDArray[np.float32], alike: float) -> list[list[int]]:
    """Join the two groups that are most alike on average, until none are alike enough."""
    groups = {n: [n] for n in range(len(likeness))}
    table = likeness.astype(np.float64)
    np.fill_diagonal(table, -2.0)
    while len(groups) > 1:
        a, b = divmod(int(np.argmax(table)), len(table))
        if table[a, b] < alike:
            break
        parts = len(groups[a]), len(groups[b])
        table[a] = (table[a] * parts[0] + table[b] * parts[1]) / sum(parts)
        table[:, a] = table[a]
        table[a, a] = table[b] = table[:, b] = -2.0
        groups[a] += groups.pop(b)
    return list(groups.values())


def _label(window: Window, middles: NDArray[np.float32], alike: float) -> tuple[int, bool, bool]:
    """Return (speaker, whether others may be heard too, whether that is sure) of a window."""
    if window.vector is None or not len(middles):
        return -1, False, False
    likeness = middles @ window.vector
    order = np.argsort(-likeness)
    best = float(likeness[order[0]])
    second = float(likeness[order[1]]) if len(order) > 1 else -1.0
    near = best - second < MARGIN or _between(window.vector, middles[order]) > best + BETWEEN
    sure = best >= alike - SPARE and not near
    return int(order[0]), near, sure


def _between(vector: Vector, voices: NDArray[np.float32]) -> float:
    """Return the largest cosine of a vector with something between the first voice and another."""
    first, *others = voices
    mixtures = [PARTS * first + (1 - PARTS) * other for other in others]
    likeness = [(mix @ vector / np.linalg.norm(mix, axis=1)).max() for mix in mixtures]
    return float(max(likeness, default=-1.0))


def _turns(windows: Sequence[Window], labels: Sequence[tuple[int, bool, bool]]) -> list[Span]:
    """Return the turns of one run: neighbours of one label are one, changes are unsure."""
    edges = [windows[0].first_s]
    edges += [(a.first_s + b.end_s) / 2 for a, b in pairwise(windows)]
    edges.append(windows[-1].end_s)
    parts = [
        Span(edges[n], edges[n + 1], label[0], label[1], label[2]) for n, label in enumerate(labels)
    ]
    return _joined(_with_changes(_joined(parts)))


def _joined(parts: Sequence[Span]) -> list[Span]:
    """Return turns of which no two neighbours are alike but for their times."""
    found: list[Span] = []
    for part in parts:
        last = found[-1] if found else part
        if found and replace(last, end_s=part.end_s) == replace(part, first_s=last.first_s):
            found[-1] = replace(last, end_s=part.end_s)
        elif part.end_s - part.first_s > SHORTEST_TURN_S:
            found.append(part)
        elif found:
            found[-1] = replace(last, end_s=part.end_s, sure=False)
    return found


def _with_changes(parts: Sequence[Span]) -> list[Span]:
    """Return turns with an unsure one around each change of speaker."""
    if len({part.speaker for part in parts}) < 2:
        return list(parts)
    found: list[Span] = []
    for n, part in enumerate(parts):
        before = n > 0 and parts[n - 1].speaker != part.speaker
        after = n + 1 < len(parts) and parts[n + 1].speaker != part.speaker
        first = part.first_s + (CHANGE_S if before else 0.0)
        end = part.end_s - (CHANGE_S if after else 0.0)
        if first >= end:
            found.append(Span(part.first_s, part.end_s, part.speaker, overlap=True))
            continue
        if before:
            found.append(Span(part.first_s, first, part.speaker, overlap=True))
        found.append(Span(first, end, part.speaker, part.overlap, part.sure))
        if after:
            found.append(Span(end, part.end_s, part.speaker, overlap=True))
    return found


def _renumbered(runs: Sequence[Sequence[Span]]) -> tuple[list[list[Span]], int]:
    """Return turns whose speakers are numbered from 0 in the order of appearance."""
    met = [span.speaker for spans in runs for span in spans if span.speaker >= 0]
    order = {speaker: n for n, speaker in enumerate(dict.fromkeys(met))}
    made = [
        [replace(span, speaker=order.get(span.speaker, -1)) for span in spans] for spans in runs
    ]
    return made, len(order)
