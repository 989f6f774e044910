"""Times of frames: strictly increasing, from whatever the container and decoder say."""

from fractions import Fraction

__all__ = ["FrameClock"]


class FrameClock:
    """Gives each frame of a stream its time, in the stream's time base.

    A frame with no time of its own follows at the stream's rate; one that does not lie after its
    predecessor is moved to one unit after it. The same frames always get the same times.

    Attributes:
        generated: number of frames that had no time.
        moved: number of frames whose time was moved.
    """

    def __init__(self, timebase: Fraction, rate: Fraction) -> None:
        self.generated = 0
        self.moved = 0
        self._step = max(1 / (rate * timebase), Fraction(1))
        self._last: int | None = None
        self._ideal = Fraction(0)

    @property
    def exact(self) -> bool:
        """Whether every time so far is the container's own."""
        return not (self.generated or self.moved)

    def time_of(self, pts: int | None) -> int:
        """Return the time of the next frame, for which the decoder says pts."""
        if pts is None:
            self.generated += 1
            self._ideal = self._ideal + self._step if self._last is not None else Fraction(0)
            time = int(self._ideal)
        else:
            time = pts
            self._ideal = Fraction(pts)
        if self._last is not None and time <= self._last:
            self.moved += 1
            time = self._last + 1
            self._ideal = max(self._ideal, Fraction(time))
        self._last = time
        return time
