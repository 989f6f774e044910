"""Attack 3b, a copy at another speed: does what lies under a bed or made sound move as the clip?

A copy that runs 1 % faster has no sharp peak in a correlation of samples. But its bands of pitch
grow loud and faint in the clip's order: the energy in 24 bands, every 12 ms, is held against the
clip's at every shift up to half a second. How loud all bands are together is left out, since two
people may well speak at the same moments.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["LOOKS", "Stretched", "alike", "bands_of", "bar"]

HOP, FRAME = 512, 2048
"""Samples from one look to the next, and in each."""

BANDS, LOWEST, HIGHEST = 24, 4, 300
"""Bands, and the edges of the first and last in bins of a frame: 90 Hz and 6.5 kHz at 44.1 kHz."""

SHIFTS = 43
"""Looks by which a copy may be early or late: half a second."""

FEWEST = 100
"""Looks that are needed to tell: 1.2 s."""

LOOKS = 256
"""Looks that are held against the clip at once: 3 s."""

ALIKE = 0.4
"""A correlation over LOOKS that means a copy; over fewer it must be higher, as chance is.
Unrelated readings (LibriSpeech, 185 pairs) stay below 0.29."""

MARGIN = 0.15
"""It must also be higher than that of the made sound by this: an actor may speak in step."""

POWER = 0.15
"""Energies are raised to it, much as ears do, so that not only the loudest moments count."""

Samples = NDArray[np.float64]

EDGES = np.unique(np.rint(np.geomspace(LOWEST, HIGHEST, BANDS + 1)).astype(int))


def bands_of(samples: Samples) -> Samples:
    """Return the energies in bands of samples of shape (n,), shape (looks, bands)."""
    if samples.size < FRAME:
        return np.zeros((0, len(EDGES) - 1))
    rows = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]
    power = np.abs(np.fft.rfft(rows * np.hanning(FRAME), axis=1)) ** 2
    return np.asarray(np.add.reduceat(power[:, : EDGES[-1]], EDGES[:-1], axis=1) ** POWER)


def alike(film: Samples, clip: Samples) -> float:
    """Return the highest correlation of two rows of bands, of one shape, over all shifts."""
    best = 0.0
    for shift in range(-SHIFTS, SHIFTS + 1):
        end = len(film) - abs(shift)
        if end < FEWEST:
            continue
        f, o = _centred(film[max(0, shift) :][:end]), _centred(clip[max(0, -shift) :][:end])
        size = float(np.sqrt((f * f).sum() * (o * o).sum()))
        best = max(best, float((f * o).sum()) / size if size > 0 else 0.0)
    return best


def bar(looks: int) -> float:
    """Return the correlation over so many looks that means a copy."""
    return float(ALIKE * np.sqrt(LOOKS / min(looks, LOOKS)))


def _centred(bands: Samples) -> Samples:
    """Return bands without their own mean, and without how loud all are together."""
    own = bands - bands.mean(axis=0)
    return np.asarray(own - own.mean(axis=1, keepdims=True))


@dataclass(slots=True)
class Stretched:
    """Holds what a channel has beside the made sound against the clip, a few seconds at a time.

    Attributes:
        finds: (first, end) of what moves as the clip does.
        most: the highest correlation, as a share of one that means a copy.
    """

    finds: list[tuple[int, int]] = field(default_factory=list)
    most: float = 0.0
    _rows: list[tuple[Samples, Samples, Samples]] = field(default_factory=list)
    _first: int = 0
    _end: int = 0

    def add(self, first: int, rest: Samples, clip: Samples, made: Samples | None) -> None:
        """Take samples of shape (n,); what does not follow on the last ones begins anew."""
        if first != self._end:
            self.end()
        if not self._rows:
            self._first = first
        spoken = np.zeros_like(clip) if made is None else made
        self._rows.append((bands_of(rest), bands_of(clip), bands_of(spoken)))
        self._end = first + rest.size
        if sum(len(row[0]) for row in self._rows) >= LOOKS:
            self.end()

    def end(self) -> None:
        """Judge what was taken."""
        rows, self._rows = self._rows, []
        looks = sum(len(row[0]) for row in rows)
        if looks < FEWEST:
            return
        rest, clip, made = (np.concatenate(part) for part in zip(*rows, strict=True))
        share = alike(rest, clip) / max(bar(looks), alike(made, clip) + MARGIN)
        self.most = max(self.most, share)
        if share >= 1:
            self.finds.append((self._first, self._end))
