"""Whose voice may be heard: where a human said who it is, and nobody else is heard."""

import pytest

from safehouse.model.clip import Clip, SoundStream
from safehouse.model.consent import Ruling
from safehouse.model.showing import Origin, Rulings, VoiceSpan
from safehouse.plan.hearing import EDGE_S, shown_voices

RATE = 48000
EDGE = int(EDGE_S * RATE)
SOUND = (
    SoundStream(1, "aac", RATE, "mono", 1, 10 * RATE),
    SoundStream(2, "aac", RATE // 2, "mono", 1, 5 * RATE, start="1"),
)
CLIP = Clip("C0001", "0" * 64, 1, None, SOUND)


def yes(person: str) -> Ruling:
    return Ruling(person=person, trait="voice", allowed=True, why="given", records=("R0001",))


RULINGS: Rulings = {(p, "voice"): yes(p) for p in ("P07", "P09")}


def heard(*spans: VoiceSpan, origin: Origin = "own") -> list[tuple[int, int, int, str]]:
    found = shown_voices(CLIP, spans, RULINGS, origin).heard
    return [(row.stream, row.first, row.end, row.person) for row in found]


def test_a_span_of_somebody_who_said_yes_is_heard_but_for_its_edges() -> None:
    assert heard(VoiceSpan(1, RATE, 3 * RATE, "P07")) == [(1, RATE + EDGE, 3 * RATE - EDGE, "P07")]


def test_each_edge_of_what_is_heard_loses_80_ms() -> None:
    assert heard(VoiceSpan(1, 0, RATE, "P07")) == [(1, 3840, RATE - 3840, "P07")]


@pytest.mark.parametrize("person", ["P08", ""])
def test_who_has_not_said_yes_or_is_unknown_is_not_heard(person: str) -> None:
    found = shown_voices(CLIP, [VoiceSpan(1, RATE, 3 * RATE, person)], RULINGS, "own")
    assert found.heard == ()
    assert [row.person for row in found.hidden] == [person]


def test_nobody_is_heard_in_a_clip_of_unknown_origin() -> None:
    assert heard(VoiceSpan(1, 0, RATE, "P07"), origin="unknown") == []


def test_where_somebody_hidden_talks_everything_is_muted() -> None:
    spans = (VoiceSpan(1, 0, 9 * RATE, "P07"), VoiceSpan(1, 4 * RATE, 5 * RATE, "P08"))
    assert heard(*spans) == [
        (1, EDGE, 4 * RATE - EDGE, "P07"),
        (1, 5 * RATE + EDGE, 9 * RATE - EDGE, "P07"),
    ]


def test_another_microphone_hears_them_too_at_its_own_rate_and_start() -> None:
    spans = (VoiceSpan(1, 0, 9 * RATE, "P07"), VoiceSpan(2, RATE, 2 * RATE, "P08"))
    assert heard(*spans) == [
        (1, EDGE, 3 * RATE - EDGE, "P07"),
        (1, 5 * RATE + EDGE, 9 * RATE - EDGE, "P07"),
    ]


def test_two_who_said_yes_are_heard_over_each_other() -> None:
    spans = (VoiceSpan(1, 0, 5 * RATE, "P07"), VoiceSpan(1, 4 * RATE, 9 * RATE, "P09"))
    assert heard(*spans) == [
        (1, EDGE, 5 * RATE, "P07"),
        (1, 4 * RATE, 9 * RATE - EDGE, "P09"),
    ]


def test_a_span_that_its_edges_use_up_says_so() -> None:
    found = shown_voices(CLIP, [VoiceSpan(1, 0, EDGE, "P07")], RULINGS, "own")
    assert found.heard == ()
    assert "too short" in found.hidden[0].why


def test_a_track_that_is_not_there_is_left_out() -> None:
    assert heard(VoiceSpan(7, 0, RATE, "P07")) == []
