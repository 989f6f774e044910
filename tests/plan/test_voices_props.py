"""What a confirmation lets pass: no sample of anybody but the one who was confirmed."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.model.clip import Clip, SoundStream
from safehouse.model.voices import Turn, Voices, VoiceTrack
from safehouse.plan.voices import reveal_spans

RATES = (8000, 44100, 48000)
LENGTH_S = 60


@st.composite
def tracks(draw: st.DrawFn) -> Voices:
    found, streams = [], []
    number = 0
    for index in range(draw(st.integers(1, 3))):
        rate = draw(st.sampled_from(RATES))
        edges = sorted(draw(st.lists(st.integers(0, LENGTH_S * rate), min_size=0, max_size=10)))
        turns = []
        for first, end in zip(edges[::2], edges[1::2], strict=False):
            if first == end:
                continue
            number += 1
            overlap = draw(st.booleans())
            turns.append(
                Turn(
                    f"T{number:04d}",
                    first,
                    end,
                    draw(st.sampled_from(["", "S1", "S2"])),
                    overlap,
                    draw(st.booleans()) and not overlap,
                )
            )
        found.append(VoiceTrack(index, rate, LENGTH_S * rate, tuple(turns)))
        start = draw(st.sampled_from(["0/1", "1/3", "-1/30"]))
        streams.append(SoundStream(index, "aac", rate, "mono", 1, LENGTH_S * rate, start))
    return Voices(clip=Clip("C0001", "0" * 64, 1, None, tuple(streams)), tracks=tuple(found))


def seconds(voices: Voices, track: VoiceTrack, n: int) -> Fraction:
    start = next(Fraction(s.start) for s in voices.clip.sound if s.index == track.stream)
    return start + Fraction(n, track.rate_hz)


@settings(max_examples=200, deadline=None)
@given(tracks(), st.sets(st.integers(1, 15)))
def test_no_sample_of_anybody_else_passes(voices: Voices, numbers: set[int]) -> None:
    confirmed = {f"T{number:04d}" for number in numbers}
    spans = reveal_spans(voices, confirmed)
    for track in voices.tracks:
        for span in spans[track.stream]:
            first, end = (seconds(voices, track, n) for n in (span.first, span.end))
            (own,) = [t for t in track.turns if t.first <= span.first and span.end <= t.end]
            assert own.id in confirmed
            assert own.sure
            assert own.speaker
            assert (span.first - own.first) / track.rate_hz >= 0.0799
            assert (own.end - span.end) / track.rate_hz >= 0.0799
            for other in voices.tracks:
                for turn in other.turns:
                    if turn.speaker == own.speaker and turn.sure and turn.id in confirmed:
                        continue
                    a, b = (seconds(voices, other, n) for n in (turn.first, turn.end))
                    assert b <= first or end <= a


@settings(max_examples=50, deadline=None)
@given(tracks())
def test_nothing_passes_that_nobody_confirmed(voices: Voices) -> None:
    assert not any(reveal_spans(voices, ()).values())


def test_a_confirmed_turn_passes_but_for_its_edges() -> None:
    turns = (Turn("T0001", 8000, 24000, "S1", sure=True), Turn("T0002", 30000, 40000, "S2"))
    clip = Clip("C0001", "", 1, None, (SoundStream(1, "aac", 8000, "mono", 1, 80000),))
    voices = Voices(clip=clip, tracks=(VoiceTrack(1, 8000, 80000, turns),))
    (span,) = reveal_spans(voices, {"T0001", "T0002"})[1]
    assert (span.first, span.end, span.action) == (8640, 23360, "reveal")
