"""WAV files of ours say where on the neutral time line they lie, and nothing else."""

import struct
from pathlib import Path

import pytest

from safehouse.media.chunkfile import ChunkHeader, ChunkWriter, CodedPacket
from safehouse.media.wav import check_wav, join_wav
from safehouse.model.plan import SoundOut

RATE = 48_000


def film(folder: Path, reel: str, codec: str = "pcm_s16le") -> Path:
    """A second of sound, joined as the clip of that id; "" is of none."""
    chunk, path = folder / "sound", folder / "film.wav"
    with ChunkWriter(chunk, ChunkHeader(codec, b"")) as out:
        wide = 3 if codec == "pcm_s24le" else 2
        out.write(CodedPacket(0, RATE, True, bytes(range(wide)) * RATE))
    join_wav(chunk, SoundOut(0, codec, RATE, "mono"), path, reel)  # type: ignore[arg-type]  # one of ours
    return path


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s24le"])
@pytest.mark.parametrize(
    ("reel", "hour"), [("C0001", 1), ("C0023", 23), ("C0024", 0), ("C0049", 1)]
)
def test_a_clip_of_a_project_begins_at_its_own_hour(
    tmp_path: Path, reel: str, hour: int, codec: str
) -> None:
    path = film(tmp_path, reel, codec)
    content = path.read_bytes()
    at = content.index(b"bext") + 8
    chunk = content[at : at + 602]
    assert struct.unpack("<QH", chunk[338:348]) == (hour * 3600 * RATE, 1)
    assert not any(chunk[:338] + chunk[348:])
    assert check_wav(path) == ()


def test_without_a_clips_id_nothing_is_said(tmp_path: Path) -> None:
    path = film(tmp_path, "")
    assert b"bext" not in path.read_bytes()
    assert check_wav(path) == ()


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (0, b"Take 4", "says more"),
        (256, b"ZOOM", "says more"),
        (320, b"2026-11-02", "says more"),
        (346, b"\2", "says more"),
        (348, b"\1", "says more"),
        (338, struct.pack("<Q", 3600 * RATE + 1), "not the neutral one"),
        (338, struct.pack("<Q", 24 * 3600 * RATE), "not the neutral one"),
        (338, struct.pack("<Q", 50_602 * RATE), "not the neutral one"),
    ],
)
def test_whatever_else_a_broadcast_chunk_says_is_found(
    tmp_path: Path, at: int, value: bytes, words: str
) -> None:
    path = film(tmp_path, "C0003")
    content = bytearray(path.read_bytes())
    place = content.index(b"bext") + 8 + at
    content[place : place + len(value)] = value
    path.write_bytes(content)
    assert any(words in row for row in check_wav(path))
