"""Whatever the captions, the sound is a function of them, and as long as its track."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from speaking import Tones

from safehouse.voices.captions import Caption, Captions
from safehouse.voices.fit import fit_captions
from safehouse.voices.revoice import Track, revoice

TIMES = st.tuples(
    st.integers(0, 3000), st.integers(1, 2000), st.integers(1, 12), st.sampled_from(["V1", "V2"])
)


def as_captions(rows: list[tuple[int, int, int, str]]) -> Captions:
    found = [
        Caption(n, first, first + length, who, "a" * letters)
        for n, (first, length, letters, who) in enumerate(rows, 1)
    ]
    return Captions(tuple(sorted(found, key=lambda c: (c.first_ms, c.end_ms, c.number))), "en")


@settings(max_examples=25, deadline=None)
@given(st.lists(TIMES, min_size=1, max_size=5), st.integers(1, 9000))
def test_the_same_captions_give_the_same_samples(
    rows: list[tuple[int, int, int, str]], block: int
) -> None:
    track = Track(8000, 40_000)
    first = np.concatenate(list(revoice(as_captions(rows), Tones(), track).blocks(block)))
    again = np.concatenate(list(revoice(as_captions(rows), Tones(), track).blocks()))
    assert first.size == 40_000
    assert np.array_equal(first, again)
    assert np.max(np.abs(first)) <= 10 ** (-1 / 20)


@settings(max_examples=60, deadline=None)
@given(st.lists(TIMES, min_size=1, max_size=8))
def test_nobody_begins_early_or_says_two_things_at_once(
    rows: list[tuple[int, int, int, str]],
) -> None:
    found = as_captions(rows).spoken
    voices = {"V1": "200", "V2": "300"}
    pieces, misfits = fit_captions(found, Tones(), "en", voices, 10_000)
    told = {(m.number, m.what): m.by_ms for m in misfits}
    for caption in found:
        piece = next(p for p in pieces if p.number == caption.number)
        assert piece.first_ms - caption.first_ms == told.get((caption.number, "late"), 0)
        assert 130 <= piece.rate <= 220
    for voice in voices.values():
        own = [p for p in pieces if p.voice == voice]
        assert all(a.end_ms <= b.first_ms for a, b in itertools.pairwise(own))
