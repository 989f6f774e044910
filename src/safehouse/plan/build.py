"""Builds a plan from findings: everybody found is hidden but by consent, and all sound. Pure."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeVar

from msgspec.structs import replace

from safehouse.model.clip import Clip
from safehouse.model.findings import Findings, Track
from safehouse.model.plan import (
    Look,
    MadeSound,
    Mask,
    Output,
    Plan,
    Region,
    Shown,
    SoundAction,
    SoundPlan,
    SoundSpan,
)
from safehouse.model.shape import Key
from safehouse.model.showing import UNDECIDED, Decided, ShownPiece
from safehouse.plan.answers import empty_rows, hidden_frames, left_unsure, whole_masks
from safehouse.plan.apart import Rows, shown_rows
from safehouse.plan.cover import keys_over
from safehouse.plan.margins import ovals_for
from safehouse.plan.revealing import with_heard
from safehouse.plan.smooth import smooth_outwards
from safehouse.plan.stills import (
    held_masks,
    held_output,
    held_shown,
    slate_masks,
    stills_of,
    without_stills,
)

__all__ = ["Places", "build_masks", "build_places", "build_plan"]

Why = Literal["head", "lost"]
P = TypeVar("P", Mask, Shown)

LONGEST = 2000
"""Most frames of one mask: a longer appearance is cut into several, so that a frame's mask is found
fast in a clip of hours."""


class Places(NamedTuple):
    """What a plan hides, and whose heads it shows."""

    masks: tuple[Mask, ...]
    shown: tuple[Shown, ...]


def build_masks(findings: Findings, decided: Decided = UNDECIDED) -> tuple[Mask, ...]:
    """Return the masks that hide everybody in the findings who is not shown, in order."""
    return build_places(findings, decided).masks


def build_places(findings: Findings, decided: Decided = UNDECIDED) -> Places:
    """Return the masks, in the order of their frames, and the places that are shown.

    Each track becomes ovals that hold the head with its margin in every frame; damaged frames and
    spans where nobody can say where a head is are hidden whole. What was decided leaves covers away
    for heads that are shown, frame by frame, and where a human saw nothing; what was drawn by hand,
    and frames that a human wants hidden, are always hidden.
    """
    heads = list(_head_places(findings, decided))
    stills = stills_of(decided.spans)
    masks = held_masks([*_other_masks(findings, decided), *_only(heads, Mask)], stills)
    masks.sort(key=lambda mask: (mask.first, mask.end))
    shown = held_shown(_only(heads, Shown), stills)
    shown.sort(key=lambda place: (place.first, place.end))
    return Places(
        tuple(replace(mask, id=f"M{number:04d}") for number, mask in enumerate(masks, 1)),
        tuple(replace(place, id=f"F{number:04d}") for number, place in enumerate(shown, 1)),
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
    decided: Decided = UNDECIDED,
    grain_seed: int = 0,
    cpu: str,
) -> Plan:
    """Return the plan that hides everybody found but for those who are shown by consent.

    Args:
        findings: what analysis saw.
        output: how the film is written.
        look: how hidden places are drawn.
        mode: `reveal-only` hides all but the regions.
        regions: places that a person drew to be shown; only under `reveal-only`.
        voices: `reveal` lets all of the sound through, all else no sample of it.
        bed: `tone` lays a room tone under what is not revealed.
        made: what stands in the place of tracks, in their order.
        decided: what humans and the register decided; nobody is shown without.
        grain_seed: seed of the regenerated grain.
        cpu: the CPU level that the film is made on.
    """
    bare = Plan(clip=findings.clip, mode=mode, look=look, made=made, output=output, cpu=cpu)
    plan = replace(
        bare,
        grain_seed=grain_seed,
        regions=tuple(regions) if mode == "reveal-only" else (),
        sound=_sound_of(findings.clip, voices, bed, made),
    )
    return _with_places(plan, findings, decided)


def _with_places(plan: Plan, findings: Findings, decided: Decided) -> Plan:
    """Return the plan with what it hides, shows and lets hear.

    Under `reveal-only` the regions alone say what is shown.
    """
    if plan.mode == "reveal-only":
        decided = replace(decided, shown=(), spans=without_stills(decided.spans))
    places, stills = build_places(findings, decided), stills_of(decided.spans)
    whole = replace(
        plan,
        masks=places.masks,
        shown=places.shown,
        stills=stills,
        output=held_output(plan.output, stills),
        unsure=left_unsure(findings, decided.answers),
    )
    return with_heard(whole, decided.heard)


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


def _other_masks(findings: Findings, decided: Decided) -> Iterator[Mask]:
    """Yield the masks that follow no head."""
    yield from whole_masks(findings, decided.answers)
    for drawn in decided.hand:
        yield Mask("", drawn.first, drawn.end, drawn.keys, why="hand")
    yield from hidden_frames(decided.answers)
    yield from slate_masks(decided.spans)


def _head_places(findings: Findings, decided: Decided) -> Iterator[Mask | Shown]:
    lossy = findings.clip.video is None or findings.clip.video.lossy
    shown = shown_rows(findings.tracks, decided.shown)
    for track in findings.tracks:
        empty = empty_rows(track, decided.answers)
        for place in _places_of(track, shown[track.id], lossy=lossy):
            yield from _outside(place, empty)


def _places_of(track: Track, shown: Rows, *, lossy: bool) -> Iterator[Mask | Shown]:
    """Yield a mask or a shown place for each piece of a track; pieces of lost places say so."""
    needed = ovals_for(track.samples, lossy=lossy)
    calm = smooth_outwards(needed)
    rows = range(len(needed))

    def kind(row: int) -> tuple[Why, str, int]:
        piece = shown.get(track.samples[row].frame)
        return _why(track, row), piece.piece if piece else "", row // LONGEST

    for (why, name, _), group in groupby(rows, kind):
        part = list(group)
        begin, end = part[0], part[-1] + 1
        first = track.samples[begin].frame
        keys = keys_over(first, needed[begin:end], calm[begin:end])
        if name:
            yield _shown(shown[first], first + end - begin, first, keys)
        else:
            yield Mask("", first, first + end - begin, keys, track=track.id, why=why)


def _shown(piece: ShownPiece, end: int, first: int, keys: tuple[Key, ...]) -> Shown:
    return Shown("", first, end, keys, piece.piece, piece.person, piece.records, piece.track)


def _outside(place: Mask | Shown, empty: frozenset[int]) -> Iterator[Mask | Shown]:
    """Yield what is left of a place without frames in which a human saw nothing."""
    if not empty or isinstance(place, Shown):
        yield place
        return
    kept = [frame for frame in range(place.first, place.end) if frame not in empty]
    for first, end in _runs(kept):
        yield replace(place, first=first, end=end)


def _runs(frames: list[int]) -> list[tuple[int, int]]:
    """Return runs of neighbouring frames, as [first, end) pairs."""
    cuts = [n for n, (a, b) in enumerate(pairwise(frames), 1) if b > a + 1]
    edges = [0, *cuts, len(frames)]
    return [(frames[a], frames[b - 1] + 1) for a, b in pairwise(edges) if a < b]


def _why(track: Track, row: int) -> Why:
    return "lost" if track.samples[row].source == "lost" else "head"


def _only(places: Iterable[Mask | Shown], kind: type[P]) -> list[P]:
    return [place for place in places if isinstance(place, kind)]
