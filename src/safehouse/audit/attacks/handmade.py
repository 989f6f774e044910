"""A voice as 100 numbers made by hand: cepstra, pitch, voicing, rhythm, loudness and pauses."""

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.hearing import HOP, RATE_HZ, cepstra, level, spoken

__all__ = ["measure_voice", "pitch_of"]

Floats = NDArray[np.float32]

WIN, FFT = 640, 2048
SHORTEST, LONGEST = 40, 320
"""Lags between which a pitch is looked for: 400 to 50 Hz."""

VOICED = 0.5
QUIET = 4.0
"""Speech lies within so many nepers of the loudest."""


def pitch_of(samples: Floats) -> tuple[Floats, Floats]:
    """Return pitch in Hz and how periodic the sound is, 0 … 1, each 10 ms; shape (frames,)."""
    padded = np.pad(samples, (WIN // 2, WIN))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WIN)[::HOP][: 1 + len(samples) // HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(frames, FFT, axis=1)) ** 2
    likeness = np.fft.irfft(power, axis=1)[:, : LONGEST + 1]
    likeness /= np.maximum(likeness[:, :1], 1e-9)
    likeness *= 1 + np.arange(LONGEST + 1) / WIN
    best = likeness[:, SHORTEST:].argmax(axis=1)
    height = likeness[np.arange(len(best)), SHORTEST + best]
    return np.asarray(RATE_HZ / (SHORTEST + best), np.float32), np.asarray(height, np.float32)


def measure_voice(samples: Floats) -> Floats:
    """Return the numbers of a piece of sound at 16 kHz, shape (n,)."""
    speech = spoken(samples)
    cepstrum = cepstra(speech)
    loud = level(speech)
    pitch_hz, periodic = pitch_of(speech)
    count = min(len(cepstrum), len(loud), len(pitch_hz))
    cepstrum, loud, periodic = cepstrum[:count], loud[:count], periodic[:count]
    sounding = loud > loud.max() - QUIET
    voiced = (periodic > VOICED) & sounding
    heard = cepstrum[sounding] if sounding.sum() > 20 else cepstrum
    steps = heard[2:] - heard[:-2]
    colour = [heard.mean(axis=0)[1:], heard.std(axis=0), steps.std(axis=0)]
    melody = np.log(pitch_hz[:count][voiced]) if voiced.sum() > 5 else np.zeros(5)
    tune = [melody.mean(), melody.std(), np.median(melody), voiced.mean()]
    parts = [*colour, tune, _runs(voiced), _runs(sounding), _loudness(loud, sounding)]
    parts += [_rhythm(loud), _rhythm(heard[:, 0]), _rhythm(heard[:, 1]), _pauses(samples)]
    return np.asarray(np.concatenate([np.ravel(part) for part in parts]), np.float32)


def _runs(state: NDArray[np.bool_]) -> list[float]:
    """Return how long a state lasts: mean, spread, median and 90 % of log frames, and how often."""
    changes = np.flatnonzero(np.diff(state.astype(np.int8)))
    lengths = np.log(np.diff(changes)) if len(changes) > 2 else np.array([1.6])
    often = len(changes) / max(1, len(state))
    middle, most = np.quantile(lengths, (0.5, 0.9))
    return [float(lengths.mean()), float(lengths.std()), float(middle), float(most), often]


def _loudness(loud: Floats, sounding: NDArray[np.bool_]) -> list[float]:
    steps, heard = np.diff(loud), loud[sounding]
    shape = np.quantile(heard - heard.mean(), (0.1, 0.25, 0.5, 0.75, 0.9))
    return [float(steps.std()), float((steps > 1).mean()), float(sounding.mean()), *shape.tolist()]


def _rhythm(track: Floats) -> Floats:
    """Return how much a track moves at 0.2 to 12 Hz: ten bands of log power, shape (10,)."""
    moved = np.abs(np.fft.rfft(track - track.mean(), 1024))[2:122]
    return np.asarray(np.log(moved.reshape(10, 12).mean(axis=1) + 1e-3), np.float32)


def _pauses(samples: Floats) -> list[float]:
    """Return the rhythm of pauses in the whole piece, silence included."""
    loud = level(samples)
    return _runs(loud > loud.max() - QUIET)
