"""Every sound codec, layout and rate: as long as it was, in its place to the sample, clean."""

from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from rendering import joined_sound, read_clip
from whole import plan_whole

from safehouse.errors import FormatRefused, FormatUnsupported
from safehouse.media.containers import check_film
from safehouse.media.formats import choose_output
from safehouse.media.join import join_film
from safehouse.media.wav import check_wav, write_wav
from safehouse.model.plan import Plan, SoundPlan, SoundSpan
from safehouse.render.run import render_sound

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
LOSSLESS = {"pcm", "flac"}


def wav_at(path: Path, rate: int, channels: int, count: int) -> Path:
    """Write noise with bursts; each channel has its own."""
    rng = np.random.default_rng(channels)
    samples = 0.1 * rng.normal(size=(channels, count)) * (np.arange(count) // 3000 % 2)
    quantised = np.round(samples * 32768) / 32768
    write_wav(iter([quantised.astype(np.float32)]), rate, channels, path)
    return path


def revealed(path: Path, container: str, sound: str) -> Plan:
    plan = plan_whole(path, "mov")
    output = choose_output(
        plan.clip, sound=sound, quality=None, container=container, key_frames=(), cpu="test"
    )
    shown = tuple(SoundPlan(t.index, (SoundSpan(0, t.samples, "reveal"),)) for t in plan.clip.sound)
    return msgspec.structs.replace(plan, output=output, sound=shown)


def film_of(path: Path, plan: Plan, film: Path) -> Path:
    parts = []
    for out in plan.output.sound:
        parts.append(film.with_suffix(f".{out.stream}"))
        render_sound(path, plan, out.stream, parts[-1])
    join_film([], parts, plan, film)
    return film


@pytest.mark.parametrize(
    ("sound", "container", "rate", "channels"),
    [
        *(("pcm", "mov", rate, n) for rate in (8_000, 44_100, 192_000) for n in (1, 8)),
        *(("pcm", "wav", rate, n) for rate in (48_000, 96_000) for n in (1, 2, 6, 32)),
        *(("aac", "mp4", rate, n) for rate in (8_000, 48_000) for n in (1, 2, 6)),
        *(("flac", "mp4", rate, n) for rate in (8_000, 48_000, 192_000) for n in (1, 2, 8)),
        *(("opus", "mp4", 48_000, n) for n in (1, 2, 6)),
    ],
)
def test_sound_comes_back_in_its_place_and_the_film_is_clean(
    tmp_path: Path, sound: str, container: str, rate: int, channels: int
) -> None:
    path = wav_at(tmp_path / "in.wav", rate, channels, 30_011)
    if channels in {6, 8}:
        path = named_layout(path, tmp_path / "named.wav", LAYOUTS[channels])
    film = film_of(path, revealed(path, container, sound), tmp_path / f"film.{container}")
    assert check_film(film) == ()
    before, after = read_clip(path)[0], read_clip(film)[0]
    assert (after.sound[0].rate_hz, after.sound[0].channels) == (rate, channels)
    assert after.sound[0].layout == before.sound[0].layout
    one, two = joined_sound(path, before), joined_sound(film, after)
    two = two[:, : one.shape[1]]
    assert two.shape == one.shape
    if sound in LOSSLESS:
        assert np.array_equal(one, two)
    for ours, theirs in zip(one, two, strict=True):
        if ours.any() and not (sound in {"aac", "opus"} and channels > 2 and is_low(one, ours)):
            assert abs(shift_of(ours, theirs)) <= (0 if sound in LOSSLESS else 1)


def is_low(channels: np.ndarray, one: np.ndarray) -> bool:
    """Return whether a channel is the fourth: coders keep the low-frequency effects alone of it."""
    return len(channels) > 3 and bool(np.array_equal(channels[3], one))


def named_layout(path: Path, out: Path, layout: str) -> Path:
    """Write a WAV again with the name of its layout in it."""
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        stream = target.add_stream("pcm_s16le", source.streams.audio[0].rate)
        stream.layout = layout
        for frame in source.decode(audio=0):
            fresh = av.AudioFrame.from_ndarray(frame.to_ndarray(), "s16", layout)
            fresh.sample_rate, fresh.pts = frame.sample_rate, frame.pts
            target.mux(stream.encode(fresh))
        target.mux(stream.encode(None))
    return out


def shift_of(one: np.ndarray, two: np.ndarray) -> int:
    """Return by how many samples two lies behind one."""
    size = 2 * len(one)
    cross = np.fft.irfft(np.conj(np.fft.rfft(one, size)) * np.fft.rfft(two, size), size)
    at = int(np.argmax(cross))
    return at - size if at > size // 2 else at


@pytest.mark.parametrize(
    ("sound", "container", "rate"),
    [
        ("flac", "mov", 48_000),
        ("opus", "mp4", 44_100),
        ("opus", "wav", 48_000),
        ("aac", "wav", 8000),
    ],
)
def test_what_a_container_or_codec_cannot_hold_is_refused(
    tmp_path: Path, sound: str, container: str, rate: int
) -> None:
    path = wav_at(tmp_path / "in.wav", rate, 2, 4_000)
    with pytest.raises(FormatRefused):
        revealed(path, container, sound)


def test_wav_holds_no_picture(tmp_path: Path) -> None:
    from clips import make_clip

    path = make_clip(tmp_path / "a.mp4", frames=3)
    plan = plan_whole(path, "mov")
    with pytest.raises(FormatUnsupported):
        choose_output(plan.clip, quality=None, container="wav", key_frames=(0,), cpu="test")


def test_prores_gets_pcm(tmp_path: Path) -> None:
    from clips import make_clip

    path = make_clip(tmp_path / "a.mp4", frames=3, tones=(440,), sound_codec="aac")
    clip = plan_whole(path, "mov").clip
    out = choose_output(
        clip, codec="prores", quality=None, container="mov", key_frames=(0,), cpu="test"
    )
    assert [row.codec for row in out.sound] == ["pcm_s16le"] * len(clip.sound)


def test_the_strict_look_at_wav_names_what_is_not_ours(tmp_path: Path) -> None:
    path = wav_at(tmp_path / "a.wav", 48_000, 2, 4_000)
    assert check_wav(path) == ()
    whole = path.read_bytes()
    at = whole.index(b"data")
    broken = {
        "a tag": whole[:at] + b"LIST\4\0\0\0name" + whole[at:],
        "bytes behind": whole + b"name",
        "cut": whole[:-10],
        "hidden in the free chunk": whole.replace(b"JUNK\x1c\0\0\0\0", b"JUNK\x1c\0\0\0n"),
        "no WAV": b"RIFFxxxxAVI " + whole[12:],
        "no samples": whole[:at],
    }
    for what, content in broken.items():
        path.write_bytes(content)
        assert check_wav(path), what


def test_cutting_blocks_otherwise_writes_the_same_wav(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-1.2, 1.2, (3, 9_000)).astype(np.float32)
    write_wav(iter([samples]), 48_000, 3, tmp_path / "one.wav")
    parts = [samples[:, a:b] for a, b in pairwise([0, 1, 700, 9_000])]
    write_wav(iter(parts), 48_000, 3, tmp_path / "two.wav")
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()
