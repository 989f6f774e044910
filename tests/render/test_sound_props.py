"""Sound: silence, but for what the plan reveals; nothing else has any influence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.frame import OriginalSound, ProtectedSound
from safehouse.model.plan import SoundPlan, SoundSpan
from safehouse.render.sound import protect_sound

spans = st.lists(
    st.builds(
        SoundSpan,
        st.integers(-20, 120),
        st.integers(-20, 120),
        st.sampled_from(["mute", "reveal"]),
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
    return "reveal" in inside and "mute" not in inside


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
