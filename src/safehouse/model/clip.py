"""What a clip is: its streams, exact frame times and digest; nothing of its tags."""

from fractions import Fraction
from itertools import pairwise

import msgspec

__all__ = [
    "Clip",
    "Colour",
    "Dropped",
    "FrameTimes",
    "HdrStatic",
    "PtsRun",
    "SoundStream",
    "VideoStream",
    "parse_fraction",
    "times_of",
]


def parse_fraction(text: str) -> Fraction:
    """Return the fraction written as `30000/1001` or `25`.

    Raises:
        ValueError: the text is no fraction, or its denominator is 0.
    """
    try:
        return Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError(f"not a fraction: {text!r}") from error


class Colour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Colour tags as the numbers of ITU-T H.273; 2 is unspecified. full_range None is untagged.

    chroma_location says where 4:2:0 chroma lies: 1 left, 2 middle, 3 top left, 4 top, 5 bottom
    left, 6 bottom; 0 where nothing says it.
    """

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    full_range: bool | None = None
    chroma_location: int = 0


class HdrStatic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """HDR static metadata: SMPTE ST 2086 mastering display and CTA-861.3 light levels.

    Attributes:
        display: G, B, R primaries and white point as x, y in 1/50000, then the maximal and minimal
            luminance in 1/10000 cd/m²: ten integers; None when absent.
        light: maximal content light level and frame-average light level, cd/m²; None when absent.
    """

    display: tuple[int, ...] | None = None
    light: tuple[int, int] | None = None


class PtsRun(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """count frames with the times first, first + step, first + 2 step, … in time-base units."""

    first: int
    step: int
    count: int


class FrameTimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The exact time of every frame.

    Attributes:
        timebase: seconds a unit, `1/90000`.
        runs: the times in order, run-length coded; strictly increasing.
        last_duration: how long the last frame stays, in units.
    """

    timebase: str
    runs: tuple[PtsRun, ...]
    last_duration: int

    @property
    def count(self) -> int:
        """Number of frames."""
        return sum(run.count for run in self.runs)

    def pts(self) -> list[int]:
        """Return the time of every frame, in units of the time base."""
        return [run.first + run.step * n for run in self.runs for n in range(run.count)]


def times_of(pts: list[int], timebase: Fraction, last_duration: int) -> FrameTimes:
    """Return the run-length coding of strictly increasing pts.

    Raises:
        ValueError: the times do not increase strictly.
    """
    if any(b <= a for a, b in pairwise(pts)):
        raise ValueError("frame times do not increase")
    runs: list[PtsRun] = []
    at = 0
    while at < len(pts):
        step = pts[at + 1] - pts[at] if at + 1 < len(pts) else 0
        end = at + 1
        while step and end < len(pts) and pts[end] - pts[end - 1] == step:
            end += 1
        runs.append(PtsRun(pts[at], step, end - at))
        at = end
    return FrameTimes(f"{timebase.numerator}/{timebase.denominator}", tuple(runs), last_duration)


class VideoStream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The picture of a clip, as decoded.

    Attributes:
        index: number of the stream in its file.
        codec: FFmpeg's name, `h264`.
        pix_fmt: FFmpeg's name of the decoded format, `yuv420p10le`.
        width, height: coded size, px.
        sample_aspect: width of a pixel over its height, `1/1`.
        rate: average frames a second, `25/1`; only for show and encoder hints.
        rotation: display rotation in degrees, counter-clockwise as FFmpeg's display matrix says.
        hflip, vflip: mirrored by the display matrix.
        field_order: `progressive`, `tff` or `bff`.
        lossy: the source's codec predicts motion or quantises (margins grow, DESIGN section 5).
    """

    index: int
    codec: str
    pix_fmt: str
    width: int
    height: int
    times: FrameTimes
    sample_aspect: str = "1/1"
    rate: str = "25/1"
    rotation: int = 0
    hflip: bool = False
    vflip: bool = False
    colour: Colour = Colour()
    hdr: HdrStatic | None = None
    field_order: str = "progressive"
    lossy: bool = True


class SoundStream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sound track of a clip.

    Attributes:
        index: number of the stream in its file.
        codec: FFmpeg's name, `aac`.
        rate_hz: samples a second.
        layout: FFmpeg's name of the channel layout, `stereo`.
        channels: number of channels.
        samples: number of samples in each channel, as decoded.
        start: time of the first sample, seconds as a fraction, on the clip's time line.
        bits: bits a sample of the source where it is uncompressed, else 0.
    """

    index: int
    codec: str
    rate_hz: int
    layout: str
    channels: int
    samples: int
    start: str = "0/1"
    bits: int = 0


class Dropped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stream that goes into no output: its number, its kind, and why in plain words."""

    index: int
    kind: str
    why: str


class Clip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source file: an id that means nothing, its digest, and its streams."""

    id: str
    sha256: str
    size_bytes: int
    video: VideoStream | None
    sound: tuple[SoundStream, ...] = ()
    dropped: tuple[Dropped, ...] = ()
