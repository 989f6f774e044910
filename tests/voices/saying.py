"""Sound like speech, drawn by numbers, and a short way to disguise it."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from safehouse.model.frame import OriginalSound
from safehouse.voices.disguise import disguise

Floats = NDArray[np.float32]
KEY = b"0123456789abcdef"


def sentence(seconds: float, rate_hz: int = 16_000, pitch_hz: float = 120.0) -> Floats:
    """Syllables of about 0.2 s with changing formants and pauses; shape (1, n)."""
    draw = np.random.default_rng(3)
    count = round(seconds * rate_hz)
    made = np.zeros(count)
    harmonics = np.arange(1, int(min(4000, rate_hz / 2) / pitch_hz)) * pitch_hz
    for number in range(int(seconds / 0.2) + 1):
        formants = draw.uniform((300, 900, 2200), (800, 2300, 3200))
        loud = 0.0 if number % 7 == 6 else draw.uniform(0.3, 1.0)
        middle = round((0.2 * number + 0.1) * rate_hz)
        near = np.arange(max(0, middle - rate_hz // 5), min(count, middle + rate_hz // 5))
        envelope = loud * np.exp(-(((near - middle) / (0.06 * rate_hz)) ** 2))
        for hz in harmonics:
            height = (1 / (1 + ((hz - formants) / 120) ** 2)).sum()
            made[near] += envelope * height * np.sin(2 * np.pi * hz / rate_hz * near + hz)
    return (0.3 * made / max(1e-9, float(np.abs(made).max())))[None].astype(np.float32)


def reader(
    samples: Floats, rate_hz: int = 16_000, block: int = 65_536
) -> Callable[[], Iterator[OriginalSound]]:
    """A track's blocks, as the reader of a file gives them, anew at each call."""

    def read() -> Iterator[OriginalSound]:
        for first in range(0, samples.shape[1], block):
            yield OriginalSound(first, samples[:, first : first + block], rate_hz)

    return read


def disguised(
    samples: Floats, rate_hz: int = 16_000, key: bytes = KEY, block: int = 65_536
) -> Floats:
    """The whole track, shape of samples."""
    channels, count = samples.shape
    made = list(disguise(reader(samples, rate_hz, block), rate_hz, channels, count, key))
    return np.concatenate([np.zeros((channels, 0), np.float32), *made], axis=1)
