"""What a denoiser takes out of a picture: the noise residual in which a sensor leaves its mark.

Wavelet coefficients are shrunk by the Wiener rule with a local variance, the smallest of four
windows (Mihcak, Kozintsev and Ramchandran, ICASSP 1999), as Lukas, Fridrich and Goljan do it
(Digital Camera Identification from Sensor Pattern Noise, IEEE TIFS 2006): Daubechies' wavelet of
eight taps, four levels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["residual"]

Floats = NDArray[np.float32]

LEVELS = 4
NOISE = 3.0
"""Standard deviation of the noise that is taken out, levels of 8 bits. 2 to 5 is common."""

WINDOWS = (3, 5, 7, 9)
"""Sides of the windows of the local variance, coefficients."""

LOW = np.array(
    [
        *(0.23037781330885523, 0.7148465705525415, 0.6308807679295904, -0.02798376941698385),
        *(-0.18703481171888114, 0.030841381835986965, 0.032883011666982945, -0.010597401784997278),
    ],
    np.float32,
)
HIGH = LOW[::-1] * np.array([1, -1] * 4, np.float32)
"""Daubechies' filters of eight taps (Ten Lectures on Wavelets, table 6.1)."""


def residual(picture: Floats) -> Floats:
    """Return a picture's noise, shape (h, w), in its own levels of 8 bits."""
    height, width = picture.shape
    step = 1 << LEVELS
    low = cv2.copyMakeBorder(picture, 0, -height % step, 0, -width % step, cv2.BORDER_REFLECT)
    bands = []
    for _ in range(LEVELS):
        low, *details = _split(np.asarray(low, np.float32))
        bands.append([_noise_in(detail) for detail in details])
    noise = np.zeros(low.shape, np.float32)
    for details in reversed(bands):
        noise = _join(noise, *details)
    return noise[:height, :width]


def _noise_in(detail: Floats) -> Floats:
    """Return what the Wiener rule takes for noise in one band."""
    power = np.square(detail)
    least = np.full_like(power, np.inf)
    for side in WINDOWS:
        np.minimum(least, cv2.blur(power, (side, side), borderType=cv2.BORDER_REFLECT), out=least)
    own = np.float32(NOISE * NOISE)
    return np.asarray(detail * (own / np.maximum(least, own)), np.float32)


def _split(picture: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the four bands of a picture with even sides, each of half its size; it wraps."""
    low, high = _along(picture, LOW), _along(picture, HIGH)
    return _down(low, LOW), _down(low, HIGH), _down(high, LOW), _down(high, HIGH)


def _along(picture: Floats, taps: Floats) -> Floats:
    return np.ascontiguousarray(_down(picture.T, taps).T)


def _down(picture: Floats, taps: Floats) -> Floats:
    """Return every second row of a picture filtered along its columns."""
    half = len(picture) // 2
    wide = np.concatenate([picture, picture[: len(taps)]])
    out = np.zeros((half, picture.shape[1]), np.float32)
    for n, tap in enumerate(taps):
        out += tap * wide[n : n + 2 * half : 2]
    return out


def _join(ll: Floats, lh: Floats, hl: Floats, hh: Floats) -> Floats:
    """Return the picture whose four bands these are."""
    low = _up(ll, LOW) + _up(lh, HIGH)
    high = _up(hl, LOW) + _up(hh, HIGH)
    return np.ascontiguousarray((_up(low.T, LOW) + _up(high.T, HIGH)).T)


def _up(band: Floats, taps: Floats) -> Floats:
    """Return the transpose of `_down`, which undoes it in an orthogonal bank."""
    rows = 2 * len(band)
    wide = np.zeros((rows + len(taps), band.shape[1]), np.float32)
    for n, tap in enumerate(taps):
        wide[n : n + rows : 2] += tap * band
    wide[: len(taps)] += wide[rows:]
    return wide[:rows]
