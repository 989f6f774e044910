"""Who is together with whom, and since when: where heads that overlap are cut. Pure.

In a crowd heads overlap through whole shots. Who may have changed places with whom is told by the
company: the tracks that are linked at one time by meetings. It is the same for all of them, so that
all are cut in one frame wherever somebody comes or goes. Pieces of one company then hold the same
heads from their first frame to their last. While anybody in it is out of sight, or becomes another
one, the company is in doubt, and whoever comes or goes, that is one piece.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

__all__ = ["AROUND", "Doubt", "Meeting", "company_cuts"]

AROUND = 4
"""Frames before and after a meeting, or a doubt, that belong to it: a tracker changes heads a
little before, or after. Two that come within twice as many are one."""


class Meeting(NamedTuple):
    """Frames first <= f < end in which the regions of two tracks' heads overlap."""

    one: str
    other: str
    first: int
    end: int


class Doubt(NamedTuple):
    """Frames first <= f < end in which a track may go over to another head by itself."""

    track: str
    first: int
    end: int


Company = frozenset[str]
"""Tracks that are linked by meetings; DOUBTFUL while any of them is in doubt."""

DOUBTFUL: Company = frozenset()

Step = tuple[int, bool, Meeting | Doubt]


def company_cuts(
    meetings: Iterable[Meeting], doubts: Iterable[Doubt] = ()
) -> Mapping[str, list[int]]:
    """Return for each track the frames in which its company becomes another one, in order.

    Args:
        meetings: of all pairs of tracks.
        doubts: of all tracks.
    """
    cuts: dict[str, list[int]] = {}
    before: dict[str, Company] = {}
    for frame, companies in _companies(meetings, doubts):
        for name in before.keys() | companies.keys():
            if companies.get(name) != before.get(name):
                cuts.setdefault(name, []).append(frame)
        before = companies
    return cuts


def _companies(
    meetings: Iterable[Meeting], doubts: Iterable[Doubt]
) -> Iterator[tuple[int, dict[str, Company]]]:
    """Yield the frames in which something changes, with the company of each track from there."""
    steps = sorted(_steps([*meetings, *doubts]), key=lambda step: step[0])
    count: dict[Meeting | Doubt, int] = {}
    for frame, now in groupby(steps, key=lambda step: step[0]):
        for _, begins, what in now:
            key = what._replace(first=0, end=0)
            count[key] = count.get(key, 0) + (1 if begins else -1)
            if not count[key]:
                del count[key]
        yield frame, _linked(count)


def _steps(rows: Iterable[Meeting | Doubt]) -> Iterator[Step]:
    for row in rows:
        yield row.first - AROUND, True, row
        yield row.end + AROUND, False, row


def _linked(now: Iterable[Meeting | Doubt]) -> dict[str, Company]:
    """Return the company of each track that meets another one."""
    groups: dict[str, set[str]] = {}
    for row in now:
        if isinstance(row, Meeting):
            both = groups.get(row.one, {row.one}) | groups.get(row.other, {row.other})
            for name in both:
                groups[name] = both
    doubtful = {row.track for row in now if isinstance(row, Doubt)}
    found: dict[str, Company] = {}
    for name, group in groups.items():
        if name not in found:
            company = DOUBTFUL if doubtful & group else frozenset(group)
            found |= dict.fromkeys(group, company)
    return found
