"""A clip with a real face that anybody may show: NASA's public-domain portrait in scikit-image."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 25


def portrait() -> NDArray[np.uint8]:
    """The head and shoulders of the portrait, (300, 300, 3) uint8 RGB; the face is 120 px high."""
    import skimage.data

    picture: NDArray[np.uint8] = skimage.data.astronaut()
    return picture[0:300, 80:380]


def face_frame(number: int, width: int = 640, height: int = 360) -> NDArray[np.uint8]:
    """A wall with the portrait moving over it, (height, width, 3) uint8 RGB."""
    rows, columns = np.mgrid[0:height, 0:width]
    wall = np.stack([90 + columns // 12, 100 + rows // 8, 110 + (rows + columns) // 16], axis=2)
    frame = np.clip(wall, 0, 255).astype(np.uint8)
    left = 40 + 3 * number % (width - 340)
    frame[40:340, left : left + 300] = portrait()
    return frame


def write_face_clip(
    path: Path, frames: int = 50, *, sound: bool = True, codec: str = "libx264"
) -> Path:
    """Write a clip of the moving portrait with a tone, and return its path."""
    pix_fmt = {"libx264": "yuv420p", "ffv1": "yuv420p"}[codec]
    with av.open(str(path), "w") as target:
        picture = target.add_stream(codec, rate=RATE)
        picture.width, picture.height, picture.pix_fmt = 640, 360, pix_fmt
        tone = target.add_stream("aac", rate=48000, layout="mono") if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(face_frame(number), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            target.mux(picture.encode(frame))
        target.mux(picture.encode(None))
        if tone is not None:
            _write_tone(target, tone, frames)
    return path


def _write_tone(target: av.container.OutputContainer, tone: av.AudioStream, frames: int) -> None:
    count = 48000 * frames // RATE
    wave = 0.3 * np.sin(2 * np.pi * 220 * np.arange(count) / 48000)
    for first in range(0, count, 1024):
        block = wave[None, first : first + 1024].astype(np.float32)
        sound = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = 48000, first, Fraction(1, 48000)
        target.mux(tone.encode(sound))
    target.mux(tone.encode(None))
