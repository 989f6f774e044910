"""When each caption is spoken, and how fast: within natural rates, and never cut.

A caption begins on time unless the same person still speaks. It is spoken faster, up to the
fastest natural rate, so that it ends with its caption; if that is not enough it runs on into the
silence before the next one, and beyond that it is reported.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from safehouse.errors import SpeechFailed
from safehouse.voices.captions import Caption
from safehouse.voices.engines import Engine

__all__ = ["Misfit", "Piece", "fit_captions", "most_at_once"]

GAP_MS = 40
"""Silence between two captions of one person that follow each other late."""

FILLED = Fraction(8, 10)
"""Speech that fills less of its caption than this is slowed down, as far as is natural."""

AIM = Fraction(97, 100)
"""The part of a caption that speech is aimed at: rates change length only roughly."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A caption as it will be spoken.

    Attributes:
        number: the caption's.
        first_ms: when it begins, ms on the film's time line.
        length_ms: how long it takes.
        voice: the engine's voice.
        rate: words a minute.
        text: what is spoken.
    """

    number: int
    first_ms: int
    length_ms: int
    voice: str
    rate: int
    text: str

    @property
    def end_ms(self) -> int:
        """When it ends, ms."""
        return self.first_ms + self.length_ms


@dataclass(frozen=True, slots=True)
class Misfit:
    """A caption that does not fit its time.

    Attributes:
        what: `over` runs on beyond the silence after it; `late` begins late, since the same
            person still speaks; `cut` by the end of the film.
        by_ms: by how much.
    """

    number: int
    what: Literal["over", "late", "cut"]
    by_ms: int


def fit_captions(
    captions: Sequence[Caption],
    engine: Engine,
    language: str,
    voices: Mapping[str, str],
    film_end_ms: int,
) -> tuple[tuple[Piece, ...], tuple[Misfit, ...]]:
    """Return captions, in the order of time, as pieces of speech, and what does not fit.

    Raises:
        SpeechFailed: the engine failed at a caption, which is named by its number.
    """
    pieces: list[Piece] = []
    misfits: list[Misfit] = []
    free_ms: dict[str, int] = {}
    starts = sorted({caption.first_ms for caption in captions} | {film_end_ms})
    for caption in captions:
        first = max(caption.first_ms, free_ms.get(caption.speaker, 0))
        limit = _limit(caption, starts, film_end_ms)
        speaking = _Speaking(caption, engine, language, voices[caption.speaker])
        rate, length = speaking.fitted(min(caption.end_ms, film_end_ms) - first, limit - first)
        piece = Piece(caption.number, first, length, speaking.voice, rate, caption.text)
        pieces.append(piece)
        misfits += _misfits(caption, piece, limit, film_end_ms)
        free_ms[caption.speaker] = piece.end_ms + GAP_MS
    return tuple(sorted(pieces, key=lambda p: (p.first_ms, p.number))), tuple(misfits)


def most_at_once(pieces: Sequence[Piece], piece: Piece) -> int:
    """Return how many pieces can be heard at once, at most, while one is; itself counts.

    The pieces are in the order of their beginnings.
    """
    longest = max(p.length_ms for p in pieces)
    low = bisect_left(pieces, piece.first_ms - longest, key=_first)
    high = bisect_left(pieces, piece.end_ms, key=_first)
    over = [p for p in pieces[low:high] if piece.first_ms < p.end_ms]
    return max(sum(p.first_ms <= q.first_ms < p.end_ms for p in over) for q in over)


def _first(piece: Piece) -> int:
    return piece.first_ms


def _limit(caption: Caption, starts: Sequence[int], film_end_ms: int) -> int:
    """Return when the silence after a caption ends: at the next one, or with the film."""
    at = bisect_left(starts, caption.end_ms)
    return min(starts[at] if at < len(starts) else film_end_ms, film_end_ms)


@dataclass(frozen=True, slots=True)
class _Speaking:
    """One caption and how it is spoken."""

    caption: Caption
    engine: Engine
    language: str
    voice: str

    def fitted(self, own_ms: int, most_ms: int) -> tuple[int, int]:
        """Return (rate, length in ms) that fits own_ms, or else most_ms, or is the fastest."""
        rates = self.engine.rates
        usual = self._length(rates.usual)
        if usual < own_ms * FILLED:
            rate = max(rates.slow, self._rate_for(usual, own_ms))
            slow = self._length(rate)
            return (rate, slow) if slow <= own_ms else (rates.usual, usual)
        if usual <= own_ms:
            return rates.usual, usual
        found = rates.usual, usual
        for wanted in (own_ms, most_ms):
            found = self._faster(usual, wanted)
            if found[1] <= wanted:
                break
        return found

    def _faster(self, usual_ms: int, wanted_ms: int) -> tuple[int, int]:
        """Return the slower of two tries that fits wanted_ms, else the fastest natural rate."""
        usual, fast = self.engine.rates.usual, self.engine.rates.fast
        rate = max(usual, min(fast, self._rate_for(usual_ms, max(1, wanted_ms))))
        length = self._length(rate)
        if length <= wanted_ms or rate == fast:
            return rate, length
        return fast, self._length(fast)

    def _rate_for(self, usual_ms: int, wanted_ms: int) -> int:
        return round(self.engine.rates.usual * usual_ms / (wanted_ms * AIM))

    def _length(self, rate: int) -> int:
        """Return how long the caption takes at a rate, ms, rounded up."""
        try:
            said, rate_hz = self.engine.speak(self.caption.text, self.language, self.voice, rate)
        except SpeechFailed as error:
            raise SpeechFailed(
                f"caption {self.caption.number} could not be spoken: {error.happened}",
                next_step=error.next_step,
            ) from error
        return -(-said.size * 1000 // rate_hz)


def _misfits(caption: Caption, piece: Piece, limit: int, film_end_ms: int) -> list[Misfit]:
    found: list[Misfit] = []
    if piece.first_ms > caption.first_ms:
        found.append(Misfit(caption.number, "late", piece.first_ms - caption.first_ms))
    if piece.end_ms > film_end_ms:
        found.append(Misfit(caption.number, "cut", piece.end_ms - film_end_ms))
    elif piece.end_ms > limit:
        found.append(Misfit(caption.number, "over", piece.end_ms - limit))
    return found
