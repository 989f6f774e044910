"""Attack 3, seen in time: which appearance of a head was seen, for how long, and when.

It puts together what coverage and faces found: a mask that is open, and a face under no mask. Such
a face belongs to an appearance when it lies near its way, or near where that begins or ends. Frames
of one appearance are no independent tries: the bound is over appearances. That none of n was seen
says that, at 95 %, no more than 1 - 0.05^(1/n) of such appearances would be: about 3 in n.

It has no control of its own: it tries nothing that coverage and faces do not. When it fails: open
the film at the first of the frames, draw the head by hand, and render again.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import exp, lgamma, log, log1p
from typing import NamedTuple

from safehouse.audit.coverage import Find
from safehouse.audit.draw import shape_bits
from safehouse.audit.faces import Seen
from safehouse.model.box import Box
from safehouse.model.plan import Mask, Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.shape import Whole, shape_at
from safehouse.model.words import Said, said_list, say, say_n

__all__ = ["Appearance", "appearances", "bound", "build_attack"]

OPEN = frozenset({"open", "colour open", "faint", "colour faint", "left bare"})
"""Finds of coverage in which something of the person shows."""

NEAR_FRAMES = 25
"""Frames before an appearance's first cover, or after its last, in which a face may be its own."""

NEAR_HEADS = 1.5
"""Distance from its way, in head sizes, within which a face is its own."""

SURE = 0.05
"""One minus the confidence of the bound."""


class Appearance(NamedTuple):
    """An appearance that was seen: its track or "", and the frames in which, in order."""

    track: str
    frames: tuple[int, ...]
    first: int
    end: int

    @property
    def longest(self) -> int:
        """The longest run of neighbouring frames."""
        breaks = [0, *(n for n, (a, b) in enumerate(pairwise(self.frames), 1) if b > a + 1)]
        return max(b - a for a, b in pairwise([*breaks, len(self.frames)]))

    @property
    def outside(self) -> int:
        """Frames before its first cover and after its last."""
        return sum(not self.first <= frame < self.end for frame in self.frames)


def appearances(finds: Iterable[Find], faces: Iterable[Seen], plan: Plan) -> list[Appearance]:
    """Return every appearance that was seen in a frame; faces near none come under ""."""
    tracks = {mask.id: mask.track or mask.id for mask in plan.masks}
    frames: dict[str, set[int]] = {}
    count = plan.clip.video.times.count if plan.clip.video else 0
    for find in finds:
        if find.kind in OPEN and find.mask in tracks:
            shown = range(find.first, min(find.end, count))
            frames.setdefault(tracks[find.mask], set()).update(shown)
    for face in faces:
        frames.setdefault(_track_of(face, plan), set()).add(face.frame)
    spans = _spans(plan)
    return [
        Appearance(track, tuple(sorted(seen)), *spans.get(track, (0, 0)))
        for track, seen in sorted(frames.items())
        if seen
    ]


def _spans(plan: Plan) -> dict[str, tuple[int, int]]:
    """Return the frames from each track's first cover to its last."""
    spans: dict[str, tuple[int, int]] = {}
    for mask in plan.masks:
        track = mask.track or mask.id
        first, end = spans.get(track, (mask.first, mask.end))
        spans[track] = (min(first, mask.first), max(end, mask.end))
    return spans


def _track_of(face: Seen, plan: Plan) -> str:
    """Return the track that a face is nearest to; "" where none is near."""
    best, name = NEAR_HEADS, ""
    for mask in plan.masks:
        if not mask.track or isinstance(mask.keys[0].shape, Whole):
            continue
        if not mask.first - NEAR_FRAMES <= face.frame < mask.end + NEAR_FRAMES:
            continue
        apart = _apart(face.box, mask, face.frame)
        if apart < best:
            best, name = apart, mask.track
    return name


def _apart(box: Box, mask: Mask, frame: int) -> float:
    """Return how far a box is from a mask's nearest place in time, in head sizes."""
    at = min(max(frame, mask.first), mask.end - 1)
    head, _ = shape_bits(shape_at(mask.keys, at), 1 << 14, 1 << 14)
    x = (box.x0 + box.x1 - head.x0 - head.x1) / 2
    y = (box.y0 + box.y1 - head.y0 - head.y1) / 2
    return float((x * x + y * y) ** 0.5 / max(1, head.width, head.height))


def bound(seen: int, tries: int) -> float:
    """Return the share that is passed in one case of twenty at most, when seen of tries were.

    The upper end of Clopper and Pearson's one-sided 95 % interval (1934).
    """
    if tries <= 0 or seen >= tries:
        return 1.0
    low, high = seen / tries, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        below = sum(exp(_log_chance(k, tries, middle)) for k in range(seen + 1))
        low, high = (middle, high) if below > SURE else (low, middle)
    return high


def _log_chance(k: int, tries: int, share: float) -> float:
    """Return the logarithm of the chance of k in so many tries, of this share each."""
    ways = lgamma(tries + 1) - lgamma(k + 1) - lgamma(tries - k + 1)
    return ways + k * log(max(share, 1e-300)) + (tries - k) * log1p(-min(share, 1 - 1e-16))


def build_attack(
    finds: Iterable[Find], faces: Iterable[Seen], plan: Plan, *, whole: bool
) -> Attack:
    """Return the attack with its result; whole tells that every frame was looked at."""
    rows = appearances(finds, faces, plan)
    tracks = {mask.track for mask in plan.masks if mask.track}
    return Attack(
        name="seen",
        title=say("Was anybody seen, for how many frames, and when?"),
        result="leak" if rows else ("none found" if whole else "not run"),
        figure=_figure(rows, tracks),
        control=Control(None, say("it counts what the attacks on coverage and faces find")),
        spots=tuple(_spot(row) for row in rows),
    )


def _figure(rows: list[Appearance], tracks: set[str]) -> Said:
    own = sum(row.track in tracks for row in rows)
    longest = max((row.longest for row in rows), default=0)
    frames = sum(len(row.frames) for row in rows)
    outside = sum(row.outside for row in rows if row.track)
    unknown = next((len(row.frames) for row in rows if not row.track), 0)
    figure = say(
        "{own} of {tracks} appearances were seen, in {frames} frames, the longest run {longest}, "
        "{outside} of them before a first or after a last cover; faces near no appearance in "
        "{unknown} frames",
        own=own,
        tracks=len(tracks),
        frames=frames - unknown,
        longest=longest,
        outside=outside,
        unknown=unknown,
    )
    if tracks:
        words = say(
            "with so many appearances, up to {share:.0%} of such could be seen and these tests "
            "not show it (95 %)",
            share=bound(own, len(tracks)),
        )
        figure = said_list("; ", (figure, words))
    return figure


def _spot(row: Appearance) -> Spot:
    who = row.track or say("somebody under no mask")
    words = say_n(
        "{who} is seen for {n} frame", "{who} is seen for {n} frames", len(row.frames), who=who
    )
    return Spot(row.frames[0], row.frames[-1] + 1, words)
