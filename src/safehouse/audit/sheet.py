"""Contact sheet: frames of the protected film, each mask outlined, so that beauty hides no gap.

Only the film is opened, never the clip: no picture here shows more than the film does. Where the
film shows somebody, so would its pictures: then there are plans in their place, flat, with the
outlines of the masks, and of what was found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.draw import hidden_bits
from safehouse.media.reader import ClipReader
from safehouse.model.box import Box
from safehouse.model.clip import VideoStream
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Plan

__all__ = [
    "MOST",
    "Picture",
    "Pictures",
    "as_rgb",
    "contact_sheet",
    "flat_sheet",
    "moments",
    "outlined",
]

MOST = 24
"""Pictures on a sheet; more would be looked at less."""

FEW = 12
"""Pictures on the sheet of a film with few masks."""

WIDE_PX = 360
"""Width of a picture, px."""

LINE, HALO = (255, 214, 0), (0, 0, 0)
"""RGB of a mask's outline, and of the thin line around it that keeps it visible on any ground."""

FLAT, FOUND = 96, (255, 80, 60)
"""Grey of a flat picture, and RGB of the line around a face that no mask covers."""

NEAR = 12
"""Frames from a flat picture within which a face is drawn on it."""

WEIGHTS = {1: (0.2126, 0.7152), 9: (0.2627, 0.6780)}
"""Red and green of luma by ITU-T H.273 matrix number; others are taken as BT.601."""

Rgb = NDArray[np.uint8]


def moments(plan: Plan, most: int = MOST) -> tuple[int, ...]:
    """Return the frames on the sheet: each track's begin, middle and end, and the film's own.

    Where that is more than most, begins go first, then ends, then middles, spread over the film;
    where it is less than FEW, frames evenly spread over the film are added.
    """
    count = plan.clip.video.times.count if plan.clip.video else 0
    if not count:
        return ()
    rows = [m for m in plan.masks if 0 <= m.first < count]
    kinds = (
        {m.first for m in rows} | {0, count - 1},
        {min(m.end, count) - 1 for m in rows},
        {(m.first + min(m.end, count)) // 2 for m in rows} | {count // 2},
    )
    chosen: set[int] = set()
    for kind in kinds:
        chosen.update(_spread(sorted(kind - chosen), most - len(chosen)))
    evenly = sorted({count * (2 * n + 1) // (2 * FEW) for n in range(FEW)} - chosen)
    chosen.update(_spread(evenly, min(FEW, most) - len(chosen)))
    return tuple(sorted(chosen))


def _spread(frames: list[int], most: int) -> list[int]:
    """Return at most so many of the frames, evenly taken."""
    if len(frames) <= most:
        return frames
    return [frames[n * len(frames) // most] for n in range(max(0, most))]


class Picture(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A picture of the sheet: its frame, and the PNG file."""

    frame: int
    png: bytes


class Pictures:
    """Takes the sheet's pictures while the film's frames go by, so that none is decoded again.

    Attributes:
        taken: the pictures so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.taken: list[Picture] = []
        self._plan = plan
        self._wanted = frozenset(moments(plan))

    def look(self, frame: OriginalFrame) -> None:
        """Take a picture of a frame of the film, if the sheet has one of it."""
        if frame.index in self._wanted:
            self.taken.append(Picture(frame.index, _draw(frame, self._plan)))


def flat_sheet(plan: Plan, found: Mapping[int, Sequence[Box]]) -> tuple[bytes, ...]:
    """Return flat PNG pictures at `moments`: outlines alone, for a film that shows somebody.

    Args:
        plan: who is hidden where; a yellow line is where a mask ends.
        found: faces under no mask, by frame; a red line is drawn around those of nearby frames.
    """
    video = plan.clip.video
    if video is None:
        return ()
    pictures = []
    for frame in moments(plan):
        near = [box for at, boxes in found.items() if abs(at - frame) <= NEAR for box in boxes]
        pictures.append(_draw_flat(plan, video, frame, near))
    return tuple(pictures)


def _draw_flat(plan: Plan, video: VideoStream, frame: int, faces: Sequence[Box]) -> bytes:
    """Return the PNG picture of a frame's masks and of faces that none covers, upright."""
    aspect = _aspect(video)
    size = _size_of(video.width, video.height, aspect)
    hidden = hidden_bits(plan, frame)
    picture = outlined(np.full((*size[::-1], 3), FLAT, np.uint8), hidden, aspect)
    per_x, per_y = size[0] / video.width, size[1] / video.height
    for box in faces:
        corners = (round(box.x0 * per_x), round(box.y0 * per_y))
        ends = (round(box.x1 * per_x), round(box.y1 * per_y))
        cv2.rectangle(picture, corners, ends, FOUND, 2)
    return _png(np.rot90(picture, video.rotation // 90))


def _aspect(video: VideoStream) -> float:
    num, _, den = video.sample_aspect.partition("/")
    return int(num) / max(1, int(den or 1))


def contact_sheet(film: Path, plan: Plan, taken: Iterable[Picture] = ()) -> tuple[bytes, ...]:
    """Return PNG pictures of the film's frames at `moments`, in order, masks outlined.

    Args:
        film: is decoded only where taken lacks a picture.
        plan: who is hidden where.
        taken: pictures that were taken while the film was looked at.

    Raises:
        SourceError: the film can't be read.
    """
    pictures = {picture.frame: picture.png for picture in taken}
    left = set(moments(plan)) - pictures.keys()
    pictures |= _decoded(film, plan, left) if left else {}
    return tuple(pictures[frame] for frame in sorted(pictures))


def _decoded(film: Path, plan: Plan, wanted: set[int]) -> dict[int, bytes]:
    """Return pictures of a film that is decoded for them, as far as the last of them."""
    pictures: dict[int, bytes] = {}
    with ClipReader(film, "film") as reader:
        for frame in _until(reader.frames(), max(wanted)):
            if frame.index in wanted:
                pictures[frame.index] = _draw(frame, plan)
    return pictures


def _until(frames: Iterator[OriginalFrame], last: int) -> Iterator[OriginalFrame]:
    for frame in frames:
        yield frame
        if frame.index >= last:
            return


def _draw(frame: OriginalFrame, plan: Plan) -> bytes:
    """Return the PNG picture of a frame of the film, upright, masks outlined."""
    video = plan.clip.video
    if video is None:
        raise ValueError("a clip without a picture has no sheet")
    aspect = _aspect(video)
    hidden = hidden_bits(plan, frame.index, corrupt=frame.corrupt)
    small = _shrunk(frame, _size_of(frame.width, frame.height, aspect))
    picture = outlined(as_rgb(small, video.colour.matrix), hidden, aspect)
    return _png(np.rot90(picture, video.rotation // 90))


def _shrunk(frame: OriginalFrame, size: tuple[int, int]) -> OriginalFrame:
    """Return a frame with every plane at a size (width, height), which `as_rgb` takes as well."""
    planes: Any = tuple(cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in frame.planes)
    return replace(frame, planes=planes)


def _size_of(width: int, height: int, aspect: float) -> tuple[int, int]:
    """Return width and height of a picture with square pixels, WIDE_PX wide at most."""
    scale = min(1.0, WIDE_PX / (width * aspect))
    return max(1, round(width * aspect * scale)), max(1, round(height * scale))


def as_rgb(frame: OriginalFrame, matrix: int) -> Rgb:
    """Return a frame as (height, width, 3) uint8 RGB; good enough to look at, HDR left flat."""
    layout = frame.layout
    planes = [p.astype(np.float32) * np.float32(2.0 ** (8 - layout.depth)) for p in frame.planes]
    if layout.kind == "rgb":
        return _to_bytes((planes[2], planes[0], planes[1]))
    luma = planes[0] if layout.full_range else (planes[0] - 16) * np.float32(255 / 219)
    if layout.kind == "gray":
        return _to_bytes((luma, luma, luma))
    grow = 1.0 if layout.full_range else 255 / 224
    size = (frame.width, frame.height)
    blue, red = (
        (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128) * grow
        for p in planes[1:]
    )
    kr, kg = WEIGHTS.get(matrix, (0.299, 0.587))
    kb = 1 - kr - kg
    r, b = luma + 2 * (1 - kr) * red, luma + 2 * (1 - kb) * blue
    g = (luma - kr * r - kb * b) / kg
    return _to_bytes((r, g, b))


def _to_bytes(channels: tuple[NDArray[np.floating[Any]], ...]) -> Rgb:
    return np.clip(np.rint(np.stack(channels, axis=2)), 0, 255).astype(np.uint8)


def outlined(picture: Rgb, hidden: NDArray[np.bool_], aspect: float) -> Rgb:
    """Return a small picture with what is hidden outlined; square pixels, WIDE_PX wide at most."""
    height, width = hidden.shape
    size = _size_of(width, height, aspect)
    small = np.array(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    mask = cv2.resize(hidden.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    rims, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(small, rims, -1, HALO, 4)
    cv2.drawContours(small, rims, -1, LINE, 2)
    return small


def _png(picture: Rgb) -> bytes:
    ok, data = cv2.imencode(".png", cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR))
    if not ok:
        raise ValueError("a picture could not be written as PNG")
    return data.tobytes()
