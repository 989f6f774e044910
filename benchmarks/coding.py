"""Films of grey pictures through x264 and back, for benchmarks of what a codec leaves."""

from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["through_x264"]

Picture = NDArray[np.uint8]


def through_x264(film: list[Picture], options: dict[str, str]) -> tuple[list[Picture], int]:
    """Return a film at 25 frames a second as it is decoded after x264, and its bytes."""
    coder = av.CodecContext.create("libx264", "w")
    coder.height, coder.width = film[0].shape
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
    coder.options = options
    packets = []
    for number, picture in enumerate(film):
        frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
        frame.pts = number
        packets += coder.encode(frame)
    packets += coder.encode(None)
    reader = av.CodecContext.create("h264", "r")
    reader.extradata = coder.extradata
    frames = [frame for packet in [*packets, None] for frame in reader.decode(packet)]
    decoded = [frame.to_ndarray(format="gray").astype(np.uint8) for frame in frames]
    return decoded, sum(packet.size for packet in packets)
