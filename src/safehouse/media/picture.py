"""Makes our own frames of decoded ones: number, exact time, planes, and flags."""

from fractions import Fraction

from av.video.stream import VideoStream as AvVideoStream

from safehouse.errors import SourceBroken
from safehouse.media.decoding import Decoded
from safehouse.media.describing import rate_of
from safehouse.media.frame_times import FrameClock
from safehouse.media.probe import refuse
from safehouse.media.unpacking import layout_of, packing_or_scaler, take_planes
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame

__all__ = ["FrameTaker"]

DECODING_TIMES_ONLY = {"avi"}
"""Containers without display times. FFmpeg's guesses for reordered pictures run backwards."""


class FrameTaker:
    """Takes the frames of one picture stream, in output order from number first.

    Attributes:
        clock: the times given so far.
        by_coded_order: the container keeps no display times; the coded order gives them.
        duration: how long the last frame stays, by its decoder; 0 where it does not say.
        index: number of the next frame.
    """

    def __init__(
        self, source: AvVideoStream, video: VideoStream, shift: int, first: int = 0
    ) -> None:
        self.clock = FrameClock(source.time_base or Fraction(1, 90000), rate_of(source))
        self.by_coded_order = _lacks_display_times(source)
        self._lead: int | None = None
        self.duration = 0
        self._video = video
        self._shift = shift
        self.index = first
        self._packing = packing_or_scaler(video.pix_fmt)
        self._layout = layout_of(video.pix_fmt, video.colour.full_range is True)

    def take(self, decoded: Decoded) -> OriginalFrame:
        """Return the next frame.

        Raises:
            SourceBroken: it has another size or pixel format than the first.
        """
        index, pts = self.pass_by(decoded)
        return OriginalFrame(
            index=index,
            pts=pts,
            planes=take_planes(decoded.frame, self._packing),
            layout=self._layout,
            interlaced=decoded.frame.interlaced_frame,
            corrupt=decoded.corrupt,
        )

    def pass_by(self, decoded: Decoded) -> tuple[int, int]:
        """Return number and time of the next frame, without its samples.

        Raises:
            SourceBroken: it has another size or pixel format than the first.
        """
        frame, video = decoded.frame, self._video
        same_size = (frame.width, frame.height) == (video.width, video.height)
        if not same_size or frame.format.name != video.pix_fmt:
            raise refuse(
                SourceBroken,
                f"the frame size or pixel format changes at frame {self.index}",
                "cut the film there, and protect the parts",
            )
        time = self.clock.time_of(self._own_time(decoded))
        self.duration = frame.duration
        self.index += 1
        return self.index - 1, time - self._shift

    def _own_time(self, decoded: Decoded) -> int | None:
        """Return what the container says of a frame's time; its decoding time where need be."""
        frame = decoded.frame
        if not self.by_coded_order:
            return frame.pts if frame.pts is not None else frame.dts
        if self._lead is None:
            self._lead = frame.dts
        return None if frame.dts is None or self._lead is None else frame.dts - self._lead


def _lacks_display_times(source: AvVideoStream) -> bool:
    """Return whether the container keeps decoding times alone, for pictures that are reordered."""
    reordered = bool(source.codec_context.has_b_frames)
    return reordered and source.container.format.name in DECODING_TIMES_ONLY
