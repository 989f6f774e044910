"""Planes: how the samples of each FFmpeg pixel format become planes, and grow without loss.

Pure: arrays in, arrays out. Each format that a decoder gives is one of: planar (its planes go
through as they are), packed or half-planar (unpacked here, exactly), or exotic (converted by
FFmpeg's scaler, and said).
"""

import re
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safehouse.model.frame import Plane, PlaneLayout

__all__ = ["Packing", "deepen", "packing_of", "planar_layout", "unpack", "widen"]

Raw = NDArray[np.uint8] | NDArray[np.uint16]

CHROMA_SHIFTS = {
    "444": (0, 0),
    "440": (0, 1),
    "422": (1, 0),
    "420": (1, 1),
    "411": (2, 0),
    "410": (2, 2),
}
"""log2 of the luma columns and rows under one chroma sample, by FFmpeg's three digits."""

PLANAR_YUV = re.compile(r"(yuvj|yuva|yuv)(4\d\d)p(\d*)(le|be)?")
PLANAR_RGB = re.compile(r"(gbrap|gbrp)(\d*)(le|be)?")
GREY = re.compile(r"(gray|ya|y)(\d*)(le|be)?")
HALF_PLANAR = re.compile(r"(nv|p0|p2|p4)(\d\d)(le|be)?")
NV_SHIFTS = {"12": (1, 1), "21": (1, 1), "16": (1, 0), "20": (1, 0), "24": (0, 0), "42": (0, 0)}
P_SHIFTS = {"p0": (1, 1), "p2": (1, 0), "p4": (0, 0)}
PACKED_422 = {"yuyv422": (0, 1, 3), "uyvy422": (1, 0, 2), "yvyu422": (0, 3, 1)}
"""First byte of Y, U and V in each four bytes; the second Y is two bytes after the first."""
PACKED_RGB = re.compile(r"([rgba0x]{3,4})(24|48le|64le|)")


class Packing(NamedTuple):
    """How a pixel format is taken apart.

    Attributes:
        how: `planar`, `half` (chroma interleaved), `422` (four bytes, two pixels), `rgb`
            (packed pixels), `grey` (first of one or two interleaved samples) or `scaler`.
        planar: FFmpeg's name of the planar format it becomes.
        shift: bits to drop on the right, where samples sit in the high bits.
        order: numbers of the interleaved samples of each plane, as `how` needs them.
        alpha: transparency is dropped.
    """

    how: Literal["planar", "half", "422", "rgb", "grey", "scaler"]
    planar: str
    shift: int = 0
    order: tuple[int, ...] = ()
    alpha: bool = False


def planar_layout(planar: str, full_range: bool) -> PlaneLayout:
    """Return the layout of a planar format named as `packing_of` does.

    Raises:
        ValueError: the name is no planar format of 8 to 16 bits.
    """
    if match := PLANAR_YUV.fullmatch(planar):
        shift_x, shift_y = CHROMA_SHIFTS[match[2]]
        return PlaneLayout(planar, "yuv", int(match[3] or 8), shift_x, shift_y, full_range)
    if match := PLANAR_RGB.fullmatch(planar):
        return PlaneLayout(planar, "rgb", int(match[2] or 8), full_range=True)
    if (match := GREY.fullmatch(planar)) and match[1] == "gray":
        return PlaneLayout(planar, "gray", int(match[2] or 8), full_range=full_range)
    raise ValueError(f"not a planar format: {planar}")


def packing_of(pix_fmt: str) -> Packing | None:
    """Return how a pixel format of FFmpeg is taken apart; None where that is not known here.

    Big-endian and other rare formats are left to the caller (FFmpeg's scaler).
    """
    if pix_fmt.endswith("be"):
        return None
    for read in (_planar, _half_planar, _packed_rgb):
        if found := read(pix_fmt):
            return found
    if pix_fmt in PACKED_422:
        return Packing("422", "yuv422p", order=PACKED_422[pix_fmt])
    return None


def _depth_name(stem: str, depth: int) -> str:
    return stem if depth == 8 else f"{stem}{depth}le"


def _planar(pix_fmt: str) -> Packing | None:
    if match := PLANAR_YUV.fullmatch(pix_fmt):
        if match[2] not in CHROMA_SHIFTS:
            return None
        name = _depth_name(f"yuv{match[2]}p", int(match[3] or 8))
        return Packing("planar", name, alpha=match[1] == "yuva")
    if match := PLANAR_RGB.fullmatch(pix_fmt):
        name = _depth_name("gbrp", int(match[2] or 8))
        return Packing("planar", name, alpha=match[1] == "gbrap")
    if (match := GREY.fullmatch(pix_fmt)) and match[1] != "y":
        two = match[1] == "ya"
        return Packing(
            "grey", _depth_name("gray", int(match[2] or 8)), order=(0, 1 + two), alpha=two
        )
    return None


def _half_planar(pix_fmt: str) -> Packing | None:
    match = HALF_PLANAR.fullmatch(pix_fmt)
    if not match:
        return None
    if match[1] == "nv":
        if match[2] not in NV_SHIFTS:
            return None
        shifts, depth = NV_SHIFTS[match[2]], 10 if match[2] == "20" else 8
        order = (1, 0) if match[2] in {"21", "42"} else (0, 1)
        return Packing("half", _depth_name(_yuv_name(shifts), depth), order=order)
    depth = int(match[2])
    name = _depth_name(_yuv_name(P_SHIFTS[match[1]]), depth)
    return Packing("half", name, shift=16 - depth, order=(0, 1))


def _yuv_name(shifts: tuple[int, int]) -> str:
    return next(f"yuv{digits}p" for digits, found in CHROMA_SHIFTS.items() if found == shifts)


def _packed_rgb(pix_fmt: str) -> Packing | None:
    match = PACKED_RGB.fullmatch(pix_fmt)
    if not match or not set("rgb") <= set(match[1]):
        return None
    letters = match[1]
    if (match[2] in {"24", "48le"}) != (len(letters) == 3):
        return None
    name = "gbrp16le" if match[2] in {"48le", "64le"} else "gbrp"
    order = (letters.index("g"), letters.index("b"), letters.index("r"), len(letters))
    return Packing("rgb", name, order=order, alpha="a" in letters)


def unpack(raw: tuple[Raw, ...], packing: Packing, width: int) -> tuple[Plane, ...]:
    """Return fresh, read-only planes of a decoded frame; exact.

    Args:
        raw: the frame's own planes as samples, each (rows, samples a row, padding included);
            columns beyond the picture are ignored.
        packing: how they are taken apart; not `scaler`.
        width: picture width, px.
    """
    layout = planar_layout(packing.planar, full_range=False)
    chroma_width = -(-width >> layout.shift_x)
    planes: list[NDArray[np.generic]]
    if packing.how == "planar":
        widths = (width, chroma_width, chroma_width)
        planes = [raw[n][:, : widths[n]] for n in range(layout.plane_count)]
    elif packing.how == "grey":
        step = packing.order[1]
        planes = [raw[0][:, : width * step : step]]
    elif packing.how == "half":
        pair = raw[1][:, : 2 * chroma_width]
        first, second = packing.order
        planes = [raw[0][:, :width], pair[:, first::2], pair[:, second::2]]
    elif packing.how == "422":
        luma, first, second = packing.order
        row = raw[0][:, : 4 * chroma_width]
        planes = [row[:, luma::2][:, :width], row[:, first::4], row[:, second::4]]
    else:
        step = packing.order[3]
        planes = [raw[0][:, n : width * step : step] for n in packing.order[:3]]
    return tuple(_own(plane, packing.shift) for plane in planes)


def _own(plane: NDArray[np.generic], shift: int) -> Plane:
    """Return a contiguous, read-only copy, shifted to the right."""
    own: Plane
    if plane.dtype == np.uint8:
        own = np.array(plane, dtype=np.uint8, order="C")
    else:
        own = np.array(plane, dtype=np.uint16, order="C")
        own >>= np.uint16(shift)
    own.setflags(write=False)
    return own


def widen(planes: tuple[Plane, ...], source: PlaneLayout, target: PlaneLayout) -> tuple[Plane, ...]:
    """Return planes in a wider layout, from which the narrower one can be had back exactly.

    Chroma samples are repeated over the luma they cover; grey gets neutral chroma; samples move
    up to the target's depth.

    Raises:
        ValueError: the target is narrower, or of another kind.
    """
    if source == target:
        return planes
    grey = source.kind == "gray" and target.kind == "yuv"
    finer = source.shift_x >= target.shift_x and source.shift_y >= target.shift_y
    if source.depth > target.depth or not (grey or (finer and source.kind == target.kind)):
        raise ValueError(f"{source.pix_fmt} does not widen to {target.pix_fmt}")
    height, width = planes[0].shape
    grown = [deepen(plane, source, target.depth) for plane in planes]
    size = (-(-height >> target.shift_y), -(-width >> target.shift_x))
    if grey:
        middle = np.full(size, 1 << (target.depth - 1), grown[0].dtype)
        return (grown[0], middle, middle)
    repeat_y = 1 << (source.shift_y - target.shift_y)
    repeat_x = 1 << (source.shift_x - target.shift_x)
    chroma = [
        plane.repeat(repeat_y, axis=0).repeat(repeat_x, axis=1)[: size[0], : size[1]]
        for plane in grown[1:]
    ]
    return (grown[0], *chroma)


def deepen(plane: Plane, source: PlaneLayout, depth: int) -> Plane:
    """Return samples at a greater depth; `>> (depth - source.depth)` gives the old ones back.

    Limited range moves by a shift alone (ITU-R BT.2100 table 9); full range repeats its top bits
    below, so that white stays white.
    """
    more = depth - source.depth
    if more == 0:
        return plane
    wide: NDArray[np.uint16] = plane.astype(np.uint16) << np.uint16(more)
    if source.full_range:
        wide |= wide >> np.uint16(source.depth)
    return wide
