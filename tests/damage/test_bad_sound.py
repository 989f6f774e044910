"""Sound as broken recorders, telephones and studios leave it goes through, or says why not."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import safehouse
from safehouse.choices import VoiceMode
from safehouse.errors import SafehouseError
from safehouse.media.reader import ClipReader
from safehouse.model.clip import Clip


def tones(rate: int, seconds: float) -> NDArray[np.float64]:
    at = np.arange(round(rate * seconds)) / rate
    syllables = np.sin(2 * np.pi * 3 * at) > 0
    sound = 0.3 * np.sin(2 * np.pi * 140 * at) * syllables * (1 + np.sin(2 * np.pi * 900 * at))
    return np.asarray(sound, np.float64)[None]


def broken() -> NDArray[np.float64]:
    samples = tones(192_000, 1)
    samples[0, 5_000], samples[0, 9_000], samples[0, 20_000] = np.nan, -np.inf, 1e30
    samples[0, 7_000:7_010] = np.inf
    return samples


SOUNDS = {
    "192 kHz with no numbers": (192_000, broken()),
    "8 kHz": (8_000, tones(8_000, 2)),
    "silent": (48_000, np.zeros((2, 48_000))),
    "32 channels": (48_000, np.repeat(tones(48_000, 0.5), 32, 0) * np.arange(32)[:, None] / 32),
    "DC": (48_000, tones(48_000, 1) + 0.5),
    "clipped": (48_000, np.clip(20 * tones(48_000, 1), -1, 1)),
    "one sample": (48_000, tones(48_000, 1)[:, :1]),
}


def write_float(path: Path, rate: int, samples: NDArray[np.float64]) -> None:
    """Write WAV of 32-bit floats, which may hold what is no number."""
    channels = len(samples)
    data = samples.T.astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    head = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data)


def clip_at(path: Path) -> Clip:
    with ClipReader(path, "C0001") as reader:
        for _ in reader.frames():
            pass
        return reader.clip()


@pytest.mark.slow
@pytest.mark.parametrize("voices", ["mute", "disguise"])
@pytest.mark.parametrize("name", SOUNDS)
def test_odd_sound_comes_back_as_long_as_it_was(
    name: str, voices: VoiceMode, tmp_path: Path
) -> None:
    rate, samples = SOUNDS[name]
    write_float(tmp_path / "in.wav", rate, samples)
    speech = safehouse.Speech(bed="tone" if voices == "mute" else "none")
    choices = safehouse.Choices(voices=voices, speech=speech, workers=1)
    result = safehouse.protect(tmp_path / "in.wav", tmp_path / "out.wav", choices=choices)
    assert not result.held
    track = clip_at(result.film).sound[0]
    assert (track.rate_hz, track.channels, track.samples) == (rate, *samples.shape)


@pytest.mark.parametrize("keep", [20, 44])
def test_a_header_without_sound_is_refused(keep: int, tmp_path: Path) -> None:
    write_float(tmp_path / "in.wav", 48_000, tones(48_000, 1))
    (tmp_path / "in.wav").write_bytes((tmp_path / "in.wav").read_bytes()[:keep])
    with pytest.raises(SafehouseError):
        safehouse.protect(tmp_path / "in.wav", tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()
    assert not (tmp_path / "out.private").exists()
