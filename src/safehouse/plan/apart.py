"""In which frames of its track a head is shown: only apart from everybody who is hidden. Pure.

What a human confirmed counts for a piece of a track. Two heads that come near each other may change
places in their tracks. So pieces that meet are shown together or not at all: when each of them is
shown, no two are of one person, and none was out of sight. As many people as tracks are among them,
and each may be shown, whoever is where. Where a piece ends and the next one is not shown, its last
frames are hidden too. Nobody is in two places at a time: such pieces are hidden, wherever they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from safehouse.model.findings import Track
from safehouse.model.showing import ShownPiece

__all__ = ["EDGE", "NEAR_FRAC", "NEAR_LEAST_PX", "Rows", "shown_rows"]

EDGE = 5
"""Frames by which the cover of a hidden stretch of a track goes on into a shown one."""

SHORTEST = 12
"""Frames of one person's pieces in a row below which they are hidden, but where they are all of the
track: of so few, those near the ends may be somebody else's."""

UNSEEN = 3
"""Frames in a row in which nothing of a head was seen, from which a piece that meets another is
hidden: the track may have gone over to somebody else. Fewer lie between two looks at a clip."""

NEAR_FRAC, NEAR_LEAST_PX = 0.2, 8
"""How far a head reaches beyond itself, in its own size, and px at least, when it is asked whether
it meets another: as far as where tracks are cut into pieces."""

Rows = Mapping[int, ShownPiece]
"""Frame → the piece that is shown in it."""

Named = dict[str, dict[int, ShownPiece]]
"""Track → its rows."""


def shown_rows(tracks: Sequence[Track], shown: Iterable[ShownPiece]) -> Named:
    """Return for each track the frames in which its head is shown.

    Frames in which the head was lost are never among them.
    """
    pieces = list(shown)
    named = {track.id: _named(track, pieces) for track in tracks}
    if not pieces:
        return named
    hidden = _hidden(tracks, named)
    found: Named = {}
    for track in tracks:
        lost = {sample.frame for sample in track.samples if sample.source == "lost"}
        rows = {
            frame: piece
            for frame, piece in named[track.id].items()
            if frame not in lost and (track.id, piece.piece) not in hidden
        }
        found[track.id] = _within(track, _long_enough(track, rows))
    return found


def _named(track: Track, pieces: Sequence[ShownPiece]) -> dict[int, ShownPiece]:
    """Return the frames of a track's pieces; a frame of two pieces is nobody's."""
    found: dict[int, ShownPiece] = {}
    torn: set[int] = set()
    for piece in pieces:
        if piece.track == track.id:
            own = range(max(piece.first, track.first), min(piece.end, track.end))
            torn |= found.keys() & set(own)
            found |= dict.fromkeys(own, piece)
    return {frame: piece for frame, piece in found.items() if frame not in torn}


def _long_enough(track: Track, rows: Rows) -> dict[int, ShownPiece]:
    """Return the rows in runs of one person that are not too short."""
    found: dict[int, ShownPiece] = {}
    run: dict[int, ShownPiece] = {}
    for frame in range(track.first, track.end + 1):
        piece = rows.get(frame)
        if run and (piece is None or run[frame - 1].person != piece.person):
            if len(run) >= min(SHORTEST, track.end - track.first):
                found |= run
            run = {}
        if piece is not None:
            run[frame] = piece
    return found


def _within(track: Track, rows: Rows) -> dict[int, ShownPiece]:
    """Return the rows without those within EDGE frames of a frame of the track that is no such."""
    found = {}
    for frame, piece in rows.items():
        reach = range(max(track.first, frame - EDGE), min(track.end, frame + EDGE + 1))
        if all(at in rows and rows[at].person == piece.person for at in reach):
            found[frame] = piece
    return found


Node = tuple[str, str]
"""A track and a piece of it that may be shown; "" stands for what may not."""


def _hidden(tracks: Sequence[Track], named: Named) -> set[Node]:
    """Return the pieces that are hidden because of those that they meet."""
    group: dict[Node, set[Node]] = {}
    unseen = {node for track in tracks for node in _unseen(track, named[track.id])}
    for one, other in set(_meetings(tracks, named)):
        both = group.get(one, {one}) | group.get(other, {other})
        for node in both:
            group[node] = both
    person = {(p.track, p.piece): p.person for rows in named.values() for p in rows.values()}
    hidden = _twice(named)
    for nodes in group.values():
        if nodes & unseen or any(not piece for _, piece in nodes) or _is_doubled(nodes, person):
            hidden |= nodes
    return hidden


def _twice(named: Named) -> set[Node]:
    """Return the pieces in which one person is in two tracks at a time: one of them is wrong."""
    at: dict[tuple[int, str], set[Node]] = {}
    for track, rows in named.items():
        for frame, piece in rows.items():
            at.setdefault((frame, piece.person), set()).add((track, piece.piece))
    return {node for nodes in at.values() if len(nodes) > 1 for node in nodes}


def _unseen(track: Track, rows: Rows) -> Iterator[Node]:
    """Yield the pieces in which nothing of the head was seen for UNSEEN frames in a row."""
    run = 0
    for sample in track.samples:
        piece = rows.get(sample.frame)
        run = run + 1 if sample.source in {"bridge", "lost"} and piece is not None else 0
        if run >= UNSEEN and piece is not None:
            yield track.id, piece.piece


def _is_doubled(nodes: set[Node], person: Mapping[Node, str]) -> bool:
    """Return whether one person is in two tracks of a group."""
    owners = {(person[node], node[0]) for node in nodes}
    return len({who for who, _ in owners}) < len(owners)


def _meetings(tracks: Sequence[Track], named: Named) -> Iterator[tuple[Node, Node]]:
    """Yield the pieces of two tracks that meet in a frame; at least one of them may be shown."""
    regions = {track.id: _regions(track) for track in tracks}
    for number, a in enumerate(tracks):
        for b in tracks[:number]:
            first, end = max(a.first, b.first), min(a.end, b.end)
            if first >= end or not (named[a.id] or named[b.id]):
                continue
            one = regions[a.id][first - a.first : end - a.first]
            other = regions[b.id][first - b.first : end - b.first]
            meet = np.minimum(one[:, 2:], other[:, 2:]) > np.maximum(one[:, :2], other[:, :2])
            for row in np.flatnonzero(meet.all(axis=1)).tolist():
                x, y = _node(a, first + row, named), _node(b, first + row, named)
                if x[1] or y[1]:
                    yield x, y


def _node(track: Track, frame: int, named: Named) -> Node:
    piece = named[track.id].get(frame)
    lost = track.samples[frame - track.first].source == "lost"
    return track.id, "" if piece is None or lost else piece.piece


def _regions(track: Track) -> NDArray[np.float64]:
    """Return the region of a head in each frame, x0, y0, x1, y1, shape (n, 4)."""
    heads = np.array([(s.head.x0, s.head.y0, s.head.x1, s.head.y1) for s in track.samples], float)
    heads = heads.reshape(-1, 4)
    more = np.maximum(NEAR_FRAC * (heads[:, 2:] - heads[:, :2]), NEAR_LEAST_PX)
    return np.concatenate([heads[:, :2] - more, heads[:, 2:] + more], axis=1)
