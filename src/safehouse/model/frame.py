"""Frames: a picture in the camera's own planes, with its protection as a type.

An `OriginalFrame` shows people. A `ProtectedFrame` went through `render`, the only package that
may import `RENDER_TOKEN` (a test reads the imports); the encoder takes nothing else.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "RENDER_TOKEN",
    "OriginalFrame",
    "OriginalSound",
    "Plane",
    "PlaneLayout",
    "ProtectedFrame",
    "ProtectedSound",
]

Plane = NDArray[np.uint8] | NDArray[np.uint16]
"""One plane of samples, shape (rows, columns), uint8 up to 8 bits a sample, else uint16."""


class _RenderToken:
    """The key to making protected frames and sound; one object, held by `render`."""


RENDER_TOKEN = _RenderToken()


@dataclass(frozen=True, slots=True)
class PlaneLayout:
    """How samples lie in a frame.

    Attributes:
        pix_fmt: FFmpeg's name, always planar and little-endian: `yuv420p`, `gbrp10le`, `gray`.
        kind: `yuv`, `gray`, or `rgb` (planes in the order G, B, R, all of full size).
        depth: bits a sample, 8 to 16; more than 8 sit in the low bits of uint16.
        shift_x: log2 of the luma columns that one chroma column covers.
        shift_y: log2 of the luma rows that one chroma row covers.
        full_range: samples use the whole range 0 … 2^depth - 1.
    """

    pix_fmt: str
    kind: Literal["yuv", "gray", "rgb"]
    depth: int
    shift_x: int = 0
    shift_y: int = 0
    full_range: bool = False

    @property
    def plane_count(self) -> int:
        """Number of planes."""
        return 1 if self.kind == "gray" else 3


@dataclass(frozen=True, slots=True)
class OriginalFrame:
    """A decoded frame, in which people can be recognised.

    Attributes:
        index: number of the frame in output order, from 0, counted from the clip's first frame.
        pts: presentation time in the stream's time base.
        planes: `layout.plane_count` arrays; planes[0] has shape (height, width); chroma planes
            ceil(height / 2^shift_y) x ceil(width / 2^shift_x). Read-only.
        layout: how the samples lie.
        interlaced: two fields woven into one picture.
        corrupt: the decoder reported an error in it; such a frame is hidden whole.
    """

    index: int
    pts: int
    planes: tuple[Plane, ...]
    layout: PlaneLayout
    interlaced: bool = False
    corrupt: bool = False

    @property
    def width(self) -> int:
        """Coded width, px."""
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        """Coded height, px."""
        return int(self.planes[0].shape[0])


@dataclass(frozen=True, slots=True)
class ProtectedFrame:
    """A frame that went through `render`: nothing under its masks depends on the original.

    Attributes are those of `OriginalFrame`; `token` must be `RENDER_TOKEN`.

    Raises:
        TypeError: somebody other than `render` tried to make one.
    """

    index: int
    pts: int
    planes: tuple[Plane, ...]
    layout: PlaneLayout
    interlaced: bool
    token: Any = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.token is not RENDER_TOKEN:
            raise TypeError("only safehouse.render makes a ProtectedFrame")


@dataclass(frozen=True, slots=True)
class OriginalSound:
    """A block of decoded sound, in which people can be heard.

    Attributes:
        first: number of the block's first sample since the track's start.
        samples: shape (channels, n) float32, nominal range -1 … 1.
        rate_hz: samples a second.
    """

    first: int
    samples: NDArray[np.float32]
    rate_hz: int


@dataclass(frozen=True, slots=True)
class ProtectedSound:
    """A block of sound that went through `render`; `token` must be `RENDER_TOKEN`.

    Raises:
        TypeError: somebody other than `render` tried to make one.
    """

    first: int
    samples: NDArray[np.float32]
    rate_hz: int
    token: Any = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.token is not RENDER_TOKEN:
            raise TypeError("only safehouse.render makes ProtectedSound")
