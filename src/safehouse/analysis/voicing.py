"""Where somebody may be speaking: level, pitch and shape of sound, erring on the side of voice.

A voice that is missed may be heard by everybody; a river taken for a voice costs somebody a look.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safehouse.media.sound_filter import resample_blocks
from safehouse.model.frame import OriginalSound

__all__ = ["HOP_S", "Frames", "frames_of", "mono_of", "voice_runs"]

Samples = NDArray[np.float32]

RATE_HZ = 8000
"""Enough for pitch and the first three formants."""

HOP = 160
HOP_S = HOP / RATE_HZ
WINDOW = 320
LENGTH = 1024
LOWEST_BIN = 13
"""About 100 Hz: hum and wind below it say nothing about voices."""

LAGS = slice(20, 116)
"""Pitches of 400 to 69 Hz, in samples."""

FLOOR_CHUNK_S = 5.0
FLOOR_REACH = 3
"""The noise is the least of the chunks this many before and after."""

SILENCE_DB = -72.0
"""Below this no listener hears a voice at any setting that the rest of a film survives."""

ABOVE_NOISE_DB = 4.5
FAINT_ABOVE_NOISE_DB = 2.0
PITCHED = 0.42
"""Part of a frame's power that comes again after one period; voices have 0.5 to 1, noise 0.2."""

STEADY_DB = -38.0
"""Louder than this, sound counts as voice unless it is flat like noise: speech without a pause
would raise the noise's level to its own."""

FLAT = 0.35
"""Geometric over arithmetic mean of the spectrum; white noise has 0.56, speech less."""

BRIDGED_S = 0.4
BEFORE_S = 0.3
AFTER_S = 0.5
SHORTEST_S = 0.06


@dataclass(slots=True)
class Frames:
    """What is kept of a track: three small numbers for each 20 ms.

    Attributes:
        level_db: power from 100 Hz up, dB below full scale.
        pitched: 0 … 1, how much the frame repeats itself at a voice's pitch.
        flat: 0 … 1, how alike the spectrum is to noise.
    """

    level_db: list[NDArray[np.float16]] = field(default_factory=list)
    pitched: list[NDArray[np.float16]] = field(default_factory=list)
    flat: list[NDArray[np.float16]] = field(default_factory=list)

    def put(self, windows: Samples) -> None:
        """Take windows of shape (n, WINDOW) in."""
        shaped = windows * np.hanning(WINDOW).astype(np.float32)
        power = np.abs(np.fft.rfft(shaped, LENGTH)).astype(np.float64) ** 2
        power[:, :LOWEST_BIN] = 0
        total = np.sum(power, axis=1)
        scale = 2.0 / (LENGTH * np.sum(np.hanning(WINDOW) ** 2))
        self.level_db.append((10 * np.log10(total * scale + 1e-10)).astype(np.float16))
        self.pitched.append(_pitched(power).astype(np.float16))
        voiced = power[:, LOWEST_BIN:] + 1e-12
        geometric = np.exp(np.mean(np.log(voiced), axis=1))
        self.flat.append((geometric / np.mean(voiced, axis=1)).astype(np.float16))

    def joined(self) -> tuple[Samples, Samples, Samples]:
        """Return level, pitch and flatness of all frames, each of shape (n,)."""
        empty = np.zeros(0, np.float16)
        level, pitched, flat = (
            np.concatenate([empty, *rows]).astype(np.float32)
            for rows in (self.level_db, self.pitched, self.flat)
        )
        return level, pitched, flat


def _pitched(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the highest autocorrelation at a voice's pitch, the window's own taken out."""
    window = np.hanning(WINDOW)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, LENGTH)) ** 2)
    again = np.fft.irfft(power, LENGTH)
    own, first = own[LAGS] / own[0], again[:, :1] + 1e-12
    found: NDArray[np.float64] = np.max(again[:, LAGS] / first / own, axis=1)
    return np.clip(found, 0.0, 1.0)


def mono_of(blocks: Iterable[OriginalSound]) -> Iterator[Samples]:
    """Yield one channel, shape (n,): the mean, or the loudest where the channels cancel out."""
    for block in blocks:
        samples = np.nan_to_num(block.samples, nan=0.0, posinf=0.0, neginf=0.0)
        mean = samples.mean(axis=0, dtype=np.float32)
        powers = np.mean(samples.astype(np.float64) ** 2, axis=1)
        loudest = int(np.argmax(powers))
        cancelled = float(np.mean(mean.astype(np.float64) ** 2)) < powers[loudest] / 4
        yield samples[loudest] if cancelled else mean


def frames_of(blocks: Iterable[Samples], rate_hz: int) -> Frames:
    """Return the frames of blocks of shape (n,); frame i begins at i * HOP_S seconds."""
    frames = Frames()
    rest = np.zeros(0, np.float32)
    for block in resample_blocks(blocks, rate_hz, RATE_HZ):
        rest = np.concatenate([rest, block])
        count = (rest.size - WINDOW) // HOP + 1
        if count > 0:
            frames.put(np.lib.stride_tricks.sliding_window_view(rest, WINDOW)[::HOP][:count])
            rest = rest[count * HOP :]
    if rest.size:
        frames.put(np.pad(rest[:WINDOW], (0, max(0, WINDOW - rest.size)))[None])
    return frames


def voice_runs(frames: Frames) -> list[tuple[float, float]]:
    """Return where somebody may be speaking: [first, end) in seconds, widened at both ends."""
    level, pitched, flat = frames.joined()
    if not level.size:
        return []
    over = level - _floor(level)
    heard = level > SILENCE_DB
    voice = over > ABOVE_NOISE_DB
    voice |= (pitched > PITCHED) & (over > FAINT_ABOVE_NOISE_DB)
    voice |= (level > STEADY_DB) & ((flat < FLAT) | (pitched > PITCHED))
    return _widened(voice & heard)


def _floor(level: Samples) -> Samples:
    """Return the level of what goes on all the time, dB, for each frame."""
    length = round(FLOOR_CHUNK_S / HOP_S)
    count = -(-level.size // length)
    chunks = [float(np.percentile(level[n * length : (n + 1) * length], 10)) for n in range(count)]
    least = [min(chunks[max(0, n - FLOOR_REACH) : n + FLOOR_REACH + 1]) for n in range(count)]
    return np.repeat(np.array(least, np.float32), length)[: level.size]


def _widened(voice: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Return runs of frames in seconds: short ones dropped, short gaps bridged, ends widened."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], voice, [False]]).astype(np.int8)))
    runs: list[tuple[float, float]] = []
    for a, b in edges.reshape(-1, 2):
        first = max(0.0, float(a) * HOP_S - BEFORE_S)
        end = float(b) * HOP_S + WINDOW / RATE_HZ + AFTER_S
        if (b - a) * HOP_S < SHORTEST_S:
            continue
        if runs and first - runs[-1][1] < BRIDGED_S:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((first, end))
    return runs
