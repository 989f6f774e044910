"""Looks into one recording on a card: does it open, is there a picture, is there sound.

Everything stays in memory. Decoding needs PyAV, which is loaded when a file is looked into and not
before: the rest of the package works without it.
"""

import io
import resource
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from safehouse_offload.disk import Disk

if TYPE_CHECKING:
    from av.container import InputContainer

__all__ = ["LookJob", "Seen", "Thumb", "look_into", "look_into_limited"]

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,mxf,asf,flv,ogg,gxf,dv,wav,w64"
    ",aiff,caf,flac,mp3,aac,ac3,amr,au,h264,hevc,av1,obu,ivf"
)
"""FFmpeg's names of what is opened: what recorders write. Lists of other files are not among it."""

SHORT_S = 60.0
"""A recording up to this long is read from end to end; a longer one in places."""

PLACES = 24
"""Places that are looked at in a longer one, its beginning and its end among them."""

PLACE_S = 1.0
"""Sound that is heard at each place."""

MOST_PACKETS = 5_000
"""Packets that are read at one place before it is given up."""

END_S = 1.5
"""How far before the end that a recording names its last picture or sound may lie."""

BLACK_LEVEL = 24
"""Brightest value, of 255, that counts as black; the noise of a covered lens is below it."""

BLACK_SHARE = 0.995
SMALL = (64, 36)
SILENT_PEAK = 32
"""Loudest sample, of 32,768, that counts as silence: 60 dB below full scale."""

FULL_RUN = 4
"""Samples at full scale one after the other that count as clipped; one alone is a loud peak."""

FULL = 32_767
LOSSY_FULL = 32_440
"""The same for coded sound, which comes back a little beside the flat top that it was given."""

EXACT = ("pcm_", "flac", "alac")
THUMBS = 6
MEMORY_BYTES = 4 << 30
CPU_S = 900
WHOLE_CPU_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class LookJob:
    """One file to be looked into.

    Attributes:
        root: the card.
        path: on the card.
        whole: decode everything, however long it takes.
        thumb: width and height of the small pictures, in px; (0, 0) for none.
    """

    root: str
    path: str
    whole: bool = False
    thumb: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture: (height, width, 3) bytes, RGB, and when it is, in seconds."""

    width: int
    height: int
    rgb: bytes
    at_s: float


@dataclass(slots=True)
class Seen:
    """What was found in one file.

    Attributes:
        problem: why it can't be read, in words; "" when it can.
        length_s: as the file says.
        pictures, black: how many were looked at, and were black.
        tracks: of sound.
        heard_s: how much sound was heard, of all tracks.
        peak: loudest sample, of 32,768.
        clipped_s: times of the blocks in which sound was at full scale.
        thumbs: small pictures.
    """

    path: str
    problem: str = ""
    length_s: float = 0.0
    pictures: int = 0
    black: int = 0
    tracks: int = 0
    heard_s: float = 0.0
    peak: int = 0
    clipped_s: list[float] = field(default_factory=list)
    thumbs: list[Thumb] = field(default_factory=list)

    @property
    def is_black(self) -> bool:
        """Whether more than half of the pictures were black."""
        return self.black * 2 > self.pictures

    @property
    def is_silent(self) -> bool:
        """Whether there is sound, and none of it can be heard."""
        return self.heard_s > 0 and self.peak <= SILENT_PEAK


def look_into_limited(disk: Disk, job: LookJob, meter: Callable[[int], None]) -> Seen:
    """Look into a file in a process of its own, which may take only so much memory and time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + (WHOLE_CPU_S if job.whole else CPU_S)
    _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hardest))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, most))
    return look_into(disk, job, meter)


def look_into(disk: Disk, job: LookJob, meter: Callable[[int], None]) -> Seen:
    """Return what is in a file; whatever is wrong with it is a problem in words, not a failure."""
    seen = Seen(job.path)
    try:
        handle = disk.open(f"{job.root}/{job.path}")
    except OSError as error:
        seen.problem = f"can't be read: {_words(error)}"
        return seen
    try:
        given = _Given(disk, handle, disk.facts(f"{job.root}/{job.path}").st_size, meter)
        _look(given, job, seen)
    except OSError as error:
        seen.problem = f"can't be read: {_words(error)}"
    except MemoryError:
        seen.problem = "takes more memory than a recording may"
    finally:
        disk.close(handle)
    return seen


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


class _Given:
    """What the decoder reads from; the first failure of the card is kept."""

    def __init__(self, disk: Disk, handle: int, size: int, meter: Callable[[int], None]) -> None:
        self.error: OSError | None = None
        self.size = size
        self._disk, self._handle, self._meter = disk, handle, meter
        self._at = 0

    def read(self, count: int) -> bytes:
        try:
            block = self._disk.read_at(self._handle, count, self._at)
        except OSError as error:
            self.error = self.error or error
            return b""
        self._at += len(block)
        self._meter(len(block))
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at


def _look(given: _Given, job: LookJob, seen: Seen) -> None:
    import av

    if not given.size:
        seen.problem = "empty"
        return
    try:
        container = av.open(
            given,
            "r",
            metadata_errors="replace",
            container_options={"format_whitelist": FORMATS, "protocol_whitelist": "none"},
        )
    except (av.error.FFmpegError, ValueError):
        seen.problem = "can't be opened: broken off, damaged, or not what its name says"
    else:
        with closing(container):
            _look_at_all(container, job, seen)
    if given.error is not None:
        raise given.error


def _look_at_all(container: "InputContainer", job: LookJob, seen: Seen) -> None:
    look = _Look(container, job, seen)
    if not look.streams:
        seen.problem = "no picture and no sound in it"
        return
    seen.length_s = (container.duration or 0) / 1e6
    if job.whole or seen.length_s <= SHORT_S:
        look.read(None)
        if not seen.pictures and look.has_picture and not job.whole:
            look.rewind(every=True)
            look.read(None)
    else:
        for number in range(PLACES):
            look.go(number * (seen.length_s - PLACE_S) / (PLACES - 1))
            look.read(PLACE_S if number < PLACES - 1 else None)
    seen.problem = look.problem()


class _Look:
    """One container being looked through: its streams, and what came out of them."""

    def __init__(self, container: "InputContainer", job: LookJob, seen: Seen) -> None:
        self.container, self.job, self.seen = container, job, seen
        pictures = [s for s in container.streams.video if not _is_cover(s)]
        self.has_picture = bool(pictures)
        self.streams: list[Any] = [*pictures[:1], *container.streams.audio]
        self.errors = 0
        self.last_s = 0.0
        self.resamplers: dict[int, Any] = {}
        seen.tracks = len(container.streams.audio)
        for stream in self.streams:
            if stream.codec_context is not None:
                stream.codec_context.thread_count = 1
        self._choose(every=job.whole)

    def _choose(self, *, every: bool) -> None:
        if self.has_picture and self.streams[0].codec_context is not None:
            self.streams[0].codec_context.skip_frame = "DEFAULT" if every else "NONKEY"

    def rewind(self, *, every: bool) -> None:
        """Begin again, this time with every picture where every is true."""
        self.go(0.0)
        self.seen.heard_s, self.seen.peak, self.seen.clipped_s = 0.0, 0, []
        self._choose(every=every)

    def go(self, to_s: float) -> None:
        """Go to a time; where the container can't, what comes next is looked at."""
        import av

        with suppress(av.error.FFmpegError):
            self.container.seek(int(to_s * 1e6))

    def read(self, sound_s: float | None) -> None:
        """Look at everything from here on, or at one picture and some sound."""
        began, heard = self.seen.pictures, self.seen.heard_s
        wanted = (sound_s or 0.0) * self.seen.tracks
        for count, packet in enumerate(self._packets()):
            for frame in self._frames(packet):
                self._take(packet.stream, frame)
            if sound_s is None:
                continue
            has = self.seen.pictures > began or not self.has_picture
            if (has and self.seen.heard_s - heard >= wanted) or count > MOST_PACKETS:
                return

    def _packets(self) -> Iterator[Any]:
        import av

        packets = self.container.demux(self.streams)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.FFmpegError, ValueError):
                self.errors += 1
                return
            self.errors += bool(packet.is_corrupt)
            if packet.pts is not None and packet.size and packet.time_base:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                self.last_s = max(self.last_s, end - _start(self.container))
            yield packet

    def _frames(self, packet: Any) -> list[Any]:
        import av

        try:
            return list(packet.decode())
        except (av.error.FFmpegError, ValueError):
            self.errors += 1
            return []

    def _take(self, stream: Any, frame: Any) -> None:
        if stream.type == "video":
            _take_picture(frame, self.job, self.seen)
        else:
            self._take_sound(stream, frame)

    def _take_sound(self, stream: Any, frame: Any) -> None:
        import av

        key = (stream.index, frame.format.name, frame.layout.name, frame.sample_rate)
        if self.resamplers.get(stream.index, (None,))[0] != key:
            self.resamplers[stream.index] = (key, av.AudioResampler(format="s16"))
        at_s = (frame.time or 0.0) - _start(self.container)
        full = _full_scale(stream.codec_context.name)
        for part in self.resamplers[stream.index][1].resample(frame):
            channels = len(part.layout.channels)
            samples = array("h", bytes(part.planes[0])[: part.samples * channels * 2])
            peak = max(max(samples), -min(samples)) if samples else 0
            self.seen.heard_s += part.samples / part.sample_rate
            self.seen.peak = max(self.seen.peak, peak)
            if full <= peak and _is_clipped(samples, channels, full):
                self.seen.clipped_s.append(at_s)

    def problem(self) -> str:
        """Return what is wrong with the recording itself, in words; "" for nothing."""
        seen = self.seen
        if not seen.pictures and self.has_picture:
            return "no picture in it can be decoded"
        if not seen.heard_s and not self.has_picture:
            return "no sound in it can be decoded"
        if seen.length_s and self.last_s < seen.length_s - END_S:
            return f"breaks off at {self.last_s:.0f} of {seen.length_s:.0f} seconds"
        if self.errors:
            return f"damaged in {self.errors} place{'s' * (self.errors != 1)}"
        return ""


def _start(container: "InputContainer") -> float:
    return (container.start_time or 0) / 1e6


def _is_cover(stream: Any) -> bool:
    """Return whether a stream is a picture of a cover and no recording."""
    return bool(int(stream.disposition) & 0x400) or stream.codec_context is None


def _take_picture(frame: Any, job: LookJob, seen: Seen) -> None:
    small = _rgb(frame, *SMALL)
    dark = sum(value <= BLACK_LEVEL for value in small)
    seen.pictures += 1
    seen.black += dark >= BLACK_SHARE * len(small)
    if job.thumb[0]:
        width, height = _fit(frame.width, frame.height, *job.thumb)
        seen.thumbs.append(Thumb(width, height, _rgb(frame, width, height), frame.time or 0.0))
        if len(seen.thumbs) > 4 * THUMBS:
            del seen.thumbs[1::2]


def _fit(width: int, height: int, most_w: int, most_h: int) -> tuple[int, int]:
    """Return the largest size of the same shape within another; the height is even."""
    scale = min(most_w / max(1, width), most_h / max(1, height))
    return max(2, round(width * scale)), max(2, round(height * scale / 2) * 2)


def _rgb(frame: Any, width: int, height: int) -> bytes:
    """Return a frame as (height, width, 3) bytes."""
    plane = frame.reformat(width=width, height=height, format="rgb24").planes[0]
    content, row = bytes(plane), plane.line_size
    return b"".join(content[at * row : at * row + width * 3] for at in range(height))


def _full_scale(codec: str) -> int:
    """Return the sample that counts as full scale; one that none reaches for sound that has none.

    Sound in floating point goes on above full scale, and can be turned down later.
    """
    if codec.startswith("pcm_f"):
        return 1 << 16
    return FULL if codec.startswith(EXACT) else LOSSY_FULL


def _is_clipped(samples: "array[int]", channels: int, full: int) -> bool:
    """Return whether a channel stays at full scale for FULL_RUN samples."""
    for channel in range(channels):
        run = 0
        for value in samples[channel::channels]:
            run = run + 1 if value >= full or value < -full else 0
            if run == FULL_RUN:
                return True
    return False
