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


class FrameTaker:
    """Takes the frames of one picture stream, in output order from number first.

    Attributes:
        clock: the times given so far.
        duration: how long the last frame stays, by its decoder; 0 where it does not say.
    """

    def __init__(
        self, source: AvVideoStream, video: VideoStream, shift: int, first: int = 0
    ) -> None:
        self.clock = FrameClock(source.time_base or Fraction(1, 90000), rate_of(source))
        self.duration = 0
        self._video = video
        self._shift = shift
        self._index = first
        self._packing = packing_or_scaler(video.pix_fmt)
        self._layout = layout_of(video.pix_fmt, video.colour.full_range is True)

    def take(self, decoded: Decoded) -> OriginalFrame:
        """Return the next frame.

        Raises:
            SourceBroken: it has another size or pixel format than the first.
        """
        frame, video = decoded.frame, self._video
        same_size = (frame.width, frame.height) == (video.width, video.height)
        if not same_size or frame.format.name != video.pix_fmt:
            raise refuse(
                SourceBroken,
                f"the frame size or pixel format changes at frame {self._index}",
                "cut the film there, and protect the parts",
            )
        time = self.clock.time_of(frame.pts if frame.pts is not None else frame.dts)
        self.duration = frame.duration
        taken = OriginalFrame(
            index=self._index,
            pts=time - self._shift,
            planes=take_planes(frame, self._packing),
            layout=self._layout,
            interlaced=frame.interlaced_frame,
            corrupt=decoded.corrupt,
        )
        self._index += 1
        return taken
