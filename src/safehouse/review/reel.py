"""The clips that pictures were made of last, kept open in a worker where they were read.

Decoding begins at a key frame, and a clip may have one in ten seconds: whoever steps on, plays or
looks at the faces of one shot would wait for all frames from there, again and again.
"""

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from safehouse.media.ranges import read_range
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk

__all__ = ["BEHIND", "Reel", "Reels"]

BEHIND = 12
"""Frames before the wanted one that are kept when they are decoded anyway: for stepping back."""

KEPT_BYTES = 64 << 20
"""Planes in memory of one place; the ones not asked for longest go first. 1080p: twenty frames."""


class Reel:
    """Gives frames of one clip at a time, each as `read_range` gives it."""

    def __init__(self) -> None:
        self._clip: tuple[Path, VideoStream] | None = None
        self._frames: Iterator[OriginalFrame] = iter(())
        self._next = 0
        self._kept: OrderedDict[int, OriginalFrame] = OrderedDict()
        self._bytes = 0

    def way_to(self, path: Path, video: VideoStream, index: int, decode_from: int) -> int | None:
        """Return how many frames are to be decoded up to one; None where a seek is shorter."""
        if self._clip != (path, video):
            return None
        if index in self._kept:
            return 0
        return index + 1 - self._next if self._reaches(index, decode_from) else None

    def frame(self, path: Path, video: VideoStream, index: int, decode_from: int) -> OriginalFrame:
        """Return a frame; decode_from is the last frame up to it at which decoding can begin.

        Raises:
            SourceError: the clip can't be read, or is not the one that was analysed.
        """
        if self._clip != (path, video):
            self.let_go()
            self._clip = (path, video)
        if (found := self._kept.get(index)) is not None:
            self._kept.move_to_end(index)
            return found
        try:
            return self._read(path, video, index, decode_from)
        except BaseException:
            self.let_go()
            raise

    def let_go(self) -> None:
        """Close the clip, so that its disk can be taken out, and forget its frames."""
        self._stop()
        self._clip = None
        self._kept.clear()
        self._bytes = 0

    def _reaches(self, index: int, decode_from: int) -> bool:
        return max(decode_from, 1) <= self._next <= index

    def _read(self, path: Path, video: VideoStream, index: int, decode_from: int) -> OriginalFrame:
        if not self._reaches(index, decode_from):
            self._stop()
            first = max(decode_from, index - BEHIND)
            chunk = Chunk(first, video.times.count, decode_from)
            self._frames, self._next = read_range(path, video, chunk), first
        for frame in self._frames:
            self._next = frame.index + 1
            self._keep(frame)
            if frame.index == index:
                return frame
        raise ValueError("the frame is beyond the end of the clip")

    def _stop(self) -> None:
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()
        self._frames, self._next = iter(()), 0

    def _keep(self, frame: OriginalFrame) -> None:
        if (before := self._kept.pop(frame.index, None)) is not None:
            self._bytes -= _size(before)
        self._kept[frame.index] = frame
        self._bytes += _size(frame)
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


class Reels:
    """Two places that stay open: what is looked at, and what is made ahead elsewhere."""

    def __init__(self) -> None:
        self.places = [Reel(), Reel()]
        """The one that was used last stands last."""

    def frame(self, path: Path, video: VideoStream, index: int, decode_from: int) -> OriginalFrame:
        """Return a frame from the place with the shortest way to it, else from the older one.

        Raises:
            SourceError: the clip can't be read, or is not the one that was analysed.
        """
        ways = [(reel.way_to(path, video, index, decode_from), reel) for reel in self.places]
        near = [(way, n) for n, (way, _) in enumerate(ways) if way is not None]
        reel = self.places.pop(min(near)[1] if near else 0)
        self.places.append(reel)
        return reel.frame(path, video, index, decode_from)

    def let_go(self) -> None:
        """Close what is open, and forget all frames."""
        for reel in self.places:
            reel.let_go()


def _size(frame: OriginalFrame) -> int:
    return sum(plane.nbytes for plane in frame.planes)
