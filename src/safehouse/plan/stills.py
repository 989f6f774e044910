"""Spans that a human had replaced: by a slate, or by the frame before them, which stays. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from safehouse.model.acts_deciding import ReplaceSpan
from safehouse.model.plan import Chunk, Mask, Output, Shown, Still
from safehouse.model.shape import Key, Whole, shape_at

__all__ = ["held_masks", "held_output", "held_shown", "slate_masks", "stills_of", "without_stills"]

P = TypeVar("P", Mask, Shown)


def stills_of(spans: Iterable[ReplaceSpan]) -> tuple[Still, ...]:
    """Return the spans in which a frame stays, joined where they touch; the first has none before.

    A span that begins with the clip is none: `slate_masks` hides it.
    """
    joined: list[Still] = []
    for first, end in sorted((s.first, s.end) for s in spans if s.by == "still" and s.first > 0):
        if joined and first <= joined[-1].end:
            joined[-1] = Still(joined[-1].first, max(joined[-1].end, end))
        else:
            joined.append(Still(first, end))
    return tuple(joined)


def without_stills(spans: Iterable[ReplaceSpan]) -> tuple[ReplaceSpan, ...]:
    """Return the spans with a slate for each still: regions would go on over a frame that stays."""
    return tuple(msgspec.structs.replace(s, by="slate") if s.by == "still" else s for s in spans)


def slate_masks(spans: Iterable[ReplaceSpan]) -> Iterator[Mask]:
    """Yield a mask of one tone for each span that is a slate, or has no frame that could stay."""
    for span in spans:
        if span.by == "slate" or (span.by == "still" and span.first == 0):
            keys = (Key(span.first, Whole()),)
            yield Mask("", span.first, span.end, keys, why="hand", look="solid")


def held_masks(masks: Sequence[Mask], stills: Iterable[Still]) -> list[Mask]:
    """Return the masks, with those over the frame before each still going on over all of it.

    Masks that follow heads end where a still begins; what a human drew stays.
    """
    found = list(masks)
    for still in stills:
        over = [m for m in found if m.first < still.first <= m.end]
        kept = [part for m in found for part in ([m] if m.why == "hand" else _around(m, still))]
        found = kept + [_held(mask, still) for mask in over]
    return found


def held_shown(shown: Sequence[Shown], stills: Iterable[Still]) -> list[Shown]:
    """Return the shown places, with those of the frame before each still over all of it."""
    found = list(shown)
    for still in stills:
        over = [s for s in found if s.first < still.first <= s.end]
        found = [part for s in found for part in _around(s, still)]
        found += [_held(place, still) for place in over]
    return found


def held_output(output: Output, stills: Sequence[Still]) -> Output:
    """Return the output with each still in one chunk with the frame that stays."""
    if output.video is None or not stills:
        return output
    chunks: list[Chunk] = []
    for chunk in output.video.chunks:
        if chunks and any(still.first <= chunk.first < still.end for still in stills):
            last = chunks.pop()
            chunk = Chunk(last.first, chunk.end, last.decode_from)
        chunks.append(chunk)
    video = msgspec.structs.replace(output.video, chunks=tuple(chunks))
    return msgspec.structs.replace(output, video=video)


def _around(place: P, still: Still) -> list[P]:
    """Return what is left of a place before and after a still."""
    if place.end <= still.first or place.first >= still.end:
        return [place]
    parts = ((place.first, min(place.end, still.first)), (max(place.first, still.end), place.end))
    return [msgspec.structs.replace(place, first=a, end=b) for a, b in parts if a < b]


def _held(place: P, still: Still) -> P:
    """Return a place over all of a still, as it is in the frame before."""
    keys = (Key(still.first, shape_at(place.keys, still.first - 1)),)
    return msgspec.structs.replace(place, first=still.first, end=still.end, keys=keys)
