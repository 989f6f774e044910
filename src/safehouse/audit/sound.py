"""Attack 3b, sound: the film's decoded sound is what the plan says, sample by sample.

Muted means digital silence: any sample above the codec's own floor is somebody's voice, however
faint or late. Near a revealed span a lossy codec rings into the silence; there the film is held
against the original instead, since ringing does not follow what was said. Where a bed or made
sound lies, `voiced` looks for the original under it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.draw import Bits
from safehouse.audit.spans import RING, revealed_bits, voiced_bits
from safehouse.audit.voiced import LOSSY, Windows
from safehouse.model.clip import SoundStream
from safehouse.model.frame import OriginalSound
from safehouse.model.plan import SoundOut, SoundPlan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, said_list, say

__all__ = [
    "Heard",
    "SoundFind",
    "build_attack",
    "check_layout",
    "check_sound",
    "revealed_bits",
    "side_by_side",
    "voiced_bits",
]

FLOOR_PCM, FLOOR_LOSSY = 1e-6, 1e-4
"""Largest sample that counts as silence: nothing at all, and -80 dB under full scale for AAC."""

COPY_GAIN = 0.05
"""Near a revealed span, this gain against the original, -26 dB, is a copy of it and no ringing."""

LOUDEST = 8.0
"""No sample of sound is larger, 18 dB above full scale: it is a fault of the recorder."""

AAC_FRAME = 1024
"""Samples that an AAC packet holds: the last one reaches past the end, cut by the edit list."""

ALIKE = 0.9
"""Least correlation of revealed sound with the original; AAC at 128 kb/s gives 0.99 and more."""


class SoundFind(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Samples first <= n < end of a track in which the sound is not the plan's, and why."""

    first: int
    end: int
    why: str


class Heard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was heard in one track.

    Attributes:
        stream: number of the track in the source.
        samples: samples of each channel that were compared.
        muted: those of them that the plan mutes.
        peak: largest sample in them, away from revealed spans.
        original_peak: the same of the original: the positive control.
        alike: correlation of revealed sound with the original; None where nothing is revealed.
        floor: largest sample that counts as silence.
        finds: where the sound is not the plan's.
        voiced_samples: those of the muted samples on which a bed or made sound lies.
        voiced: windows with a bed or made sound that were compared with the clip.
        copy: strongest correlation with the clip in them, as a share of one that means a copy.
        copy_control: the same after the clip's own sound was laid under it; None where not tried.
    """

    stream: int
    samples: int
    muted: int
    peak: float
    original_peak: float
    alike: float | None
    floor: float
    finds: tuple[SoundFind, ...]
    voiced_samples: int = 0
    voiced: int = 0
    copy: float = 0.0
    copy_control: float | None = None


@dataclass(slots=True)
class _Sums:
    """Running sums over the blocks of a track."""

    samples: int = 0
    muted: int = 0
    voiced: int = 0
    peak: float = 0.0
    original_peak: float = 0.0
    cross: float = 0.0
    film: float = 0.0
    original: float = 0.0
    finds: list[SoundFind] = field(default_factory=list)


def check_layout(out: SoundOut, source: SoundStream, film: SoundStream) -> tuple[SoundFind, ...]:
    """Return what of a film's track is not as the plan says: rate, channels, length."""
    finds = []
    if (film.rate_hz, film.layout) != (out.rate_hz, out.layout):
        finds.append(
            SoundFind(0, source.samples, say("another rate or channel layout than planned"))
        )
    beyond = film.samples - source.samples
    if not 0 <= beyond < (AAC_FRAME if out.codec == "aac" else 1):
        finds.append(
            SoundFind(
                min(film.samples, source.samples),
                max(film.samples, source.samples),
                say(
                    "{found} samples in place of {planned}",
                    found=film.samples,
                    planned=source.samples,
                ),
            )
        )
    return tuple(finds)


def check_sound(
    film: Iterable[OriginalSound],
    original: Iterable[OriginalSound],
    plan: SoundPlan,
    out: SoundOut,
    made: Callable[[int, int], NDArray[np.float32]] | None = None,
) -> Heard:
    """Return what is heard in a film's track, held against the original; memory stays constant.

    made returns so many samples of the plan's made sound from a sample on, shape (channels, n); it
    is asked for them in order.
    """
    floor = FLOOR_LOSSY if out.codec in LOSSY else FLOOR_PCM
    sums, windows = _Sums(), Windows(plan, out, made)
    for first, *pair in side_by_side(film, original):
        mine, theirs = _finite(pair[0]), _heard_in(pair[1])
        _add_block(sums, first, (mine, theirs), plan, floor)
        windows.add(first, mine, theirs)
    voiced = windows.end()
    sums.finds += [SoundFind(*find) for find in voiced.finds]
    alike = None
    if sums.original > 0:
        alike = sums.cross / float(np.sqrt(sums.original * max(sums.film, 1e-20)))
        if alike < ALIKE:
            why = say("revealed sound follows the clip's with {alike:.2f} only", alike=alike)
            sums.finds.append(SoundFind(0, sums.samples, why))
    return Heard(
        plan.stream,
        sums.samples,
        sums.muted,
        sums.peak,
        sums.original_peak,
        alike,
        floor,
        tuple(_join(sums.finds)),
        sums.voiced,
        voiced.windows,
        voiced.copy,
        voiced.control,
    )


def _finite(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return samples that can be reckoned with: broken recorders write infinities, and no numbers.

    What is no number counts as the loudest there is, so that it is never taken for silence.
    """
    return np.clip(np.nan_to_num(samples, nan=LOUDEST), -LOUDEST, LOUDEST)


def _heard_in(original: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the clip's samples with silence in the place of what is no sound.

    One such sample is a click in which every frequency is loud: against it, whatever ends abruptly
    looks like a copy.
    """
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(original) <= LOUDEST, original, np.float32(0))


def _add_block(
    sums: _Sums,
    first: int,
    pair: tuple[NDArray[np.float32], NDArray[np.float32]],
    plan: SoundPlan,
    floor: float,
) -> None:
    """Add a block of both tracks, shape (channels, n), to the sums."""
    mine, theirs = pair
    count = mine.shape[1]
    wide = revealed_bits(plan, first - RING, count + 2 * RING)
    made = voiced_bits(plan, first - RING, count + 2 * RING)
    shown, voiced = wide[RING : RING + count], made[RING : RING + count]
    near = _spread(wide | made)[RING : RING + count] & ~shown & ~voiced
    far = ~shown & ~near & ~voiced
    sums.samples += count
    sums.muted += int((~shown).sum())
    sums.voiced += int(voiced.sum())
    peaks = np.abs(mine).max(axis=0, initial=0.0)
    if far.any():
        sums.peak = max(sums.peak, float(peaks[far].max()))
        sums.original_peak = max(sums.original_peak, float(np.abs(theirs[:, far]).max()))
        for start, end in _runs(far & (peaks > floor)):
            sums.finds.append(
                SoundFind(first + start, first + end, say("sound where silence is planned"))
            )
    if mine.shape[0] != theirs.shape[0]:
        mine, theirs = mine.mean(axis=0, keepdims=True), theirs.mean(axis=0, keepdims=True)
    if near.any():
        gain, loud = _gain(mine[:, near], theirs[:, near])
        if loud and abs(gain) >= COPY_GAIN:
            where = np.flatnonzero(near)
            why = say("a copy of the clip's sound beside a revealed span")
            sums.finds.append(SoundFind(first + int(where[0]), first + int(where[-1]) + 1, why))
    f, o = mine[:, shown].astype(np.float64), theirs[:, shown].astype(np.float64)
    sums.cross += float((f * o).sum())
    sums.film += float((f * f).sum())
    sums.original += float((o * o).sum())


def _gain(mine: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[float, bool]:
    """Return the gain of theirs in mine, and whether there is enough of it to tell."""
    f, o = mine.astype(np.float64), theirs.astype(np.float64)
    energy = float((o * o).sum())
    return float((f * o).sum()) / max(
        energy, 1e-20
    ), energy >= 1e-4 * 1e-4 * o.size and o.size > 512


def _spread(bits: Bits) -> Bits:
    """Return samples that are within RING of a set one."""
    sums = np.concatenate(([0], np.cumsum(bits)))
    at = np.arange(len(bits))
    return np.asarray(
        sums[np.minimum(at + RING + 1, len(bits))] - sums[np.maximum(at - RING, 0)] > 0
    )


def _runs(bits: Bits) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of what is set, gaps of less than RING samples bridged."""
    at = np.flatnonzero(bits)
    if at.size:
        for part in np.split(at, np.flatnonzero(np.diff(at) > RING) + 1):
            yield int(part[0]), int(part[-1]) + 1


def _join(finds: list[SoundFind]) -> Iterator[SoundFind]:
    """Yield finds of one kind that touch, or nearly touch, as one."""
    last: SoundFind | None = None
    for find in finds:
        if last and last.why == find.why and find.first <= last.end + RING:
            last = SoundFind(last.first, max(last.end, find.end), last.why)
            continue
        if last:
            yield last
        last = find
    if last:
        yield last


def side_by_side(
    film: Iterable[OriginalSound], original: Iterable[OriginalSound]
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield (first sample, film's samples, original's) for all of the film.

    Where the original has ended, zeros stand for it.
    """
    theirs = iter(original)
    held = next(theirs, None)
    for block in film:
        at, end = block.first, block.first + block.samples.shape[1]
        while at < end:
            while held is not None and held.first + held.samples.shape[1] <= at:
                held = next(theirs, None)
            mine = block.samples[:, at - block.first :]
            if held is None:
                yield at, mine, np.zeros_like(mine)
                break
            other = held.samples[:, at - held.first : at - held.first + mine.shape[1]]
            yield at, mine[:, : other.shape[1]], other
            at += other.shape[1]


def build_attack(heard: Iterable[Heard], others: Iterable[str], frame_of: "FrameOf") -> Attack:
    """Return the attack with its result.

    Args:
        heard: one for each track of the film.
        others: what else is wrong: tracks that are missing or were not planned, in words.
        frame_of: returns the frame that is on screen at a sample of a track.
    """
    rows, wrong = tuple(heard), tuple(others)
    spots = [Spot(0, 1, words) for words in wrong]
    for row in rows:
        for find in row.finds:
            first = frame_of(row.stream, find.first)
            end = max(first, frame_of(row.stream, max(find.first, find.end - 1))) + 1
            words = say("sound track {track}: {why}", track=row.stream, why=find.why)
            spots.append(Spot(first, end, words))
    return Attack(
        name="sound",
        title=say(
            "Is the sound what the plan says, and nothing of the clip's own where it is hidden?"
        ),
        result="leak" if spots else "none found",
        figure=_figure(rows),
        control=_control(rows),
        spots=tuple(spots),
    )


def _figure(rows: tuple[Heard, ...]) -> Said:
    if not rows:
        return say("the film has no sound, as planned")
    return said_list("; ", (_track_words(row) for row in rows))


def _track_words(row: Heard) -> Said:
    silent = row.muted - row.voiced_samples
    parts = [
        say(
            "track {track}: {samples} samples, {silent} muted",
            track=row.stream,
            samples=row.samples,
            silent=silent,
        )
    ]
    if silent and row.peak > 0:
        parts.append(say("peak {peak:.1e} of full scale there", peak=row.peak))
    elif silent:
        parts.append(say("every sample 0 there"))
    if row.voiced:
        parts.append(
            say(
                "in {windows} windows of made sound, the correlation with the clip's own, at every "
                "shift, is {copy:.2f} of what a copy gives",
                windows=row.voiced,
                copy=row.copy,
            )
        )
    if row.alike is not None:
        parts.append(say("revealed sound follows the clip's with {alike:.3f}", alike=row.alike))
    return said_list(", ", parts)


def _control(rows: tuple[Heard, ...]) -> Control:
    muted = [row for row in rows if row.muted]
    if not muted:
        return Control(
            None, say("nothing is muted in this film") if rows else say("there is no sound")
        )
    laid = [row.copy_control for row in muted if row.copy_control is not None]
    if any(row.voiced for row in muted) and laid:
        words = say(
            "the clip's own sound, laid 20 dB under the film's, gives {copy:.1f}", copy=max(laid)
        )
        if max(laid) > 1:
            return Control(True, words)
        short = say("it is too short, or too much of one tone, to be told")
        return Control(None, said_list(": ", (words, short)))
    loud = max(row.original_peak for row in muted)
    if not any(row.original_peak > row.floor for row in muted):
        return Control(None, say("the clip itself is silent where the plan mutes it"))
    return Control(
        True, say("the same test calls the clip's own sound open: peak {peak:.2f}", peak=loud)
    )


class FrameOf:
    """Says which frame is on screen at a sample; frame 0 where there is no picture.

    Args:
        sound: the clip's tracks.
        times_s: start of each frame, s.
    """

    def __init__(self, sound: Iterable[SoundStream], times_s: NDArray[np.float64]) -> None:
        self._tracks = {row.index: row for row in sound}
        self._times = times_s

    def __call__(self, stream: int, sample: int) -> int:
        """Return the number of the frame."""
        track = self._tracks.get(stream)
        if track is None or not self._times.size:
            return 0
        num, _, den = track.start.partition("/")
        at = int(num) / int(den or 1) + sample / max(1, track.rate_hz)
        return max(0, int(np.searchsorted(self._times, at, side="right")) - 1)
