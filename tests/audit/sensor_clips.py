"""Clips of a sensor: soft scenes with a planted mark, written as a camera would."""

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAMES = 320, 240, 24
Floats = NDArray[np.float32]


def sensor(seed: int) -> Floats:
    """One part in a hundred: what is measured in cameras is 0.5 to 2."""
    return np.random.default_rng(seed).normal(0, 0.01, (HEIGHT, WIDTH)).astype(np.float32)


def scene(seed: int, mark: Floats, frames: int = FRAMES) -> list[NDArray[np.uint8]]:
    """Frames of a soft scene that moves by, with a sensor's mark and shot noise."""
    chance = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(chance.normal(0, 1, (2 * HEIGHT, 2 * WIDTH)), (0, 0), 9)
    wide = 125 + 35 * soft / soft.std()
    right, down = chance.integers(2, 8, 2)
    shots = []
    for n in range(frames):
        part = wide[down * n :, right * n :][:HEIGHT, :WIDTH]
        shot = part * (1 + mark) + chance.normal(0, 2, mark.shape)
        shots.append(np.clip(np.rint(shot), 0, 255).astype(np.uint8))
    return shots


def write(path: Path, frames: list[NDArray[np.uint8]], crf: int) -> Path:
    height, width = frames[0].shape
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": str(crf)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in frames:
            grey = av.VideoFrame.from_ndarray(picture, format="gray")
            container.mux(stream.encode(grey.reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return path
