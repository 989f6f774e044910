"""Sound: every sample once, in its place, and silence where the source has none."""

from fractions import Fraction
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from clips import make_clip, sound_samples
from rendering import joined_sound, read_clip

from safehouse.errors import SourceChanged, SourceEmpty
from safehouse.media.reader import read_sound


def write_wav(path: Path, pieces: list[tuple[int, int]], codec: str = "pcm_s16le") -> Path:
    """Write a Matroska sound file of pieces (first sample, count) of a rising count."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, 48000, layout="mono")
        for first, count in pieces:
            values = (np.arange(first, first + count) % 30000).astype(np.int16)[None]
            frame = AudioFrame.from_ndarray(values, "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, first, Fraction(1, 48000)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def test_samples_are_exact(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mkv", [(0, 4800), (4800, 4800)])
    clip, _, _ = read_clip(path)
    samples = joined_sound(path, clip)
    assert samples.shape == (1, 9600)
    assert np.array_equal(samples[0] * 32768, np.arange(9600))


def test_blocks_have_the_length_that_was_asked_for(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mkv", [(0, 4800), (4800, 4800)])
    clip, _, _ = read_clip(path)
    blocks = list(read_sound(path, clip.sound[0], block=4000))
    assert [(b.first, b.samples.shape[1]) for b in blocks] == [
        (0, 4000),
        (4000, 4000),
        (8000, 1600),
    ]


def test_gap_becomes_silence(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mkv", [(0, 4800), (24000, 4800)])
    clip, _, _ = read_clip(path)
    samples = joined_sound(path, clip)[0]
    assert abs(len(samples) - 28800) < 96
    assert not samples[4800:23900].any()
    assert samples[-1] * 32768 == 28799


def test_overlap_is_heard_once(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mkv", [(0, 24000), (12000, 24000)])
    clip, _, _ = read_clip(path)
    assert abs(joined_sound(path, clip).shape[1] - 36000) < 96


def test_late_sound_keeps_its_start(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mkv", [(48000, 4800)])
    clip, _, _ = read_clip(path)
    assert Fraction(clip.sound[0].start) == 1
    assert clip.sound[0].samples == 4800


def test_coders_padding_at_the_end_is_left_out(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", codec="libx264", frames=13, tones=(440,))
    clip, _, _ = read_clip(path)
    samples = joined_sound(path, clip)[0]
    wanted = sound_samples(440, 48000, 13 * 1920)[0]
    assert len(samples) == clip.sound[0].samples == len(wanted)
    assert np.corrcoef(samples[2048:-2048], wanted[2048:-2048])[0, 1] > 0.99


def test_sound_without_a_sample_is_empty(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "a.wav", frames=0, tones=(440,), sound_codec="pcm_s16le")
    content = whole.read_bytes()
    (tmp_path / "b.wav").write_bytes(content[: content.index(b"data") + 8])
    with pytest.raises(SourceEmpty):
        read_clip(tmp_path / "b.wav")


def test_another_length_is_another_clip(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.mkv", [(0, 4800)])
    clip, _, _ = read_clip(path)
    longer = msgspec.structs.replace(clip.sound[0], samples=4801)
    with pytest.raises(SourceChanged):
        list(read_sound(path, longer))
    other = msgspec.structs.replace(clip.sound[0], index=7)
    with pytest.raises(SourceChanged):
        list(read_sound(path, other))


@pytest.mark.media
@pytest.mark.parametrize("name", ["ax_sample_rf64.wav", "mut_52-too-short-block-size.flac"])
def test_odd_sound_is_read_alike_twice(media: Path, name: str) -> None:
    path = media / "weird" / name
    clip, _, _ = read_clip(path)
    assert joined_sound(path, clip).shape[1] == clip.sound[0].samples
