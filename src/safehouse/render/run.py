"""Reads a clip, protects it and writes the pieces of a film; each appears whole or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from safehouse.errors import PlanMismatch
from safehouse.media.encode import encode_chunk, encode_sound
from safehouse.media.reader import read_range, read_sound
from safehouse.model.clip import SoundStream, VideoStream
from safehouse.model.frame import OriginalFrame, ProtectedFrame
from safehouse.model.plan import Chunk, Plan, SoundPlan
from safehouse.render.protect import protect
from safehouse.render.sound import protect_sound
from safehouse.store.atomic import whole_file

__all__ = ["Instead", "render_chunk", "render_sound"]


@dataclass(frozen=True, slots=True)
class Instead:
    """The picture of a source that takes the place of the plan's clip, read from decode_from."""

    video: VideoStream
    decode_from: int


def _quiet(done: int, total: int) -> None:
    """Tell nobody."""


def render_chunk(
    path: Path,
    plan: Plan,
    number: int,
    out: Path,
    *,
    instead: Instead | None = None,
    progress: Callable[[int, int], None] = _quiet,
) -> None:
    """Write chunk number of the plan's output picture to out.

    The bytes are a function of the picture outside the masks, the plan and the CPU level. Frames
    read from another source instead get the times of the plan's clip.

    Raises:
        PlanMismatch: the plan has no such chunk, or frames of another size.
        SourceError: the clip can't be read, or is not the one that was analysed.
        RenderError: the film can't be written.
    """
    video, wanted = plan.clip.video, plan.output.video
    if video is None or wanted is None or not 0 <= number < len(wanted.chunks):
        raise _lacks(plan, f"chunk {number} of a picture")
    chunk = wanted.chunks[number]
    if instead is None:
        frames = read_range(path, video, chunk)
    else:
        from_there = Chunk(chunk.first, chunk.end, instead.decode_from)
        frames = _timed_as(video, chunk, read_range(path, instead.video, from_there))
    with whole_file(out) as partial:
        encode_chunk(_protected(frames, plan, chunk, progress), video, wanted, partial)


def _protected(
    frames: Iterator[OriginalFrame],
    plan: Plan,
    chunk: Chunk,
    progress: Callable[[int, int], None],
) -> Iterator[ProtectedFrame]:
    """Yield each frame protected, and tell how many of the chunk's were."""
    for number, frame in enumerate(frames, 1):
        yield protect(frame, plan)
        progress(number, chunk.end - chunk.first)


def _timed_as(
    video: VideoStream, chunk: Chunk, frames: Iterator[OriginalFrame]
) -> Iterator[OriginalFrame]:
    """Yield frames with the times that the plan gives the frames of a chunk."""
    for pts, frame in zip(video.times.pts()[chunk.first : chunk.end], frames, strict=True):
        yield replace(frame, pts=pts)


def render_sound(
    path: Path, plan: Plan, stream: int, out: Path, *, other: SoundStream | None = None
) -> None:
    """Write the protected sound of the source's stream number `stream` to out.

    A track that the plan's spans do not name is silent throughout. other is the track of a source
    that takes the place of the plan's clip.

    Raises:
        PlanMismatch: the plan has no such track.
        SourceError: the clip can't be read, or is not the one that was analysed.
        RenderError: the film can't be written.
    """
    source = next((row for row in plan.clip.sound if row.index == stream), None)
    wanted = next((row for row in plan.output.sound if row.stream == stream), None)
    if source is None or wanted is None:
        raise _lacks(plan, f"sound track {stream}")
    spans = tuple(span for row in plan.sound if row.stream == stream for span in row.spans)
    sound_plan = SoundPlan(stream, spans)
    blocks = read_sound(path, other or source)
    with whole_file(out) as partial:
        encode_sound((protect_sound(block, sound_plan) for block in blocks), wanted, partial)


def _lacks(plan: Plan, what: str) -> PlanMismatch:
    """Return the error for something that the plan does not hold."""
    return PlanMismatch(
        f"the plan for clip {plan.clip.id} holds no {what}",
        next_step="make the plan again from this clip's findings",
    )
