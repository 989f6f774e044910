"""Reads the frames of a chunk, and tries where decoding may begin."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.video.stream import VideoStream as AvVideoStream

from safehouse.errors import SourceChanged
from safehouse.media.decoding import DECODE_ERRORS, Decoded, FrameDecoder, read_packets
from safehouse.media.picture import FrameTaker
from safehouse.media.probe import choose_streams, clock_shift, open_source, refuse
from safehouse.model.clip import VideoStream, parse_fraction
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk

__all__ = ["KeyTrial", "count_pictures", "read_range", "sum_of", "try_keys"]


@dataclass(frozen=True, slots=True)
class KeyTrial:
    """A frame where decoding may begin, and the times and digests of it and the next frames."""

    index: int
    sums: list[tuple[int, int]]


def sum_of(frame: OriginalFrame) -> tuple[int, int]:
    """Return the time and a checksum of the samples of a frame."""
    total = 0
    for plane in frame.planes:
        total = zlib.crc32(plane.data, total)
    return frame.pts, total


def try_keys(path: Path, video: VideoStream, trials: Iterable[KeyTrial]) -> tuple[int, ...]:
    """Return those frames from which a seek and decoding give the same frames again."""
    with open_source(path) as container:
        stream = container.streams[video.index]
        if not isinstance(stream, AvVideoStream):
            return ()
        shift = _shift_of(container, stream)
        return tuple(t.index for t in trials if _begins_alike(container, stream, video, shift, t))


def _shift_of(container: InputContainer, stream: AvVideoStream) -> int:
    return int(clock_shift(choose_streams(container)) / (stream.time_base or Fraction(1)))


def _begins_alike(
    container: InputContainer,
    stream: AvVideoStream,
    video: VideoStream,
    shift: int,
    trial: KeyTrial,
) -> bool:
    landed = _land(container, stream, trial.sums[0][0] + shift)
    if landed is None:
        return False
    taker = FrameTaker(stream, video, shift, trial.index)
    wanted = trial.sums
    return all(
        sum_of(taker.take(decoded)) == wanted[n]
        for n, decoded in zip(range(len(wanted)), landed, strict=False)
    )


def _land(container: InputContainer, stream: AvVideoStream, pts: int) -> Iterator[Decoded] | None:
    """Return the frames from the one at pts on, by a seek; None where the seek does not land."""
    frames = _after_seek(container, stream, pts)
    for decoded in frames:
        found = decoded.frame.pts
        if found is None or found > pts:
            return None
        if found == pts:
            return chain([decoded], frames)
    return None


def _after_seek(container: InputContainer, stream: AvVideoStream, pts: int) -> Iterator[Decoded]:
    decoder = FrameDecoder(stream)
    with suppress(*DECODE_ERRORS):
        container.seek(pts, stream=stream)
        for packet in container.demux(stream):
            yield from decoder.decode(packet)


def _from_start(container: InputContainer, stream: AvVideoStream) -> Iterator[Decoded]:
    decoder = FrameDecoder(stream)
    for packet in read_packets(container.demux(stream)):
        yield from decoder.decode(packet) if packet is not None else decoder.flush()


def count_pictures(path: Path) -> int:
    """Return the number of coded pictures in a film's first picture stream, without decoding.

    Raises:
        SourceError: the film can't be opened.
    """
    with open_source(path) as container:
        packets = container.demux(container.streams.video[0])
        return sum(packet.size > 0 for packet in packets)


def read_range(
    path: Path, video: VideoStream, chunk: Chunk, *, threads: int = 1
) -> Iterator[OriginalFrame]:
    """Yield the frames chunk.first … chunk.end - 1 with the numbers and times of the whole clip.

    Decoding begins at `chunk.decode_from` where a seek lands there, else at the first frame.

    Args:
        path: the source.
        video: the stream as the plan has it, times and all.
        chunk: which frames.
        threads: no effect; one thread decodes, so that a damaged film gives the frames that were
            analysed.

    Raises:
        SourceError: the file can't be read.
        SourceChanged: the frames or their times are not those of video.
    """
    del threads
    times = video.times.pts()
    if chunk.decode_from > 0:
        with open_source(path) as container:
            stream = _stream_of(container, video)
            shift = _shift_of(container, stream)
            landed = _land(container, stream, times[chunk.decode_from] + shift)
            if landed is not None:
                taker = FrameTaker(stream, video, shift, chunk.decode_from)
                yield from _checked(landed, taker, times, chunk)
                return
    with open_source(path) as container:
        stream = _stream_of(container, video)
        taker = FrameTaker(stream, video, _shift_of(container, stream))
        yield from _checked(_from_start(container, stream), taker, times, chunk)


def _stream_of(container: InputContainer, video: VideoStream) -> AvVideoStream:
    if video.index < len(container.streams):
        stream = container.streams[video.index]
        same_unit = stream.time_base == parse_fraction(video.times.timebase)
        context: Any = stream.codec_context
        if isinstance(stream, AvVideoStream) and context is not None and same_unit:
            return stream
    raise _changed(video.index)


def _checked(
    frames: Iterator[Decoded], taker: FrameTaker, times: Sequence[int], chunk: Chunk
) -> Iterator[OriginalFrame]:
    """Yield the frames of the chunk; each time must be the plan's."""
    for decoded in frames:
        frame = taker.take(decoded) if taker.index >= chunk.first else None
        index, pts = taker.pass_by(decoded) if frame is None else (frame.index, frame.pts)
        if index >= len(times) or pts != times[index]:
            raise _changed(index)
        if frame is not None:
            yield frame
        if index + 1 == chunk.end:
            return
    raise _changed(chunk.end)


def _changed(frame: int) -> Exception:
    return refuse(
        SourceChanged,
        f"the clip is not the one that was analysed; the difference is at frame {frame}",
        "safehouse analyse CLIP",
    )
