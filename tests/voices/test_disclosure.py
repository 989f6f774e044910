"""Audiences are told that the voices are not the people's own."""

import pytest
from speaking import caption

from safehouse.voices.captions import parse_captions
from safehouse.voices.disclosure import WORDS, disclosed, disclosure, format_srt
from safehouse.voices.languages import foreign_letters, usual_tag


@pytest.mark.parametrize("language", WORDS)
def test_each_language_is_written_in_its_letters_and_says_both(language: str) -> None:
    computer, actor = disclosure(language, "computer"), disclosure(language, "actor")
    assert computer != actor
    assert usual_tag(language) == language
    assert foreign_letters(computer + actor, language) == (0, 0)


def test_other_languages_get_english() -> None:
    assert disclosure("ka", "computer") == "Voices re-spoken by a computer voice"
    assert disclosure("pt-br", "actor") == WORDS["pt"][1]


def test_it_stands_alone_before_a_late_caption() -> None:
    found = disclosed([caption(3000, 5000, 3)], "en", "actor")
    assert [(c.first_ms, c.end_ms) for c in found] == [(0, 3000), (3000, 5000)]
    found = disclosed([caption(9000, 9500, 3)], "en", "actor")
    assert [(c.first_ms, c.end_ms) for c in found] == [(0, 4000), (9000, 9500)]
    assert [c.end_ms for c in disclosed([], "en", "actor")] == [4000]


def test_it_joins_captions_that_come_at_once() -> None:
    rows = [caption(500, 1500, 3), caption(1500, 5000, 3, number=2), caption(5000, 6000, 3)]
    found = disclosed(rows, "fr", "computer")
    said = WORDS["fr"][0]
    assert [c.text for c in found] == [said, f"aaa\n{said}", f"aaa\n{said}", "aaa"]
    assert len(disclosed([caption(0, 900, 3)], "fr", "computer")) == 1


def test_the_file_is_read_again_as_it_was_meant() -> None:
    found = disclosed([caption(500, 1500, 3), caption(7000, 8000, 4)], "ar", "computer")
    assert (
        format_srt(found)
        .decode()
        .startswith(
            f"1\n00:00:00,000 --> 00:00:00,500\n{WORDS['ar'][0]}\n\n"
            f"2\n00:00:00,500 --> 00:00:01,500\naaa\n{WORDS['ar'][0]}\n\n"
        )
    )
    plain = [caption(500, 1500, 3), caption(7000, 8000, 4, number=2)]
    assert parse_captions(format_srt(plain), "x.en.srt").spoken == tuple(plain)
