"""Reads a clip, protects it and writes the pieces of a film; each appears whole or not at all."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safehouse.errors import PlanMismatch
from safehouse.media.encode import encode_chunk, encode_sound
from safehouse.media.reader import read_range, read_sound
from safehouse.media.stills import held_still
from safehouse.model.clip import SoundStream, VideoStream
from safehouse.model.frame import OriginalFrame, OriginalSound, ProtectedFrame, ProtectedSound
from safehouse.model.plan import Chunk, MadeSound, Plan, SoundPlan
from safehouse.model.text import escape
from safehouse.render.bed import Bed, BedMeter
from safehouse.render.protect import protect
from safehouse.render.sound import protect_sound, runs_of
from safehouse.store.atomic import whole_file

__all__ = ["Instead", "render_chunk", "render_sound"]

BLOCK = 65536
"""Samples of a channel that are in memory at once."""

CENTRED = {
    *("3.0", "3.1", "4.0", "4.1", "5.0", "5.0(side)", "5.1", "5.1(side)", "6.0", "6.1"),
    *("6.1(back)", "7.0", "7.0(front)", "7.1", "7.1(wide)", "7.1(wide-side)"),
}
"""FFmpeg's layouts with a loudspeaker in the middle, third in their order; it speaks alone."""


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
        held = held_still(frames, plan.stills)
        encode_chunk(_protected(held, plan, chunk, progress), video, wanted, partial)


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
    path: Path,
    plan: Plan,
    stream: int,
    out: Path,
    *,
    beside: Path | None = None,
    other: SoundStream | None = None,
) -> None:
    """Write the protected sound of the source's stream number `stream` to out.

    A track that the plan's spans do not name is silent throughout. Made sound is read from the
    folder beside. other is the track of a source that takes the place of the plan's clip.

    Raises:
        PlanMismatch: the plan has no such track, or its made sound is not there or is another.
        SourceError: the clip can't be read, or is not the one that was analysed.
        RenderError: the film can't be written.
    """
    source = next((row for row in plan.clip.sound if row.index == stream), None)
    wanted = next((row for row in plan.output.sound if row.stream == stream), None)
    if source is None or wanted is None:
        raise _lacks(plan, f"sound track {stream}")
    track = next((row for row in plan.sound if row.stream == stream), SoundPlan(stream))
    read = other or source
    bed = _bed_of(path, track, read, plan.grain_seed + stream)
    made = _made_of(plan, track, beside or path.parent, source)
    with whole_file(out) as partial:
        encode_sound(_protected_sound(path, (track, read), made, bed), wanted, partial)


def _protected_sound(
    path: Path,
    track: tuple[SoundPlan, SoundStream],
    made: Iterator[NDArray[np.float32]] | None,
    bed: Bed | None,
) -> Iterator[ProtectedSound]:
    plan, source = track
    for block in read_sound(path, source, BLOCK):
        count = block.samples.shape[1]
        spoken = None if made is None else next(made)[:, :count]
        yield protect_sound(block, plan, length=source.samples, made=spoken, bed=bed)


def _bed_of(path: Path, plan: SoundPlan, source: SoundStream, seed: int) -> Bed | None:
    """Return the track's room tone, measured on revealed samples alone; None where none is laid."""
    if not runs_of(plan, "bed"):
        return None
    meter, shown = BedMeter(source.rate_hz), runs_of(plan, "reveal")
    for block in read_sound(path, source, BLOCK) if shown else ():
        for part in _parts_in(block, shown):
            meter.add(part)
    return meter.bed(seed)


def _parts_in(
    block: OriginalSound, runs: tuple[tuple[int, int], ...]
) -> Iterator[NDArray[np.float32]]:
    for first, end in runs:
        part = block.samples[:, max(0, first - block.first) : max(0, end - block.first)]
        if part.shape[1]:
            yield part


def _made_of(
    plan: Plan, track: SoundPlan, folder: Path, source: SoundStream
) -> Iterator[NDArray[np.float32]] | None:
    """Return the track's made sound in blocks, shape (channels of the track, BLOCK)."""
    if not runs_of(track, "revoice", "disguise"):
        return None
    made = next((row for row in plan.made if row.id == track.made), None)
    if made is None:
        raise _lacks(plan, f"made sound for track {track.stream}")
    file = folder / made.file
    try:
        with file.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise _no_made(made) from error
    if digest != made.sha256:
        raise _no_made(made)
    return _made_blocks(file, made, source)


def _made_blocks(file: Path, made: MadeSound, source: SoundStream) -> Iterator[NDArray[np.float32]]:
    """Yield the samples of a made file, at its gain, on the track's channels."""
    layout = "mono" if made.channels == 1 else source.layout
    stream = SoundStream(0, "pcm_s16le", made.rate_hz, layout, made.channels, made.samples)
    gain = np.float32(10 ** (made.gain_db / 20))
    rows = _rows_for(source) if made.channels == 1 else np.ones((source.channels, 1), np.float32)
    for block in read_sound(file, stream, BLOCK):
        yield block.samples * gain * rows


def _rows_for(source: SoundStream) -> NDArray[np.float32]:
    """Return how one voice goes to the channels, shape (channels, 1): as loud as on one alone."""
    if source.layout in CENTRED:
        return np.eye(source.channels, 1, -2, np.float32)
    return np.full((source.channels, 1), source.channels**-0.5, np.float32)


def _no_made(made: MadeSound) -> PlanMismatch:
    return PlanMismatch(
        f"the plan's made sound {made.id} ({escape(made.file)}) is not beside the plan, "
        "or is another",
        next_step="put the plan and its sound into one folder, or make both again with protect",
    )


def _lacks(plan: Plan, what: str) -> PlanMismatch:
    """Return the error for something that the plan does not hold."""
    return PlanMismatch(
        f"the plan for clip {plan.clip.id} holds no {what}",
        next_step="make the plan again from this clip's findings",
    )
