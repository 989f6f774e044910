"""One channel of sound through FFmpeg's filters: another rate, another tempo, in blocks."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

__all__ = ["SoundFilter", "resample", "resample_blocks", "stretch"]

Samples = NDArray[np.float32]

ENDS = (av.error.BlockingIOError, av.error.EOFError)
LONGEST_FRAME = 1 << 16
"""Samples that are handed to FFmpeg at once."""


class SoundFilter:
    """A chain of filters for one channel.

    Args:
        rate_hz: samples a second of what is put in.
        chain: FFmpeg's filters in order, each with its arguments.
    """

    def __init__(self, rate_hz: int, chain: Iterable[tuple[str, str]]) -> None:
        self._rate_hz = rate_hz
        self._at = 0
        graph = Graph()
        base = Fraction(1, rate_hz)
        self._source = graph.add_abuffer(
            sample_rate=rate_hz, format="flt", layout="mono", time_base=base
        )
        last = self._source
        for name, arguments in [*chain, ("aformat", "sample_fmts=flt:channel_layouts=mono")]:
            added = graph.add(name, arguments)
            last.link_to(added)
            last = added
        self._sink = graph.add("abuffersink")
        last.link_to(self._sink)
        graph.configure()
        self._graph = graph

    def put(self, samples: Samples) -> Iterator[AudioFrame]:
        """Yield what the chain gives after samples of shape (n,) were put in."""
        for at in range(0, samples.size, LONGEST_FRAME):
            part = np.ascontiguousarray(samples[None, at : at + LONGEST_FRAME], np.float32)
            frame = AudioFrame.from_ndarray(part, format="flt", layout="mono")
            frame.sample_rate, frame.pts = self._rate_hz, self._at
            self._at += part.shape[1]
            self._source.push(frame)
            yield from self._pull()

    def end(self) -> Iterator[AudioFrame]:
        """Yield what the chain still holds; nothing can be put in any more."""
        self._source.push(None)
        yield from self._pull()

    def _pull(self) -> Iterator[AudioFrame]:
        while True:
            try:
                frame: Any = self._sink.pull()
            except ENDS:
                return
            yield frame


def resample(samples: Samples, rate_hz: int, to_hz: int) -> Samples:
    """Return samples of shape (n,) at another rate; the first stays the first, the pitch stays.

    The result has exactly ceil(n * to_hz / rate_hz) samples.
    """
    found = list(resample_blocks([samples], rate_hz, to_hz))
    joined = np.concatenate([np.zeros(0, np.float32), *found])
    return _of_length(joined, -(-samples.size * to_hz // rate_hz))


def resample_blocks(blocks: Iterable[Samples], rate_hz: int, to_hz: int) -> Iterator[Samples]:
    """Yield blocks of shape (n,) at another rate, whatever the blocks that come in."""
    if rate_hz == to_hz:
        yield from (block for block in blocks if block.size)
        return
    chain = SoundFilter(rate_hz, [("aresample", str(to_hz))])
    for block in blocks:
        yield from map(_samples, chain.put(block))
    yield from map(_samples, chain.end())


def stretch(samples: Samples, rate_hz: int, tempo: float) -> Samples:
    """Return samples of shape (n,) said `tempo` times as fast, at the same pitch.

    The result has exactly round(n / tempo) samples.
    """
    if tempo == 1 or not samples.size:
        return samples
    chain = SoundFilter(rate_hz, [("atempo", f"{tempo:.6f}")])
    found = [_samples(frame) for frame in (*chain.put(samples), *chain.end())]
    joined = np.concatenate([np.zeros(0, np.float32), *found])
    return _of_length(joined, round(samples.size / tempo))


def _samples(frame: AudioFrame) -> Samples:
    return np.array(frame.to_ndarray().ravel(), np.float32)


def _of_length(samples: Samples, length: int) -> Samples:
    """Return samples cut, or filled up with silence, to a length."""
    return np.pad(samples[:length], (0, max(0, length - samples.size)))
