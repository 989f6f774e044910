"""Reads a clip: every frame once in output order, with exact times, and its sound measured."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from av.container import InputContainer

from safehouse.errors import SourceBroken, SourceEmpty
from safehouse.media.decoding import Decoded, FrameDecoder, read_packets
from safehouse.media.describing import believable_rate, describe_video
from safehouse.media.picture import FrameTaker
from safehouse.media.prefetch import prefetch
from safehouse.media.probe import (
    Streams,
    choose_streams,
    clock_shift,
    open_source,
    refuse,
    require_size,
)
from safehouse.media.ranges import KeyTrial, count_pictures, read_range, sum_of, try_keys
from safehouse.media.sound_reader import SoundDecoder, read_sound
from safehouse.model.clip import (
    Clip,
    Dropped,
    SoundStream,
    VideoStream,
    parse_fraction,
    times_of,
)
from safehouse.model.frame import OriginalFrame

__all__ = ["ClipReader", "count_pictures", "read_range", "read_sound"]

AHEAD = 4
"""Frames decoded ahead of the one in use."""

KEY_SPACING = 24
"""Frames between key frames that are tried out; nearer ones save no decoding worth the trial."""

TRIED = 3
"""Frames that must come out alike, sample by sample, where decoding begins at a key frame."""

MAX_LAST_S = 10
"""Longest stay of the last frame that the container's end may give it, s; else its decoder's."""


class ClipReader:
    """Reads one source file from its first frame to its last.

    Use it as a context manager; go through `frames` once, then ask `clip` and `key_frames`.

    Args:
        path: the source; opened for reading only.
        clip_id: an id that means nothing.

    Raises:
        SourceError: one of its classes, for each way a file can be unfit (`errors.py`).
    """

    def __init__(self, path: Path, clip_id: str) -> None:
        self._path = path
        self._id = clip_id
        self._container = open_source(path)
        self._hasher = ThreadPoolExecutor(1)
        self._digest: Future[str] = self._hasher.submit(_digest_of, path)
        self._whole = False
        self._trials: list[KeyTrial] = []
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._streams = choose_streams(self._container)
        self._shift = clock_shift(self._streams)
        self._pump = _Pump(self._container, self._streams)
        self._decoded = self._pump.frames()
        self._video: VideoStream | None = None
        self._taker: FrameTaker | None = None
        source = self._streams.video
        if source is None:
            return
        self._first = next(self._decoded, None)
        if self._first is None:
            raise _no_frame(source.frames, self._pump)
        require_size(self._first.frame.width, self._first.frame.height)
        self._video = describe_video(source, self._first.frame)
        shift = int(self._shift / parse_fraction(self._video.times.timebase))
        self._taker = FrameTaker(source, self._video, shift)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._hasher.shutdown(wait=False, cancel_futures=True)
        self._container.close()

    @property
    def video(self) -> VideoStream | None:
        """The picture that is protected; its times are empty until all frames were read."""
        return self._video

    @property
    def sound(self) -> tuple[SoundStream, ...]:
        """The sound tracks; their lengths are exact once all frames were read."""
        found = tuple(d.describe(self._shift) for d in self._pump.sound.values())
        return tuple(s for s in found if s.samples) if self._whole else found

    @property
    def frames_expected(self) -> int:
        """The number of frames that the container announces or its length suggests; 0: unknown.

        It is untrusted, and only for showing how far reading is.
        """
        stream = self._streams.video
        if stream is None:
            return 0
        if stream.frames or not self._container.duration:
            return int(stream.frames)
        rate = stream.average_rate or 0
        return int(self._container.duration * rate / 1_000_000)

    def frames(self) -> Iterator[OriginalFrame]:
        """Yield every frame of the picture, in output order, once; decoding runs ahead.

        A frame that a decode error reaches has `corrupt` set. Without a picture, yield nothing,
        and measure the sound.

        Raises:
            SourceBroken: the frame size or pixel format changes on the way.
            SourceEmpty: there is neither a frame nor a sample.
        """
        times: list[int] = []
        for frame, is_key in prefetch(self._take_all(), AHEAD):
            self._note_key(frame, is_key)
            times.append(frame.pts)
            yield frame
        self._whole = True
        if self._video is None and not self.sound:
            raise refuse(
                SourceEmpty, "no sample of its sound can be decoded", "copy the file again"
            )
        if self._video is not None:
            timebase = parse_fraction(self._video.times.timebase)
            found = times_of(times, timebase, self._last_duration(times))
            rate = believable_rate(parse_fraction(self._video.rate), times, timebase)
            self._video = msgspec.structs.replace(
                self._video, times=found, rate=f"{rate.numerator}/{rate.denominator}"
            )

    def _take_all(self) -> Iterator[tuple[OriginalFrame, bool]]:
        if self._taker and self._first:
            first, self._first = self._first, None
            yield self._taker.take(first), first.frame.key_frame
        for decoded in self._decoded:
            if self._taker:
                yield self._taker.take(decoded), decoded.frame.key_frame

    def _note_key(self, frame: OriginalFrame, is_key: bool) -> None:
        """Keep the digests of frames where decoding may begin, to try them later."""
        last = self._trials[-1].index if self._trials else 0
        if is_key and not frame.corrupt and frame.index >= last + KEY_SPACING:
            self._trials.append(KeyTrial(frame.index, []))
        if self._trials and len(self._trials[-1].sums) < TRIED:
            self._trials[-1].sums.append(sum_of(frame))

    def _last_duration(self, times: list[int]) -> int:
        """Return how long the last frame stays: to the container's end, else as decoded."""
        source, video, taker = self._streams.video, self._video, self._taker
        if source is None or video is None or taker is None:
            return 0
        timebase = parse_fraction(video.times.timebase)
        last = times[-1]
        stay = taker.duration or max(1, round(1 / (parse_fraction(video.rate) * timebase)))
        if len(times) > 1 and stay * 4 < last - times[-2]:
            stay = last - times[-2]
        if source.duration and "mov" in self._container.format.name.split(","):
            shift = int(self._shift / timebase)
            return _to_end(source.start_time or 0, source.duration, last + shift, stay, timebase)
        return stay

    def clip(self) -> Clip:
        """Return the clip with exact times and digest; ask once all frames were read.

        Raises:
            RuntimeError: frames are left to read.
        """
        if not self._whole:
            raise RuntimeError("read all frames first")
        return Clip(
            id=self._id,
            sha256=self._digest.result(),
            size_bytes=self._path.stat().st_size,
            video=self._video,
            sound=self.sound,
            dropped=self._streams.dropped + self._remarks(),
        )

    def _remarks(self) -> tuple[Dropped, ...]:
        """Return what of the picture's times and frames is not as the file says."""
        lost = tuple(
            Dropped(index, "sound", "no sample of it can be decoded")
            for index, decoder in self._pump.sound.items()
            if not decoder.samples
        ) + tuple(
            Dropped(index, "fault", "parts of the sound can't be decoded; they are silent")
            for index, decoder in self._pump.sound.items()
            if decoder.samples and decoder.faults
        )
        if self._taker is None or self._video is None:
            return lost
        clock = self._taker.clock
        said = {
            "the container keeps no display times; the coded order gave them": (
                self._taker.by_coded_order
            ),
            f"{clock.generated} frames had no time; the frame rate gave it": clock.generated,
            f"{clock.moved} frames had a repeated time; each was moved behind its forerunner": (
                clock.moved
            ),
            "the recorder's running clock was set to 0": self._shift,
            "the film is damaged; every frame that the damage reaches is hidden whole": (
                self._pump.faults
            ),
        }
        index = self._video.index
        return lost + tuple(Dropped(index, "fault", why) for why, so in said.items() if so)

    def key_frames(self) -> tuple[int, ...]:
        """Return frames at which decoding can begin and gives the same samples; 0 always is one.

        Each was tried: a seek to it, and the next frames compared. Ask once all were read.
        """
        taker = self._taker
        if taker is None or self._video is None or self._pump.faults or not self._trials:
            return (0,)
        if taker.by_coded_order or not taker.clock.exact:
            return (0,)
        return (0, *try_keys(self._path, self._video, self._trials))


class _Pump:
    """Demuxes a file once: decodes the picture, and measures the sound beside it.

    Attributes:
        sound: one decoder for each sound track, by stream number.
        cut: the container broke off.
    """

    def __init__(self, container: InputContainer, streams: Streams) -> None:
        self.sound = {s.index: SoundDecoder(s) for s in streams.sound}
        self.cut = False
        self._container = container
        self._streams = streams
        self._picture = FrameDecoder(streams.video) if streams.video is not None else None

    @property
    def packets(self) -> int:
        """Packets of the picture so far."""
        return self._picture.packets if self._picture else 0

    @property
    def faults(self) -> int:
        """Faults of the picture so far."""
        return int(self.cut) + (self._picture.faults if self._picture else 0)

    def frames(self) -> Iterator[Decoded]:
        """Yield the frames of the picture; end when the file ends or breaks off."""
        streams = [s for s in (self._streams.video, *self._streams.sound) if s is not None]
        for packet in read_packets(self._container.demux(*streams)):
            if packet is None:
                self.cut = True
                if self._picture:
                    yield from self._picture.flush()
            elif packet.stream_index in self.sound:
                for _ in self.sound[packet.stream_index].decode(packet):
                    pass
            elif self._picture:
                yield from self._picture.decode(packet)


def _to_end(start: int, duration: int, last: int, stay: int, timebase: Fraction) -> int:
    """Return how long the last frame stays until its stream ends.

    FFmpeg's duration of a stream that begins late holds the wait before it, or does not, by its
    edit list; the decoder's word decides, then the shorter of the two.
    """
    ends = [duration - last, start + duration - last] if start > 0 else [start + duration - last]
    possible = [end for end in ends if 0 < end * timebase <= MAX_LAST_S]
    if stay in possible or not possible:
        return stay
    return possible[0]


def _no_frame(announced: int, pump: _Pump) -> Exception:
    next_step = "copy the file again from the card"
    if announced or pump.packets or pump.cut:
        return refuse(SourceBroken, "no frame of the picture can be decoded", next_step)
    return refuse(SourceEmpty, "there is no frame in the file", next_step)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
