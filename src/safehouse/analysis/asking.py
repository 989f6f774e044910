"""What of a clip a person has to decide, as questions. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from safehouse.analysis.explained import Scene, first_seen
from safehouse.analysis.pieces import Span, area_frac, unseen_of
from safehouse.model.acts_clips import Question
from safehouse.model.clip import parse_fraction
from safehouse.model.findings import Findings, Track, Unsure
from safehouse.model.words import msgid

__all__ = ["questions_of"]

LARGE = 1 / 3
"""Share of the frame from which a head is asked about: a mask that misses a little shows much."""

SURE = 0.6
"""Score from which a detector surely saw a head."""

ONE_LOOK_S = 5
"""Seconds within which a person sees two lost places of one track in one look."""

Row = tuple[int, int, str, str, float, str, bool]
"""First, end, kind, track, score, why, waits."""


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
    scene = Scene(findings)
    rows = [_of_unsure(span, scene) for span in findings.unsure]
    weak = {row[3] for row in rows if row[2] == "weak"}
    rows += _begins([track for track in findings.tracks if track.id not in weak], scene)
    rows = _asked_once(rows, within)
    rows += [
        (a, b, "damaged", "", 1.0, "frames can't be decoded", False) for a, b in findings.corrupt
    ]
    rows += [row for track in findings.tracks for row in _large(track, findings)]
    rows += [
        (a, b, "unsure", track, 0.9, "the face becomes another one", False)
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
            waits=waits,
        )
        for number, (first, end, kind, track, score, why, waits) in enumerate(rows, 1)
    )


def _of_unsure(span: Unsure, scene: Scene) -> Row:
    waits = False
    if span.whole:
        kind = "whole"
    elif span.why.startswith("head lost"):
        kind, waits = "lost", scene.is_told(span.track, span.first, span.end)
    else:
        kind = "weak" if span.why == "weak detection" else "unsure"
    return span.first, span.end, kind, span.track, span.score, span.why, waits


def _asked_once(rows: Sequence[Row], within: int) -> list[Row]:
    """Return the rows, those of one track that one look answers as one.

    A weak detection is asked about for the whole of its track, so that what is lost in it is not
    asked again; nor is what is lost where a head is asked about because it begins. Places lost in
    one track a few seconds apart are one question, from the first to the last.
    """
    holds = [row for row in rows if row[2] in {"weak", "begins"}]
    found: list[Row] = []
    last: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (row[6], row)):
        first, end, kind, track, waits = *row[:4], row[6]
        if kind == "lost" and any(_is_in(row, other) for other in (found if waits else holds)):
            continue
        at = last.get(track, -1)
        if kind != "lost" or waits or at < 0 or first - found[at][1] > within:
            last |= {track: len(found)} if kind == "lost" else {}
            found.append(row)
        else:
            before = found[at]
            score = max(before[4], row[4])
            found[at] = (before[0], max(end, before[1]), kind, track, score, row[5], False)
    return found


def _is_in(row: Row, other: Row) -> bool:
    """Return whether another question of the track asks about all frames of a row, and now."""
    return other[3] == row[3] and other[0] <= row[0] and row[1] <= other[1] and not other[6]


def _begins(tracks: Iterable[Track], scene: Scene) -> Iterable[Row]:
    """Yield the heads that begin inside a shot, not at the frame's edge nor behind another."""
    for track in tracks:
        if not scene.is_told_to_begin(track):
            why = msgid("a face begins inside the shot, not at its edge")
            seen = first_seen(track).frame
            shots = [shot for shot in scene.findings.shots if shot <= seen]
            first = max(shots[-1] if shots else 0, track.first - 1)
            yield first, seen + 1, "begins", track.id, 0.6, why, False


def _large(track: Track, findings: Findings) -> Iterable[Row]:
    """Yield a head that takes a third of the frame; it waits where it was surely seen all along."""
    video = findings.clip.video
    if video is None:
        return
    rows = [s for s in track.samples if area_frac(s.head, video.width, video.height) >= LARGE]
    if rows:
        first, end = rows[0].frame, rows[-1].frame + 1
        unseen = set(unseen_of(track, findings.detector.every)).intersection(range(first, end))
        seen = [s for s in rows if s.source == "seen"]
        sure = bool(seen) and not unseen and all(s.score >= SURE for s in seen)
        why = msgid("a head takes a third of the frame")
        yield first, end, "large", track.id, 0.7, why, sure
