"""A made voice: pulses and noise through bands. No sample, phase or residual of anybody goes in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.voices.bands import BAND_COUNT, BLOCK, FFT, FRAMES, HOP, RATE_HZ
from safehouse.voices.pseudo import PseudoVoice, chance

__all__ = ["Said", "joined", "smoothed", "sounded"]

Floats = NDArray[np.float32]

LONGEST = 5
SMOOTHING = np.asarray(np.hanning(LONGEST + 2)[1:-1] / np.hanning(LONGEST + 2).sum(), np.float32)
"""Weights over which units run into one another: 50 ms."""

PAUSE = 18
"""Pauses of so many frames and less are filled: 180 ms, the closures of p, t and k among them."""

MARGIN = 96
"""Samples that a filter rings before and after what it filters."""

LEAD = HOP + MARGIN
"""Samples that a frame begins before its centre."""

PULSED_HZ = (0, 2500, 5000, 8000)
PULSED = (1.0, 1.0, 0.2, 0.1)
"""Part of every sound that is pulses, by frequency; the rest is breath. It is the same for all
units: when somebody's voice comes and goes is a habit of theirs, and words are understood without.
"""

WANDER_S = (2.3, 5.1)
WANDER = 0.04
"""Slow rise and fall of the pitch, drawn from the key: it follows nobody's melody."""


@dataclass(frozen=True, slots=True)
class Said:
    """What to say in a block.

    Attributes:
        bands: shape (FRAMES, 24), log power.
        gate: shape (FRAMES,), 0 for silence, 1 for speech.
    """

    bands: Floats
    gate: Floats


def smoothed(blocks: Iterable[Said]) -> Iterator[Said]:
    """Yield blocks in which each frame runs into the next ones; silence stays outside the ends."""
    half = LONGEST // 2
    before: Floats | None = None
    held: Floats | None = None
    for block in blocks:
        now = np.column_stack([block.bands, block.gate])
        if held is not None:
            yield _run_together(before, held, now[:half])
            before = held[-half:]
        held = now
    if held is not None:
        yield _run_together(before, held, np.repeat(held[-1:], half, axis=0))


def _run_together(before: Floats | None, block: Floats, after: Floats) -> Said:
    first = np.repeat(block[:1], LONGEST // 2, axis=0) if before is None else before
    around = np.concatenate([first, block, after])
    mean = sum(
        (weight * around[k : k + FRAMES] for k, weight in enumerate(SMOOTHING)),
        np.zeros_like(block),
    )
    return Said(mean[:, :BAND_COUNT], mean[:, BAND_COUNT])


def joined(blocks: Iterable[Said]) -> Iterator[Said]:
    """Yield blocks in which pauses of PAUSE frames and less are filled."""
    before = np.zeros(PAUSE, np.float32)
    held: Said | None = None
    for block in blocks:
        if held is not None:
            yield _filled(before, held, block.gate[:PAUSE])
            before = held.gate[-PAUSE:]
        held = block
    if held is not None:
        yield _filled(before, held, np.zeros(PAUSE, np.float32))


def _filled(before: Floats, block: Said, after: Floats) -> Said:
    """Return a block whose frame is speech when there is speech near enough on both sides."""
    around = np.concatenate([before, block.gate, after]) > 0
    at = np.arange(len(around))
    last = np.maximum.accumulate(np.where(around, at, -len(at)))
    nearest = np.where(around, at, 2 * len(at))[::-1]
    coming = np.minimum.accumulate(nearest)[::-1]
    gate = (coming - last <= PAUSE + 1)[PAUSE:-PAUSE]
    return Said(block.bands, gate.astype(np.float32))


class _Source:
    """Pulses and noise without end, drawn from a key."""

    def __init__(self, voice: PseudoVoice, key: bytes) -> None:
        self._noise = chance(key, "breath")
        self._turns = chance(key, "melody").uniform(0, 2 * np.pi, len(WANDER_S))
        self._pitch_hz, self._phase, self._at = voice.pitch_hz, 0.0, 0

    def block(self) -> tuple[Floats, Floats]:
        """Return the next BLOCK samples of pulses, and of noise, both of mean power 1."""
        times = (self._at + np.arange(BLOCK)) / RATE_HZ
        self._at += BLOCK
        turns = 2 * np.pi * times[:, None] / WANDER_S + self._turns
        pitch_hz = self._pitch_hz * np.exp(WANDER * np.sin(turns).sum(axis=1))
        step = pitch_hz / RATE_HZ
        phase = self._phase + np.cumsum(step)
        self._phase = float(phase[-1] % 1)
        starts = np.diff(np.floor(phase), prepend=np.floor(phase[0] - step[0])) > 0
        pulses = np.where(starts, np.sqrt(1 / step), 0)
        noise = self._noise.standard_normal(BLOCK, np.float32)
        return np.asarray(pulses, np.float32), noise


def sounded(blocks: Iterable[Said], voice: PseudoVoice, key: bytes) -> Iterator[Floats]:
    """Yield BLOCK samples for each block that is said, LEAD samples late; shape (BLOCK,)."""
    source = _Source(voice, key)
    pulse_part = _pulse_part()
    tails = [np.zeros(HOP, np.float32), np.zeros(HOP, np.float32)]
    rest = np.zeros(4 * HOP, np.float32)
    for said in blocks:
        power = np.exp(np.minimum(said.bands @ voice.to_bins, 8.0)) * said.gate[:, None] ** 2
        made = np.zeros((FRAMES + 4, HOP), np.float32)
        parts = zip(source.block(), (pulse_part, 1 - pulse_part), strict=True)
        for number, (samples, part) in enumerate(parts):
            both = np.concatenate([tails[number], samples])
            tails[number] = both[-HOP:]
            made += _filtered(both, np.sqrt(power * part))
        flat = made.reshape(-1)
        flat[: len(rest)] += rest
        rest = flat[BLOCK:].copy()
        yield np.tanh(flat[:BLOCK])


def _filtered(samples: Floats, gains: Floats) -> Floats:
    """Return overlapping frames of samples, each through its gains, added up: shape (rows, HOP)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2 * HOP)[::HOP]
    window = np.asarray(np.hanning(2 * HOP + 1)[:-1], np.float32)
    padded = np.zeros((FRAMES, FFT), np.float32)
    padded[:, MARGIN : MARGIN + 2 * HOP] = frames * window
    shaped = np.fft.irfft(np.fft.rfft(padded, axis=1) * gains, FFT, axis=1)
    wide = np.zeros((FRAMES, 4 * HOP), np.float32)
    wide[:, :FFT] = shaped
    added = np.zeros((FRAMES + 4, HOP), np.float32)
    for part in range(4):
        added[part : part + FRAMES] += wide[:, part * HOP : (part + 1) * HOP]
    return added


def _pulse_part() -> Floats:
    bins = np.arange(FFT // 2 + 1) * RATE_HZ / FFT
    return np.asarray(np.interp(bins, PULSED_HZ, PULSED), np.float32)
