"""An actor's reading in the place of the people's voices, fitted to the captions' times.

With captions, the reading is cut at its pauses into as many phrases; each begins with its caption,
is said up to 15 % faster where it is longer, runs on into the silence after it, and is never cut.
With fewer pauses than that, or without captions, the reading is laid down as it is, from the first
caption or from the beginning. The actor's voice is what is heard: nothing of the film is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safehouse.errors import SourceEmpty
from safehouse.media.loudness import LoudnessMeter
from safehouse.media.reader import ClipReader, read_sound
from safehouse.media.sound_filter import resample, resample_blocks, stretch
from safehouse.model.clip import SoundStream
from safehouse.voices.captions import Caption, Captions
from safehouse.voices.fit import GAP_MS, Misfit
from safehouse.voices.loudness import CEILING_DB, SPARE_DB, TARGET_LUFS, softened
from safehouse.voices.phrases import PauseFinder, Phrase, cut_phrases
from safehouse.voices.revoice import BLOCK, Track, mixed, placed_at

__all__ = ["StoodIn", "stand_in"]

Samples = NDArray[np.float32]

MOST_TEMPO = 1.15
"""The most that a reading is hurried; beyond it, it sounds so."""

LONGEST_PHRASE_S = 120
"""A phrase is held in memory; without a pause for so long, a reading is laid down as it is."""

HOW = "an actor's reading"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A phrase of the reading, where it begins, ms, and how much faster it is said."""

    phrase: Phrase
    first_ms: int
    tempo: float = 1.0


@dataclass(frozen=True, slots=True)
class StoodIn:
    """An actor's reading on a track; the same parts as of `Revoiced`.

    Attributes:
        track: the place that the sound takes.
        how: who speaks, in words.
        misfits: captions whose phrase runs over, begins late or is cut by the film's end.
        outside: numbers of captions before the track's start or behind its end.
        notes: what was odd, in words: another number of phrases, another length.
    """

    track: Track
    how: str
    misfits: tuple[Misfit, ...]
    outside: tuple[int, ...]
    notes: tuple[str, ...]
    _reading: Path
    _stream: SoundStream
    _gain: float
    _placed: tuple[_Placed, ...]
    _first_ms: int

    def blocks(self, block: int = BLOCK) -> Iterator[Samples]:
        """Yield the sound, shape (n,) float32, exactly as many samples as the track has."""
        source = _mono(self._reading, self._stream)
        pieces = self._phrases(source) if self._placed else self._whole(source)
        return mixed(pieces, self.track.samples, block)

    def _whole(self, source: Iterable[Samples]) -> Iterator[tuple[int, Samples]]:
        at = placed_at(self._first_ms, self.track)
        for made in resample_blocks(source, self._stream.rate_hz, self.track.rate_hz):
            yield at, made * np.float32(self._gain)
            at += made.size

    def _phrases(self, source: Iterable[Samples]) -> Iterator[tuple[int, Samples]]:
        rate_hz = self._stream.rate_hz
        cuts = _cut(source, [placed.phrase for placed in self._placed])
        for placed, samples in zip(self._placed, cuts, strict=True):
            said = stretch(softened(samples, rate_hz), rate_hz, placed.tempo)
            made = resample(said, rate_hz, self.track.rate_hz) * np.float32(self._gain)
            yield placed_at(placed.first_ms, self.track), made


def stand_in(
    reading: Path,
    track: Track,
    captions: Captions | None = None,
    *,
    loudness_lufs: float = TARGET_LUFS,
) -> StoodIn:
    """Return an actor's reading on a track, with its phrases at the captions' times.

    Raises:
        SourceError: the reading can't be read.
        SourceEmpty: there is no sound in it.
    """
    stream = _stream(reading)
    gain, sounds = _heard(reading, stream, loudness_lufs)
    spoken = captions.spoken if captions else ()
    inside = [c for c in spoken if track.start * 1000 <= c.first_ms < track.end_ms]
    phrases = cut_phrases(sounds, [len(c.text) for c in inside], stream.rate_hz)
    if any(p.end - p.first > LONGEST_PHRASE_S * stream.rate_hz for p in phrases):
        phrases = ()
    placed, misfits = _place(phrases, inside, stream.rate_hz, track.end_ms)
    first_ms = inside[0].first_ms if inside else int(track.start * 1000)
    notes = list(captions.notes) if captions else []
    if inside and not placed:
        notes.append(_unfitted(len(sounds), len(inside)))
    if not placed:
        notes += _length_notes(stream, first_ms, track)
    return StoodIn(
        track=track,
        how=HOW,
        misfits=misfits,
        outside=tuple(sorted({c.number for c in spoken} - {c.number for c in inside})),
        notes=tuple(notes),
        _reading=reading,
        _stream=stream,
        _gain=gain,
        _placed=placed,
        _first_ms=first_ms,
    )


def _stream(reading: Path) -> SoundStream:
    """Return the first sound track of a file, measured."""
    with ClipReader(reading, "stand-in") as reader:
        for _ in reader.frames():
            pass
        found = [track for track in reader.clip().sound if track.samples]
    if not found:
        raise SourceEmpty(
            "there is no sound in the stand-in's file", next_step="check which file it is"
        )
    return found[0]


def _mono(reading: Path, stream: SoundStream) -> Iterator[Samples]:
    """Yield blocks of shape (n,): the channels' mean; what is no number is silence."""
    for block in read_sound(reading, stream):
        samples = np.nan_to_num(block.samples, nan=0.0, posinf=0.0, neginf=0.0)
        yield samples.mean(axis=0, dtype=np.float32)


def _heard(reading: Path, stream: SoundStream, lufs: float) -> tuple[float, tuple[Phrase, ...]]:
    """Return what the reading is multiplied with, and where somebody speaks in it."""
    meter, finder = LoudnessMeter(stream.rate_hz), PauseFinder(stream.rate_hz)
    for samples in _mono(reading, stream):
        meter.put(samples)
        finder.put(samples)
    loud = meter.result()
    if loud.lufs is None:
        raise SourceEmpty(
            "the stand-in's file is silent", next_step="check which file and track it is"
        )
    gain_db = min(lufs - loud.lufs, CEILING_DB - SPARE_DB - loud.true_peak_db)
    return 10 ** (gain_db / 20), finder.sounds()


def _cut(source: Iterable[Samples], phrases: Sequence[Phrase]) -> Iterator[Samples]:
    """Yield the samples of phrases that follow each other; only one phrase is held."""
    blocks = iter(source)
    held, at = np.zeros(0, np.float32), 0
    for phrase in phrases:
        while at + held.size < phrase.end:
            block = next(blocks, None)
            if block is None:
                break
            kept = held[max(0, phrase.first - at) :]
            at += held.size - kept.size
            held = np.concatenate([kept, block])
        yield held[max(0, phrase.first - at) : phrase.end - at].copy()


def _place(
    phrases: Sequence[Phrase], captions: Sequence[Caption], rate_hz: int, film_end_ms: int
) -> tuple[tuple[_Placed, ...], tuple[Misfit, ...]]:
    """Return phrases at their captions' times, one after the other, and what does not fit."""
    placed: list[_Placed] = []
    misfits: list[Misfit] = []
    free_ms = 0
    following = [c.first_ms for c in captions[1:]] + [film_end_ms]
    for phrase, caption, after_ms in zip(phrases, captions, following, strict=False):
        first = max(caption.first_ms, free_ms)
        length = (phrase.end - phrase.first) * 1000 / rate_hz
        room = max(1, caption.end_ms - first)
        tempo = min(MOST_TEMPO, max(1.0, length / room))
        end = first + round(length / tempo)
        placed.append(_Placed(phrase, first, tempo))
        misfits += _misfits(caption, first, end, (max(caption.end_ms, after_ms), film_end_ms))
        free_ms = end + GAP_MS
    return tuple(placed), tuple(misfits)


def _misfits(caption: Caption, first: int, end: int, limits: tuple[int, int]) -> list[Misfit]:
    silence_ms, film_ms = limits
    found: list[Misfit] = []
    if first > caption.first_ms:
        found.append(Misfit(caption.number, "late", first - caption.first_ms))
    if end > film_ms:
        found.append(Misfit(caption.number, "cut", end - film_ms))
    elif end > silence_ms:
        found.append(Misfit(caption.number, "over", end - silence_ms))
    return found


def _unfitted(sounds: int, captions: int) -> str:
    return (
        f"the reading has {sounds} phrases for {captions} captions, or one without a pause: it is "
        "laid down as it is, from the first caption on"
    )


def _length_notes(stream: SoundStream, first_ms: int, track: Track) -> list[str]:
    """Say by how much a reading that is laid down as it is differs from the film."""
    end_ms = first_ms + stream.samples * 1000 // stream.rate_hz
    over_s = (end_ms - track.end_ms) / 1000
    if over_s > 0:
        return [f"the reading is {over_s:.1f} s too long: its end is not heard"]
    return [f"the reading ends {-over_s:.1f} s before the film"] if over_s < -1 else []
