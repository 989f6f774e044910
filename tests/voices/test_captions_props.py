"""Whatever a caption file holds, it is read, or refused by a named failure."""

import random
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safehouse.errors import CaptionsMistimed, SafehouseError
from safehouse.voices.captions import parse_captions
from safehouse.voices.disclosure import format_srt

SEEDS = [
    b"1\n00:00:01,000 --> 00:00:02,500\nMARIA: We left.\n\n"
    b"2\n00:00:03,000 --> 00:00:05,000\n- A\n- B\n",
    b"WEBVTT\nLanguage: en\n\nNOTE x\n\na\n00:01.000 --> 00:02.000\n<v Jo>Hi <i>you</i>\n",
    b"<tt xml:lang='en' xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='1s' end='2s'>Hi"
    b"<br/>you</p></div></body></tt>",
]
PIECES = [
    b"-->",
    b"\n\n",
    b"<",
    b">",
    b"&#0;",
    b"&lt;",
    b"\xff",
    b"\x00",
    b"{",
    b"99",
    b":",
    b"-",
    b"\xe2\x99\xaa",
]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(SafehouseError):
        parse_captions(raw, "x.en.srt")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
@example(b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v>x", 0)
def test_broken_captions_are_read_or_refused_and_in_order(seed: bytes, chance: int) -> None:
    dice = random.Random(chance)  # noqa: S311 - a test's
    raw = bytearray(seed)
    for _ in range(dice.randint(0, 4)):
        at = dice.randint(0, len(raw))
        raw[at : at + dice.randint(0, 3)] = dice.choice(PIECES)
    with suppress(SafehouseError):
        found = parse_captions(bytes(raw), "x.en.srt").spoken
        assert found
        assert all(0 <= c.first_ms <= c.end_ms and c.text.strip() for c in found)
        assert [c.first_ms for c in found] == sorted(c.first_ms for c in found)
        assert all(c.speaker[0] == "V" and c.speaker[1:].isdigit() for c in found)
        assert not any(letter in c.text for c in found for letter in "\n\x00{}[]<>")


WORDS = st.lists(
    st.tuples(
        st.integers(0, 10**7),
        st.integers(1, 5000),
        st.text(alphabet="abcdefghij ' ", min_size=1, max_size=40).filter(
            lambda text: any(letter.isalpha() for letter in text)
        ),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[0],
)


@settings(max_examples=100, deadline=None)
@given(WORDS)
def test_what_is_written_is_read_again(rows: list[tuple[int, int, str]]) -> None:
    ordered = sorted(rows)
    text = "\n".join(
        f"{n}\n{clock(first)} --> {clock(first + length)}\n{words}\n"
        for n, (first, length, words) in enumerate(ordered, 1)
    )
    found = parse_captions(text.encode(), "x.en.srt")
    assert [(c.first_ms, c.end_ms, c.text) for c in found.spoken] == [
        (first, first + length, " ".join(words.split())) for first, length, words in ordered
    ]
    again = parse_captions(format_srt(found.spoken), "x.en.srt")
    assert again.spoken == found.spoken


@given(st.integers(0, 10**7), st.integers(0, 5000))
def test_no_caption_ends_before_it_begins(first: int, back: int) -> None:
    raw = f"1\n{clock(first + back)} --> {clock(first)}\nWords\n"
    with pytest.raises(CaptionsMistimed, match="caption 1"):
        parse_captions(raw.encode(), "x.en.srt")


def clock(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"
