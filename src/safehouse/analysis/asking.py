"""What of a clip a person has to decide, as questions. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from safehouse.analysis.pieces import Span, area_frac, overlaps_of
from safehouse.model.acts_clips import Question
from safehouse.model.box import Box
from safehouse.model.clip import parse_fraction
from safehouse.model.findings import Findings, Track, Unsure

__all__ = ["questions_of"]

LARGE = 1 / 3
"""Share of the frame from which a head is asked about: a mask that misses a little shows much."""

EDGE = 0.35
"""Distance of a head from the frame's edge, in its own size, from which it came through the edge
between two looks."""

SOON = 3
"""Frames from a cut within which a head was there from the cut on."""

ONE_LOOK_S = 5
"""Seconds within which a person sees two lost places of one track in one look."""

Row = tuple[int, int, str, str, float, str]
"""First, end, kind, track, score, why."""


def questions_of(
    findings: Findings, jumps: Mapping[str, Sequence[Span]] | None = None
) -> tuple[Question, ...]:
    """Return the questions about a clip, in the order of their frames.

    Args:
        findings: of the clip.
        jumps: track → frames within which its face becomes another one.
    """
    video = findings.clip.video
    within = round(ONE_LOOK_S * parse_fraction(video.rate)) if video else 0
    rows = _asked_once([_of_unsure(span) for span in findings.unsure], within)
    rows += [(a, b, "damaged", "", 1.0, "frames can't be decoded") for a, b in findings.corrupt]
    weak = {row[3] for row in rows if row[2] == "weak"}
    rows += _begins([track for track in findings.tracks if track.id not in weak], findings)
    rows += [row for track in findings.tracks for row in _large(track, findings)]
    rows += [
        (a, b, "unsure", track, 0.9, "the face becomes another one")
        for track, spans in (jumps or {}).items()
        for a, b in spans
    ]
    rows.sort()
    return tuple(
        Question(
            id=f"{findings.clip.id}-Q{number:03d}",
            kind=kind,  # type: ignore[arg-type] # one of the kinds above
            first=first,
            end=end,
            track=track,
            score=score,
            why=why,
        )
        for number, (first, end, kind, track, score, why) in enumerate(rows, 1)
    )


def _of_unsure(span: Unsure) -> Row:
    if span.whole:
        kind = "whole"
    elif span.why.startswith("head lost"):
        kind = "lost"
    else:
        kind = "weak" if span.why == "weak detection" else "unsure"
    return span.first, span.end, kind, span.track, span.score, span.why


def _asked_once(rows: Sequence[Row], within: int) -> list[Row]:
    """Return the rows, those of one track that one look answers as one.

    A weak detection is asked about for the whole of its track, so that what is lost in it is not
    asked again. Places lost in one track a few seconds apart are one question, from the first to
    the last.
    """
    weak = {(row[3], row[0], row[1]) for row in rows if row[2] == "weak"}
    found: list[Row] = []
    last: dict[str, int] = {}
    for row in sorted(rows):
        first, end, kind, track = row[:4]
        if kind != "lost":
            found.append(row)
        elif not any(t == track and a <= first and end <= b for t, a, b in weak):
            at = last.get(track, -1)
            if at >= 0 and first - found[at][1] <= within:
                before = found[at]
                score = max(before[4], row[4])
                found[at] = (before[0], max(end, before[1]), kind, track, score, row[5])
            else:
                last[track] = len(found)
                found.append(row)
    return found


def _begins(tracks: Iterable[Track], findings: Findings) -> Iterable[Row]:
    """Yield the heads that begin inside a shot, not at the frame's edge nor behind another."""
    behind = overlaps_of(findings.tracks)
    for track in tracks:
        seen = next((s for s in track.samples if s.source == "seen"), track.samples[0])
        shot = findings.shots[max(0, bisect_right(findings.shots, seen.frame) - 1)]
        if seen.frame < shot + SOON + findings.detector.every or seen.frame in behind[track.id]:
            continue
        if not _at_edge(seen.head, findings):
            why = "a face begins inside the shot, not at its edge"
            yield max(shot, track.first - 1), seen.frame + 1, "begins", track.id, 0.6, why


def _at_edge(head: Box, findings: Findings) -> bool:
    video = findings.clip.video
    if video is None:
        return False
    grown = head.grow(round(EDGE * head.width), round(EDGE * head.height))
    return not Box(0, 0, video.width, video.height).contains(grown)


def _large(track: Track, findings: Findings) -> Iterable[Row]:
    video = findings.clip.video
    if video is None:
        return
    frames = [
        sample.frame
        for sample in track.samples
        if area_frac(sample.head, video.width, video.height) >= LARGE
    ]
    if frames:
        why = "a head takes a third of the frame"
        yield frames[0], frames[-1] + 1, "large", track.id, 0.7, why
