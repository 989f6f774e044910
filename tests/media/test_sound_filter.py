"""Sound at another rate or tempo keeps its place and pitch; loudness is what BS.1770 says."""

import numpy as np
import pytest

from safehouse.media.loudness import LoudnessMeter, measure_loudness
from safehouse.media.sound_filter import resample, resample_blocks, stretch

RATES = [8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000]


def tone(hz: float, rate_hz: int, seconds: float, level: float = 0.1) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(rate_hz * seconds)) / rate_hz)).astype(
        np.float32
    )


@pytest.mark.parametrize("to_hz", RATES)
def test_resampling_moves_nothing(to_hz: int) -> None:
    sound = tone(440, 22050, 1.0) * np.hanning(22050).astype(np.float32)
    expected = tone(440, to_hz, 1.0) * np.interp(
        np.arange(to_hz) / to_hz, np.arange(22050) / 22050, np.hanning(22050)
    )
    assert np.max(np.abs(resample(sound, 22050, to_hz) - expected)) < 1e-4


@pytest.mark.parametrize("length", [0, 1, 7, 1000, 22051])
def test_the_length_is_exact(length: int) -> None:
    sound = np.ones(length, np.float32)
    assert resample(sound, 22050, 48000).size == -(-length * 48000 // 22050)
    assert stretch(sound, 22050, 1.1).size == (round(length / 1.1))


def test_blocks_do_not_matter() -> None:
    sound = tone(300, 44100, 0.5)
    pieces = np.split(sound, [1, 10, 5000, 5001, 20000])
    whole = np.concatenate(list(resample_blocks([sound], 44100, 16000)))
    assert np.array_equal(np.concatenate(list(resample_blocks(pieces, 44100, 16000))), whole)


@pytest.mark.parametrize("tempo", [0.87, 1.15])
def test_another_tempo_keeps_the_pitch(tempo: float) -> None:
    made = stretch(tone(200, 22050, 2.0), 22050, tempo)
    spectrum = np.abs(np.fft.rfft(made * np.hanning(made.size)))
    assert abs(np.argmax(spectrum) * 22050 / made.size - 200) < 2


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_full_tone_of_997_hz_in_one_channel_has_minus_3_lufs(rate_hz: int) -> None:
    """EBU Tech 3341: -23 dBFS in two channels is -23 LUFS, so in one 3 dB less."""
    measured = measure_loudness([tone(997, rate_hz, 5.0, 10 ** (-20 / 20))], rate_hz)
    assert measured.lufs == pytest.approx(-23.0, abs=0.1)
    assert measured.true_peak_db == pytest.approx(-20.0, abs=0.2)


def test_short_sound_has_a_loudness_and_silence_none() -> None:
    assert measure_loudness([tone(997, 48000, 0.1)], 48000).lufs == pytest.approx(-23.0, abs=0.3)
    assert measure_loudness([np.zeros(48000, np.float32)], 48000).lufs is None
    assert measure_loudness([], 48000).lufs is None


def test_silence_between_words_is_gated_and_broken_samples_are_silence() -> None:
    sound = np.concatenate([tone(997, 48000, 3.0), np.zeros(48000 * 3, np.float32)])
    sound[-5:] = [np.nan, np.inf, -np.inf, 0, 0]
    assert measure_loudness([sound], 48000).lufs == pytest.approx(-23.0, abs=0.3)


def test_true_peak_lies_between_samples() -> None:
    """A tone at a quarter of the rate, sampled off its tops: 3 dB above its highest sample."""
    at = np.arange(48000) * np.pi / 2 + np.pi / 4
    meter = LoudnessMeter(48000)
    meter.put((0.5 * np.hanning(48000) * np.sin(at)).astype(np.float32))
    assert meter.result().true_peak_db == pytest.approx(-6.0, abs=0.3)
