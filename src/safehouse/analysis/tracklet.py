"""A tracklet: the hits of one head, and where flow carried it before, between and after them."""

from dataclasses import dataclass, field

from safehouse.analysis.places import Area, Hit, move

__all__ = ["Spot", "Tracklet"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where flow says a head is: head and face, px, and the share of points that agree."""

    head: Area
    face: Area
    agree: float


@dataclass(slots=True)
class Tracklet:
    """One head inside one shot, as far as it could be followed.

    Attributes:
        number: counts tracklets in the clip.
        hits: frame → what the detector saw.
        carried: frame → where flow says it is, since the last hit before that frame.
        lead: frame → where flow says it was, before the first hit.
        missed: looks in a row that did not find it.
        certain: enough was seen to be a head.
        stopped: flow lost it.
    """

    number: int
    hits: dict[int, Hit]
    carried: dict[int, Spot] = field(default_factory=dict)
    lead: dict[int, Spot] = field(default_factory=dict)
    missed: int = 0
    certain: bool = False
    stopped: bool = False

    @property
    def first(self) -> int:
        """The first frame with a hit."""
        return min(self.hits)

    @property
    def last(self) -> int:
        """The last frame with a hit."""
        return max(self.hits)

    @property
    def turn(self) -> int:
        """The quarter turns of its last hit."""
        return self.hits[self.last].turn

    @property
    def best(self) -> float:
        """The best score of its hits."""
        return max(hit.score for hit in self.hits.values())

    def spot(self) -> tuple[int, Spot]:
        """Return the latest frame with a known place, and the place."""
        last = self.last
        later = max((frame for frame in self.carried if frame > last), default=last)
        if later > last:
            return later, self.carried[later]
        hit = self.hits[last]
        return last, Spot(hit.head, hit.face, 1.0)

    def expect(self, frame: int) -> Spot:
        """Return where the head should be in a coming frame: its place, moved on as it moved."""
        at, spot = self.spot()
        if at > self.last or len(self.hits) < 2:
            return spot
        *_, before, last = sorted(self.hits)
        a, b = self.hits[before].head, self.hits[last].head
        steps = (frame - at) / max(1, last - before)
        dx = (b[0] + b[2] - a[0] - a[2]) / 2 * steps
        dy = (b[1] + b[3] - a[1] - a[3]) / 2 * steps
        return Spot(move(spot.head, dx, dy), move(spot.face, dx, dy), spot.agree)

    def see(self, frame: int, hit: Hit) -> None:
        """Add a hit."""
        self.hits[frame] = hit
        self.missed = 0
        self.stopped = False
