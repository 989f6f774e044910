"""What a human's answers change in a plan: covers that hide nobody go, frames are hidden. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from safehouse.model.findings import Findings, Track, Unsure
from safehouse.model.plan import Mask
from safehouse.model.shape import Key, Whole
from safehouse.model.showing import NOT_ANSWERED, Answered

__all__ = ["SURE", "empty_rows", "hidden_frames", "left_unsure", "whole_masks"]

SURE = 0.6
"""Score from which a detector surely saw a head; no answer takes the cover of such a head away."""

NEVER_EMPTY = frozenset({"damaged", "near"})
"""Kinds whose `nothing` is no word about heads: of a guess of who it is, it says: somebody else."""

Span = tuple[int, int]


def whole_masks(findings: Findings, answers: Iterable[Answered]) -> Iterator[Mask]:
    """Yield masks for what is hidden whole: damaged frames, and where nobody knows where a head is.

    Where a human saw nothing, the cover of that very question goes; damaged frames stay hidden.
    """
    for first, end in findings.corrupt:
        yield Mask("", first, end, (Key(first, Whole()),), why="corrupt")
    empty = _empty(answers)
    for span in findings.unsure:
        if span.whole:
            spans = [(a, b) for a, b, track in empty if track == span.track]
            for first, end in _without((span.first, span.end), spans):
                keys = (Key(first, Whole()),)
                yield Mask("", first, end, keys, track=span.track, why="unsure")


def hidden_frames(answers: Iterable[Answered]) -> Iterator[Mask]:
    """Yield a mask over the whole frame for each span that a human wants hidden."""
    for row in answers:
        if row.answer == "hide":
            first, end = row.question.first, row.question.end
            yield Mask("", first, end, (Key(first, Whole()),), why="hand")


def left_unsure(findings: Findings, answers: Iterable[Answered]) -> tuple[Unsure, ...]:
    """Return the spans that nobody has decided about yet."""
    asked = (row.question for row in answers if row.answer not in NOT_ANSWERED)
    decided = {(question.first, question.end, question.track) for question in asked}
    return tuple(s for s in findings.unsure if (s.first, s.end, s.track) not in decided)


def empty_rows(track: Track, answers: Iterable[Answered]) -> frozenset[int]:
    """Return the frames of a track in which a human saw nothing, so that no cover is needed.

    Those are places where a lost head might have been; a head that was seen stays covered, but for
    one that no detector was ever sure of in all of the span.
    """
    found: set[int] = set()
    for first, end, name in _empty(answers):
        if name != track.id:
            continue
        rows = [sample for sample in track.samples if first <= sample.frame < end]
        sure = any(sample.source == "seen" and sample.score >= SURE for sample in rows)
        whole = len(rows) == len(track.samples)
        found |= {s.frame for s in rows if s.source == "lost" or (whole and not sure)}
    return frozenset(found)


def _empty(answers: Iterable[Answered]) -> list[tuple[int, int, str]]:
    """Return first, end and track of the questions in whose spans a human saw nothing."""
    asked = (row.question for row in answers if row.answer == "nothing")
    return [(q.first, q.end, q.track) for q in asked if q.kind not in NEVER_EMPTY]


def _without(span: Span, holes: Sequence[Span]) -> list[Span]:
    """Return what is left of a span outside others."""
    parts = [span]
    for first, end in holes:
        found = [piece for a, b in parts for piece in ((a, min(b, first)), (max(a, end), b))]
        parts = [(a, b) for a, b in found if a < b]
    return parts
