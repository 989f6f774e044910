"""Faces in PQ pictures are found as they are: washed out, they score as usual ones do."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from faces import RATE, face_frame
from numpy.typing import NDArray

from safehouse.analysis.run import Settings, analyse

PQ = 16
LUMA = np.array([0.2627, 0.678, 0.0593])


def pq(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signal for light in cd/m2 (SMPTE ST 2084)."""
    m1, m2 = 2610 / 16384, 2523 / 32
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    y = (light / 10000) ** m1
    return np.asarray(((c1 + c2 * y) / (1 + c3 * y)) ** m2)


def write_pq_clip(path: Path, frames: int, white: float) -> None:
    """Write the moving portrait as an HDR10 camera would: BT.2020, 10 bits, white in cd/m2."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p10le"
        stream.codec_context.color_trc, stream.codec_context.color_primaries = PQ, 9
        stream.codec_context.colorspace = 9
        for number in range(frames):
            signal = pq(white * (face_frame(number) / 255) ** 2.4)
            luma = signal @ LUMA
            chroma = [(signal[..., at] - luma) / (2 * (1 - LUMA[at])) for at in (2, 0)]
            frame = av.VideoFrame(640, 360, "yuv420p10le")
            planes = [64 + 876 * luma, *(512 + 896 * c[::2, ::2] for c in chroma)]
            for plane, values in zip(frame.planes, planes, strict=True):
                rows = np.zeros((plane.height, plane.line_size // 2), dtype="<u2")
                rows[:, : plane.width] = np.rint(values)
                plane.update(rows.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


@pytest.mark.parametrize("white", [25.0, 203.0])
def test_a_face_in_a_pq_clip_is_found(white: float, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mkv"
    write_pq_clip(clip, 4, white)
    found = analyse(clip, "C0001", Settings(longest=320))
    assert found.clip.video is not None
    assert found.clip.video.colour.transfer == PQ
    best = max(found.tracks, key=lambda track: max(s.score for s in track.samples))
    assert (best.first, best.end) == (0, 4)
    assert max(sample.score for sample in best.samples) > 0.8
