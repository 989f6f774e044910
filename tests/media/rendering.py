"""Renders a clip without hiding anything: what the media part alone does to film and sound."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from safehouse.machine import cpu_level
from safehouse.media.encode import encode_chunk, encode_sound
from safehouse.media.formats import choose_output
from safehouse.media.join import join_film
from safehouse.media.reader import ClipReader, read_range, read_sound
from safehouse.model.clip import Clip
from safehouse.model.frame import (
    RENDER_TOKEN,
    OriginalFrame,
    OriginalSound,
    ProtectedFrame,
    ProtectedSound,
)
from safehouse.model.plan import Plan


def passed(frame: OriginalFrame) -> ProtectedFrame:
    """Return the frame as if everything in it were to be shown."""
    return ProtectedFrame(
        frame.index, frame.pts, frame.planes, frame.layout, frame.interlaced, RENDER_TOKEN
    )


def heard(block: OriginalSound) -> ProtectedSound:
    """Return the sound as if everything in it were to be heard."""
    return ProtectedSound(block.first, block.samples, block.rate_hz, RENDER_TOKEN)


def read_clip(path: Path) -> tuple[Clip, tuple[int, ...], list[OriginalFrame]]:
    """Return a clip, its key frames and all its frames."""
    with ClipReader(path, "C0001") as reader:
        frames = list(reader.frames())
        return reader.clip(), reader.key_frames(), frames


def plan_for(path: Path, container: str = "mov", codec: str = "auto") -> Plan:
    """Return a plan that hides nothing."""
    clip, keys, _ = read_clip(path)
    output = choose_output(
        clip, codec=codec, quality=None, container=container, key_frames=keys, cpu=cpu_level()
    )
    return Plan(clip=clip, output=output, cpu=cpu_level())


def render_pieces(path: Path, plan: Plan, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write the chunks and sound tracks of a plan; return their files."""
    folder.mkdir(exist_ok=True)
    chunks, sounds = [], []
    video, out = plan.clip.video, plan.output.video
    if video is not None and out is not None:
        for number, chunk in enumerate(out.chunks):
            chunks.append(folder / f"v{number}")
            frames = map(passed, read_range(path, video, chunk))
            encode_chunk(frames, video, out, chunks[-1])
    for track in plan.output.sound:
        stream = next(s for s in plan.clip.sound if s.index == track.stream)
        sounds.append(folder / f"s{track.stream}")
        encode_sound(map(heard, read_sound(path, stream)), track, sounds[-1])
    return chunks, sounds


def render_film(path: Path, plan: Plan, film: Path) -> Path:
    """Write the film of a plan that hides nothing; return its path."""
    join_film(*render_pieces(path, plan, film.with_suffix(".pieces")), plan, film)
    return film


def joined_sound(path: Path, clip: Clip, number: int = 0) -> np.ndarray[Any, Any]:
    """Return all samples of a sound track, shape (channels, n)."""
    blocks: Iterator[OriginalSound] = read_sound(path, clip.sound[number])
    return np.concatenate([block.samples for block in blocks], axis=1)
