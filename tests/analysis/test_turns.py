"""Who speaks when: nothing that sounds like a voice is left out, and what is unsure says so."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from safehouse.analysis.speakers import Teller, Window, spans_of
from safehouse.analysis.turns import find_turns
from safehouse.analysis.voicing import frames_of, mono_of, voice_runs
from safehouse.media.reader import ClipReader, read_sound
from safehouse.model.documents import format_document, parse_document
from safehouse.model.frame import OriginalSound
from safehouse.model.voices import Turn, Voices

RATE = 16000


def voice(pitch_hz: float, seconds: float, level: float = 0.1) -> np.ndarray:
    """A buzz with syllables: harmonics whose strengths depend on the pitch."""
    at = np.arange(round(seconds * RATE)) / RATE
    parts = [
        np.sin(2 * np.pi * pitch_hz * n * at) * np.exp(-abs(n * pitch_hz - 4 * pitch_hz) / 500)
        for n in range(1, 15)
    ]
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * at)
    made = np.sum(parts, axis=0) * syllables
    return level * made / np.max(np.abs(made))


def noise(seconds: float, level: float) -> np.ndarray:
    return level * np.random.default_rng(5).standard_normal(round(seconds * RATE))


def write(path: Path, samples: np.ndarray) -> Path:
    rows = samples if samples.ndim == 2 else samples[:, None]
    with wave.open(str(path), "wb") as handle:
        handle.setnchannels(rows.shape[1])
        handle.setsampwidth(2)
        handle.setframerate(RATE)
        handle.writeframes((np.clip(rows, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def embed(pieces: Sequence[np.ndarray]) -> np.ndarray:
    """Bands of the long-term spectrum: enough to tell two buzzes apart."""
    return np.stack([bands_of(samples) for samples in pieces])


def bands_of(samples: np.ndarray) -> np.ndarray:
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size), 16384)) ** 2
    bands = np.log(power[:4096].reshape(64, 64).mean(axis=1) + 1e-3)
    return bands - bands.mean()


TELLER = Teller(embed, 0.8, "bands")


def talk() -> np.ndarray:
    """Silence, one person 1 … 5 s, silence, another 7 … 11 s, the first again 13 … 17 s."""
    made = noise(18, 0.0005)
    for first, pitch in ((1, 110.0), (7, 230.0), (13, 110.0)):
        made[first * RATE : (first + 4) * RATE] += voice(pitch, 4)
    return made


def turns_of(path: Path, teller: Teller | None = TELLER) -> tuple[Turn, ...]:
    return find_turns(path, "C0001", teller).tracks[0].turns


def test_turns_cover_who_speaks_and_tell_two_people_apart(tmp_path: Path) -> None:
    found = find_turns(write(tmp_path / "a.wav", talk()), "C0001", TELLER)
    turns = found.tracks[0].turns
    assert (found.speakers, found.told_by) == (2, "bands")
    assert [turn.speaker for turn in turns if turn.sure] == ["S1", "S2", "S1"]
    for first in (1, 7, 13):
        inside = [t for t in turns if t.first <= first * RATE and t.end >= (first + 4) * RATE]
        assert len(inside) == 1
        assert inside[0].end - inside[0].first < 5.2 * RATE
    assert parse_document(format_document(found), Voices) == found


def test_without_embeddings_nobody_is_sure(tmp_path: Path) -> None:
    found = find_turns(write(tmp_path / "a.wav", talk()), "C0001")
    assert (found.speakers, found.told_by, len(found.tracks[0].turns)) == (0, "", 3)
    assert not any(turn.sure or turn.speaker for turn in found.tracks[0].turns)


def test_a_change_without_a_pause_is_unsure(tmp_path: Path) -> None:
    both = np.concatenate([voice(110, 6), voice(230, 6)])
    turns = turns_of(write(tmp_path / "a.wav", np.concatenate([noise(1, 1e-4), both])))
    around = [t for t in turns if t.first < 7.2 * RATE and t.end > 6.8 * RATE]
    assert around
    assert not any(turn.sure for turn in around)
    assert {turn.speaker for turn in turns if turn.sure} == {"S1", "S2"}


def test_a_window_like_two_people_or_like_nobody_is_unsure() -> None:
    one, other, third = np.eye(3, dtype=np.float32)
    both = (one + other) / np.sqrt(2)
    rows = [one] * 4 + [both] + [other] * 4 + [third] + [other] * 3
    windows = [Window(0.8 * n, 0.8 * n + 1.6, row) for n, row in enumerate(rows)]
    ((*spans,),), voices = spans_of([windows], 0.6)
    assert voices == 2
    for unsure_s in (4.0, 8.0):
        assert not any(s.sure and s.first_s < unsure_s < s.end_s for s in spans)
    assert [span.speaker for span in spans if span.sure] == [0, 1, 1]


def test_a_window_with_one_voice_and_some_of_another_is_unsure() -> None:
    """Far from the middle: 0.8 like one, 0.6 like the other."""
    one, other, _ = np.eye(3, dtype=np.float32)
    some = np.array([0.8, 0.6, 0.0], np.float32)
    off = np.array([0.8, 0.0, 0.6], np.float32)
    for row, sure in ((some, False), (off, True)):
        rows = [one] * 6 + [row] + [one] * 6 + [other] * 6
        windows = [Window(0.8 * n, 0.8 * n + 1.6, vector) for n, vector in enumerate(rows)]
        ((*spans,),), _ = spans_of([windows], 0.6)
        (span,) = (s for s in spans if s.first_s < 5.6 < s.end_s)
        assert (span.sure, span.overlap) == (sure, not sure)


def test_telling_voices_apart_leaves_no_voice_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.concatenate([talk(), talk()[: 9 * RATE]]))
    plain, told = turns_of(path, None), turns_of(path)
    assert covered(told) == covered(plain)
    assert all(turn.end - turn.first > 0.02 * RATE for turn in told)


def covered(turns: tuple[Turn, ...]) -> list[tuple[int, int]]:
    """The stretches that turns cover, joined."""
    found: list[tuple[int, int]] = []
    for turn in turns:
        if found and found[-1][1] == turn.first:
            found[-1] = (found[-1][0], turn.end)
        else:
            found.append((turn.first, turn.end))
    return found


def test_one_person_on_two_tracks_of_channels_that_cancel_is_heard(tmp_path: Path) -> None:
    made = talk()
    path = write(tmp_path / "a.wav", np.stack([made, -made], axis=1))
    assert len(turns_of(path, None)) == 3


@pytest.mark.parametrize("level", [0.0, 1e-5, 0.001, 0.1])
def test_noise_alone_and_silence_are_no_voice(tmp_path: Path, level: float) -> None:
    assert turns_of(write(tmp_path / "a.wav", noise(10, level)), None) == ()


@pytest.mark.parametrize("level", [0.3, 0.03, 0.003])
def test_a_voice_without_a_pause_is_found_at_any_level(tmp_path: Path, level: float) -> None:
    (turn,) = turns_of(write(tmp_path / "a.wav", voice(140, 40, level)), None)
    assert (turn.first, turn.end) == (0, 40 * RATE)


def test_broken_samples_and_short_tracks_are_read() -> None:
    odd = np.array([[np.nan, np.inf, -np.inf, 0.5]], np.float32)
    (mono,) = mono_of([OriginalSound(0, odd, 8000)])
    assert mono.tolist() == [0, 0, 0, 0.5]
    assert voice_runs(frames_of([], 8000)) == []


@pytest.mark.media
@pytest.mark.parametrize("snr_db", [40, 10, 0])
def test_real_speech_in_noise_is_found(media: Path, snr_db: int) -> None:
    rng = np.random.default_rng(snr_db)
    missed = total = 0.0
    for path in sorted((media / "speech").glob("*/*.flac"))[::60]:
        with ClipReader(path, "C0001") as reader:
            list(reader.frames())
            stream = reader.clip().sound[0]
        said = np.concatenate([b.samples[0] for b in read_sound(path, stream)])
        said *= 0.05 / np.sqrt(np.mean(said**2))
        quiet = rng.standard_normal(said.size + 6 * RATE) * 0.05 * 10 ** (-snr_db / 20)
        quiet[3 * RATE : -3 * RATE] += said
        runs = voice_runs(frames_of([quiet.astype(np.float32)], RATE))
        power = np.mean(said[: said.size // 160 * 160].reshape(-1, 160) ** 2, axis=1)
        at_s = 3 + np.arange(power.size) / 100
        out = ~np.any([(at_s >= a) & (at_s < b) for a, b in runs], axis=0)
        missed, total = missed + float(power[out].sum()), total + float(power.sum())
    assert missed / total < 0.005
