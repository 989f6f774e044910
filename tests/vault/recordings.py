"""Small recordings with a picture of some light and a hum of some level."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 48_000


def tone(seconds: float, level: float) -> np.ndarray:
    """A hum; above 1 it is cut off, as a recorder cuts it."""
    times = np.arange(int(seconds * RATE)) / RATE
    wave = np.clip(level * np.sin(2 * np.pi * 220 * times), -1, 1)
    return np.round(wave * 32767).astype(np.int16)


def record(
    path: Path, seconds: float = 2.0, *, light: int = 120, level: float = 0.3, rate: int = 10
) -> Path:
    """A recording with a picture of some light, and a hum of some level; none below 0."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        sound = out.add_stream("pcm_s16le", rate=RATE, layout="mono") if level >= 0 else None
        video = out.add_stream("mpeg4", rate=rate) if light >= 0 else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
            chance = np.random.default_rng(1)
            for number in range(int(seconds * rate)):
                noise = chance.integers(0, 8, (36, 64, 3))
                picture = np.clip(noise + light, 0, 255).astype(np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, "rgb24")
                frame.pts, frame.time_base = number, Fraction(1, rate)
                out.mux(video.encode(frame))
            out.mux(video.encode())
        if sound is not None:
            frame = av.AudioFrame.from_ndarray(tone(seconds, level)[None], "s16", "mono")
            frame.sample_rate, frame.pts = RATE, 0
            out.mux(sound.encode(frame))
            out.mux(sound.encode())
    return path
