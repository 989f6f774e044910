"""Goes through a clip's frames in order: looks, follows, and cuts into shots."""

from dataclasses import dataclass, field

from safehouse.analysis.detect import FaceDetector, Look
from safehouse.analysis.follow import Follower
from safehouse.analysis.look import TILES, Looker, choose_longest, merge_hits
from safehouse.analysis.picture import Small, fit_size, rgb_rule, shrink
from safehouse.analysis.places import Hit
from safehouse.analysis.settings import Settings
from safehouse.analysis.shots import CutWatch
from safehouse.analysis.tracklet import Tracklet
from safehouse.machine import has_bf16
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame

__all__ = ["ClipWatch", "choose_every", "choose_precision"]

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
        longest = choose_longest(video.width, video.height, settings.longest)
        self.fit = fit_size(video.width, video.height, longest)
        self.every = choose_every(settings, video.width, video.height)
        self.precision = choose_precision(settings)
        self._video = video
        self._settings = settings
        self._looker: Looker | None = None
        self._follower: Follower | None = None
        self._cuts = CutWatch()
        self._pending: tuple[OriginalFrame, Look] | None = None
        self._last: tuple[OriginalFrame, Small] | None = None
        self._looked = -1
        self._next_again = 0
        self._again = 0

    def see(self, frame: OriginalFrame) -> None:
        """Take the next frame."""
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
            self._pending = (frame, looker.start(small))
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
            size = (self._video.width, self._video.height)
            self._follower = Follower(self._looker, self._settings, size)
        return self._looker, self._follower

    def _cut(self, first: int | None) -> None:
        """End the shot under way, after a look at its last frame; begin another at frame first."""
        if self._last is not None and self._looker and self._follower:
            self._finish()
            frame, small = self._last
            if frame.index > self._looked:
                self._pending = (frame, self._looker.start(small))
                self._finish()
            self._follower.end_shot()
            self.seen.tracklets.append(self._follower.ended)
            self._follower.ended = []
        if first is not None:
            self.seen.shots.append(first)
            self._next_again = first
            self._again = 0

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
        if number == 0:
            return [looker.tiles(frame, range(TILES)), looker.turned(frame)]
        hits = looker.tiles(frame, [number % TILES])
        return [hits, looker.turned(frame)] if number % TILES == 0 else [hits]
