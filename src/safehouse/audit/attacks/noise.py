"""Attack 10, sensor noise: is the film told to be the camera's, by what its sensor leaves in it?

Who looks has other clips of the same camera: from a seized phone, or published under a name. Their
residuals give the sensor's fingerprint (`fingerprint`), and the film's are held against it.
Nothing under a mask is needed: the mark is everywhere else. Encoding weakens it and never removes
it, so the result is how many times it was reduced.

The positive control is the unprotected clip, whose camera must be told. The negative controls
are the film's own residuals mirrored three ways, which no sensor can have left; of a black film
nothing remains to compare. Where it fails: `protect --camera-privacy`, or to accept that the
camera can be told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.fingerprint import BAR, Meeting, Sums, best_meeting
from safehouse.errors import SourceError
from safehouse.media.reader import ClipReader
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, said_list, say

__all__ = ["FRAMES", "attack_noise"]

Floats = NDArray[np.float32]
Result = Literal["none found", "leak", "not run"]

FRAMES = 100
"""Frames that are taken from each clip, spread evenly over it."""

WIDE, STEP = 0.02, 0.001
"""The search over scales: so far around the sizes' own ratio, in such steps."""

PATTERNED = 2.0
"""A peak must also stand so many times above those of the mirrored film."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The meetings with the reference: of the clip, of the film, and of the film mirrored."""

    before: Meeting
    after: Meeting
    mirrored: float
    frames: int
    clips: int

    @property
    def bar(self) -> float:
        """The energy from which a camera is called told."""
        return max(BAR, PATTERNED * self.mirrored)


def attack_noise(
    film: Path, source: Path, others: Sequence[Path], plan: Plan, *, quick: bool = True
) -> Attack:
    """Return the attack on a film by the noise of its camera's sensor.

    Args:
        film: the file that would be delivered.
        source: the clip that it was made from.
        others: other clips of the same camera; those of another frame size are left out.
        plan: who is hidden where.
        quick: take the scale from the frame sizes; else search around it.

    Raises:
        SourceError: the clip or another of the same camera can't be read.
    """
    own = _estimate(source)
    if own is None:
        return _not_run(say("the clip has no picture"))
    reference, clips = _reference(others, own.shape)
    if reference is None:
        return _not_run(say("none of the other clips of the camera has the clip's frame size"))
    try:
        theirs = _estimate(film)
    except SourceError:
        return _not_run(say("the film can't be read to its end"))
    if theirs is None:
        return _not_run(say("the film has no picture"))
    scales = [1.0] if quick else [1 + STEP * n for n in range(-round(WIDE / STEP), 21)]
    factor = reference.estimate()
    mirrors = (theirs[::-1], theirs[:, ::-1], theirs[::-1, ::-1])
    seen = _Seen(
        best_meeting(factor, own, [1.0]),
        best_meeting(factor, theirs, scales),
        max(best_meeting(factor, np.ascontiguousarray(m), [1.0]).energy for m in mirrors),
        reference.frames,
        clips,
    )
    return _build(seen, plan)


def _estimate(path: Path) -> Floats | None:
    """Return the fingerprint in a clip's frames; None where it has no picture."""
    sums = Sums()
    for luma in _lumas(path):
        sums.add(luma)
    return sums.estimate() if sums.frames else None


def _reference(others: Sequence[Path], shape: tuple[int, ...]) -> tuple[Sums | None, int]:
    """Return what clips of one size give together, and how many they are."""
    sums, clips = Sums(), 0
    for path in others:
        before = sums.frames
        for luma in _lumas(path):
            if luma.shape != shape:
                break
            sums.add(luma)
        clips += sums.frames > before
    return (sums if clips else None), clips


def _lumas(path: Path) -> Iterator[Floats]:
    """Yield the luma of frames spread over a clip, levels of 8 bits."""
    with ClipReader(path, "clip") as reader:
        every = max(1, reader.frames_expected // FRAMES)
        for frame in reader.frames():
            if frame.index % every == 0 and not frame.corrupt:
                yield _luma_of(frame)


def _luma_of(frame: OriginalFrame) -> Floats:
    scale = np.float32(1 / (1 << (frame.layout.depth - 8)))
    return np.asarray(frame.planes[0], np.float32) * scale


def _build(seen: _Seen, plan: Plan) -> Attack:
    told = seen.after.energy >= seen.bar
    count = plan.clip.video.times.count if plan.clip.video else 0
    words = say(
        "the camera can be told by its sensor's noise, here and in every frame: protect again "
        "with --camera-privacy and look again, or deliver knowing it"
    )
    return _attack(
        "leak" if told else "none found",
        _figure(seen),
        _control(seen),
        (Spot(0, max(1, count), words),) if told else (),
    )


def _figure(seen: _Seen) -> Said:
    before, after = seen.before.energy, seen.after
    energy = say(
        "peak-to-correlation energy {before:.0f} in the clip, {after:.0f} in the film (95 %: "
        "{low:.0f} to {high:.0f})",
        before=before,
        after=after.energy,
        low=after.low,
        high=after.high,
    )
    told = say(
        "a camera is told from {bar:.0f}; a false alarm has a chance of {chance}; {clips} other "
        "clips, {frames} frames",
        bar=seen.bar,
        chance=_chance(after.false_alarm),
        clips=seen.clips,
        frames=seen.frames,
    )
    return said_list("; ", (energy, _reduced(seen), told))


def _reduced(seen: _Seen) -> Said:
    """Return how many times less there is; below the bar what is left can't be told from none."""
    before, after = seen.before.energy, seen.after.energy
    if before < seen.bar:
        return say("too little in the clip to say by how much it was reduced")
    times = before / max(after, seen.bar)
    figures = {"times": times, "decibels": 10 * log10(times)}
    if after < seen.bar:
        return say(
            "reduced by at least {times:.1f} times ({decibels:.1f} dB), not removed", **figures
        )
    return say("reduced by {times:.1f} times ({decibels:.1f} dB), not removed", **figures)


def _chance(power: float) -> str:
    return say("1 in 10^{power:.0f}", power=-power) if power < -2 else f"{10**power:.2g}"


def _control(seen: _Seen) -> Control:
    held = seen.before.energy >= seen.bar
    words = (
        say("the unprotected clip's camera was told")
        if held
        else say(
            "not measurable here: the unprotected clip's camera can't be told from these clips"
        )
    )
    mirrored = say(
        "the film mirrored meets the camera with {energy:.0f}, by chance", energy=seen.mirrored
    )
    return Control(held or None, said_list("; ", (words, mirrored)))


def _not_run(why: str) -> Attack:
    return _attack("not run", why, Control(None, why), ())


def _attack(result: Result, figure: str, control: Control, spots: tuple[Spot, ...]) -> Attack:
    return Attack(
        name="sensor noise",
        title=say("Can the camera be told, by other clips of it, from the noise of its sensor?"),
        result=result,
        figure=figure,
        control=control,
        spots=spots,
    )
