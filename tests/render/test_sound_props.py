"""Sound: silence, but for what the plan reveals; nothing else has any influence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.frame import OriginalSound, ProtectedSound
from safehouse.model.plan import SoundPlan, SoundSpan
from safehouse.render.bed import Bed, bed_samples
from safehouse.render.sound import FADE_S, protect_sound

spans = st.lists(
    st.builds(
        SoundSpan,
        st.integers(-20, 120),
        st.integers(-20, 120),
        st.sampled_from(["mute", "bed", "revoice", "disguise", "reveal"]),
    ),
    max_size=5,
).map(tuple)


def block_at(first: int, count: int, seed: int, channels: int = 2) -> OriginalSound:
    rng = np.random.default_rng(seed)
    samples = rng.uniform(-1, 1, (channels, count)).astype(np.float32)
    samples.flags.writeable = False
    return OriginalSound(first, samples, 48_000)


def is_revealed(plan: SoundPlan, n: int) -> bool:
    inside = [span.action for span in plan.spans if span.first <= n < span.end]
    return set(inside) == {"reveal"}


@given(spans, st.integers(0, 90), st.integers(0, 60), st.integers(0, 99))
def test_a_sample_is_the_originals_when_revealed_and_zero_when_not(
    rows: tuple[SoundSpan, ...], first: int, count: int, seed: int
) -> None:
    block, plan = block_at(first, count, seed), SoundPlan(1, rows)
    result = protect_sound(block, plan)
    shown = np.array([is_revealed(plan, n) for n in range(first, first + count)], bool)
    assert (result.samples[:, shown] == block.samples[:, shown]).all()
    assert not result.samples[:, ~shown].any()
    assert (result.first, result.rate_hz) == (first, 48_000)
    assert not result.samples.flags.writeable


@given(spans, st.integers(1, 59))
def test_cutting_sound_into_blocks_changes_no_sample(rows: tuple[SoundSpan, ...], cut: int) -> None:
    whole, plan = block_at(0, 60, 5), SoundPlan(1, rows)
    parts = [(0, whole.samples[:, :cut]), (cut, whole.samples[:, cut:])]
    pieces = [protect_sound(OriginalSound(at, part, 48_000), plan) for at, part in parts]
    joined = np.concatenate([piece.samples for piece in pieces], axis=1)
    assert (joined == protect_sound(whole, plan).samples).all()


def test_no_span_means_silence_even_of_broken_samples() -> None:
    samples = np.full((1, 8), np.nan, np.float32)
    result = protect_sound(OriginalSound(0, samples, 8_000), SoundPlan(1))
    assert (result.samples == 0).all()


def test_protected_sound_can_be_made_by_render_alone() -> None:
    with pytest.raises(TypeError, match=r"only safehouse\.render"):
        ProtectedSound(0, np.zeros((1, 1), np.float32), 8_000, token=None)


@given(spans, st.integers(0, 99))
def test_nothing_that_is_not_revealed_has_any_influence(
    rows: tuple[SoundSpan, ...], seed: int
) -> None:
    one, two, plan = block_at(0, 100, seed), block_at(0, 100, seed + 1), SoundPlan(1, rows, "S01")
    shown = np.array([is_revealed(plan, n) for n in range(100)], bool)
    mixed = OriginalSound(0, np.where(shown, one.samples, two.samples), 48_000)
    made = np.linspace(-0.5, 0.5, 100, dtype=np.float32)[None]
    results = [
        protect_sound(block, plan, length=100, made=made, bed=Bed()).samples
        for block in (one, mixed)
    ]
    assert np.array_equal(*results)


@given(spans)
def test_made_sound_and_bed_are_added_and_mute_wins(rows: tuple[SoundSpan, ...]) -> None:
    plan, made = SoundPlan(1, rows, "S01"), np.full((1, 100), 0.5, np.float32)
    block = OriginalSound(0, np.zeros((2, 100), np.float32), 48_000)
    result = protect_sound(block, plan, made=made, bed=Bed()).samples
    tone = bed_samples(Bed(), 48_000, 0, 100)
    for n in range(100):
        inside = {span.action for span in rows if span.first <= n < span.end}
        spoken = bool(inside & {"revoice", "disguise"})
        wanted = 0.0 if "mute" in inside else 0.5 * spoken + tone[n] * ("bed" in inside)
        assert abs(result[0, n] - wanted) < 1e-6


def test_a_revealed_span_fades_at_its_edges_and_not_at_the_tracks() -> None:
    samples = np.ones((1, 48_000), np.float32)
    block = OriginalSound(0, samples, 48_000)
    plan = SoundPlan(1, (SoundSpan(0, 10_000, "reveal"), SoundSpan(20_000, 48_000, "reveal")))
    heard = protect_sound(block, plan, length=48_000).samples[0]
    fade = round(FADE_S * 48_000)
    assert heard[0] == heard[-1] == 1.0
    assert (heard[: 10_000 - fade] == 1.0).all()
    assert (np.diff(heard[10_000 - fade : 10_001]) <= 0).all()
    assert heard[9_999] < 0.01
    assert not heard[10_000:20_000].any()
    assert (np.diff(heard[20_000 : 20_000 + fade]) >= 0).all()


def test_a_whole_track_that_is_revealed_is_the_originals_bit_for_bit() -> None:
    block = block_at(0, 5_000, 3)
    plan = SoundPlan(1, (SoundSpan(0, 5_000, "reveal"),))
    assert np.array_equal(protect_sound(block, plan, length=5_000).samples, block.samples)
