"""Decodes packets to frames without losing sight of a fault: frames after one are flagged."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import av.error
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as AvVideoStream

__all__ = ["Decoded", "FrameDecoder", "read_packets"]

LOSSY_TRANSPORTS = {"mpegts", "mpeg"}
"""Containers made for broadcast, which lose packets without a trace but for the time."""

DECODE_ERRORS = (av.error.FFmpegError, ValueError)
"""What PyAV raises on damaged packets."""


class Decoded(NamedTuple):
    """A frame, and whether a fault reaches it."""

    frame: VideoFrame
    corrupt: bool


class FrameDecoder:
    """Decodes the packets of one picture stream, one thread, in output order.

    One thread, because the frames that come out of a damaged stream depend on how many there are;
    a render must meet the frames that were analysed.

    A fault is a packet that can't be decoded or that its container marks as damaged, a frame in
    which the decoder concealed something, or frames lost on the way. It reaches all frames up to
    the next key frame, and at least the next frame.

    Attributes:
        faults: number of faults so far.
        packets: number of packets so far.
    """

    def __init__(self, stream: AvVideoStream) -> None:
        self.faults = 0
        self.packets = 0
        self._context = stream.codec_context
        if not self._context.is_open:
            self._context.thread_count = 1
        self._after_fault = False
        self._next_frame_too = False
        self._watch_gaps = stream.container.format.name in LOSSY_TRANSPORTS
        self._last: int | None = None
        self._step = 0

    def decode(self, packet: "Packet[Any]") -> Iterator[Decoded]:
        """Yield the frames that come out with this packet; an empty one empties the decoder."""
        if packet.size:
            self.packets += 1
        if packet.is_corrupt:
            self._note_fault()
        yield from self._receive(packet if packet.size else None)

    def _receive(self, packet: "Packet[Any] | None") -> Iterator[Decoded]:
        try:
            frames = self._context.decode(packet)
        except av.error.EOFError:
            return
        except DECODE_ERRORS:
            self._note_fault()
            return
        for frame in frames:
            yield Decoded(frame, self._reached(frame))

    def flush(self) -> Iterator[Decoded]:
        """Yield the frames that the decoder still holds, after the container broke off."""
        self._note_fault()
        yield from self._receive(None)

    def _note_fault(self) -> None:
        self.faults += 1
        self._after_fault = self._next_frame_too = True

    def _reached(self, frame: VideoFrame) -> bool:
        if frame.is_corrupt or self._is_behind_gap(frame):
            self.faults += 1
            self._after_fault = True
            return True
        if frame.key_frame and not self._next_frame_too:
            self._after_fault = False
        self._next_frame_too = False
        return self._after_fault

    def _is_behind_gap(self, frame: VideoFrame) -> bool:
        """Return whether frames are missing before this one, and it may have been made of them."""
        if not self._watch_gaps or frame.pts is None:
            return False
        step = 0 if self._last is None else frame.pts - self._last
        self._last = frame.pts
        if step <= 0:
            return False
        self._step = min(self._step or step, step)
        return 2 * step > 3 * self._step and not frame.key_frame


def read_packets(packets: "Iterable[Packet[Any]]") -> "Iterator[Packet[Any] | None]":
    """Yield the packets of a file; None stands for a fault of the container, which ends them."""
    try:
        yield from packets
    except DECODE_ERRORS:
        yield None
