"""In which frames of its track a shown head stands apart from everybody who is hidden. Pure.

What a human confirmed counts for the piece alone. Where a piece ends and somebody else may begin,
and where another head that is hidden comes near, the head is hidden too: two tracks that changed
places there bare nobody.
"""

from collections.abc import Iterable, Mapping, Sequence

from safehouse.model.box import Box
from safehouse.model.findings import Sample, Track
from safehouse.model.showing import ShownPiece

__all__ = ["EDGE", "NEAR_FRAC", "NEAR_LEAST_PX", "Rows", "shown_rows"]

EDGE = 5
"""Frames by which the cover of a hidden stretch of a track goes on into a shown one."""

NEAR_FRAC, NEAR_LEAST_PX = 0.2, 8
"""How far a head reaches beyond itself, in its own size, and px at least, when it is asked whether
it comes near another."""

Rows = Mapping[int, ShownPiece]
"""Frame → the piece that is shown in it."""


def shown_rows(
    tracks: Sequence[Track], shown: Iterable[ShownPiece]
) -> dict[str, dict[int, ShownPiece]]:
    """Return for each track the frames in which its head is shown.

    Frames in which the head was lost are never among them.
    """
    wanted = {track.id: _confirmed(track, ()) for track in tracks}
    pieces = list(shown)
    for track in tracks:
        wanted[track.id] = _confirmed(track, [p for p in pieces if p.track == track.id])
    if not any(wanted.values()):
        return wanted
    near = _meetings(tracks, wanted)
    found = {track.id: _within(track, wanted[track.id]) for track in tracks}
    while True:
        calm = {
            track.id: _within(track, _apart(wanted[track.id], near[track.id], found))
            for track in tracks
        }
        if calm == found:
            return found
        found = calm


def _confirmed(track: Track, pieces: Sequence[ShownPiece]) -> dict[int, ShownPiece]:
    """Return the frames of a track's pieces; a frame of two people is nobody's."""
    found: dict[int, ShownPiece] = {}
    torn: set[int] = set()
    for piece in pieces:
        for frame in range(max(piece.first, track.first), min(piece.end, track.end)):
            if frame in found and found[frame].person != piece.person:
                torn.add(frame)
            found.setdefault(frame, piece)
    lost = {sample.frame for sample in track.samples if sample.source == "lost"}
    return {frame: piece for frame, piece in found.items() if frame not in torn | lost}


def _within(track: Track, rows: Rows) -> dict[int, ShownPiece]:
    """Return the rows without those within EDGE frames of a frame of the track that is no such."""
    found = {}
    for frame, piece in rows.items():
        reach = range(max(track.first, frame - EDGE), min(track.end, frame + EDGE + 1))
        if all(at in rows and rows[at].person == piece.person for at in reach):
            found[frame] = piece
    return found


def _meetings(
    tracks: Sequence[Track], wanted: Mapping[str, Rows]
) -> dict[str, dict[int, list[str]]]:
    """Return for each track and frame that may be shown the tracks of heads that are near."""
    found: dict[str, dict[int, list[str]]] = {track.id: {} for track in tracks}
    for track in tracks:
        rows = wanted[track.id]
        if not rows:
            continue
        first, end = min(rows), max(rows) + 1
        for other in tracks:
            if other.id == track.id or other.first >= end or other.end <= first:
                continue
            for frame in range(max(first, other.first), min(end, other.end)):
                if frame in rows and _is_near(_sample(track, frame), _sample(other, frame)):
                    found[track.id].setdefault(frame, []).append(other.id)
    return found


def _apart(
    rows: Rows, near: Mapping[int, list[str]], shown: Mapping[str, Rows]
) -> dict[int, ShownPiece]:
    """Return the rows in which every head that is near is shown too."""
    return {
        frame: piece
        for frame, piece in rows.items()
        if all(frame in shown[other] for other in near.get(frame, ()))
    }


def _sample(track: Track, frame: int) -> Sample:
    return track.samples[frame - track.first]


def _is_near(one: Sample, other: Sample) -> bool:
    a, b = _region(one), _region(other)
    return a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1


def _region(sample: Sample) -> Box:
    head = sample.head if sample.face is None else _around(sample.head, sample.face)
    wide, tall = (max(NEAR_LEAST_PX, round(NEAR_FRAC * n)) for n in (head.width, head.height))
    return head.grow(wide, tall)


def _around(a: Box, b: Box) -> Box:
    return Box(min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))
