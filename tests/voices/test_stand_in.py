"""An actor's reading takes its captions' times; nothing of it is lost without a word."""

import wave
from pathlib import Path

import numpy as np
import pytest
from speaking import caption, captions, needs_espeak

from safehouse.errors import SourceEmpty
from safehouse.media.loudness import measure_loudness
from safehouse.voices.captions import Captions
from safehouse.voices.espeak import find_espeak
from safehouse.voices.phrases import PauseFinder, cut_phrases
from safehouse.voices.revoice import Track
from safehouse.voices.stand_in import StoodIn, stand_in

RATE = 16000
TRACK = Track(48000, 48000 * 10)


def reading(path: Path, lengths_s: list[float], pause_s: float = 0.5, channels: int = 2) -> Path:
    """Write bursts of tone with pauses around them."""
    rng = np.random.default_rng(1)
    parts = [np.zeros(round(pause_s * RATE))]
    for length in lengths_s:
        at = np.arange(round(length * RATE)) / RATE
        parts += [0.2 * np.cos(2 * np.pi * 300 * at), np.zeros(round(pause_s * RATE))]
    return write(
        path, np.concatenate(parts) + 1e-4 * rng.standard_normal(sum(map(len, parts))), channels
    )


def write(path: Path, samples: np.ndarray, channels: int = 1, rate_hz: int = RATE) -> Path:
    with wave.open(str(path), "wb") as handle:
        handle.setnchannels(channels)
        handle.setsampwidth(2)
        handle.setframerate(rate_hz)
        rows = np.repeat((samples * 32767).astype("<i2")[:, None], channels, axis=1)
        handle.writeframes(rows.tobytes())
    return path


def sound(stood: StoodIn, block: int = 65536) -> np.ndarray:
    return np.concatenate(list(stood.blocks(block)))


def starts_s(samples: np.ndarray) -> list[float]:
    """When sound begins after at least 0.1 s of silence, s."""
    loud = np.abs(samples) > 0.01
    at = np.flatnonzero(loud)
    fresh = np.flatnonzero(np.diff(np.concatenate([[-48000], at])) > 4800)
    return [round(float(at[n]) / 48000, 2) for n in fresh]


def three() -> Captions:
    return captions(
        caption(1000, 2000, 8), caption(4000, 6000, 16, number=2), caption(7000, 8000, 8, number=3)
    )


def test_phrases_begin_with_their_captions(tmp_path: Path) -> None:
    stood = stand_in(reading(tmp_path / "a.wav", [0.8, 1.6, 0.8]), TRACK, three())
    heard = sound(stood)
    assert starts_s(heard) == [1.0, 4.0, 7.0]
    assert (heard.size, stood.misfits, stood.notes, stood.outside) == (480_000, (), (), ())
    assert np.array_equal(heard, sound(stood, 777))
    assert measure_loudness([heard], 48000).lufs == pytest.approx(-23, abs=0.5)


def test_pauses_inside_a_phrase_are_told_from_those_between_captions(tmp_path: Path) -> None:
    stood = stand_in(reading(tmp_path / "a.wav", [0.8, 0.6, 0.6, 0.8], 0.3), TRACK, three())
    assert starts_s(sound(stood)) == [1.0, 4.0, 4.9, 7.0]


def test_a_long_phrase_is_said_a_little_faster_and_then_runs_on(tmp_path: Path) -> None:
    stood = stand_in(reading(tmp_path / "a.wav", [1.1, 4.5, 1.0]), TRACK, three())
    told = {(m.number, m.what) for m in stood.misfits}
    assert told == {(2, "over"), (3, "late")}
    heard = np.abs(sound(stood)) > 0.01
    assert heard[48000 * 1 :][: 48000 // 2].any()
    assert not heard[round(48000 * 2.02) : 48000 * 4].any()


def test_too_few_pauses_lay_the_reading_down_as_it_is(tmp_path: Path) -> None:
    stood = stand_in(reading(tmp_path / "a.wav", [0.8, 1.6]), TRACK, three())
    assert "2 phrases for 3 captions" in stood.notes[0]
    assert starts_s(sound(stood)) == [1.5, 2.8]


def test_without_captions_it_lies_at_the_beginning_and_its_length_is_told(tmp_path: Path) -> None:
    short = stand_in(reading(tmp_path / "a.wav", [1.0]), TRACK)
    assert short.notes == ("the reading ends 8.0 s before the film",)
    assert starts_s(sound(short)) == [0.5]
    long = stand_in(reading(tmp_path / "b.wav", [6.0, 6.0]), TRACK)
    assert long.notes == ("the reading is 3.5 s too long: its end is not heard",)
    assert sound(long).size == 480_000


@pytest.mark.parametrize("samples", [np.zeros(16000), np.zeros(0)])
def test_a_silent_reading_is_refused(tmp_path: Path, samples: np.ndarray) -> None:
    with pytest.raises(SourceEmpty):
        stand_in(write(tmp_path / "a.wav", samples), TRACK, three())


def test_cuts_follow_the_letters() -> None:
    finder = PauseFinder(1000)
    lengths = [500, 200, 200, 900, 300]
    for length in lengths:
        finder.put(np.full(length, 0.3, np.float32))
        finder.put(np.zeros(250, np.float32))
    sounds = finder.sounds()
    assert len(sounds) == 5
    phrases = cut_phrases(sounds, [10, 10, 24], 1000)
    assert [(p.first, p.end) for p in phrases] == [(0, 500), (750, 1400), (1650, 3100)]
    assert cut_phrases(sounds, [1] * 6, 1000) == ()
    assert cut_phrases((), [], 1000) == ()


@needs_espeak
def test_speech_with_pauses_is_cut_where_its_captions_end(tmp_path: Path) -> None:
    texts = [
        "We walked all night, until we reached the river.",
        "Nobody said a word.",
        "They asked for our papers, and then they let the children go first.",
        "It was cold.",
    ]
    rng = np.random.default_rng(3)
    parts = [np.zeros(4000)]
    for text in texts:
        said, rate_hz = find_espeak().speak(text, "en", "m3", 165)
        parts += [0.4 * said, np.zeros(rate_hz // 2)]
    whole = np.concatenate(parts)
    path = write(tmp_path / "a.wav", whole + 1e-3 * rng.standard_normal(whole.size), 1, rate_hz)
    rows = [
        caption(5000 * n, 5000 * n + 4500, len(text), number=n + 1) for n, text in enumerate(texts)
    ]
    stood = stand_in(path, Track(48000, 48000 * 20), captions(*rows))
    heard = np.abs(sound(stood)) > 0.01
    assert stood.misfits == stood.notes == ()
    for n in range(4):
        assert heard[n * 240_000 :][:9600].any()
        assert not heard[n * 240_000 + 218_000 : (n + 1) * 240_000 - 10].any()
