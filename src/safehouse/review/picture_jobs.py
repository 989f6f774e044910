"""Pictures of frames, made in a worker: protected, original, or one head of them.

The media is hostile, so all of its decoding happens here; the server only passes the JPEG files on.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.sheet import as_rgb
from safehouse.model.box import Box
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Plan
from safehouse.render.protect import protect
from safehouse.review.reel import Reels

__all__ = ["Wanted", "let_go", "original_pictures", "protected_pictures", "ready"]

_REELS = Reels()
"""Of this worker process: what was read last stays open, for the next picture."""

QUALITY = 82
"""Of JPEG; the pictures are looked at once, and never leave this machine."""


class Wanted(msgspec.Struct, frozen=True):
    """A picture of a frame, longest side at most `longest` px; decoding can begin at decode_from.

    box is a place in coded px to cut out, or None for the whole frame.
    """

    frame: int
    decode_from: int
    longest: int
    box: Box | None = None
    grey: bool = False


def ready() -> None:
    """Do nothing; by then the libraries of the other jobs are there."""


def let_go() -> None:
    """Close the clip that was read last, so that its disk can be taken out."""
    _REELS.let_go()


def protected_pictures(path: Path, plan_json: bytes, wanted: Sequence[Wanted]) -> list[bytes]:
    """Return JPEG files of protected frames, upright, with square pixels, in the order asked for.

    Raises:
        SourceError: the clip can't be read, or is not the one that was analysed.
    """
    plan = msgspec.json.decode(plan_json, type=Plan)
    video, made = _video_of(plan), []
    for one in wanted:
        frame = _REELS.frame(path, video, one.frame, one.decode_from)
        hidden = protect(frame, plan)
        seen = OriginalFrame(frame.index, frame.pts, hidden.planes, hidden.layout)
        made.append(_jpeg(seen, video, one))
    return made


def original_pictures(path: Path, plan_json: bytes, wanted: Sequence[Wanted]) -> list[bytes]:
    """Return JPEG files of frames as they were filmed: somebody can be known.

    Raises:
        SourceError: the clip can't be read, or is not the one that was analysed.
    """
    video = _video_of(msgspec.json.decode(plan_json, type=Plan))
    return [
        _jpeg(_REELS.frame(path, video, one.frame, one.decode_from), video, one) for one in wanted
    ]


def _video_of(plan: Plan) -> VideoStream:
    if plan.clip.video is None:
        raise ValueError("a clip without a picture has no frames")
    return plan.clip.video


def _jpeg(frame: OriginalFrame, video: VideoStream, wanted: Wanted) -> bytes:
    whole = Box(0, 0, video.width, video.height)
    box = whole if wanted.box is None else wanted.box.clip(video.width, video.height)
    if not box.area:
        box = whole
    num, _, den = video.sample_aspect.partition("/")
    size = _size_of(box, int(num) / max(1, int(den or 1)), wanted.longest)
    small = replace(frame, planes=tuple(_cut(p, box, frame, size) for p in frame.planes))
    picture: Any = np.rot90(as_rgb(small, video.colour.matrix), video.rotation // 90)
    return _encoded(np.ascontiguousarray(picture), grey=wanted.grey)


def _cut(plane: Any, box: Box, frame: OriginalFrame, size: tuple[int, int]) -> Any:
    """Return the part of a plane under a box of luma px, at a size; chroma planes are smaller."""
    per_y, per_x = plane.shape[0] / frame.height, plane.shape[1] / frame.width
    rows = slice(int(box.y0 * per_y), max(int(box.y0 * per_y) + 1, round(box.y1 * per_y)))
    columns = slice(int(box.x0 * per_x), max(int(box.x0 * per_x) + 1, round(box.x1 * per_x)))
    return cv2.resize(plane[rows, columns], size, interpolation=cv2.INTER_AREA)


def _size_of(box: Box, aspect: float, longest: int) -> tuple[int, int]:
    wide, tall = box.width * aspect, float(box.height)
    scale = min(1.0, longest / max(wide, tall))
    return max(1, round(wide * scale)), max(1, round(tall * scale))


def _encoded(picture: NDArray[np.uint8], *, grey: bool) -> bytes:
    way = cv2.COLOR_RGB2GRAY if grey else cv2.COLOR_RGB2BGR
    fine, data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, way), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    if not fine:
        raise ValueError("a picture could not be written as JPEG")
    return bytes(data.tobytes())
