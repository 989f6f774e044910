"""Speech begins on time, ends with its caption where natural rates allow it, and is never cut."""

from speaking import Tones, caption

from safehouse.voices.captions import Caption
from safehouse.voices.fit import Misfit, Piece, fit_captions, most_at_once

VOICES = {"V1": "200", "V2": "300"}
END = 60_000


def fitted(*captions: Caption, end: int = END) -> tuple[tuple[Piece, ...], tuple[Misfit, ...]]:
    return fit_captions(captions, Tones(), "en", VOICES, end)


def test_speech_that_fits_is_spoken_as_people_speak() -> None:
    (piece,), misfits = fitted(caption(1000, 2000, 9))
    assert (piece.first_ms, piece.length_ms, piece.rate, misfits) == (1000, 900, 175, ())


def test_speech_that_is_too_long_goes_faster_and_ends_with_its_caption() -> None:
    (piece, _), misfits = fitted(caption(1000, 2000, 12), caption(2050, 3000, 9, number=2))
    assert piece.rate <= 220
    assert 1800 < piece.end_ms <= 2000
    assert misfits == ()


def test_speech_that_is_short_slows_down_within_its_caption() -> None:
    (piece,), _ = fitted(caption(1000, 5000, 9))
    assert piece.rate == 130
    assert piece.end_ms <= 5000


def test_what_does_not_fit_runs_on_into_the_silence() -> None:
    (piece,), misfits = fitted(caption(1000, 2000, 20))
    assert piece.end_ms > 2000
    assert misfits == ()


def test_an_overrun_is_told_and_not_cut() -> None:
    pieces, misfits = fitted(caption(1000, 2000, 20), caption(2500, 3500, 9, "V2", 2))
    assert (pieces[0].rate, pieces[0].length_ms) == (220, 1591)
    assert misfits == (Misfit(1, "over", 91),)


def test_one_person_says_one_thing_after_the_other() -> None:
    pieces, misfits = fitted(caption(1000, 2000, 20), caption(2000, 3000, 5, number=2))
    assert pieces[1].first_ms == pieces[0].end_ms + 40
    assert misfits == (Misfit(1, "over", 591), Misfit(2, "late", 631))


def test_two_people_speak_at_once() -> None:
    pieces, misfits = fitted(caption(1000, 3000, 18), caption(1500, 3500, 18, "V2", 2))
    assert [piece.first_ms for piece in pieces] == [1000, 1500]
    assert misfits == ()
    assert [most_at_once(pieces, piece) for piece in pieces] == [2, 2]


def test_the_films_end_is_told() -> None:
    _, misfits = fitted(caption(1000, 2000, 20), end=2000)
    assert misfits == (Misfit(1, "cut", 591),)


def test_neighbours_that_do_not_meet_are_not_counted_at_once() -> None:
    pieces, _ = fitted(
        caption(0, 4000, 36), caption(500, 1500, 9, "V2", 2), caption(2000, 3000, 9, "V2", 3)
    )
    assert [most_at_once(pieces, piece) for piece in pieces] == [2, 2, 2]
