"""Made sound: a copy of the clip under it is found, however faint or late, and nothing else is."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from safehouse.audit.sound import FrameOf, Heard, build_attack, check_sound
from safehouse.media.chunkfile import read_chunk
from safehouse.media.encode import encode_sound, open_sound_encoder
from safehouse.media.reader import read_sound
from safehouse.media.sound_measure import measure_sound
from safehouse.model.clip import SoundStream
from safehouse.model.frame import RENDER_TOKEN, OriginalSound, ProtectedSound
from safehouse.model.plan import SoundOut, SoundPlan, SoundSpan

RATE, COUNT = 48000, 16384 * 12
TRACK = SoundStream(1, "pcm_s16le", RATE, "mono", 1, COUNT)
OUT = SoundOut(1, "pcm_s16le", RATE, "mono")
SPOKEN = SoundPlan(1, (SoundSpan(0, COUNT, "revoice"),), "S01")

Samples = NDArray[np.float32]


def speech(seed: int) -> Samples:
    """Return noise with the slope and the syllables of speech, shape (1, COUNT)."""
    rng = np.random.default_rng(seed)
    noise = np.fft.rfft(rng.normal(size=COUNT))
    noise *= 1 / (1 + (np.arange(noise.size) * RATE / COUNT / 2000))
    shaped = np.fft.irfft(noise)
    shaped *= np.abs(np.sin(np.arange(COUNT) / (5000 + 97 * seed)))
    return (0.1 * shaped / shaped.std())[None].astype(np.float32)


def blocks(samples: Samples) -> Iterator[OriginalSound]:
    for first in range(0, samples.shape[1], 30011):
        yield OriginalSound(first, samples[:, first : first + 30011], RATE)


def reader(samples: Samples) -> Callable[[int, int], Samples]:
    return lambda first, count: samples[:, first : first + count]


def hear(film: Samples, plan: SoundPlan = SPOKEN, clip: Samples | None = None) -> Heard:
    original = speech(1) if clip is None else clip
    return check_sound(blocks(film), blocks(original), plan, OUT, reader(speech(2)))


def test_made_sound_as_planned_is_clear_and_the_control_holds() -> None:
    heard = hear(speech(2))
    attack = build_attack([heard], [], FrameOf([TRACK], np.arange(50) / 25))
    assert (attack.result, attack.control.held) == ("none found", True)
    assert heard.copy < 1 < (heard.copy_control or 0)


@pytest.mark.parametrize("gain", [0.3, 0.1, 0.03])
@pytest.mark.parametrize("late", [0, 700, 9000])
def test_a_copy_under_made_sound_is_found(gain: float, late: int) -> None:
    film = speech(2) + np.float32(gain) * np.roll(speech(1), late, axis=1)
    assert any("copy" in find.why for find in hear(film).finds)


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf, 1e30])
def test_a_recorders_fault_is_no_copy_and_hides_none(fault: float) -> None:
    """Made sound that ends at 8 kHz, held against a click in which every frequency is loud."""
    spectrum = np.fft.rfft(speech(2))
    spectrum[:, spectrum.shape[1] // 3 :] = 0
    made = np.fft.irfft(spectrum).astype(np.float32)
    clip = speech(1)
    clip[:, 20_000::16384] = fault
    heard = check_sound(blocks(made), blocks(clip), SPOKEN, OUT, reader(made))
    assert heard.finds == ()
    film = made + np.float32(0.1) * speech(1)
    heard = check_sound(blocks(film), blocks(clip), SPOKEN, OUT, reader(made))
    assert any("copy" in find.why for find in heard.finds)


def test_other_sound_than_the_plans_is_found() -> None:
    assert any("other sound" in find.why for find in hear(speech(3)).finds)
    silent = np.zeros((1, COUNT), np.float32)
    assert any("other sound" in find.why for find in hear(silent).finds)


@pytest.mark.parametrize("codec", ["aac", "opus"])
@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_a_codecs_noise_is_no_other_sound(tmp_path: Path, codec: str, layout: str) -> None:
    """With a drift that Opus takes away, as of pulses or of rumble."""
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    made = np.concatenate([dull(speech(n + 2)) + drift(n) for n in range(channels)])
    if channels == 6:
        made[3] = 0
    out = SoundOut(1, codec, RATE, layout, 64_000 * max(2, channels))  # type: ignore[arg-type]
    film = coded(made, out, tmp_path)[:, :COUNT]
    if codec == "opus":
        assert float(((film - made) ** 2).mean()) > 0.2 * float((made**2).mean())
    clip = np.repeat(speech(1), channels, axis=0)
    heard = check_sound(blocks(film), blocks(clip), SPOKEN, out, reader(made))
    assert heard.finds == ()
    for late, gain in ((0, 0.1), (5000, 0.03)):
        under = (film + gain * np.roll(clip, late, axis=1)).astype(np.float32)
        leak = check_sound(blocks(under), blocks(clip), SPOKEN, out, reader(made))
        assert any("copy" in find.why for find in leak.finds)
    other = (film + 0.5 * np.roll(made, COUNT // 3, axis=1)).astype(np.float32)
    mixed = check_sound(blocks(other), blocks(clip), SPOKEN, out, reader(made))
    assert any("other sound" in find.why for find in mixed.finds)


def dull(samples: Samples) -> Samples:
    """Return samples with little above 2 kHz, as voices have."""
    spectrum = np.fft.rfft(samples)
    spectrum /= 1 + (np.arange(spectrum.shape[1]) * RATE / COUNT / 2000) ** 2
    return np.fft.irfft(spectrum).astype(np.float32)


def drift(seed: int) -> Samples:
    """Return a wave at 2 to 4 Hz, shape (1, COUNT), as strong as the speech."""
    at = np.arange(COUNT) / RATE
    return (0.1 * np.sin(2 * np.pi * (2 + seed % 3) * at))[None].astype(np.float32)


def coded(samples: Samples, out: SoundOut, folder: Path) -> Samples:
    """Return samples as they come back out of a codec."""
    encode_sound([ProtectedSound(0, samples, RATE, RENDER_TOKEN)], out, folder / "piece")
    with av.open(str(folder / "film.mp4"), "w") as film:
        stream = film.add_stream({"aac": "aac", "opus": "libopus"}[out.codec], RATE)
        assert isinstance(stream, AudioStream)
        open_sound_encoder(stream.codec_context, out)
        for piece in read_chunk(folder / "piece"):
            packet = av.Packet(piece.content)
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = piece.pts
            packet.duration = piece.duration
            film.mux(packet)
    film_clip = measure_sound(folder / "film.mp4", "C0001")
    return np.concatenate(
        [b.samples for b in read_sound(folder / "film.mp4", film_clip.sound[0])], axis=1
    )


def test_where_samples_are_kept_another_sound_is_found_at_minus_25_db() -> None:
    film = speech(2) + np.float32(0.056) * speech(3)
    assert any("other sound" in find.why for find in hear(film).finds)
    rounded = np.round(speech(2) * 32768) / np.float32(32768)
    assert hear(rounded).finds == ()


def test_sound_beside_the_made_span_is_found() -> None:
    plan = SoundPlan(1, (SoundSpan(0, 90_000, "revoice"),), "S01")
    made = speech(2)
    made[:, 90_000:] = 0
    assert not any("silence" in find.why for find in hear(made, plan).finds)
    made[:, 120_000:121_000] = 0.001
    assert any("silence is planned" in find.why for find in hear(made, plan).finds)


def test_a_copy_in_one_channel_of_two_is_found() -> None:
    both = np.concatenate([speech(2), speech(2)])
    film = both + np.float32(0.1) * np.concatenate([0 * speech(1), speech(1)])
    clip = np.concatenate([speech(1), speech(1)])
    heard = check_sound(blocks(film), blocks(clip), SPOKEN, OUT, reader(both))
    assert any("copy" in find.why for find in heard.finds)


def test_of_a_pure_tone_no_copy_can_be_told_and_the_report_says_so() -> None:
    tone = np.sin(np.arange(COUNT) * 0.04)[None].astype(np.float32)
    heard = hear(speech(2), clip=tone)
    attack = build_attack([heard], [], FrameOf([TRACK], np.arange(50) / 25))
    assert (attack.result, heard.voiced) == ("none found", 0)
    assert attack.control.held is None


def test_a_bed_alone_is_clear_and_a_voice_in_it_is_not() -> None:
    plan = SoundPlan(1, (SoundSpan(0, COUNT, "bed"),))
    rng = np.random.default_rng(9)
    bed = (0.002 * rng.normal(size=(1, COUNT))).astype(np.float32)
    clear = check_sound(blocks(bed), blocks(speech(1)), plan, OUT)
    assert clear.finds == ()
    leak = check_sound(blocks(bed + 0.02 * speech(1)), blocks(speech(1)), plan, OUT)
    assert any("copy" in find.why for find in leak.finds)
