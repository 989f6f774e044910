"""Protected sound: silence, but for what the plan shows, lays under it, or has had made."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from safehouse.model.frame import RENDER_TOKEN, OriginalSound, ProtectedSound
from safehouse.model.plan import SoundAction, SoundPlan
from safehouse.render.bed import Bed, bed_samples

__all__ = ["FADE_S", "fade_at", "protect_sound", "runs_of"]

FADE_S = 0.02
"""A span fades in and out over so long, inside its edges, s."""

WINNERS: dict[SoundAction, tuple[SoundAction, ...]] = {
    "bed": ("mute",),
    "revoice": ("mute",),
    "disguise": ("mute",),
    "reveal": ("mute", "bed", "revoice", "disguise"),
}
"""What a span of each action gives way to where they overlap."""

Runs = tuple[tuple[int, int], ...]


def runs_of(plan: SoundPlan, *actions: SoundAction) -> Runs:
    """Return where a track does what these actions say: disjoint (first, end) in order.

    What another span wins is left out; where two of the actions overlap, both do it.
    """
    wanted = _union((s.first, s.end) for s in plan.spans if s.action in actions)
    against = {winner for action in actions for winner in WINNERS[action]}
    return _without(wanted, _union((s.first, s.end) for s in plan.spans if s.action in against))


def _union(spans: Iterable[tuple[int, int]]) -> Runs:
    joined: list[tuple[int, int]] = []
    for first, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return tuple(joined)


def _without(runs: Runs, holes: Runs) -> Runs:
    left: list[tuple[int, int]] = []
    for first, end in runs:
        at = first
        for hole, after in holes:
            if after <= at or hole >= end:
                continue
            if hole > at:
                left.append((at, hole))
            at = max(at, after)
        if at < end:
            left.append((at, end))
    return tuple(left)


def fade_at(runs: Runs, first: int, count: int, length: int, fade: int) -> NDArray[np.float32]:
    """Return the gain of samples first … first + count: 1 inside runs, 0 outside.

    Args:
        runs: disjoint spans in order.
        first: number of the first sample.
        count: how many.
        length: samples of the whole track; at its own edges nothing fades.
        fade: samples over which a run fades in and out, inside its edges, as a raised cosine.
    """
    gain = np.zeros(count, np.float32)
    for begin, end in runs:
        a, b = max(begin, first), min(end, first + count)
        if a >= b:
            continue
        ramp = min(fade, (end - begin) // 2)
        if ramp < 1:
            gain[a - first : b - first] = 1.0
            continue
        at = np.arange(a, b, dtype=np.float64)
        rise = np.ones(b - a) if begin <= 0 else (at - begin + 0.5) / ramp
        fall = np.ones(b - a) if end >= length else (end - at - 0.5) / ramp
        near = np.clip(np.minimum(rise, fall), 0.0, 1.0)
        gain[a - first : b - first] = 0.5 - 0.5 * np.cos(np.pi * near)
    return gain


def protect_sound(
    block: OriginalSound,
    plan: SoundPlan,
    *,
    length: int | None = None,
    made: NDArray[np.float32] | None = None,
    bed: Bed | None = None,
) -> ProtectedSound:
    """Return the block with nothing of the original but what the plan reveals.

    Inside a revealed run, away from its edges, a sample is the original's, bit for bit. No other
    sample of the original has any influence.

    Args:
        block: samples of the original.
        plan: what becomes of the track.
        length: samples of the whole track, at whose edges nothing fades; None: nothing fades.
        made: the made sound of the same samples, shape (channels, n); None where there is none.
        bed: the room tone of the track; None where there is none.
    """
    count = block.samples.shape[1]
    fade = 0 if length is None else round(FADE_S * block.rate_hz)
    edge = length if length is not None else block.first + count

    def gain(*actions: SoundAction) -> NDArray[np.float32]:
        return fade_at(runs_of(plan, *actions), block.first, count, edge, fade)

    samples = np.zeros_like(block.samples)
    shown = gain("reveal")
    open_at = shown > 0
    samples[:, open_at] = block.samples[:, open_at] * shown[open_at]
    if made is not None:
        samples += made * gain("revoice", "disguise")
    if bed is not None:
        laid = gain("bed")
        if laid.any():
            samples += bed_samples(bed, block.rate_hz, block.first, count) * laid
    samples.flags.writeable = False
    return ProtectedSound(block.first, samples, block.rate_hz, RENDER_TOKEN)
