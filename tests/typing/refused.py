"""Each line marked `refused` must not type-check: types keep a face from the encoder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from safehouse.media.encode import encode_chunk, encode_sound
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame, OriginalSound, ProtectedFrame
from safehouse.model.plan import Plan, SoundOut, VideoOut
from safehouse.render.protect import protect


def originals_into_the_encoder(
    frames: Iterator[OriginalFrame], video: VideoStream, out: VideoOut, path: Path
) -> None:
    encode_chunk(frames, video, out, path)  # refused


def planes_into_the_encoder(video: VideoStream, out: VideoOut, path: Path) -> None:
    encode_chunk([np.zeros((4, 4), np.uint8)], video, out, path)  # refused


def original_sound_into_the_encoder(
    blocks: Iterator[OriginalSound], out: SoundOut, path: Path
) -> None:
    encode_sound(blocks, out, path)  # refused


def protected_is_not_protected_again(frame: ProtectedFrame, plan: Plan) -> None:
    protect(frame, plan)  # refused


def the_way_that_is_meant(
    frames: Iterator[OriginalFrame], plan: Plan, video: VideoStream, out: VideoOut, path: Path
) -> None:
    encode_chunk((protect(frame, plan) for frame in frames), video, out, path)
