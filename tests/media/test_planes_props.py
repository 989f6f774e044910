"""Widening loses nothing: the narrow samples can be had back from the wide ones."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.media.planes import planar_layout, widen


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(1, 17),
    height=st.integers(1, 17),
    chroma=st.sampled_from(["420", "422", "411", "410", "440", "444"]),
    more=st.sampled_from([0, 2, 4, 8]),
    full=st.booleans(),
    seed=st.integers(0, 99),
)
def test_widened_samples_can_be_had_back(
    width: int, height: int, chroma: str, more: int, full: bool, seed: int
) -> None:
    source = planar_layout(f"yuv{chroma}p", full)
    deep = f"yuv444p{8 + more}le" if more else "yuv444p"
    target = planar_layout(deep, full)
    size = (-(-height >> source.shift_y), -(-width >> source.shift_x))
    noise = np.random.default_rng(seed)
    shapes = ((height, width), size, size)
    planes = tuple(noise.integers(0, 256, shape).astype(np.uint8) for shape in shapes)
    wide = widen(planes, source, target)
    steps = ((1, 1), *((1 << source.shift_y, 1 << source.shift_x),) * 2)
    for narrow, plane, (down, across) in zip(planes, wide, steps, strict=True):
        assert plane.shape == (height, width)
        assert ((plane[::down, ::across] >> more) == narrow).all()
