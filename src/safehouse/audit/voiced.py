"""Attack 3b, made sound: is the original under it, and is it what the plan says?

Where the plan lays a bed or made sound there is no silence to look for. The film, and what it has
beside the made sound, is held against the clip's own sound at every shift, with all its frequencies
given the same weight (GCC-PHAT; Knapp and Carter, The generalized correlation method, 1976), so
that a faint copy or an echo shows as one sharp peak, in a window or in all of them together; and it
is held against the made file itself.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.spans import FADE, RING, revealed_bits, voiced_bits
from safehouse.audit.stretched import Stretched
from safehouse.model.plan import SoundOut, SoundPlan
from safehouse.model.words import say

__all__ = ["WINDOW", "VoicedCheck", "Windows", "cross_of", "strongest_copy"]

WINDOW = 16384
"""Samples that are compared at once, at every shift within them."""

GROUP = 8
"""Windows that are looked at together for a copy in one place: 2.7 s at 48 kHz."""

LOUD_DB = 30.0
"""Frequencies of the clip that are fainter than its loudest by more than this are left out."""

FEWEST = 60
"""Fewest frequencies that a window must have: of a pure tone, no copy can be told."""

FAINT = 1e-4
"""Windows of the clip fainter than this (RMS) hold nothing that could be told again."""

HIDDEN_DB = -20.0
"""The positive control lays the clip's sound so far under the film's own."""

SHIFT = 997
"""Samples by which the positive control's copy comes late."""

OTHER, OTHER_GROUP, OTHER_LOSSLESS = 0.2, 0.1, 1e-3
"""Most power that may differ from the made sound, as a share of its own.

A lossy codec's noise: with disguises, readings and espeak-ng from mono to 5.1, Opus added at most
0.044 in a window; AAC 0.19 in a quiet one (5.1, another voice in each channel) and 0.03 on average.
So one window may have more than GROUP of them together. Where samples are kept, there is rounding.
"""

DRIFT_S = 1 / 62
"""What is slower than this is no voice, s, and not held against the made sound: 20 Hz and less.

Opus takes it away (libopus filters at 3 Hz) and shifts what is near; espeak-ng's and the disguise's
pulses, and recordings with rumble, have 6 % of their power there and more.
"""

BED_RMS = 0.02
"""Most that a bed and a codec's noise may add, RMS of full scale: -34 dB."""

LOSSY = {"aac", "opus"}

COPY = say("a copy of the clip's sound")

OTHER_SOUND = say("other sound than the plan's")

STRETCHED = say("sound that moves as the clip's does, maybe at another speed")

Samples = NDArray[np.float64]
Spectrum = NDArray[np.complex128]


def cross_of(film: Samples, original: Samples) -> Spectrum | None:
    """Return the whitened cross-spectrum of two windows; None where the clip has too little."""
    size = 2 * WINDOW
    ours, theirs = np.fft.rfft(film, size), np.fft.rfft(original, size)
    power = np.abs(theirs)
    heard = power > float(power.max()) * 10 ** (-LOUD_DB / 20)
    if float(np.sqrt((original * original).mean())) <= FAINT or int(heard.sum()) < FEWEST:
        return None
    cross = np.where(heard, ours * np.conj(theirs), 0)
    size_of = np.abs(cross)
    return np.asarray(np.divide(cross, size_of, out=np.zeros_like(cross), where=size_of > 0))


def bar(windows: int) -> float:
    """Return the peak that means a copy, when so many windows were added.

    Unrelated speech (LibriSpeech against espeak-ng and against each other, 1,596 windows) reached
    34 in one window, 16 in eight together and 9 in a whole reading.
    """
    return 12.0 + 40.0 / math.sqrt(max(1, windows))


def strongest_copy(cross: Spectrum) -> float:
    """Return the highest peak of a whitened correlation, in units of its own noise."""
    lags = np.fft.irfft(cross)
    spread = float(np.sqrt((lags * lags).mean()))
    return float(np.abs(lags).max()) / spread if spread > 0 else 0.0


@dataclass(slots=True)
class _Sum:
    """The cross-spectra of windows together: a copy lies at one shift throughout."""

    total: Spectrum | None = None
    windows: int = 0
    first: int = 0
    end: int = 0

    def add(self, cross: Spectrum, first: int, end: int) -> None:
        self.first = first if self.total is None else self.first
        self.total = cross if self.total is None else self.total + cross
        self.end = end
        self.windows += 1

    def height(self) -> float:
        """Return the peak as a share of the one that means a copy."""
        return 0.0 if self.total is None else strongest_copy(self.total) / bar(self.windows)


@dataclass(slots=True)
class _Pair:
    """One channel held against the clip: windows together, in groups and as a whole."""

    whole: _Sum = field(default_factory=_Sum)
    group: _Sum = field(default_factory=_Sum)


class Steady:
    """Sound without what is slower than a voice, block after block."""

    def __init__(self, rate_hz: int) -> None:
        self._length = max(2, round(rate_hz * DRIFT_S))
        self._before: Samples | None = None

    def power(self, samples: Samples) -> float:
        """Return the mean power of the next samples, shape (channels, n)."""
        if self._before is None:
            self._before = np.zeros((samples.shape[0], 2 * self._length))
        joined = np.concatenate([self._before, samples], axis=1)
        self._before = joined[:, -2 * self._length :]
        for _ in range(2):  # each time it loses the samples that have too few before them
            sums = np.cumsum(joined, axis=1)
            mean = (sums[:, self._length :] - sums[:, : -self._length]) / self._length
            joined = joined[:, self._length :] - mean
        return float((joined * joined).mean())


@dataclass(slots=True)
class VoicedCheck:
    """Looks at the windows of a track in which a bed or made sound lies.

    Attributes:
        bed: whether the plan lays a bed.
        disguised: whether the made sound comes from the clip's: then it moves as the clip does.
        rate_hz: samples a second.
        lossy: the film's codec adds noise of its own.
        windows: how many were compared with the clip.
        copy: the strongest correlation, as a share of one that means a copy.
        finds: (first, end, why) of windows that are not as planned.
    """

    bed: bool = False
    disguised: bool = False
    rate_hz: int = 48_000
    lossy: bool = True
    windows: int = 0
    copy: float = 0.0
    finds: list[tuple[int, int, str]] = field(default_factory=list)
    _pairs: dict[tuple[int, bool], _Pair] = field(default_factory=dict)
    _control: _Sum = field(default_factory=_Sum)
    _stretched: dict[int, Stretched] = field(default_factory=dict)
    _steady: tuple[Steady, Steady] = field(init=False)
    _powers: list[tuple[int, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._steady = Steady(self.rate_hz), Steady(self.rate_hz)

    @property
    def control(self) -> float | None:
        """`copy` after the clip's own sound was laid under the film's; None: not tried."""
        return None if self._control.total is None else self._control.height()

    def look(
        self, first: int, film: Samples, original: Samples, made: Samples | None, *, whole: bool
    ) -> None:
        """Compare one window, arrays of shape (channels, WINDOW) or less.

        Args:
            first: number of its first sample.
            film: decoded samples of the film.
            original: those of the clip.
            made: those of the made sound; None where the window has none.
            whole: the window lies inside one span, away from its fades.
        """
        end = first + film.shape[1]
        self._correlate((first, end), film, original, rest=False)
        rest = film if made is None else film - made
        loud = [s.power(x) for s, x in zip(self._steady, (rest, film - rest), strict=True)]
        if whole:
            self._correlate((first, end), rest, original, rest=True)
            self._hold_against(first, end, *loud)
            if not self.disguised:
                self._stretch(first, rest, original, made)

    def end(self) -> None:
        """Look at what is left of a group, and at all windows together."""
        for pair in self._pairs.values():
            self._judge(pair.group, COPY)
            self._judge(pair.whole, say("a faint copy of the clip's sound throughout"))
        for channel in self._stretched.values():
            channel.end()
            self.copy = max(self.copy, channel.most)
            self.finds += [(first, end, STRETCHED) for first, end in channel.finds]

    def _stretch(self, first: int, rest: Samples, original: Samples, made: Samples | None) -> None:
        """Look for the clip, at another speed, in what the film has beside the made sound."""
        for channel, (ours, theirs) in enumerate(zip(rest, original, strict=False)):
            spoken = None if made is None else made[channel]
            self._stretched.setdefault(channel, Stretched()).add(first, ours, theirs, spoken)

    def _correlate(
        self, span: tuple[int, int], film: Samples, original: Samples, *, rest: bool
    ) -> None:
        """Look for the clip in the film, or in what the film has beside the made sound."""
        for channel, (ours, theirs) in enumerate(zip(film, original, strict=False)):
            cross = cross_of(ours, theirs)
            if cross is None or not float(np.abs(cross).max()):
                continue
            pair = self._pairs.setdefault((channel, rest), _Pair())
            pair.whole.add(cross, *span)
            pair.group.add(cross, *span)
            if pair.group.windows == GROUP:
                self._judge(pair.group, COPY)
                pair.group = _Sum()
            if channel == 0 and not rest:
                self.windows += 1
                self._try_control(ours, theirs)

    def _judge(self, windows: _Sum, why: str) -> None:
        height = windows.height()
        self.copy = max(self.copy, height)
        if height > 1:
            self.finds.append((windows.first, windows.end, why))

    def _try_control(self, film: Samples, original: Samples) -> None:
        """Lay the clip's sound under the film's, later, and add it to the control's windows."""
        loud = float(np.sqrt((film * film).mean())) / float(np.sqrt((original * original).mean()))
        laid = film + 10 ** (HIDDEN_DB / 20) * loud * np.roll(original, SHIFT)
        cross = cross_of(laid, original)
        if cross is not None:
            self._control.add(cross, 0, 0)

    def _hold_against(self, first: int, end: int, rest: float, own: float) -> None:
        """Look whether the film differs too much in power from the made sound alone."""
        self._powers.append((first, rest, own))
        if self._is_other(rest, own, OTHER):
            self.finds.append((first, end, OTHER_SOUND))
        if len(self._powers) == GROUP:
            begin = self._powers[0][0]
            rest, own = (sum(row[n] for row in self._powers) / GROUP for n in (1, 2))
            if self._is_other(rest, own, OTHER_GROUP):
                self.finds.append((begin, end, OTHER_SOUND))
            self._powers.clear()

    def _is_other(self, rest: float, own: float, share: float) -> bool:
        share = share if self.lossy else OTHER_LOSSLESS
        return rest > share * own + (BED_RMS**2 if self.bed else 1e-8)


class Windows:
    """Cuts a track into windows, and looks at those in which a bed or made sound lies."""

    def __init__(
        self,
        plan: SoundPlan,
        out: SoundOut,
        made: Callable[[int, int], NDArray[np.float32]] | None,
    ) -> None:
        self._plan = plan
        self._made = made
        actions = {span.action for span in plan.spans}
        kinds = ("bed" in actions, "disguise" in actions)
        self._check = VoicedCheck(*kinds, out.rate_hz, out.codec in LOSSY)
        self._wanted = any(span.action not in {"mute", "reveal"} for span in plan.spans)
        self._held: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        self._first = self._count = 0

    def add(self, first: int, mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
        """Take samples of the film and of the clip."""
        if not self._wanted:
            return
        if not self._held:
            self._first = first
        self._held.append((mine, theirs))
        self._count += mine.shape[1]
        while self._count >= WINDOW:
            self._look(WINDOW)

    def end(self) -> VoicedCheck:
        """Look at the last samples, and return what was found."""
        if self._count:
            self._look(self._count)
        self._check.end()
        return self._check

    def _look(self, count: int) -> None:
        film = np.concatenate([mine for mine, _ in self._held], axis=1)
        original = np.concatenate([theirs for _, theirs in self._held], axis=1)
        made = None if self._made is None else self._made(self._first, count)
        voiced = voiced_bits(self._plan, self._first - FADE, count + 2 * FADE)
        shown = revealed_bits(self._plan, self._first - RING, count + 2 * RING)
        if voiced.any() and not shown.any():
            inside = bool(voiced_bits(self._plan, self._first, count).all())
            self._check.look(
                self._first,
                film[:, :count].astype(np.float64),
                original[:, :count].astype(np.float64),
                None if made is None else made.astype(np.float64),
                whole=inside and self._at_full(count),
            )
        self._held = [(film[:, count:], original[:, count:])] if film.shape[1] > count else []
        self._first += count
        self._count -= count

    def _at_full(self, count: int) -> bool:
        """Return whether no span begins, ends or fades in the window."""
        begin, end = self._first - FADE, self._first + count + FADE
        edges = {edge for span in self._plan.spans for edge in (span.first, span.end)}
        return not any(begin < edge < end for edge in edges if edge > 0)
