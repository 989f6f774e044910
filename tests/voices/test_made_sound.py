"""Made sound: which track it goes onto, what is told of the others, and how far it is."""

import wave
from pathlib import Path

import numpy as np
import pytest
from speaking import needs_espeak

from safehouse.errors import SourceEmpty
from safehouse.media.reader import read_sound
from safehouse.media.wav import write_wav
from safehouse.model.clip import Clip, SoundStream
from safehouse.voices.run import Words, make_disguise, make_revoice

RATE = 16000


def clip(*samples: int) -> Clip:
    tracks = tuple(
        SoundStream(index, "pcm_s16le", RATE, "mono", 1, count)
        for index, count in enumerate(samples)
    )
    return Clip("C0001", "00" * 32, 1, None, tracks)


def words(folder: Path) -> Words:
    path = folder / "words.en.srt"
    path.write_text("1\n00:00:00,100 --> 00:00:00,900\nWe left.\n", encoding="utf-8")
    return Words(captions=path)


@needs_espeak
def test_the_first_track_with_sound_is_spoken_on_and_the_others_are_told(tmp_path: Path) -> None:
    (made,) = make_revoice(words(tmp_path), clip(0, 2 * RATE, RATE, RATE), tmp_path)
    assert made.samples == 2 * RATE
    assert made.notes[0].endswith("2 others are silent")
    (alone,) = make_revoice(words(tmp_path), clip(2 * RATE), tmp_path)
    assert alone.notes == ()


def test_where_there_is_no_sound_nothing_is_spoken(tmp_path: Path) -> None:
    with pytest.raises(SourceEmpty):
        list(make_revoice(words(tmp_path), clip(), tmp_path))


def test_a_disguise_tells_how_far_it_is(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    at = np.arange(3 * RATE) / RATE
    with wave.open(str(source), "wb") as handle:
        handle.setnchannels(1)
        handle.setsampwidth(2)
        handle.setframerate(RATE)
        sound = 9000 * np.sin(2 * np.pi * 150 * at) * np.sin(2 * np.pi * 3 * at)
        handle.writeframes(sound.astype("<i2").tobytes())
    told: list[tuple[int, int]] = []
    (made,) = make_disguise(
        source,
        clip(3 * RATE),
        tmp_path,
        loudness_lufs=-23,
        progress=lambda done, total: told.append((done, total)),
    )
    assert made.samples == 3 * RATE
    assert told == sorted(told)
    assert told[-1] == (3 * RATE, 3 * RATE)


@pytest.mark.parametrize(("layout", "bass"), [("5.1", 3), ("5.1(side)", 3), ("hexagonal", None)])
def test_the_channel_for_bass_is_silent_in_a_disguise(
    layout: str, bass: int | None, tmp_path: Path
) -> None:
    source = tmp_path / "a.wav"
    at = np.arange(2 * RATE) / RATE
    sound = 0.1 * np.random.default_rng(1).standard_normal(2 * RATE) * (np.sin(20 * at) > 0)
    write_wav(iter([np.tile(sound.astype(np.float32), (6, 1))]), RATE, 6, source)
    track = SoundStream(0, "pcm_f32le", RATE, layout, 6, 2 * RATE)
    whole = Clip("C0001", "00" * 32, 1, None, (track,))
    (made,) = make_disguise(source, whole, tmp_path, loudness_lufs=-23)
    peaks = sum(
        np.abs(block.samples).max(axis=1) for block in read_sound(tmp_path / made.file, track)
    )
    assert [n for n, peak in enumerate(peaks) if peak == 0] == ([] if bass is None else [bass])
