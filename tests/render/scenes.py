"""Made-up frames and plans for the tests of hiding."""

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from safehouse.model.clip import Clip, FrameTimes, PtsRun, VideoStream
from safehouse.model.frame import OriginalFrame, Plane, PlaneLayout
from safehouse.model.plan import Look, Mask, Output, Plan
from safehouse.model.shape import Ellipse, Key, Polygon, Shape, Whole

LAYOUTS = (
    PlaneLayout("yuv420p", "yuv", 8, 1, 1),
    PlaneLayout("yuvj420p", "yuv", 8, 1, 1, full_range=True),
    PlaneLayout("yuv422p10le", "yuv", 10, 1, 0),
    PlaneLayout("yuv444p12le", "yuv", 12, 0, 0),
    PlaneLayout("yuv411p", "yuv", 8, 2, 0),
    PlaneLayout("yuv410p", "yuv", 8, 2, 2),
    PlaneLayout("yuv440p", "yuv", 8, 0, 1),
    PlaneLayout("yuv420p16le", "yuv", 16, 1, 1),
    PlaneLayout("gray", "gray", 8),
    PlaneLayout("gray16le", "gray", 16, full_range=True),
    PlaneLayout("gbrp", "rgb", 8, full_range=True),
    PlaneLayout("gbrp14le", "rgb", 14, full_range=True),
)

layouts = st.sampled_from(LAYOUTS)
sides = st.one_of(st.integers(1, 9), st.integers(10, 90))
seeds = st.integers(0, 2**32 - 1)
looks: st.SearchStrategy[Look] = st.sampled_from(["veil", "solid"])


def shapes_near(width: int, height: int) -> st.SearchStrategy[Shape]:
    """Shapes in and around a frame of width x height px."""
    x = st.integers(-16 * 40, 16 * (width + 40))
    y = st.integers(-16 * 40, 16 * (height + 40))
    axis = st.one_of(st.integers(1, 40), st.integers(16, 16 * 60))
    points = st.lists(st.tuples(x, y), min_size=3, max_size=6).map(tuple)
    ovals = st.builds(Ellipse, x, y, axis, axis)
    return st.one_of(ovals, ovals, ovals, st.builds(Polygon, points), st.just(Whole()))


@st.composite
def mask_lists(draw: st.DrawFn, width: int, height: int) -> tuple[Mask, ...]:
    """One to four masks that are there in frames 0 to 9."""
    shapes = draw(st.lists(shapes_near(width, height), min_size=1, max_size=4))
    own_looks = draw(st.lists(st.one_of(st.none(), looks), min_size=4, max_size=4))
    return tuple(
        mask_at(shape, f"M{number:04d}", look)
        for number, (shape, look) in enumerate(zip(shapes, own_looks, strict=False))
    )


def mask_at(shape: Shape, name: str = "M0000", look: Look | None = None) -> Mask:
    """A mask that stands still in frames 0 to 9."""
    return Mask(name, 0, 10, (Key(0, shape),), look=look)


def plan_for(
    size: tuple[int, int], masks: Iterable[Mask] = (), *, look: Look = "veil", seed: int = 7
) -> Plan:
    """A plan for a clip of size (width, height) px."""
    times = FrameTimes("1/25", (PtsRun(0, 1, 10),), 1)
    video = VideoStream(0, "h264", "yuv420p", size[0], size[1], times)
    clip = Clip("C0001", "0" * 64, 1, video)
    output = Output("mov", None)
    return Plan(
        clip=clip, masks=tuple(masks), look=look, grain_seed=seed, output=output, cpu="x86-64-v3"
    )


def noise_frame(
    layout: PlaneLayout, size: tuple[int, int], seed: int, *, index: int = 0, woven: bool = False
) -> OriginalFrame:
    """A frame of noise over the whole range of its samples; size is (width, height)."""
    rng = np.random.default_rng(seed)
    kind = np.uint8 if layout.depth == 8 else np.uint16
    shapes = [plane_shape(layout, size, number) for number in range(layout.plane_count)]
    planes = tuple(rng.integers(0, 1 << layout.depth, shape, kind) for shape in shapes)
    return frame_from(planes, layout, index=index, woven=woven)


def plane_shape(layout: PlaneLayout, size: tuple[int, int], number: int) -> tuple[int, int]:
    """Rows and columns of a plane of a frame of size (width, height)."""
    down, across = (layout.shift_y, layout.shift_x) if number else (0, 0)
    return -(-size[1] // (1 << down)), -(-size[0] // (1 << across))


def frame_from(
    planes: Iterable[Plane], layout: PlaneLayout, *, index: int = 0, woven: bool = False
) -> OriginalFrame:
    """A frame of read-only planes."""
    rows = tuple(planes)
    for plane in rows:
        plane.flags.writeable = False
    return OriginalFrame(index, 1000 + index, rows, layout, interlaced=woven)
