"""A person's word lets sound pass, exactly where it was given."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.errors import PlanMismatch, UsageError
from safehouse.model.clip import Clip, SoundStream
from safehouse.model.plan import MadeSound, Output, Plan, SoundPlan, SoundSpan
from safehouse.plan.check import check_plan
from safehouse.plan.revealing import parse_span, spans_of_times, with_revealed
from safehouse.render.sound import runs_of

TRACK = SoundStream(1, "aac", 100, "mono", 1, 1000, "1/2")
PLAN = Plan(clip=Clip("C0001", "0" * 64, 1, None, (TRACK,)), output=Output("mov", None), cpu="x")
actions = st.sampled_from(["mute", "bed", "revoice", "disguise", "reveal"])
spans = st.lists(
    st.tuples(st.integers(0, 999), st.integers(1, 300), actions).map(
        lambda row: SoundSpan(row[0], min(1000, row[0] + row[1]), row[2])
    ),
    max_size=6,
).map(tuple)


def test_times_become_samples_of_the_track_not_a_sample_more() -> None:
    found = spans_of_times(PLAN, [parse_span("1.005-0:02.999")], None)
    assert found == {1: (SoundSpan(51, 249, "reveal"),)}


@pytest.mark.parametrize("text", ["", "3-2", "2-2", "a-b", "1:2:3:4-9", "-1-3", "1,5-3", "1-2-3"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_span(text)


def test_hours_minutes_and_seconds() -> None:
    assert parse_span("1:00:02.5-1:01:00") == (Fraction(7205, 2), Fraction(3660))


@pytest.mark.parametrize(("text", "stream"), [("20-30", 1), ("1-2", 7)])
def test_a_span_outside_the_track_is_refused(text: str, stream: int) -> None:
    with pytest.raises(PlanMismatch):
        spans_of_times(PLAN, [parse_span(text)], stream)


@given(spans, st.integers(0, 990), st.integers(1, 400))
def test_exactly_the_span_is_revealed_more(
    rows: tuple[SoundSpan, ...], first: int, count: int
) -> None:
    end = min(1000, first + count)
    before = SoundPlan(1, rows, "S01")
    plan = msgspec.structs.replace(PLAN, sound=(before,))
    after = with_revealed(plan, {1: (SoundSpan(first, end, "reveal"),)}).sound[0]
    shown = {n for a, b in runs_of(after, "reveal") for n in range(a, b)}
    was = {n for a, b in runs_of(before, "reveal") for n in range(a, b)}
    assert shown == was | set(range(first, end))
    for action in ("bed", "revoice", "disguise"):
        left = {n for a, b in runs_of(after, action) for n in range(a, b)}
        had = {n for a, b in runs_of(before, action) for n in range(a, b)}
        assert left == had - set(range(first, end))


MADE = MadeSound("S01", "revoice", "sound-01.wav", "0" * 64, 100, 1000, 1, "someone")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sha256": "x"}, "sha256"),
        ({"file": "../a.wav"}, "plain name"),
        ({"file": "a/b.wav"}, "plain name"),
        ({"file": "a.mov"}, "plain name"),
        ({"rate_hz": 200}, "rate"),
        ({"samples": 999}, "rate"),
        ({"channels": 2}, "rate"),
        ({"gain_db": 900.0}, "level"),
        ({"loudness_lufs": float("nan")}, "level"),
        ({"id": "S02"}, "made sound is not in the plan"),
    ],
)
def test_made_sound_that_does_not_fit_breaks_a_rule(change: dict[str, object], word: str) -> None:
    rows = (SoundPlan(1, (SoundSpan(0, 9, "revoice"),), "S01"),)
    plan = msgspec.structs.replace(PLAN, sound=rows, made=(MADE,))
    assert not [fault for fault in check_plan(plan) if "S01" in fault or "made" in fault]
    broken = msgspec.structs.replace(plan, made=(msgspec.structs.replace(MADE, **change),))
    assert any(word in fault for fault in check_plan(broken))
