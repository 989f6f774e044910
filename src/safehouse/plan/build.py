"""Builds a plan from findings: everybody found is hidden, and all sound is muted. Pure."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

from safehouse.model.clip import Clip
from safehouse.model.findings import Findings, Track
from safehouse.model.plan import (
    Look,
    MadeSound,
    Mask,
    Output,
    Plan,
    Region,
    SoundAction,
    SoundPlan,
    SoundSpan,
)
from safehouse.model.shape import Key, Whole
from safehouse.plan.cover import keys_over
from safehouse.plan.margins import ovals_for
from safehouse.plan.smooth import smooth_outwards

__all__ = ["build_masks", "build_plan"]

Why = Literal["head", "lost", "unsure", "corrupt"]

LONGEST = 2000
"""Most frames of one mask: a longer appearance is cut into several, so that a frame's mask is found
fast in a clip of hours."""


def build_masks(findings: Findings) -> tuple[Mask, ...]:
    """Return the masks that hide everybody in the findings, in the order of their frames.

    Each track becomes ovals that hold the head with its margin in every frame; damaged frames and
    spans where nobody can say where a head is are hidden whole.
    """
    found = [*_whole_masks(findings), *_head_masks(findings)]
    found.sort(key=lambda mask: (mask.first, mask.end))
    return tuple(
        Mask(f"M{number:04d}", m.first, m.end, m.keys, track=m.track, why=m.why)
        for number, m in enumerate(found, 1)
    )


def build_plan(  # noqa: PLR0913 - each is a choice of its own, by name
    findings: Findings,
    output: Output,
    *,
    look: Look = "veil",
    mode: Literal["hide", "reveal-only"] = "hide",
    regions: Iterable[Region] = (),
    voices: Literal["mute", "disguise", "revoice", "reveal"] = "mute",
    bed: Literal["none", "tone"] = "none",
    made: tuple[MadeSound, ...] = (),
    grain_seed: int = 0,
    cpu: str,
) -> Plan:
    """Return the plan that hides everybody found.

    Args:
        findings: what analysis saw.
        output: how the film is written.
        look: how hidden places are drawn.
        mode: `reveal-only` hides all but the regions.
        regions: places that a person drew to be shown; only under `reveal-only`.
        voices: `reveal` lets all of the sound through, all else no sample of it.
        bed: `tone` lays a room tone under what is not revealed.
        made: what stands in the place of tracks, in their order.
        grain_seed: seed of the regenerated grain.
        cpu: the CPU level that the film is made on.
    """
    return Plan(
        clip=findings.clip,
        mode=mode,
        look=look,
        grain_seed=grain_seed,
        masks=build_masks(findings),
        regions=tuple(regions) if mode == "reveal-only" else (),
        sound=_sound_of(findings.clip, voices, bed, made),
        made=made,
        output=output,
        cpu=cpu,
        unsure=findings.unsure,
    )


def _sound_of(
    clip: Clip, voices: SoundAction, bed: str, made: tuple[MadeSound, ...]
) -> tuple[SoundPlan, ...]:
    """Return what becomes of each track; the first that are not empty take the made sounds."""
    plans = []
    waiting = [row.id for row in made]
    for track in clip.sound:
        mine = waiting.pop(0) if waiting and track.samples else ""
        actions: list[SoundAction] = []
        if voices == "reveal" or (voices in {"disguise", "revoice"} and mine):
            actions.append(voices)
        if bed == "tone" and voices != "reveal":
            actions.append("bed")
        spans = tuple(SoundSpan(0, track.samples, action) for action in actions if track.samples)
        plans.append(SoundPlan(track.index, spans, mine if spans else ""))
    return tuple(plans)


def _whole_masks(findings: Findings) -> Iterator[Mask]:
    for first, end in findings.corrupt:
        yield Mask("", first, end, (Key(first, Whole()),), why="corrupt")
    for span in findings.unsure:
        if span.whole:
            whole = (Key(span.first, Whole()),)
            yield Mask("", span.first, span.end, whole, track=span.track, why="unsure")


def _head_masks(findings: Findings) -> Iterator[Mask]:
    lossy = findings.clip.video is None or findings.clip.video.lossy
    for track in findings.tracks:
        yield from _masks_of(track, lossy=lossy)


def _masks_of(track: Track, *, lossy: bool) -> Iterator[Mask]:
    """Yield a mask for each piece of a track; pieces of lost places say so."""
    needed = ovals_for(track.samples, lossy=lossy)
    calm = smooth_outwards(needed)
    rows = range(len(needed))
    for (why, _), piece in groupby(rows, lambda row: (_why(track, row), row // LONGEST)):
        part = list(piece)
        begin, end = part[0], part[-1] + 1
        first = track.samples[begin].frame
        keys = keys_over(first, needed[begin:end], calm[begin:end])
        yield Mask("", first, first + end - begin, keys, track=track.id, why=why)


def _why(track: Track, row: int) -> Why:
    return "lost" if track.samples[row].source == "lost" else "head"
