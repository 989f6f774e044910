"""Spans in which one frame of a clip stands for the frames after it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Still

__all__ = ["held_still"]


def held_still(frames: Iterable[OriginalFrame], stills: Iterable[Still]) -> Iterator[OriginalFrame]:
    """Yield each frame, or within a still the one before it, with the frame's own number and time.

    frames are in order, and begin in no still.
    """
    within = {frame for still in stills for frame in range(still.first, still.end)}
    before: OriginalFrame | None = None
    for frame in frames:
        if before is not None and frame.index in within:
            yield replace(before, index=frame.index, pts=frame.pts)
        else:
            before = frame
            yield frame
