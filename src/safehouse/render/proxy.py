"""Small copies to cut with, made of protected frames alone: scaled, 8 bits, with words burned in.

Hiding comes first, at full size and in the camera's own planes; what is scaled here holds nothing
of anybody any more. The words stand in the picture, so that a cutting copy is never taken for the
film.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.errors import PlanMismatch
from safehouse.media.encode import encode_chunk
from safehouse.media.reader import read_range
from safehouse.model.clip import VideoStream
from safehouse.model.frame import RENDER_TOKEN, Plane, PlaneLayout, ProtectedFrame
from safehouse.model.plan import Plan
from safehouse.render.protect import protect
from safehouse.store.atomic import whole_file

__all__ = ["LAYOUT", "LONGEST_SIDE", "Burned", "burn", "proxy_size", "render_proxy", "shrink"]

LONGEST_SIDE = 960
"""Longest side of a cutting copy, px: enough to cut with, too little to deliver."""

LAYOUT = PlaneLayout("yuv420p", "yuv", 8, 1, 1, full_range=False)
"""How samples of a cutting copy lie; every player and browser takes it."""

WORDS_WIDTH = 0.5
"""Width of the burned words in the picture as it is seen; smaller ones can be overlooked."""

WHITE, BLACK, GREY = 235, 16, 128
"""Luma of white and black in limited range, and chroma without colour (ITU-R BT.709)."""

LUMA_WEIGHTS = (0.7152, 0.0722, 0.2126)
"""Of green, blue and red (ITU-R BT.709), for sources whose planes are RGB."""

LIT = 127
"""Level of a smooth edge, 0 to 255, above which a pixel is of the words."""

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Burned:
    """Words as pixels of the whole cutting copy: where they are, and the rim around them."""

    ink: Bits
    rim: Bits


def proxy_size(video: VideoStream) -> tuple[int, int]:
    """Return (width, height) of a clip's cutting copy: even, the longest side at most 960 px."""
    scale = min(1.0, LONGEST_SIDE / max(video.width, video.height))
    width, height = (max(16, 2 * round(side * scale / 2)) for side in (video.width, video.height))
    return width, height


def burn(words: str, width: int, height: int, turns: int = 0) -> Burned:
    """Return words as pixels of a frame, at its lower edge as it is seen.

    Args:
        words: letters and digits.
        width: of the coded frame, px.
        height: the same.
        turns: quarter turns counter-clockwise that the frame is shown with.
    """
    seen = (height, width) if turns % 2 == 0 else (width, height)
    font, thick = cv2.FONT_HERSHEY_SIMPLEX, 2
    (across, up), _ = cv2.getTextSize(words, font, 1.0, thick)
    scale = max(0.3, seen[1] * WORDS_WIDTH / across)
    place = (int(seen[1] * (1 - WORDS_WIDTH) / 2), seen[0] - max(4, int(up * scale * 0.6)))
    drawn = np.zeros(seen, np.uint8)
    cv2.putText(drawn, words, place, font, scale, (255.0,), thick)
    ink = np.rot90(drawn, -turns) > LIT
    reach = 2 * max(1, round(scale)) + 1
    whole = cv2.dilate(ink.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    return Burned(np.ascontiguousarray(ink), np.ascontiguousarray(whole & ~ink))


def shrink(frame: ProtectedFrame, width: int, height: int, words: Burned) -> ProtectedFrame:
    """Return a protected frame as a cutting copy shows it: width x height px, `LAYOUT`.

    It is a function of the protected samples alone.
    """
    luma, *chroma = _as_yuv(frame)
    size, half = (width, height), (width // 2, height // 2)
    small = _scaled(luma, size)
    planes: tuple[Plane, ...] = (small, *(_scaled(plane, half) for plane in chroma))
    small[words.rim] = BLACK
    small[words.ink] = WHITE
    for plane in planes:
        plane.flags.writeable = False
    return ProtectedFrame(
        frame.index, frame.pts, planes, LAYOUT, interlaced=False, token=RENDER_TOKEN
    )


def _as_yuv(frame: ProtectedFrame) -> tuple[Plane, ...]:
    """Return luma and two chroma planes, 8 bits, limited range, each of its own size."""
    layout = frame.layout
    planes = [_eight_bits(plane, layout.depth) for plane in frame.planes]
    if layout.kind == "rgb":
        return _from_rgb(planes)
    if layout.kind == "gray":
        grey = np.full((2, 2), GREY, np.uint8)
        planes = [planes[0], grey, grey]
    if not layout.full_range:
        return tuple(planes)
    return _limited(planes[0], 219, 16), *(_limited(p, 224, 16) for p in planes[1:])


def _eight_bits(plane: Plane, depth: int) -> NDArray[np.uint8]:
    if depth == 8:
        return np.asarray(plane, np.uint8)
    shift = depth - 8
    whole = (plane.astype(np.uint32) + (1 << (shift - 1))) >> shift
    return np.asarray(np.minimum(whole, 255), np.uint8)


def _limited(plane: Plane, span: int, low: int) -> Plane:
    table = np.rint(np.arange(256) * (span / 255) + low).astype(np.uint8)
    return np.asarray(table[plane], np.uint8)


def _from_rgb(planes: list[NDArray[np.uint8]]) -> tuple[Plane, ...]:
    green, blue, red = (plane.astype(np.float32) / 255 for plane in planes)
    luma = LUMA_WEIGHTS[0] * green + LUMA_WEIGHTS[1] * blue + LUMA_WEIGHTS[2] * red
    cb = (blue - luma) / (2 * (1 - LUMA_WEIGHTS[1]))
    cr = (red - luma) / (2 * (1 - LUMA_WEIGHTS[2]))
    rows = ((luma, 219, 16), (cb, 224, 128), (cr, 224, 128))
    return tuple(np.rint(plane * span + low).astype(np.uint8) for plane, span, low in rows)


def _scaled(plane: Plane, size: tuple[int, int]) -> Plane:
    """Return a fresh plane of size (width, height)."""
    if plane.shape == (size[1], size[0]):
        return plane.copy()
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def render_proxy(  # noqa: PLR0913 - what is read, what is written, and who is told
    path: Path,
    plan: Plan,
    proxy: Plan,
    number: int,
    out: Path,
    *,
    words: str,
    progress: Callable[[int, int], None],
) -> None:
    """Write chunk number of a clip's cutting copy to out.

    Args:
        path: the clip.
        plan: who is hidden, at the clip's size.
        proxy: the same clip as the copy has it: size, format, encoder and chunks.
        number: of the chunk.
        out: the chunk's file.
        words: what is burned in.
        progress: is told (done, total) frames.

    Raises:
        PlanMismatch: the plans have no such chunk.
    """
    video, small, wanted = plan.clip.video, proxy.clip.video, proxy.output.video
    if video is None or small is None or wanted is None or number >= len(wanted.chunks):
        raise _no_chunk(plan, number)
    chunk = wanted.chunks[number]
    turns = (small.rotation // 90 + 2 * small.vflip) % 4
    burned = burn(words, small.width, small.height, turns)

    def frames() -> Iterator[ProtectedFrame]:
        for done, frame in enumerate(read_range(path, video, chunk), 1):
            yield shrink(protect(frame, plan), small.width, small.height, burned)
            progress(done, chunk.end - chunk.first)

    with whole_file(out) as partial:
        encode_chunk(frames(), small, wanted, partial)


def _no_chunk(plan: Plan, number: int) -> PlanMismatch:
    return PlanMismatch(
        f"the plan for clip {plan.clip.id} holds no chunk {number} of a picture",
        next_step="safehouse proxies",
    )
