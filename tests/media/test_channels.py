"""Channels in an order of a film's own: no crash, and each comes out as what it is."""

import struct
import sys
from pathlib import Path
from subprocess import run

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from rendering import joined_sound, read_clip

from safehouse.media.sound_measure import measure_sound

LABELS = {"FL": 1, "FR": 2, "FC": 3, "LFE": 4, "BL": 5, "BR": 6, "SL": 10, "SR": 11, "UNK": 0xFFFF}
"""CoreAudio's numbers of channels, as a `chan` box holds them."""

USUAL = ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")
MPEG_7_1_C = 128 << 16 | 8
"""FL FR FC LFE SL SR BL BR, as `ffmpeg` writes it."""
BY_TAG = struct.pack(">4I", 0, MPEG_7_1_C, 0, 0)


def mov_with(path: Path, channels: int, box: bytes) -> Path:
    """Write a film of sound, each channel at a level of its own, with a `chan` box of ours."""
    samples = np.tile(np.arange(1, channels + 1, dtype=np.int16) * 1000, 4800)[None]
    with av.open(str(path), "w", format="mov", options={"movflags": "skip_trailer"}) as film:
        stream = film.add_stream("pcm_s16le", 48_000, layout=f"{channels} channels")
        frame = AudioFrame.from_ndarray(samples, "s16", f"{channels} channels")
        frame.sample_rate = 48_000
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return add_box(path, struct.pack(">I4s", 8 + len(box), b"chan") + box)


def add_box(path: Path, box: bytes) -> Path:
    """Put a box at the end of the one sample entry, which lies behind the samples."""
    whole = bytearray(path.read_bytes())
    assert whole.index(b"mdat") < whole.index(b"moov")
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        grow(whole, whole.index(kind) - 4, len(box))
    entry = whole.index(b"stsd") + 12
    grow(whole, entry, len(box))
    end = entry + int.from_bytes(whole[entry : entry + 4]) - len(box)
    old = whole.find(b"chan", entry, end)
    if old > 0:
        whole[old : old + 4] = b"free"
    whole[end:end] = box
    path.write_bytes(whole)
    return path


def grow(whole: bytearray, at: int, by: int) -> None:
    whole[at : at + 4] = (int.from_bytes(whole[at : at + 4]) + by).to_bytes(4)


def listed(names: tuple[str, ...]) -> bytes:
    """Return a `chan` box that lists its channels one by one."""
    rows = b"".join(struct.pack(">II3f", LABELS[name], 0, 0, 0, 0) for name in names)
    return struct.pack(">IIII", 0, 0, 0, len(names)) + rows


@pytest.mark.parametrize(
    ("names", "box"),
    [
        (("FL", "FR", "FC", "LFE", "SL", "SR", "BL", "BR"), BY_TAG),
        (("SR", "BL", "LFE", "FC", "BR", "FR", "SL", "FL"), None),
        (("FC", "FL", "FR"), None),
        (("FR", "FL"), None),
        (("FL", "FR"), None),
        (("FC",), None),
    ],
)
def test_channels_come_in_the_usual_order(
    tmp_path: Path, names: tuple[str, ...], box: bytes | None
) -> None:
    path = mov_with(tmp_path / "a.mov", len(names), box or listed(names))
    clip = read_clip(path)[0]
    assert clip.sound[0].channels == len(names)
    assert clip.sound[0].layout == {8: "7.1", 3: "3.0", 2: "stereo", 1: "mono"}[len(names)]
    levels = joined_sound(path, clip)[:, 100] * 32768
    plain = sorted(names, key=USUAL.index)
    assert list(levels) == [1000 * (1 + names.index(name)) for name in plain]
    assert measure_sound(path, "C0001").sound == clip.sound


@pytest.mark.parametrize("names", [("UNK", "UNK"), ("FL", "FL"), ("FC", "UNK")])
def test_channels_that_nobody_can_place_stay_as_they_lie(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    path = mov_with(tmp_path / "a.mov", 2, listed(names))
    clip = read_clip(path)[0]
    assert clip.sound[0].layout == "stereo"
    assert list(joined_sound(path, clip)[:, 100] * 32768) == [1000, 2000]


def test_reading_such_a_film_a_hundred_times_frees_nothing_twice(tmp_path: Path) -> None:
    """In a program of its own: a double free would end this one."""
    path = mov_with(tmp_path / "a.mov", 8, listed(USUAL[::-1]))
    code = (
        "import sys, pathlib\n"
        "from safehouse.media.sound_measure import measure_sound\n"
        "for _ in range(100): clip = measure_sound(pathlib.Path(sys.argv[1]), 'C0001')\n"
        "print(clip.sound[0].layout, clip.sound[0].samples)\n"
    )
    done = run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "7.1 4800\n")
