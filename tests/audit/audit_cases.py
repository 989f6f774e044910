"""Clips made of arithmetic, plans for them, and films with a fault put in on purpose."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from safehouse.model.clip import Clip, VideoStream, times_of
from safehouse.model.frame import (
    RENDER_TOKEN,
    OriginalFrame,
    PlaneLayout,
    ProtectedFrame,
)
from safehouse.model.plan import Chunk, Mask, Output, Plan, SoundPlan, VideoOut
from safehouse.model.shape import Ellipse, Key

WIDTH, HEIGHT, FRAMES = 320, 240, 32
LAYOUT = PlaneLayout("yuv420p", "yuv", 8, 1, 1)
Planes = tuple[NDArray[Any], ...]


def make_plan(
    *masks: Mask,
    frames: int = FRAMES,
    width: int = WIDTH,
    height: int = HEIGHT,
    **more: Any,
) -> Plan:
    times = times_of(list(range(0, frames * 512, 512)), Fraction(1, 12800), 512)
    video = VideoStream(0, "h264", "yuv420p", width, height, times)
    chunks = (Chunk(0, frames, 0),)
    sound = more.pop("sound", ())
    return Plan(
        clip=Clip("C0001", "0" * 64, 1, video, sound),
        look="solid",
        masks=masks,
        output=Output("mov", VideoOut("h264", "yuv420p", {}, chunks), more.pop("sound_out", ())),
        cpu="x86-64-v3",
        sound=tuple(SoundPlan(track.index) for track in sound),
        **more,
    )


def head(first: int = 0, end: int = FRAMES, dx: int = 4) -> Mask:
    """A mask of 88 x 108 px that moves dx px a frame to the right."""
    start = Key(0, Ellipse(90 * 16, 120 * 16, 44 * 16, 54 * 16))
    stop = Key(FRAMES - 1, Ellipse((90 + dx * (FRAMES - 1)) * 16, 120 * 16, 44 * 16, 54 * 16))
    return Mask("M0001", first, end, (start, stop), track="T0001")


def scene(index: int, kind: str = "textured", dx: int = 4) -> OriginalFrame:
    """A frame with a patterned round head over a background; `flat` is nearly the fill's tone."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float64)
    luma = 110 + 40 * np.sin(x / 17) * np.cos(y / 23) + rng.normal(0, 4, (HEIGHT, WIDTH))
    cx = 90 + dx * index
    inside = ((x - cx) / 36) ** 2 + ((y - 120) / 46) ** 2 <= 1
    face = 150 + 45 * np.cos((x - cx) / 5) * np.sin((y - 120) / 7)
    luma = np.where(inside, face, luma)
    if kind == "dark":
        luma = 18 + (luma - 110) * 0.15
    if kind == "flat":
        luma = np.full_like(luma, 97.0)
    if kind in {"noisy", "dark", "flat"}:
        own = np.random.default_rng(index)
        luma = luma + own.normal(0, 10 if kind == "noisy" else 3, luma.shape)
    red = np.where(inside[::2, ::2], 160, 118 + 10 * np.sin(x[::2, ::2] / 30))
    planes = (luma, 255 - red, red) if kind != "flat" else (luma, red * 0 + 128, red * 0 + 128)
    data = tuple(np.clip(np.rint(p), 16, 235).astype(np.uint8) for p in planes)
    return OriginalFrame(index, index * 512, data, LAYOUT)


def render(
    frame: OriginalFrame,
    plan: Plan,
    look: str = "solid",
    bits: NDArray[np.bool_] | None = None,
) -> ProtectedFrame:
    """A renderer for tests: `solid` tone, or `grain`: a smooth slope with new noise."""
    from safehouse.audit.draw import chroma_bits, hidden_bits

    luma = hidden_bits(plan, frame.index) if bits is None else bits
    chroma = chroma_bits(luma, 1, 1)
    rng = np.random.default_rng(1000 + frame.index)
    planes = []
    for n, plane in enumerate(frame.planes):
        out = plane.copy()
        tone = np.full(plane.shape, 96.0 if n == 0 else 128.0)
        if look == "grain":
            tone += np.linspace(-20, 20, plane.shape[1])[None, :] + rng.normal(0, 3, plane.shape)
        hidden = chroma if n else luma
        out[hidden] = np.rint(tone).astype(np.uint8)[hidden]
        planes.append(out)
    return ProtectedFrame(frame.index, frame.pts, tuple(planes), frame.layout, False, RENDER_TOKEN)


def encode(
    pictures: Sequence[Planes], codec: str = "libx264", **options: str
) -> list[OriginalFrame]:
    """Return what a player decodes after the codec."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height = WIDTH, HEIGHT
    context.pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
    context.options = options
    packets = []
    for number, planes in enumerate(pictures):
        frame = as_frame(planes)
        frame.pts = number
        if codec == "prores_ks":
            frame = frame.reformat(format="yuv422p10le")
            frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    reader = av.CodecContext.create(av.Codec(codec, "w").canonical_name, "r")
    assert isinstance(reader, av.VideoCodecContext)
    reader.extradata = context.extradata
    reader.width, reader.height, reader.pix_fmt = WIDTH, HEIGHT, context.pix_fmt
    decoded = [f for packet in [*packets, None] for f in reader.decode(packet)]
    return [_as_original(frame, n) for n, frame in enumerate(decoded)]


def as_frame(planes: Planes) -> av.VideoFrame:
    frame = av.VideoFrame(planes[0].shape[1], planes[0].shape[0], "yuv420p")
    for target, plane in zip(frame.planes, planes, strict=True):
        wide = np.zeros((plane.shape[0], target.line_size), np.uint8)
        wide[:, : plane.shape[1]] = plane
        target.update(wide.tobytes())
    return frame


def _as_original(frame: av.VideoFrame, index: int) -> OriginalFrame:
    deep = frame.format.name == "yuv422p10le"
    layout = PlaneLayout("yuv422p10le", "yuv", 10, 1, 0) if deep else LAYOUT
    planes = []
    for plane in frame.planes:
        kind = np.uint16 if deep else np.uint8
        rows = np.frombuffer(plane, kind).reshape(plane.height, -1)
        planes.append(rows[:, : plane.width].copy())
    return OriginalFrame(index, index * 512, tuple(planes), layout)


def write_film(path: Path, frames: Sequence[Planes], times: Sequence[int], **options: str) -> None:
    """Write a film of 25 frames a second in units of 1/12800 s."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "18", **options})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, 12800)
        for planes, pts in zip(frames, times, strict=True):
            frame = as_frame(planes)
            frame.pts, frame.time_base = pts, Fraction(1, 12800)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


Fault = Callable[[int, OriginalFrame, ProtectedFrame], Planes]
