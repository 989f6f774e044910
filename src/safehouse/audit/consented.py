"""Faces that a film shows by consent: which they are, and that there is one head in each place.

The plan says where whose head is shown (`shown`). A face there, and under no mask, is theirs; any
other face is a leak, and so is a second head where the plan shows one. Whether somebody said yes
is not asked here: the plan names the records, and the register is no part of an audit.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from safehouse.audit.draw import Bits, shape_bits
from safehouse.model.box import Box
from safehouse.model.plan import Plan
from safehouse.model.shape import shape_at
from safehouse.model.words import Said, said_list, say_n

__all__ = ["INSIDE", "Place", "Shown", "notes_of", "shown_places"]

INSIDE = 0.6
"""Share of a face's box that must lie inside a shown place, to be the head that is shown there."""

SAME = 0.3
"""Share of the smaller of two boxes that both have, from which they are of one face."""


class Place(NamedTuple):
    """A head that is shown in a frame: whose, its box inside the frame, and its pixels there."""

    id: str
    person: str
    box: Box
    bits: Bits

    def holds(self, face: Box) -> bool:
        """Return whether most of a face lies inside."""
        both = self.box.intersect(face)
        rows = slice(both.y0 - self.box.y0, both.y1 - self.box.y0)
        columns = slice(both.x0 - self.box.x0, both.x1 - self.box.x0)
        return both.area > 0 and int(self.bits[rows, columns].sum()) >= INSIDE * face.area


def shown_places(plan: Plan, frame: int) -> list[Place]:
    """Return the heads that the plan shows in a frame; those wholly outside it are left out."""
    video = plan.clip.video
    if video is None or plan.mode != "hide":
        return []
    places = []
    for row in plan.shown:
        if row.first <= frame < row.end:
            box, bits = shape_bits(shape_at(row.keys, frame), video.width, video.height)
            if bits.any():
                places.append(Place(row.id, row.person, box, bits))
    return places


class Shown:
    """The shown places of one frame; each takes one head."""

    def __init__(self, plan: Plan, frame: int) -> None:
        self._places = shown_places(plan, frame)
        self._heads: dict[str, Box] = {}

    def takes(self, face: Box) -> bool:
        """Return whether a face is the head that is shown in some place; it has that place then."""
        own = [place for place in self._places if place.holds(face)]
        for place in own:
            if place.id in self._heads and _is_same(self._heads[place.id], face):
                return True
        for place in sorted(own, key=lambda one: _apart(one.box, face)):
            if place.id not in self._heads:
                self._heads[place.id] = face
                return True
        return False


def _is_same(a: Box, b: Box) -> bool:
    return a.intersect(b).area >= SAME * min(a.area, b.area)


def _apart(a: Box, b: Box) -> int:
    return abs(a.x0 + a.x1 - b.x0 - b.x1) + abs(a.y0 + a.y1 - b.y0 - b.y1)


def notes_of(plan: Plan) -> Iterator[Said]:
    """Yield who is shown and heard by consent, by their ids, and by which records."""
    if plan.mode == "hide" and (shown := _by_person((r.person, r.records) for r in plan.shown)):
        yield say_n(
            "{n} person is shown by consent: {people}",
            "{n} people are shown by consent: {people}",
            len(shown),
            people=said_list(", ", shown),
        )
    if heard := _by_person((voice.person, voice.records) for voice in plan.heard):
        yield say_n(
            "{n} person is heard by consent: {people}",
            "{n} people are heard by consent: {people}",
            len(heard),
            people=said_list(", ", heard),
        )
    if plan.stills:
        frames = sum(still.end - still.first for still in plan.stills)
        yield say_n(
            "{n} frame is not the clip's: the frame before it stays",
            "{n} frames are not the clip's: the frame before them stays",
            frames,
        )


def _by_person(rows: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Return `P07 (R0012, R0013)` for each person, in order."""
    records: dict[str, set[str]] = {}
    for person, own in rows:
        records.setdefault(person, set()).update(own)
    return [f"{person} ({', '.join(sorted(own))})" for person, own in sorted(records.items())]
