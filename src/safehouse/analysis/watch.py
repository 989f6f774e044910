"""Goes through a clip's frames in order: looks, follows, and cuts into shots."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from safehouse.analysis.detect import FaceDetector, Look
from safehouse.analysis.follow import Follower
from safehouse.analysis.look import TILES, Looker, choose_longest, merge_hits
from safehouse.analysis.picture import Small, fit_size, rgb_rule, shrink
from safehouse.analysis.places import Hit
from safehouse.analysis.settings import Settings
from safehouse.analysis.shots import CutWatch
from safehouse.analysis.tracklet import Tracklet
from safehouse.analysis.upright import seen_size
from safehouse.machine import has_bf16
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame

__all__ = ["ClipWatch", "choose_every", "choose_precision", "choose_turn"]

STANDS = 0.3
"""Score from which a face speaks for the turn in which it was seen."""

CLEARLY = 1.5
"""How much more the faces of another turn must weigh before a shot is looked at that way."""

ALL_LEANS, LEANS = (0.5, -0.5, 1.5, -1.5), (0.5, -0.5)
"""Quarter turns by which the picture is made to lean where a shot begins, and later on."""

LARGE = 1000
"""Longer side from which a picture counts as large, px."""


def choose_precision(settings: Settings) -> str:
    """Return `bf16` where the settings ask for it, or leave it open and the CPU has it."""
    if settings.precision == "auto":
        return "bf16" if has_bf16() else "f32"
    return settings.precision


def choose_every(settings: Settings, width: int, height: int) -> int:
    """Return in every how many frames the whole picture is looked at."""
    if settings.every:
        return settings.every
    return 1 if max(width, height) < LARGE else 3


def choose_turn(by_turn: Sequence[Sequence[Hit]], now: int) -> int:
    """Return the turn in which a shot is looked at from here on.

    by_turn holds the hits of one frame in each of the four turns. A camera that hangs in a pouch
    or lies on a table writes people who lie, with no flag that says so.
    """
    weights = [sum(hit.score for hit in hits if hit.score > STANDS) for hits in by_turn]
    best = max(range(len(weights)), key=lambda turn: weights[turn])
    return best if weights[best] > CLEARLY * weights[now] else now


@dataclass(slots=True)
class Seen:
    """What a clip's frames gave: tracklets by shot, first frames of shots, and damaged frames."""

    tracklets: list[list[Tracklet]] = field(default_factory=list)
    shots: list[int] = field(default_factory=list)
    corrupt: list[int] = field(default_factory=list)
    frames: int = 0


class ClipWatch:
    """Looks at each frame of a clip; the detector works on one while the next are decoded.

    Args:
        video: the clip's picture.
        settings: how closely to look.
    """

    def __init__(self, video: VideoStream, settings: Settings) -> None:
        self.seen = Seen()
        self._size = seen_size(video)
        self.fit = fit_size(*self._size, choose_longest(*self._size, settings.longest))
        self.every = choose_every(settings, *self._size)
        self.precision = choose_precision(settings)
        self._video = video
        self._settings = settings
        self._looker: Looker | None = None
        self._follower: Follower | None = None
        self._cuts = CutWatch()
        self._pending: tuple[OriginalFrame, tuple[Look, Look]] | None = None
        self._last: tuple[OriginalFrame, Small] | None = None
        self._looked = -1
        self._next_again = 0
        self._again = 0
        self._turn = 0

    def see(self, frame: OriginalFrame) -> None:
        """Take the next frame, turned as it is seen."""
        looker, follower = self._begin(frame)
        small = shrink(frame, self.fit)
        self.seen.frames = frame.index + 1
        if frame.corrupt:
            self.seen.corrupt.append(frame.index)
        if self._cuts.begins(small):
            self._cut(frame.index)
        follower.remember(small)
        if frame.index - self._looked >= self.every or self._looked < self.seen.shots[-1]:
            self._finish()
            self._pending = (frame, looker.start(small, self._turn))
            self._looked = frame.index
        self._last = (frame, small)

    def end(self) -> None:
        """Take note that no frame follows."""
        self._cut(None)

    def _begin(self, frame: OriginalFrame) -> tuple[Looker, Follower]:
        if self._looker is None or self._follower is None:
            rule = rgb_rule(frame.layout, self._video.colour)
            detector = FaceDetector(self.precision, rule, self._settings.threads)
            self._looker = Looker(detector, self.fit, self._settings.low)
            self._follower = Follower(self._looker, self._settings, self._size)
        return self._looker, self._follower

    def _cut(self, first: int | None) -> None:
        """End the shot under way, after a look at its last frame; begin another at frame first."""
        if self._last is not None and self._looker and self._follower:
            self._finish()
            frame, small = self._last
            if frame.index > self._looked:
                self._pending = (frame, self._looker.start(small, self._turn))
                self._finish()
            self._follower.end_shot()
            self.seen.tracklets.append(self._follower.ended)
            self._follower.ended = []
        if first is not None:
            self.seen.shots.append(first)
            self._next_again = first
            self._again = 0
            self._turn = 0

    def _finish(self) -> None:
        """Wait for the look under way, and follow the heads into its frame."""
        if self._pending is None or not self._looker or not self._follower:
            return
        frame, look = self._pending
        self._pending = None
        hits = self._looker.finish(look)
        if frame.index >= self._next_again:
            self._next_again = frame.index + self._settings.again
            hits = merge_hits(hits, *self._look_again(self._looker, frame))
        self._follower.step(frame, hits)

    def _look_again(self, looker: Looker, frame: OriginalFrame) -> list[list[Hit]]:
        """Look at the next tile, and after all of them at the turned picture; at first at all."""
        number, self._again = self._again, self._again + 1
        turned: list[Hit] = []
        if number % TILES == 0:
            by_turn = looker.turned(frame)
            self._turn = choose_turn(by_turn, self._turn)
            turns = [self._turn + lean for lean in (ALL_LEANS if number == 0 else LEANS)]
            turned = merge_hits(*by_turn, looker.leaning(frame, turns))
        numbers = range(TILES) if number == 0 else [number % TILES]
        hits = [looker.tiles(frame, numbers, self._turn), turned]
        if number == 0 and self._turn:
            hits.insert(0, looker.finish(looker.start(shrink(frame, self.fit), self._turn)))
        return hits
