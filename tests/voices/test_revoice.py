"""Revoiced sound lies where its captions are, to the sample, and has the length of its track."""

from fractions import Fraction

import numpy as np
import pytest
from speaking import Tones, caption, captions

from safehouse.errors import CaptionsMistimed, LanguageUnknown, SpeechFailed, UsageError
from safehouse.media.loudness import measure_loudness
from safehouse.voices.captions import Captions
from safehouse.voices.revoice import Revoiced, Track, revoice

HOUR_MS = 3_600_000


def sound(revoiced: Revoiced, block: int = 65536) -> np.ndarray:
    return np.concatenate(list(revoiced.blocks(block)))


def made(found: Captions, track: Track, **more: object) -> Revoiced:
    return revoice(found, Tones(), track, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate_hz", [8000, 11025, 44100, 48000, 192000])
def test_speech_lies_at_its_time_and_the_length_is_the_tracks(rate_hz: int) -> None:
    samples = 3 * rate_hz + 7
    heard = sound(made(captions(caption(1250, 2250, 9)), Track(rate_hz, samples)))
    loud = np.flatnonzero(np.abs(heard) > 1e-3)
    assert (heard.shape, heard.dtype) == ((samples,), np.float32)
    assert abs(loud[0] - 1.25 * rate_hz) < 0.002 * rate_hz
    assert abs(loud[-1] - 2.15 * rate_hz) < 0.002 * rate_hz


def test_a_track_that_begins_elsewhere_moves_the_sound() -> None:
    found = captions(caption(1250, 2250, 9))
    at_zero = sound(made(found, Track(48000, 144_000)))
    early = sound(made(found, Track(48000, 144_000, Fraction(1, 2))))
    assert np.array_equal(early[:100_000], at_zero[24_000:124_000])


def test_after_71_minutes_it_still_lies_to_the_sample() -> None:
    at_ms = 71 * 60_000 - 2000
    track = Track(44100, 44100 * 71 * 60, Fraction(-1, 30))
    revoiced = made(captions(caption(at_ms, at_ms + 1000, 9)), track)
    first = 0
    for block in revoiced.blocks(1 << 20):
        if block.any():
            first += int(np.flatnonzero(block)[0])
            break
        first += block.size
    assert first == round((Fraction(at_ms, 1000) + Fraction(1, 30)) * 44100)


@pytest.mark.parametrize("block", [1, 4801, 1 << 20])
def test_blocks_do_not_matter(block: int) -> None:
    found = captions(caption(100, 400, 3), caption(200, 500, 3, "V2", 2))
    revoiced = made(found, Track(8000, 5000))
    assert np.array_equal(sound(revoiced, block), sound(revoiced))


def test_loudness_is_the_target_and_two_at_once_stay_below_the_ceiling() -> None:
    one = sound(made(captions(caption(0, 4000, 40)), Track(48000, 192_000)))
    assert measure_loudness([one], 48000).lufs == pytest.approx(-23, abs=0.3)
    found = captions(*(caption(0, 4000, 40, f"V{n}", n) for n in range(1, 4)))
    three = sound(made(found, Track(48000, 192_000), loudness_lufs=-5.0))
    assert measure_loudness([three], 48000).true_peak_db <= -1.0


def test_speakers_get_voices_by_appearance_and_by_choice() -> None:
    found = captions(
        caption(0, 500, 3), caption(600, 900, 3, "V2", 2), caption(900, 1200, 3, "V3", 3)
    )
    track = Track(8000, 16000)
    assert made(found, track).voices == {"V1": "200", "V2": "300", "V3": "500"}
    assert made(found, track, voices={"V2": "200"}).voices == {
        "V1": "300",
        "V2": "200",
        "V3": "500",
    }
    with pytest.raises(UsageError):
        made(found, track, voices={"V9": "200"})
    with pytest.raises(UsageError):
        made(found, track, voices={"V1": "no"})


def test_captions_outside_the_film_are_told_and_captions_of_another_film_refused() -> None:
    found = captions(caption(100, 400, 3), caption(HOUR_MS, HOUR_MS + 100, 3, number=2))
    assert made(found, Track(8000, 16000)).outside == (2,)
    with pytest.raises(CaptionsMistimed):
        made(captions(caption(HOUR_MS, HOUR_MS + 100, 3)), Track(8000, 16000))


def test_captions_that_would_be_misspoken_are_refused() -> None:
    with pytest.raises(LanguageUnknown):
        made(captions(caption(0, 500, 3), language="fr"), Track(8000, 16000))
    odd = captions(caption(0, 500, 3), caption(600, 900, 1, number=7))
    with pytest.raises(LanguageUnknown, match="caption 7 has letters"):
        made(with_text(odd, "?"), Track(8000, 16000))


def test_a_failing_engine_names_the_caption() -> None:
    odd = captions(caption(0, 500, 3), caption(600, 900, 1, number=7))
    with pytest.raises(SpeechFailed, match="caption 7"):
        made(with_text(odd, "!"), Track(8000, 16000))


def with_text(found: Captions, text: str) -> Captions:
    last = found.spoken[-1]
    changed = type(last)(last.number, last.first_ms, last.end_ms, last.speaker, text)
    return Captions((*found.spoken[:-1], changed), found.language)
