"""Cuts tracks into pieces that show one head without a doubt: what a person can confirm. Pure.

Two heads that pass one another may change places, and a head that was not seen for a while may be
another one afterwards. A track says nothing of that, so it is cut there: what was confirmed of the
part before never reaches the part after.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.company import Doubt, Meeting, company_cuts
from safehouse.model.acts_clips import Piece
from safehouse.model.box import Box
from safehouse.model.clip import parse_fraction
from safehouse.model.findings import Findings, Sample, Track

__all__ = [
    "Span",
    "area_frac",
    "cut_tracks",
    "meetings_of",
    "overlaps_of",
    "unseen_of",
    "with_best_views",
]

Span = tuple[int, int]
"""Frames first <= f < end."""

GROWN, GROWN_LEAST_PX = 0.2, 8
"""How far a head's region reaches beyond the head, in its own size, and px at least. Two heads
nearer than that are behind one another in a moment, or were a moment ago."""

NEAR = 8
"""Frames apart from one another for which two heads are still together."""

LONG_S = 20
"""Longest piece, s: more can't be looked at in one view."""

OUT_OF_SIGHT = 3
"""Frames in a row in which nothing of a head was seen, from which its track may have gone over to
another one; fewer lie between two looks. `plan.apart` hides whoever meets such a head."""

STAYS = 12
"""Frames for which a head that was lost at the end of its track counts as still there."""

STILL_THERE = 0.5
"""Share of a head that must lie in one place before and after frames that nobody looked at."""

SURE, BRIDGE, OVERLAP = 0, 1, 2

States = NDArray[np.int8]


def cut_tracks(
    findings: Findings, jumps: Mapping[str, Sequence[Span]] | None = None
) -> tuple[Piece, ...]:
    """Return the pieces of all tracks, in the order of their first frames.

    The pieces of a track hold each of its frames once. Frames in which another head's region
    overlaps are pieces of their own (`overlap`), and so are those in which nothing of the head was
    seen (`bridge`).

    Args:
        findings: of a clip.
        jumps: track → frames within which its face becomes another one, as `jumps_of` finds them.
    """
    if findings.clip.video is None:
        return ()
    turned = jumps or {}
    meetings = meetings_of(findings.tracks)
    states = _states(findings, meetings)
    cuts = company_cuts(_stayed(findings.tracks, meetings), _doubts(findings, turned))
    longest = max(1, round(LONG_S * parse_fraction(findings.clip.video.rate)))
    cut = [
        (first, end, track, why)
        for track in findings.tracks
        for first, end, why in _cut(
            Ways(track.first, states[track.id], turned.get(track.id, ()), cuts.get(track.id, ())),
            longest,
        )
    ]
    cut.sort(key=lambda row: (row[0], row[2].id))
    size = (findings.clip.video.width, findings.clip.video.height)
    return tuple(
        _piece(f"{findings.clip.id}-A{number:03d}", track, (first, end), why, size)
        for number, (first, end, track, why) in enumerate(cut, 1)
    )


def with_best_views(
    pieces: Iterable[Piece], worth: Mapping[tuple[str, int], float], findings: Findings
) -> tuple[Piece, ...]:
    """Return the pieces, each with the frame of its best view, where any of its views is known.

    Args:
        pieces: of a clip.
        worth: (track, frame) → how much a view of the face tells.
        findings: of the clip.
    """
    tracks = {track.id: track for track in findings.tracks}
    views: dict[str, list[tuple[float, int]]] = {}
    for (name, frame), value in worth.items():
        views.setdefault(name, []).append((value, frame))
    found = []
    for piece in pieces:
        own = [row for row in views.get(piece.track, ()) if piece.first <= row[1] < piece.end]
        if own:
            best, track = max(own)[1], tracks[piece.track]
            head = track.samples[best - track.first].head
            box = (head.x0, head.y0, head.x1, head.y1)
            found.append(msgspec.structs.replace(piece, best=best, box=box))
        else:
            found.append(piece)
    return tuple(found)


def overlaps_of(tracks: Sequence[Track]) -> dict[str, list[int]]:
    """Return the frames of each track in which the region of another track's head overlaps."""
    return _frames_of(tracks, meetings_of(tracks))


def _frames_of(tracks: Sequence[Track], meetings: Iterable[Meeting]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {track.id: set() for track in tracks}
    for one, other, first, end in meetings:
        found[one].update(range(first, end))
        found[other].update(range(first, end))
    return {name: sorted(frames) for name, frames in found.items()}


def meetings_of(tracks: Sequence[Track]) -> list[Meeting]:
    """Return the runs of frames in which the regions of two tracks' heads overlap."""
    found: list[Meeting] = []
    regions = {track.id: _regions(track) for track in tracks}
    for a, b in _together(tracks):
        first, end = max(a.first, b.first), min(a.end, b.end)
        one = regions[a.id][first - a.first : end - a.first]
        other = regions[b.id][first - b.first : end - b.first]
        meet = np.minimum(one[:, 2:], other[:, 2:]) > np.maximum(one[:, :2], other[:, :2])
        met = np.concatenate([[0], meet.all(axis=1), [0]]).astype(np.int8)
        turns = (np.flatnonzero(np.diff(met)) + first).tolist()
        found += [Meeting(a.id, b.id, *run) for run in zip(turns[::2], turns[1::2], strict=True)]
    return found


def unseen_of(track: Track, every: int) -> list[int]:
    """Return the frames of a track in which nothing of its head was seen.

    Frames between two looks at the picture (every is their distance) count as seen when the head
    stayed where it was; so do those led by flow before the first and after the last sight.
    """
    found: list[int] = []
    run: list[int] = []
    for row, sample in enumerate(track.samples):
        if sample.source in {"bridge", "lost"}:
            run.append(row)
            continue
        found += _unseen(track, run, every)
        run = []
    return [track.first + row for row in [*found, *_unseen(track, run, every)]]


def area_frac(head: Box, width: int, height: int) -> float:
    """Return the share of a frame of width x height px that a head takes."""
    return head.clip(width, height).area / max(1, width * height)


def _unseen(track: Track, run: list[int], every: int) -> list[int]:
    if not run:
        return []
    before, after = run[0] - 1, run[-1] + 1
    if before < 0 or after >= len(track.samples) or len(run) >= max(1, every):
        return run
    if any(track.samples[row].source == "lost" for row in run):
        return run
    a, b = track.samples[before].head, track.samples[after].head
    return [] if a.intersect(b).area > STILL_THERE * max(a.area, b.area) else run


def _doubts(findings: Findings, jumps: Mapping[str, Sequence[Span]]) -> list[Doubt]:
    """Return where tracks may go over to another head by themselves, without a meeting."""
    found = [Doubt(track, *span) for track, spans in jumps.items() for span in spans]
    for track in findings.tracks:
        for first, end in out_of_sight(track):
            found.append(Doubt(track.id, first, end + (STAYS if end == track.end else 0)))
    return found


def out_of_sight(track: Track) -> list[Span]:
    """Return the runs of frames from which on a track may follow another head."""
    found = []
    for unseen, group in groupby(track.samples, lambda s: s.source in {"bridge", "lost"}):
        run = list(group)
        if unseen and (len(run) >= OUT_OF_SIGHT or any(s.source == "lost" for s in run)):
            found.append((run[0].frame, run[-1].frame + 1))
    return found


def _stayed(tracks: Sequence[Track], meetings: Iterable[Meeting]) -> Iterator[Meeting]:
    """Yield the meetings; one with a head that was lost goes on when its track has ended.

    Whoever it was may still be there, with no track, and take the place of a head beside.
    """
    lost = {t.id: t.end for t in tracks for _, end in out_of_sight(t) if end == t.end}
    for meeting in meetings:
        ends = {lost.get(meeting.one, -1), lost.get(meeting.other, -1)}
        stays = any(meeting.end >= end - STAYS for end in ends if end >= 0)
        yield meeting._replace(end=meeting.end + STAYS) if stays else meeting


def _states(findings: Findings, meetings: Iterable[Meeting]) -> dict[str, States]:
    """Return for each track what each of its frames is: SURE, BRIDGE or OVERLAP."""
    together = _frames_of(findings.tracks, meetings)
    states = {}
    for track in findings.tracks:
        rows = np.zeros(len(track.samples), np.int8)
        for frame in unseen_of(track, findings.detector.every):
            rows[frame - track.first] = BRIDGE
        frames = together[track.id]
        for frame in frames:
            rows[frame - track.first] = OVERLAP
        for a, b in pairwise(frames):
            if b - a <= NEAR:
                rows[a - track.first : b - track.first] = OVERLAP
        states[track.id] = rows
    return states


class Ways(NamedTuple):
    """Where a track can be cut: its first frame, its states, its jumps, and changes of company."""

    start: int
    states: States
    jumps: Sequence[Span]
    cuts: Sequence[int]


def _cut(track: Ways, longest: int) -> Iterable[tuple[int, int, str]]:
    """Yield (first, end, why) of a track's pieces, in order."""
    states = track.states
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    for a, b in pairwise(edges):
        first, end, state = track.start + a, track.start + b, states[a]
        if state == SURE:
            why = "after" if a else "track"
            yield from _shorten(_at_jumps(first, end, why, track.jumps), longest)
        elif state == OVERLAP:
            inside = [frame for frame in track.cuts if first < frame < end]
            for one, next_one in pairwise([first, *inside, end]):
                yield from _at_jumps(one, next_one, "overlap", track.jumps)
        else:
            yield first, end, "bridge"


def _at_jumps(
    first: int, end: int, why: str, jumps: Sequence[Span]
) -> Iterable[tuple[int, int, str]]:
    for jump_first, jump_end in sorted(jumps):
        a, b = max(first, jump_first), min(end, jump_end)
        if a >= b:
            continue
        if a > first:
            yield first, a, why
        yield a, b, "jump"
        first, why = b, "overlap" if why == "overlap" else "after"
    if first < end:
        yield first, end, why


def _shorten(parts: Iterable[tuple[int, int, str]], longest: int) -> Iterable[tuple[int, int, str]]:
    """Yield the parts, long ones in pieces of about one length."""
    for first, end, why in parts:
        count = -(-(end - first) // longest)
        edges = [first + (end - first) * n // count for n in range(count + 1)]
        for n, (a, b) in enumerate(pairwise(edges)):
            yield a, b, "long" if n else why


def _piece(name: str, track: Track, span: Span, why: str, size: tuple[int, int]) -> Piece:
    samples = track.samples[span[0] - track.first : span[1] - track.first]
    best = max(samples, key=lambda sample: _view(sample, size))
    head = best.head
    largest = max(area_frac(sample.head, *size) for sample in samples)
    return Piece(
        id=name,
        track=track.id,
        first=span[0],
        end=span[1],
        why=why,
        best=best.frame,
        box=(head.x0, head.y0, head.x1, head.y1),
        area_frac=round(largest, 4),
    )


def _view(sample: Sample, size: tuple[int, int]) -> tuple[bool, float]:
    """Return how well a head can be made out in a frame; more is better."""
    seen = sample.source == "seen"
    face = sample.face if sample.face is not None else Box(0, 0, 0, 0)
    return seen, sample.score * face.clip(*size).area ** 0.5


def _regions(track: Track) -> NDArray[np.float64]:
    """Return the region of a head in each frame, x0, y0, x1, y1, shape (n, 4)."""
    heads = np.array([(s.head.x0, s.head.y0, s.head.x1, s.head.y1) for s in track.samples], float)
    more = np.maximum(GROWN * (heads[:, 2:] - heads[:, :2]), GROWN_LEAST_PX)
    return np.concatenate([heads[:, :2] - more, heads[:, 2:] + more], axis=1)


def _together(tracks: Sequence[Track]) -> Iterable[tuple[Track, Track]]:
    """Yield the pairs of tracks that have a frame in common."""
    live: list[Track] = []
    for track in sorted(tracks, key=lambda one: one.first):
        live = [other for other in live if other.end > track.first]
        for other in live:
            yield other, track
        live.append(track)
