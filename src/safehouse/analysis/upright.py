"""Pictures as they are seen: turned by the clip's display rotation before anybody is looked for.

A phone held upright writes its frames lying, with a flag that says how to turn them; in the coded
frame every person lies on their side, as no detector was taught.
"""

from dataclasses import replace

import cv2
import numpy as np

from safehouse.analysis.places import Area, turn_back
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame, Plane

__all__ = ["coded_area", "display_turns", "seen_size", "upright"]

ROTATE = {
    1: cv2.ROTATE_90_COUNTERCLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_CLOCKWISE,
}
"""Quarter turns counter-clockwise → OpenCV's name; it moves samples and computes on none."""


def display_turns(video: VideoStream) -> int:
    """Return the quarter turns counter-clockwise, 0 to 3, that make people stand.

    A picture that is mirrored top to bottom is turned half round as well: what stays is a mirrored
    one, which is looked at as any other.
    """
    return (video.rotation // 90 + 2 * video.vflip) % 4


def seen_size(video: VideoStream) -> tuple[int, int]:
    """Return (width, height) of the frame as it is seen, px."""
    if display_turns(video) % 2:
        return video.height, video.width
    return video.width, video.height


def upright(frame: OriginalFrame, turns: int) -> OriginalFrame:
    """Return the frame turned by quarter turns counter-clockwise; the frame itself for none."""
    if not turns:
        return frame
    layout = frame.layout
    if turns % 2:
        layout = replace(layout, shift_x=layout.shift_y, shift_y=layout.shift_x)
    return replace(frame, planes=tuple(_turn(p, turns) for p in frame.planes), layout=layout)


def coded_area(area: Area, turns: int, video: VideoStream) -> Area:
    """Return an area of the upright frame where it lies in the coded one, px."""
    return turn_back(area, turns, video.width, video.height)


def _turn(plane: Plane, turns: int) -> Plane:
    turned = cv2.rotate(np.ascontiguousarray(plane), ROTATE[turns])
    if turned.dtype == np.uint16:
        return np.asarray(turned, dtype=np.uint16)
    return np.asarray(turned, dtype=np.uint8)
