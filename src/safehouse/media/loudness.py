"""How loud sound is: integrated loudness and true peak after ITU-R BS.1770, by FFmpeg's ebur128."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from safehouse.media.sound_filter import SoundFilter

__all__ = ["Loudness", "LoudnessMeter", "measure_loudness"]

SILENCE_LUFS = -69.0
"""FFmpeg says -70 of sound that is below the absolute gate all along."""

SHORTEST_S = 0.5
"""A block of the measure lasts 0.4 s; shorter sound is measured as if it went on."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness and true peak.

    Attributes:
        lufs: gated loudness, LUFS; None for silence.
        true_peak_db: the highest peak between samples too, dBTP; -inf for silence.
    """

    lufs: float | None
    true_peak_db: float


class LoudnessMeter:
    """Measures one channel as it goes by; constant memory."""

    def __init__(self, rate_hz: int) -> None:
        self._chain = SoundFilter(rate_hz, [("ebur128", "metadata=1:peak=true")])
        self._rate_hz = rate_hz
        self._seen = 0
        self._short: list[NDArray[np.float32]] = []
        self._last: dict[str, str] = {}
        self._peak = 0.0

    def put(self, samples: NDArray[np.float32]) -> None:
        """Take samples of shape (n,) in; what is no number counts as silence."""
        samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        if self._seen < SHORTEST_S * self._rate_hz:
            self._short.append(samples)
        self._seen += samples.size
        self._peak = max(self._peak, float(np.max(np.abs(samples), initial=0.0)))
        self._take(self._chain.put(samples))

    def result(self) -> Loudness:
        """Return how loud all of it was; nothing can be put in any more."""
        if 0 < self._seen < SHORTEST_S * self._rate_hz:
            short = np.concatenate(self._short)
            for _ in range(math.ceil(2 * SHORTEST_S * self._rate_hz / self._seen)):
                self._take(self._chain.put(short))
        self._take(self._chain.end())
        lufs = float(self._last.get("lavfi.r128.I", "-70"))
        peak = max(self._peak, float(self._last.get("lavfi.r128.true_peak", "0")))
        silent = not math.isfinite(lufs) or lufs <= SILENCE_LUFS
        return Loudness(None if silent else lufs, 20 * math.log10(peak) if peak else -math.inf)

    def _take(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            self._last = dict(frame.metadata) or self._last


def measure_loudness(blocks: Iterable[NDArray[np.float32]], rate_hz: int) -> Loudness:
    """Return how loud blocks of shape (n,) are, one after the other."""
    meter = LoudnessMeter(rate_hz)
    for block in blocks:
        meter.put(block)
    return meter.result()
