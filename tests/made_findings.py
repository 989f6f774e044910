"""Findings made by hand, for tests of what is told from them."""

from collections.abc import Sequence

from safehouse.model.box import Box
from safehouse.model.clip import Clip, FrameTimes, PtsRun, VideoStream
from safehouse.model.findings import Detector, Findings, Sample, Track, Unsure


def head_at(x: int, y: int = 100, size: int = 60) -> Box:
    return Box(x, y, x + size, y + size)


def track_of(name: str, first: int, heads: Sequence[Box], sources: str = "") -> Track:
    """A track; sources says a letter a frame: seen, flow, bridge, lead (e), lost (x)."""
    words = {"s": "seen", "f": "flow", "b": "bridge", "e": "lead", "x": "lost"}
    letters = sources or "s" * len(heads)
    samples = tuple(
        Sample(first + n, head, 0.9, words[letter], head if letter == "s" else None)  # type: ignore[arg-type]
        for n, (head, letter) in enumerate(zip(heads, letters, strict=True))
    )
    return Track(name, first, first + len(heads), samples)


def findings_of(
    tracks: Sequence[Track],
    *,
    frames: int = 1000,
    shots: tuple[int, ...] = (0,),
    unsure: tuple[Unsure, ...] = (),
    every: int = 1,
) -> Findings:
    """Findings of a clip of 640 x 360 px at 25 frames a second."""
    times = FrameTimes("1/25", (PtsRun(0, 1, frames),), 1)
    video = VideoStream(0, "h264", "yuv420p", 640, 360, times)
    return Findings(
        clip=Clip("C0003", "0" * 64, 1, video),
        shots=shots,
        tracks=tuple(tracks),
        unsure=unsure,
        corrupt=(),
        key_frames=(0,),
        detector=Detector("none", "", "", 0, 0, every),
    )
