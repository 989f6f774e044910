"""Reads sound as float samples on an exact time line: no gap shortens it, no overlap doubles it."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from safehouse.errors import SourceChanged
from safehouse.media.channels import use_plain_order
from safehouse.media.decoding import DECODE_ERRORS, read_packets
from safehouse.media.probe import open_source, refuse
from safehouse.model.clip import SoundStream
from safehouse.model.frame import OriginalSound

__all__ = ["SoundDecoder", "read_sound"]

GAP_S = Fraction(1, 10)
"""A jump of the container's times beyond this is a real gap or overlap; less is rounding."""

MAX_GAP_S = 3600
"""A jump beyond this is a broken time, not a gap."""

MAX_TAIL = 4096
"""Most samples of silence that a coder adds at the end (AAC 1024, HE-AAC 2048, Opus 960)."""

PCM_BITS = re.compile(r"pcm_[suf](\d+)")
USUAL_LAYOUTS = {1: "mono", 2: "stereo", 4: "quad", 5: "5.0", 6: "5.1", 8: "7.1"}
"""FFmpeg's names for sound of so many channels that says nothing about their order."""

SCALES = {"u8": 1 << 7, "s16": 1 << 15, "s32": 1 << 31}


class SoundDecoder:
    """Decodes one sound track and lays its samples out by their times.

    Attributes:
        samples: samples of each channel so far, silence in gaps counted in.
        start: time of the first sample, s; None before it.
        faults: packets that could not be decoded; their time becomes silence.
    """

    def __init__(self, stream: AudioStream) -> None:
        self.samples = 0
        self.start: Fraction | None = None
        self.faults = 0
        self._stream = stream
        self._context = stream.codec_context
        self._context.thread_count = 1
        self._order = list(use_plain_order(self._context))
        self._rate = 0
        self._layout = ""
        self._held: list[NDArray[np.float32]] = []
        self._beyond = 0
        self._resampler: av.AudioResampler | None = None

    def describe(self, shift: Fraction = Fraction(0)) -> SoundStream:
        """Return the description of the track as far as it is decoded."""
        context = self._context
        match = PCM_BITS.match(context.name)
        start = (self.start or Fraction(0)) - shift
        layout: Any = context.layout
        return SoundStream(
            index=self._stream.index,
            codec=context.codec.canonical_name,
            rate_hz=self._rate or context.sample_rate,
            layout=self._layout or named_layout(layout.name, layout.nb_channels),
            channels=layout.nb_channels,
            samples=self.samples,
            start=f"{start.numerator}/{start.denominator}",
            bits=int(match[1]) if match else 0,
        )

    def decode(self, packet: "Packet[Any]") -> Iterator[NDArray[np.float32]]:
        """Yield blocks of shape (channels, n) that follow each other without a gap."""
        try:
            frames = self._context.decode(packet if packet.size else None)
        except av.error.EOFError:
            return
        except DECODE_ERRORS:
            self.faults += 1
            return
        for frame in frames:
            for samples in self._lay_out(frame):
                put = samples[self._order] if len(self._order) == len(samples) else samples
                yield from self._until_end(put)

    def _until_end(self, samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Yield samples up to the end that the container says; hold those behind it.

        The last block of a coder is filled up with silence. When more than that comes, the
        container was wrong about its end, and what was held is let go.
        """
        end = self._end()
        if end is None or self._beyond < 0:
            self.samples += samples.shape[1]
            yield samples
            return
        inside = max(0, min(samples.shape[1], end - self.samples))
        if inside:
            self.samples += inside
            yield samples[:, :inside]
        if inside < samples.shape[1]:
            self._held.append(samples[:, inside:])
            self._beyond += samples.shape[1] - inside
        if self._beyond > MAX_TAIL:
            for held in self._held:
                self.samples += held.shape[1]
                yield held
            self._held, self._beyond = [], -1

    def _end(self) -> int | None:
        """Return how many samples the container says there are; None where it need not know."""
        stream = self._stream
        if not stream.duration or "mov" not in stream.container.format.name.split(","):
            return None
        return round(stream.duration * (stream.time_base or Fraction(1)) * self._rate)

    def _lay_out(self, frame: AudioFrame) -> Iterator[NDArray[np.float32]]:
        if not self._rate:
            self._rate, self._layout = frame.sample_rate, _layout_name(frame)
        time = None if frame.pts is None else frame.pts * (self._stream.time_base or Fraction(1))
        early = 0
        if self.start is None:
            early = self._before_start(time or Fraction(0))
            self.start = (time or Fraction(0)) + Fraction(early, self._rate)
            time = None if early else time
        for decoded in self._samples_of(frame):
            block, early = decoded[:, early:], max(0, early - decoded.shape[1])
            lead = 0 if time is None else self._lead(time)
            time = None
            if lead > 0:
                yield np.zeros((block.shape[0], lead), np.float32)
            kept = block[:, -lead:] if lead < 0 else block
            if kept.shape[1]:
                yield kept

    def _before_start(self, time: Fraction) -> int:
        """Return how many of the first samples an edit list cuts in the middle of a packet.

        FFmpeg gives them times below 0; no player plays them, and a film's edit list can't hold
        them.
        """
        if "mov" not in self._stream.container.format.name.split(",") or not -GAP_S < time < 0:
            return 0
        return round(-time * self._rate)

    def _lead(self, time: Fraction) -> int:
        """Return how many samples are missing before time, or, negative, are there already."""
        done = self.samples + max(0, self._beyond)
        expected = (self.start or Fraction(0)) + Fraction(done, self._rate)
        jump = time - expected
        if not GAP_S < abs(jump) < MAX_GAP_S:
            return 0
        return round(jump * self._rate)

    def _samples_of(self, frame: AudioFrame) -> Iterator[NDArray[np.float32]]:
        if frame.sample_rate == self._rate and _layout_name(frame) == self._layout:
            yield _as_float(frame)
            return
        if self._resampler is None:
            self._resampler = av.AudioResampler("fltp", self._layout, self._rate)
        frame.pts = None
        for same in self._resampler.resample(frame):
            yield _as_float(same)


def _layout_name(frame: AudioFrame) -> str:
    return named_layout(str(frame.layout.name), frame.layout.nb_channels)


def named_layout(name: str, channels: int) -> str:
    """Return a layout's name; an unordered one (`2 channels`) gets the usual order's."""
    return USUAL_LAYOUTS.get(channels, name) if name.endswith("channels") else name


def _as_float(frame: AudioFrame) -> NDArray[np.float32]:
    """Return shape (channels, n), -1 … 1; exact for integers of up to 24 bits."""
    layout: Any = frame.layout
    kind: Any = frame.format
    raw = frame.to_ndarray()
    if not kind.is_planar:
        raw = raw.reshape(-1, layout.nb_channels).T
    packed = kind.name.rstrip("p")
    if packed not in SCALES:
        return np.ascontiguousarray(raw, dtype=np.float32)
    scale = SCALES[packed]
    middle = scale if packed == "u8" else 0
    return ((raw.astype(np.float64) - middle) / scale).astype(np.float32)


def read_sound(path: Path, stream: SoundStream, block: int = 65536) -> Iterator[OriginalSound]:
    """Yield the samples of a track, in blocks of at most block samples of each channel.

    Raises:
        SourceError: the file can't be read.
        SourceChanged: the track is not there, or has another number of samples.
    """
    first = 0
    with open_source(path) as container:
        found = [s for s in container.streams.audio if s.index == stream.index]
        if not found or found[0].codec_context is None:
            raise _changed(stream)
        decoder = SoundDecoder(found[0])
        for samples in _blocks(container.demux(found[0]), decoder, block):
            yield OriginalSound(first, samples, stream.rate_hz)
            first += samples.shape[1]
    if first != stream.samples:
        raise _changed(stream)


def _blocks(
    packets: "Iterator[Packet[Any]]", decoder: SoundDecoder, block: int
) -> Iterator[NDArray[np.float32]]:
    """Yield blocks of exactly block samples, and a last one of the rest."""
    waiting: list[NDArray[np.float32]] = []
    count = 0
    for packet in read_packets(packets):
        if packet is None:
            break
        for samples in decoder.decode(packet):
            waiting.append(samples)
            count += samples.shape[1]
        while count >= block:
            joined = np.concatenate(waiting, axis=1)
            yield np.ascontiguousarray(joined[:, :block])
            waiting, count = [joined[:, block:]], count - block
    if count:
        yield np.concatenate(waiting, axis=1)


def _changed(stream: SoundStream) -> Exception:
    return refuse(
        SourceChanged,
        f"sound track {stream.index} is not the one that was analysed",
        "safehouse analyse CLIP",
    )
