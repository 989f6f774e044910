"""Captions spoken by a computer voice, to the sample, in blocks.

The sound is a function of the captions' words, their times and the engine alone: nothing of the
original is in this module's reach.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from safehouse.errors import CaptionsMistimed, LanguageUnknown
from safehouse.media.sound_filter import resample
from safehouse.voices.captions import Caption, Captions, number_words
from safehouse.voices.engines import Engine, assign_voices
from safehouse.voices.fit import Misfit, Piece, fit_captions, most_at_once
from safehouse.voices.loudness import TARGET_LUFS, leveled

__all__ = ["BLOCK", "Revoiced", "Track", "mixed", "placed_at", "revoice"]

BLOCK = 65536
"""Samples of a block; another number gives the same sound."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Track:
    """The place that made sound takes.

    Attributes:
        rate_hz: samples a second.
        samples: how many there are.
        start: time of the first, s, on the film's time line.
    """

    rate_hz: int
    samples: int
    start: Fraction = Fraction(0)

    @property
    def end_ms(self) -> int:
        """When the track ends, ms on the film's time line."""
        return int((self.start + Fraction(self.samples, self.rate_hz)) * 1000)


@dataclass(frozen=True, slots=True)
class Revoiced:
    """Captions as speech.

    Attributes:
        track: the place that the sound takes.
        how: who speaks, in words: engine, version, language.
        voices: speaker → the engine's voice.
        misfits: captions that run over, begin late or are cut by the film's end.
        outside: numbers of captions before the track's start or behind its end; not spoken.
        notes: what was odd in the captions, in words.
    """

    track: Track
    how: str
    voices: dict[str, str]
    misfits: tuple[Misfit, ...]
    outside: tuple[int, ...]
    notes: tuple[str, ...]
    pieces: tuple[Piece, ...]
    _engine: Engine
    _language: str
    _lufs: float

    def blocks(self, block: int = BLOCK) -> Iterator[Samples]:
        """Yield the sound, shape (n,) float32, exactly as many samples as the track has.

        It is spoken as it goes; each call speaks it anew, with the same samples.

        Raises:
            SpeechFailed: the engine failed.
        """
        placed = ((placed_at(piece.first_ms, self.track), piece) for piece in self.pieces)
        said = ((first, self._said(piece)) for first, piece in placed)
        return mixed(said, self.track.samples, block)

    def _said(self, piece: Piece) -> Samples:
        samples, rate_hz = self._engine.speak(piece.text, self._language, piece.voice, piece.rate)
        made = resample(samples, rate_hz, self.track.rate_hz)
        at_once = most_at_once(self.pieces, piece)
        return leveled(made, self.track.rate_hz, self._lufs, at_once)


def revoice(
    captions: Captions,
    engine: Engine,
    track: Track,
    *,
    loudness_lufs: float = TARGET_LUFS,
    voices: Mapping[str, str] | None = None,
) -> Revoiced:
    """Return captions as speech on a track; voices are speaker → voice where a user chose.

    Raises:
        LanguageUnknown: the engine can't speak the language, or read some captions' letters.
        UsageError: a voice or a speaker that there is not.
        CaptionsMistimed: most captions lie outside the track.
        SpeechFailed: the engine failed.
    """
    engine.require_language(captions.language)
    inside = tuple(c for c in captions.spoken if _is_inside(c, track))
    outside = sorted({c.number for c in captions.spoken} - {c.number for c in inside})
    if 2 * len(inside) < len(captions.spoken):
        raise CaptionsMistimed(
            f"{len(outside)} of {len(captions.spoken)} captions lie outside the film",
            next_step="check that the captions are of this film, and begin with it",
        )
    _require_read(engine, captions.language, inside)
    speakers = list(dict.fromkeys(caption.speaker for caption in captions.spoken))
    given = assign_voices(speakers, engine, voices or {})
    pieces, misfits = fit_captions(inside, engine, captions.language, given, track.end_ms)
    return Revoiced(
        track=track,
        how=f"{engine.name} {engine.version}, {captions.language}",
        voices=given,
        misfits=misfits,
        outside=tuple(outside),
        notes=captions.notes,
        pieces=pieces,
        _engine=engine,
        _language=captions.language,
        _lufs=loudness_lufs,
    )


def placed_at(first_ms: int, track: Track) -> int:
    """Return the number of the sample of a track at a time, exactly, rounded to the nearest."""
    return round((Fraction(first_ms, 1000) - track.start) * track.rate_hz)


def mixed(
    pieces: Iterator[tuple[int, Samples]], samples: int, block: int = BLOCK
) -> Iterator[Samples]:
    """Yield silence of a length with pieces laid over it, each (first sample, samples).

    Pieces come in the order of their first samples; one is held only while it sounds. What lies
    before the first sample or behind the last is left out.
    """
    waiting = next(pieces, None)
    held: list[tuple[int, Samples]] = []
    for at in range(0, samples, block):
        end = min(samples, at + block)
        while waiting is not None and waiting[0] < end:
            held.append(waiting)
            waiting = next(pieces, None)
        made = np.zeros(end - at, np.float32)
        for first, said in held:
            low, high = max(first, at), min(first + said.size, end)
            if low < high:
                made[low - at : high - at] += said[low - first : high - first]
        held = [(first, said) for first, said in held if first + said.size > end]
        yield made


def _is_inside(caption: Caption, track: Track) -> bool:
    return track.start * 1000 <= caption.first_ms < track.end_ms


def _require_read(engine: Engine, language: str, captions: Sequence[Caption]) -> None:
    wrong = engine.misread(language, [caption.text for caption in captions])
    if not wrong:
        return
    where = number_words([captions[n].number for n in wrong])
    raise LanguageUnknown(
        f"{where} has letters that {engine.name} can't read in '{language}': they'd be misspoken",
        next_step="--engine piper --voice-model FILE, or --stand-in FILE; for Japanese, kana",
    )
