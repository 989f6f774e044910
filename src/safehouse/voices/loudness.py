"""Pieces of made sound at one loudness, with room for those that are heard at the same time."""

import math

import numpy as np
from numpy.typing import NDArray

from safehouse.media.loudness import measure_loudness

__all__ = ["CEILING_DB", "SPARE_DB", "TARGET_LUFS", "leveled", "softened"]

TARGET_LUFS = -23.0
"""EBU R 128's programme loudness."""

CEILING_DB = -1.0
"""EBU R 128's highest true peak, dBTP."""

SPARE_DB = 0.2
"""What the meter of true peaks may miss, as ITU-R BS.1770 annex 2 says of four times the rate."""

FADE_S = 0.003
"""Fade at both ends; without it an end that is not quite silent clicks."""


def leveled(
    samples: NDArray[np.float32], rate_hz: int, lufs: float = TARGET_LUFS, at_once: int = 1
) -> NDArray[np.float32]:
    """Return samples of shape (n,) at a loudness, with soft ends.

    The true peak stays so low that at_once of such pieces together stay below the ceiling; where
    that needs it, the piece is softer than asked for. Silence stays silence.
    """
    soft = softened(samples, rate_hz)
    measured = measure_loudness([soft], rate_hz)
    if measured.lufs is None:
        return soft
    ceiling = CEILING_DB - SPARE_DB - 20 * math.log10(at_once)
    gain_db = min(lufs - measured.lufs, ceiling - measured.true_peak_db)
    return soft * np.float32(10 ** (gain_db / 20))


def softened(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """Return samples of shape (n,) that begin and end without a click."""
    length = min(samples.size // 2, max(1, round(FADE_S * rate_hz)))
    ramp = (np.arange(length, dtype=np.float32) + 1) / np.float32(length + 1)
    made = np.array(samples, np.float32)
    made[:length] *= ramp
    made[made.size - length :] *= ramp[::-1]
    return made
