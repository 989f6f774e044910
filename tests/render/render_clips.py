"""Real clips copied to a lossless codec, as they are and scrambled under masks."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from safehouse.machine import cpu_level
from safehouse.media.formats import choose_output
from safehouse.media.reader import ClipReader
from safehouse.model.frame import OriginalFrame, Plane
from safehouse.model.plan import Mask, Plan

Change = Callable[[OriginalFrame], tuple[Plane, ...]]


def copy_lossless(
    source: Path, out: Path, frames: int, change: Change, *, title: str = "", rate_hz: int = 48_000
) -> None:
    """Write the first frames of a clip as FFV1 in MP4 with changed planes and a track of noise."""
    options = {"strict": "experimental"}
    with (
        ClipReader(source, "C0001") as reader,
        av.open(str(out), "w", format="mp4", options=options) as film,
    ):
        film.metadata["title"] = title
        assert reader.video is not None
        track = film.add_stream("ffv1", rate=25)
        track.width, track.height = reader.video.width, reader.video.height
        track.pix_fmt = "yuv420p"
        track.time_base = Fraction(1, 25)
        tone = film.add_stream("aac", rate=rate_hz, layout="mono")
        for index, frame in enumerate(reader.frames()):
            if index == frames:
                break
            fresh = av.VideoFrame.from_ndarray(_packed(change(frame)), format="yuv420p")
            fresh.pts, fresh.time_base = index, Fraction(1, 25)
            film.mux(track.encode(fresh))
        _add_noise(film, tone, len(title), frames * rate_hz // 25)
        film.mux(track.encode(None))


def _packed(planes: tuple[Plane, ...]) -> np.ndarray:
    """Planes of 4:2:0 in the one array that PyAV takes."""
    width = planes[0].shape[1]
    return np.concatenate([plane.reshape(-1, width) for plane in planes])


def _add_noise(film: object, track: object, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.uniform(-0.5, 0.5, (1, count)).astype(np.float32)
    for first in range(0, count, 1024):
        block = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, first : first + 1024]), format="fltp", layout="mono"
        )
        block.rate, block.pts = track.rate, first
        film.mux(track.encode(block))
    film.mux(track.encode(None))


def plan_of(source: Path, masks: tuple[Mask, ...], codec: str = "h264") -> Plan:
    """A plan for a clip, with masks made by hand; all sound is muted."""
    with ClipReader(source, "C0001") as reader:
        for _ in reader.frames():
            pass
        clip, keys = reader.clip(), reader.key_frames()
    holder = "mp4" if codec == "ffv1" else "mov"
    output = choose_output(
        clip, codec=codec, quality=None, container=holder, key_frames=keys, cpu=cpu_level()
    )
    return Plan(clip=clip, masks=masks, grain_seed=5, output=output, cpu=cpu_level())


def decoded(film: Path) -> list[tuple[int, np.ndarray]]:
    """Times and samples of every frame of a film."""
    with av.open(str(film)) as container:
        return [(frame.pts, frame.to_ndarray()) for frame in container.decode(video=0)]
