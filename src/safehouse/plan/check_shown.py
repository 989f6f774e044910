"""The rules for what a plan shows, lets hear and holds still, each with a sentence."""

import re
from collections.abc import Iterator
from itertools import pairwise

from safehouse.model.plan import Heard, Mask, Plan, Shown, SoundSpan, Still
from safehouse.model.shape import Shape, Whole, shape_at

__all__ = ["heard_faults", "shown_faults", "still_faults"]

ID = re.compile(r"[A-Z]{1,3}[0-9]{1,6}")
"""An id that means nothing, `P07`: no name of a person goes into a plan."""

PIECE = re.compile(r"[A-Z]{1,3}[0-9]{1,6}-[A-Z]{1,3}[0-9]{1,6}")
"""Id of a piece of a track, `C0003-A012`."""


def shown_faults(plan: Plan) -> Iterator[str]:
    """Yield every rule of shown places that a plan breaks, but for those of all places."""
    if plan.mode == "reveal-only" and plan.shown:
        yield "places are shown, but the mode is reveal-only: there the regions say what is shown"
    for place in plan.shown:
        if not PIECE.fullmatch(place.piece):
            yield f"{place.id}: the piece is no id such as C0003-A012"
        if any(isinstance(key.shape, Whole) for key in place.keys):
            yield f"{place.id}: a shown place is an oval or a polygon, never the whole frame"
        yield from _consent_faults(place)


def _consent_faults(item: Shown | Heard) -> Iterator[str]:
    if not ID.fullmatch(item.person):
        yield f"{item.id}: the person is no id such as P07"
    if not item.records:
        yield f"{item.id}: it rests on no record of consent"
    if not all(ID.fullmatch(record) for record in item.records):
        yield f"{item.id}: a record is no id such as R0012"


def heard_faults(plan: Plan) -> Iterator[str]:
    """Yield every rule of heard voices that a plan breaks."""
    revealed = {row.stream: row.spans for row in plan.sound}
    ids = [voice.id for voice in plan.heard]
    if len(ids) != len(set(ids)):
        yield "two heard voices share an id"
    for voice in plan.heard:
        if not _reveals(revealed.get(voice.stream, ()), voice):
            yield f"{voice.id}: no span of sound track {voice.stream} reveals it"
        yield from _consent_faults(voice)


def _reveals(spans: tuple[SoundSpan, ...], voice: Heard) -> bool:
    return any(
        span.action == "reveal" and span.first <= voice.first < voice.end <= span.end
        for span in spans
    )


def still_faults(plan: Plan, count: int) -> Iterator[str]:
    """Yield every rule of stills that a plan of so many frames breaks."""
    if plan.mode == "reveal-only" and plan.stills:
        yield "a frame stays, but the mode is reveal-only: regions would go on over it"
    for still in plan.stills:
        if not 1 <= still.first < still.end <= count:
            yield f"the still at frame {still.first} does not follow a frame, or leaves the clip"
        elif not _in_one_chunk(plan, still):
            yield f"the still at frame {still.first} and the frame before it are not in one chunk"
        elif not _is_masked(plan, still):
            yield f"a mask of the frame before does not go on over the still at {still.first}"
    if any(b.first <= a.end for a, b in pairwise(plan.stills)):
        yield "stills overlap, touch, or are not in order"


def _in_one_chunk(plan: Plan, still: Still) -> bool:
    chunks = plan.output.video.chunks if plan.output.video else ()
    return any(chunk.first < still.first and still.end <= chunk.end for chunk in chunks)


def _is_masked(plan: Plan, still: Still) -> bool:
    """Return whether all that hides the frame before a still hides each frame of it."""
    near = [m for m in plan.masks if m.keys and m.first < still.end and m.end >= still.first]
    wanted = _places(near, still.first - 1)
    return all(wanted <= _places(near, frame) for frame in range(still.first, still.end))


def _places(masks: list[Mask], frame: int) -> set[tuple[Shape, str | None]]:
    return {(shape_at(m.keys, frame), m.look) for m in masks if m.first <= frame < m.end}
