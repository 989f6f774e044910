"""A sensor's fingerprint, by maximum likelihood, and how sharply two of them meet.

Every pixel of a sensor answers a little more or less to light than its neighbours, by the same
factor in every picture (Lukas, Fridrich and Goljan, IEEE TIFS 2006; for video Chen, Fridrich,
Goljan and Lukas, SPIE 6505, 2007). The factor is estimated from many frames' residuals, freed of
what all cameras of a kind and codecs share, and compared by peak-to-correlation energy over
shifts and scales (Goljan, Fridrich and Filler, SPIE 7254, 2009).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import erfc, expm1, log, log1p, pi, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.wavelets import residual

__all__ = ["BAR", "Meeting", "Sums", "best_meeting", "fingerprint", "meet"]

Floats = NDArray[np.float32]

BAR = 60.0
"""Peak-to-correlation energy from which two pictures are called one camera's; in the paper of
2009 that was wrong 24 times in a million over all shifts of the frame."""

BRIGHT = 248.0
"""Samples from here on are clipped, and hold nothing of the factor; levels of 8 bits."""

AROUND = 5
"""Half the side of the square around the peak that is no part of the energy."""

AXIS = 8
"""Waves that fit so often or less into a side are left out: codecs at low rates draw long edges
along their blocks, which meet each other in any two clips."""

RIM = 8
"""Samples along the frame's edge that are left out: codecs and denoisers have an edge there."""

FAINTEST = 1e-6
"""Deviation below which an estimate is rounding: a black film's."""

REACH = 32
"""Shifts that are tried, px each way: a film has its clip's frame, or nearly. Over all shifts of
the frame, codecs at low rates alone gave peaks of up to 82 in 90 pairs of different cameras;
within 32 px up to 52."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How sharply two fingerprints meet.

    Attributes:
        energy: peak-to-correlation energy at the best shift and scale; 0 where there is no peak.
        false_alarm: log10 of the chance that two cameras meet so, over all that was tried.
        scale: the scale of the second one at which they meet best.
    """

    energy: float
    false_alarm: float
    scale: float = 1.0

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval: a peak's root has a deviation of 1."""
        return max(0.0, sqrt(self.energy) - 1.96) ** 2

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return (sqrt(self.energy) + 1.96) ** 2


class Sums:
    """What a fingerprint is made of, gathered frame by frame; memory stays that of two frames."""

    def __init__(self) -> None:
        self.frames = 0
        self._over: Floats | None = None
        self._under: Floats | None = None

    def add(self, luma: Floats) -> None:
        """Take a frame's luma, shape (h, w), levels of 8 bits; all frames have one size."""
        light = np.where(luma < BRIGHT, luma, np.float32(0))
        over, under = residual(luma) * light, np.square(light)
        if self._over is None or self._under is None:
            self._over, self._under = over, under
        else:
            self._over += over
            self._under += under
        self.frames += 1

    def estimate(self) -> Floats:
        """Return the factor's estimate, shape (h, w), freed of rows, columns and patterns.

        Raises:
            ValueError: no frame was taken.
        """
        if self._over is None or self._under is None:
            raise ValueError("no frame was taken")
        return _freed(self._over / (self._under + 1))


def fingerprint(frames: Iterable[Floats]) -> Floats:
    """Return the estimate from frames' luma, each of shape (h, w), levels of 8 bits."""
    sums = Sums()
    for luma in frames:
        sums.add(luma)
    return sums.estimate()


def _freed(factor: Floats) -> Floats:
    """Return an estimate without what comes from the camera's kind, demosaicing and the codec.

    Rows and columns, each of the four in a Bayer grid, get the mean 0; then peaks in the spectrum,
    which periodic patterns such as a codec's blocks give, are flattened by the Wiener rule.
    """
    clean = factor.copy()
    clean[:RIM] = clean[-RIM:] = clean[:, :RIM] = clean[:, -RIM:] = 0
    for top in (0, 1):
        for left in (0, 1):
            part = clean[top::2, left::2]
            part -= part.mean(axis=0, keepdims=True)
            part -= part.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft2(clean)
    size = np.abs(spectrum).astype(np.float32)
    mean = float(clean.var()) * clean.size
    least = np.full_like(size, np.inf)
    for side in (3, 5, 7, 9):
        local = cv2.blur(np.square(size), (side, side), borderType=cv2.BORDER_REFLECT)
        np.minimum(least, local, out=least)
    kept = mean / np.maximum(least, max(mean, 1e-30))
    kept[:, : AXIS + 1] = 0
    kept[np.abs(np.fft.fftfreq(len(kept), 1 / len(kept))) <= AXIS] = 0
    return np.asarray(np.fft.irfft2(spectrum * kept, s=clean.shape), np.float32)


def meet(one: Floats, other: Floats, scale: float = 1.0, tries: int = 1) -> Meeting:
    """Return how sharply two fingerprints of one size meet, over shifts of up to REACH px.

    Args:
        one: shape (h, w).
        other: of the same shape.
        scale: that of other, to be told.
        tries: how many such comparisons are made; the false alarm counts them all.
    """
    if min(one.std(), other.std()) < FAINTEST:
        return Meeting(0.0, 0.0, scale)
    product = np.fft.rfft2(one - one.mean()) * np.conj(np.fft.rfft2(other - other.mean()))
    field = np.fft.irfft2(product, s=one.shape)
    rows, columns = (_near_zero(side) for side in field.shape)
    tried = field[np.ix_(rows, columns)]
    row, column = np.unravel_index(int(tried.argmax()), tried.shape)
    peak = float(tried[row, column])
    beside = np.arange(-AROUND, AROUND + 1)
    near = field[
        np.ix_((rows[row] + beside) % len(field), (columns[column] + beside) % len(field[0]))
    ]
    rest = float(np.square(field).sum()) - float(np.square(near).sum())
    energy = peak * peak * max(1, field.size - near.size) / max(rest, 1e-30) if peak > 0 else 0.0
    return Meeting(energy, _false_alarm(energy, tried.size * tries), scale)


def _near_zero(side: int) -> NDArray[np.int64]:
    """Return the shifts within REACH along a side, as they lie in a field that wraps."""
    reach = min(REACH, (side - 1) // 2)
    return np.arange(-reach, reach + 1) % side


def _false_alarm(energy: float, tries: int) -> float:
    """Return log10 of the chance that the largest of so many normal values has this square."""
    root = sqrt(energy)
    tail = 0.5 * erfc(root / sqrt(2))
    if tail < 1e-280:
        return (-energy / 2 - log(root * sqrt(2 * pi)) + log(tries)) / log(10)
    return log(max(1e-300, -expm1(tries * log1p(-tail)))) / log(10)


def best_meeting(one: Floats, other: Floats, scales: Iterable[float]) -> Meeting:
    """Return the sharpest meeting when other is first brought to one's size, then scaled.

    A film may be smaller than the clip, or a little enlarged: other is resized by each of the
    scales times the ratio of their heights, and laid in one's frame.
    """
    wanted = list(scales)
    found = (meet(one, _laid_in(other, one.shape, s), s, len(wanted)) for s in wanted)
    return max(found, key=lambda meeting: meeting.energy)


def _laid_in(factor: Floats, shape: tuple[int, ...], scale: float) -> Floats:
    """Return an estimate at a scale of shape's size, cut or filled up with 0 to shape."""
    height, width = shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size != factor.shape[::-1]:
        factor = np.asarray(cv2.resize(factor, size, interpolation=cv2.INTER_CUBIC), np.float32)
    out = np.zeros((height, width), np.float32)
    part = factor[:height, :width]
    out[: part.shape[0], : part.shape[1]] = part
    return out
