"""An actor's reading cut at its pauses into as many phrases as there are captions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["PauseFinder", "Phrase", "cut_phrases"]

FRAME_S = 0.01
FLOOR_DB = -60.0
"""What is softer than this below full scale is silence in any room."""

BELOW_SPEECH_DB = 30.0
"""Speech has hardly anything so far below its loud parts; noise of a room mostly is."""

ABOVE_NOISE_DB = 8.0
SHORTEST_PAUSE_S = 0.15
"""Stops inside words last up to a tenth of a second."""

SHORTEST_SOUND_S = 0.06
"""A shorter sound is a click or a breath."""

MOST_PARTS = 40
"""Most pauses inside one caption."""

PAUSE_WEIGHT = 0.35
"""How much a pause ten times as long counts against lengths that differ by e."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Samples first <= n < end of a reading."""

    first: int
    end: int


@dataclass(slots=True)
class PauseFinder:
    """Finds where somebody speaks in a reading that goes by in blocks; 200 numbers a second stay.

    Args:
        rate_hz: samples a second.
    """

    rate_hz: int
    _levels: list[NDArray[np.float32]] = field(default_factory=list)
    _rest: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def frame(self) -> int:
        """Samples of one frame."""
        return max(1, round(FRAME_S * self.rate_hz))

    def put(self, samples: NDArray[np.float32]) -> None:
        """Take samples of shape (n,) in."""
        joined = np.concatenate([self._rest, samples])
        count = joined.size // self.frame
        whole = joined[: count * self.frame].reshape(count, self.frame)
        power = np.mean(whole.astype(np.float64) ** 2, axis=1)
        self._levels.append((10 * np.log10(power + 1e-12)).astype(np.float32))
        self._rest = joined[count * self.frame :]

    def sounds(self) -> tuple[Phrase, ...]:
        """Return the stretches between pauses, in order."""
        self.put(np.zeros(self.frame, np.float32))
        levels = np.concatenate(self._levels)
        loud = levels > _threshold(levels)
        loud = _filled(loud, round(SHORTEST_PAUSE_S / FRAME_S))
        found = [(a, b) for a, b in _runs(loud) if b - a >= SHORTEST_SOUND_S / FRAME_S]
        return tuple(Phrase(a * self.frame, b * self.frame) for a, b in found)


def _threshold(levels: NDArray[np.float32]) -> float:
    """Return the level between a room and a voice in it, dB."""
    noise, speech = (float(np.percentile(levels, part)) for part in (10, 95))
    return max(FLOOR_DB, min(max(noise + ABOVE_NOISE_DB, speech - BELOW_SPEECH_DB), speech - 6))


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the runs of True as [first, end) pairs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _filled(flags: NDArray[np.bool_], shortest: int) -> NDArray[np.bool_]:
    """Return flags with runs of False between True that are shorter than shortest filled."""
    made = flags.copy()
    for first, end in _runs(~flags):
        if first > 0 and end < flags.size and end - first < shortest:
            made[first:end] = True
    return made


def cut_phrases(
    sounds: Sequence[Phrase], letters: Sequence[int], rate_hz: int
) -> tuple[Phrase, ...]:
    """Return one phrase for each caption, by its number of letters; () with too few sounds.

    Cuts are chosen all at once: each phrase's length shall be its part of the letters, and longer
    pauses are likelier between captions than inside them.
    """
    if not letters or len(sounds) < len(letters):
        return ()
    firsts = np.array([sound.first for sound in sounds], np.float64) / rate_hz
    ends = np.array([sound.end for sound in sounds], np.float64) / rate_hz
    pauses = np.append(firsts[1:] - ends[:-1], 10.0)
    bonus = PAUSE_WEIGHT * np.log10(np.maximum(pauses, SHORTEST_PAUSE_S) / SHORTEST_PAUSE_S)
    wanted = np.array(letters, np.float64)
    wanted *= np.sum(ends - firsts) / np.sum(wanted)
    last = _cheapest(firsts, ends, bonus, wanted)
    return tuple(
        Phrase(sounds[a].first, sounds[b - 1].end) for a, b in _steps_back(last, len(sounds))
    )


def _cheapest(
    firsts: NDArray[np.float64],
    ends: NDArray[np.float64],
    bonus: NDArray[np.float64],
    wanted: NDArray[np.float64],
) -> NDArray[np.uint16]:
    """Return, for each caption and each number of sounds up to it, how many sounds it takes.

    Dynamic programming over captions; shape (captions, sounds + 1).
    """
    count = firsts.size
    most = max(MOST_PARTS, -(-2 * count // wanted.size))
    cost = np.full(count + 1, np.inf)
    cost[0] = 0.0
    taken = np.zeros((wanted.size, count + 1), np.uint16)
    for number, length in enumerate(wanted):
        best = np.full(count + 1, np.inf)
        for parts in range(1, min(most, count) + 1):
            lasts = ends[parts - 1 :] - firsts[: count - parts + 1]
            tried = cost[: count - parts + 1] + np.log(lasts / length) ** 2 - bonus[parts - 1 :]
            better = tried < best[parts:]
            best[parts:][better] = tried[better]
            taken[number, parts:][better] = parts
        cost = best
    return taken


def _steps_back(taken: NDArray[np.uint16], count: int) -> Iterable[tuple[int, int]]:
    """Return the sounds [first, end) of each caption, from the choices made for each."""
    found = []
    end = count
    for row in taken[::-1]:
        first = end - int(row[end])
        found.append((first, end))
        end = first
    return found[::-1]
