"""Smooth fill: within the ring's values, flat where the ring is flat, exact in integers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.render.smooth import FULL_BITS, fill_smoothly, level_unit, tame_ring, upsample

sizes = st.sampled_from([(3, 5), (4, 4), (8, 6), (16, 12), (24, 48), (64, 64)])


@st.composite
def rings(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Values of 20 bits in two planes, and which cells are known."""
    rows, columns = draw(sizes)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ring = rng.random((rows, columns)) < draw(st.sampled_from([0.02, 0.2, 0.9]))
    ring[rng.integers(rows), rng.integers(columns)] = True
    low, high = sorted(draw(st.tuples(*[st.integers(0, 1 << 20)] * 2)))
    values = rng.integers(low, high + 1, (2, rows, columns), np.int64) * ring
    return values, ring


def full(ring: np.ndarray) -> np.ndarray:
    """Full weight for each cell of a ring."""
    return ring[None].astype(np.int64) << FULL_BITS


@given(rings())
@settings(max_examples=60)
def test_the_fill_stays_within_the_rings_values(case: tuple[np.ndarray, np.ndarray]) -> None:
    values, ring = case
    filled = fill_smoothly(values, full(ring))
    for plane, result in zip(values, filled, strict=True):
        slack = 8
        assert result.min() >= plane[ring].min() - slack
        assert result.max() <= plane[ring].max() + slack


@given(rings(), st.integers(0, 1 << 20))
@settings(max_examples=30)
def test_a_flat_ring_gives_a_flat_fill(case: tuple[np.ndarray, np.ndarray], level: int) -> None:
    _, ring = case
    filled = fill_smoothly((ring * np.int64(level))[None], full(ring))
    assert np.abs(filled - level).max() <= 8


@given(rings(), rings())
@settings(max_examples=30)
def test_working_several_together_changes_nothing(
    a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]
) -> None:
    if a[0].shape != b[0].shape:
        b = (a[0][:, ::-1], a[1][::-1])
    together = fill_smoothly(np.stack([a[0], b[0]]), np.stack([full(a[1]), full(b[1])]))
    assert (together[0] == fill_smoothly(a[0], full(a[1]))).all()
    assert (together[1] == fill_smoothly(b[0], full(b[1]))).all()


@given(rings())
@settings(max_examples=30)
def test_taming_leaves_all_but_odd_ones(case: tuple[np.ndarray, np.ndarray]) -> None:
    values, ring = case
    tamed = tame_ring(values, ring)
    for plane, result in zip(values, tamed, strict=True):
        middle = np.percentile(plane[ring], [25, 75], method="nearest")
        kept = ring & (plane >= middle[0]) & (plane <= middle[1])
        assert (result[kept] == plane[kept]).all()
        assert not result[~ring].any()


@given(st.integers(1, 500))
def test_levels_end_small(longest: int) -> None:
    unit = level_unit(longest)
    assert unit & (unit - 1) == 0
    assert longest / unit <= 8


@given(st.sampled_from([1, 2, 4, 8]), st.sampled_from([1, 2, 4]), st.integers(0, 16383))
def test_upsampling_keeps_a_tone_at_every_brightness(rows: int, columns: int, tone: int) -> None:
    cells = np.full((3, 4), tone, np.uint16)
    samples = upsample(cells, rows, columns)
    assert samples.shape == (3 * rows, 4 * columns)
    assert (samples == tone).all()
