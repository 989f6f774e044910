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
        first, last: the first and last frame with a hit.
        best: the best score of its hits.
    """

    number: int
    hits: dict[int, Hit]
    carried: dict[int, Spot] = field(default_factory=dict)
    lead: dict[int, Spot] = field(default_factory=dict)
    missed: int = 0
    certain: bool = False
    stopped: bool = False
    first: int = field(init=False)
    last: int = field(init=False)
    best: float = field(init=False)
    _before: int = field(init=False)
    _best_turn: float = field(init=False)
    _carried_to: int = field(init=False, default=-1)

    def __post_init__(self) -> None:
        frames = sorted(self.hits)
        self.first, self.last = frames[0], frames[-1]
        self._before = frames[-2] if len(frames) > 1 else frames[-1]
        best = max(self.hits.values(), key=lambda hit: hit.score)
        self.best, self._best_turn = best.score, best.turn

    @property
    def turn(self) -> float:
        """The quarter turns in which to look for it: those of its last hit, then of its best."""
        late = self.missed > 1 or self.leans
        return self._best_turn if late else self.hits[self.last].turn

    @property
    def leans(self) -> bool:
        """Whether it was seen best in a picture that leaned."""
        return bool(self._best_turn % 1)

    def spot(self) -> tuple[int, Spot]:
        """Return the latest frame with a known place, and the place."""
        if self._carried_to > self.last:
            return self._carried_to, self.carried[self._carried_to]
        hit = self.hits[self.last]
        return self.last, Spot(hit.head, hit.face, 1.0)

    def expect(self, frame: int) -> Spot:
        """Return where the head should be in a coming frame: its place, moved on as it moved."""
        at, spot = self.spot()
        if at > self.last or self._before == self.last:
            return spot
        a, b = self.hits[self._before].head, self.hits[self.last].head
        steps = (frame - at) / (self.last - self._before)
        dx = (b[0] + b[2] - a[0] - a[2]) / 2 * steps
        dy = (b[1] + b[3] - a[1] - a[3]) / 2 * steps
        return Spot(move(spot.head, dx, dy), move(spot.face, dx, dy), spot.agree)

    def see(self, frame: int, hit: Hit) -> None:
        """Add a hit behind the last."""
        self.hits[frame] = hit
        self._before, self.last = self.last, frame
        self._rate(hit)
        self.missed = 0
        self.stopped = False

    def see_better(self, frame: int, hit: Hit) -> None:
        """Put a better hit in the place of one."""
        self.hits[frame] = hit
        self._rate(hit)

    def see_before(self, frame: int, hit: Hit) -> None:
        """Add a hit before the first."""
        self.hits[frame] = hit
        self.first = frame
        self._before = frame if self._before == self.last else self._before
        self._rate(hit)

    def carry(self, frame: int, spot: Spot) -> None:
        """Note where flow says the head is in a frame behind the last hit."""
        self.carried[frame] = spot
        self._carried_to = frame

    def _rate(self, hit: Hit) -> None:
        if hit.score > self.best:
            self.best, self._best_turn = hit.score, hit.turn
