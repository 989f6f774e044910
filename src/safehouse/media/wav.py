"""WAV files of ours: `fmt ` and `data` and little else, RF64 from 4 GiB on (EBU Tech 3306).

FFmpeg's muxer writes them. It keeps 28 bytes for the long sizes of RF64 free in a `JUNK` chunk,
which holds zeros in a short file. Of a film project a `bext` chunk (EBU Tech 3285) says where on
the neutral time line the clip lies, and nothing more: all its words are empty.
"""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

from safehouse.errors import FormatRefused, SourceMissing
from safehouse.media.chunkfile import read_chunk
from safehouse.media.timecode import HOURS, hour_of
from safehouse.model.plan import SoundOut

__all__ = ["check_wav", "is_wav", "join_wav", "write_wav"]

BITEXACT = 0x400
HEADS = {b"RIFF", b"RF64"}
KNOWN = {b"JUNK": {28}, b"ds64": {28}, b"fmt ": {16, 40}, b"bext": {602}}
"""Chunks before the samples, and the lengths that they may have."""

PLACE = slice(338, 346)
"""Of `bext`: samples since midnight; behind it stands the version of the chunk, 1."""

PCM, EXTENSIBLE = 1, 0xFFFE
PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")
"""KSDATAFORMAT_SUBTYPE_PCM, as WAVE_FORMAT_EXTENSIBLE names it."""


@contextmanager
def _open(
    path: Path, codec: str, rate_hz: int, layout: str, reel: str = ""
) -> Iterator[tuple[OutputContainer, AudioStream]]:
    options = {"rf64": "auto", "write_bext": str(int(bool(reel)))}
    with av.open(str(path.absolute()), "w", format="wav", container_options=options) as container:
        container.flags |= BITEXACT
        if reel:
            container.metadata["time_reference"] = str(hour_of(reel) * 3600 * rate_hz)
        stream = container.add_stream(codec, rate_hz)
        if not isinstance(stream, AudioStream):
            raise FormatRefused(f"{codec} is no sound codec", next_step="build the plan anew")
        stream.time_base = Fraction(1, rate_hz)
        stream.codec_context.layout = layout
        stream.codec_context.format = "s16" if codec == "pcm_s16le" else "s32"
        stream.codec_context.options = {"flags": "+bitexact"}
        yield container, stream


def join_wav(sound: Path, out: SoundOut, path: Path, reel: str = "") -> None:
    """Write a film that is one finished sound track as WAV to path, in place.

    reel is a clip's id: the file says that it begins at that clip's hour. "" says nothing.
    """
    with _open(path, out.codec, out.rate_hz, out.layout, reel) as (container, stream):
        stream.codec_context.open()
        for coded in read_chunk(sound):
            _mux(container, stream, coded.content, coded.pts)


def write_wav(
    blocks: Iterable[NDArray[np.float32]], rate_hz: int, channels: int, path: Path
) -> None:
    """Write samples, shape (channels, n), -1 … 1, as 16-bit WAV to path, in place."""
    names = {1: "mono", 2: "stereo"}
    layout = names.get(channels, f"{channels} channels")
    with _open(path, "pcm_s16le", rate_hz, layout) as (container, stream):
        stream.codec_context.open()
        at = 0
        for block in blocks:
            whole = np.clip(np.rint(block.T.astype(np.float64) * 32768), -32768, 32767)
            _mux(container, stream, whole.astype("<i2").tobytes(), at)
            at += block.shape[1]


def _mux(container: OutputContainer, stream: AudioStream, content: bytes, at: int) -> None:
    if not content:
        return
    packet = Packet(content)
    packet.stream = stream
    packet.time_base = Fraction(1, stream.codec_context.sample_rate)
    packet.pts = packet.dts = at
    container.mux_one(packet)


def is_wav(path: Path) -> bool:
    """Return whether a file begins as WAV does."""
    with path.open("rb") as handle:
        return handle.read(4) in HEADS


def check_wav(path: Path) -> tuple[str, ...]:
    """Return everything in a WAV file that the allow-list does not name, in words.

    Raises:
        SourceMissing: the file can't be opened.
    """
    try:
        with path.open("rb") as handle:
            return tuple(_check(handle, path.stat().st_size))
    except OSError as error:
        raise SourceMissing("the film can't be opened", next_step="render it again") from error


def _check(handle: BinaryIO, size: int) -> Iterator[str]:
    head = handle.read(12)
    if head[:4] not in HEADS or head[8:] != b"WAVE":
        yield "the file is no WAV"
        return
    long, length, rate_hz, place = b"", 0, 0, None
    while True:
        row = handle.read(8)
        if len(row) < 8:
            yield "broken: no samples"
            return
        kind, length = row[:4], int.from_bytes(row[4:], "little")
        if kind == b"data":
            break
        if length not in KNOWN.get(kind, ()):
            yield f"chunk {kind.decode('latin-1')!r} of {length} bytes is not in the profile"
            return
        payload = handle.read(length)
        long = payload if kind == b"ds64" else long
        rate_hz = int.from_bytes(payload[4:8], "little") if kind == b"fmt " else rate_hz
        place = payload[PLACE] if kind == b"bext" else place
        fault = _fault_of(kind, payload)
        if fault:
            yield fault
    if place is not None and not _is_neutral(int.from_bytes(place, "little"), rate_hz):
        yield "its place in time is not the neutral one of a clip"
    if head[:4] == b"RF64":
        length = int.from_bytes(long[8:16], "little")
    if handle.tell() + length + length % 2 != size:
        yield "bytes behind the samples, or fewer than the file says"


def _is_neutral(place: int, rate_hz: int) -> bool:
    hour, rest = divmod(place, 3600 * rate_hz) if rate_hz else (0, 1)
    return not rest and hour < HOURS


def _fault_of(kind: bytes, payload: bytes) -> str:
    if kind == b"JUNK":
        return "the free chunk is not empty" if any(payload) else ""
    if kind == b"bext":
        said = payload[: PLACE.start] + payload[PLACE.stop + 2 :]
        version = payload[PLACE.stop : PLACE.stop + 2]
        return "the broadcast chunk says more" if any(said) or version != b"\1\0" else ""
    if kind == b"ds64":
        return "the long sizes hold a table" if any(payload[24:]) else ""
    tag, _, _, _, _, bits = struct.unpack("<HHIIHH", payload[:16])
    if len(payload) == 40:
        extra, valid = struct.unpack("<HH", payload[16:20])
        good = (tag, extra, valid, payload[24:]) == (EXTENSIBLE, 22, bits, PCM_GUID)
    else:
        good = tag == PCM
    return "" if good and bits in {16, 24} else "the samples are no plain PCM"
