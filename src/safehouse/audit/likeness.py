"""How alike two faces are: dlib's embedding, for attacks on what stands in a face's place.

An embedding is biometric data: what holds one lives in memory alone and is written nowhere.
Source: King, Max-Margin Object Detection, 2015 (arXiv:1502.00046) and dlib's ResNet of 2017; both
models are CC0. Known to be weaker on East Asian faces than on others.
"""

from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.detectors import find_cnn, find_hog, model_file
from safehouse.audit.sheet import as_rgb
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame, Plane

__all__ = ["LENGTH", "SAME_PERSON", "Chip", "face_in", "likeness_of", "part_of"]

EMBEDDING_FILE = "dlib_face_recognition_resnet_model_v1.dat"
EMBEDDING_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
POINTS_FILE = "shape_predictor_5_face_landmarks.dat"
POINTS_SHA256 = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

LENGTH = 128
"""Numbers in an embedding."""

SAME_PERSON = 0.6
"""Distance up to which dlib's makers take two faces for one person's (99.4 % right on LFW)."""

CHIP_PX, PADDING = 150, 0.25
"""Edge of the upright face that the network is shown, and the room around it, as it was taught."""

SEEN_PX = 240
"""Edge that the crop of a head is brought to before a face is looked for in it."""

CNN_PX = 200
"""The same for the CNN, which takes 0.17 s for it; it is asked where HOG sees nothing."""

ONE_AT_A_TIME = Lock()

Rgb = NDArray[np.uint8]
Chip = tuple[Box, float, Any]
"""Where a face is: a part of the frame, px, how much larger it is made, and five points in that."""


def face_in(frame: OriginalFrame, head: Box, turns: int) -> Chip | None:
    """Return where the face of a head is; None where neither HOG nor the CNN sees one.

    Args:
        frame: a frame of the clip.
        head: the head with its margin, px of the coded frame.
        turns: quarter turns counter-clockwise that put the picture upright.
    """
    part = head.clip(frame.width, frame.height)
    if min(part.width, part.height) < 1:
        return None
    scale = min(4.0, SEEN_PX / max(part.width, part.height))
    grey = (frame.planes[0] >> (frame.layout.depth - 8)).astype(np.uint8)
    found = find_hog(grey, part, scale, turns)
    if not found:
        found = find_cnn(grey, part, scale * CNN_PX / SEEN_PX, turns)
    if not found:
        return None
    best = max(found, key=lambda face: face.score)
    picture = part_of(frame, part, scale, turns)
    with ONE_AT_A_TIME:
        points = _points()(picture, _rectangle(best.box, part, scale, turns, picture.shape))
    return part, scale, points


def likeness_of(frame: OriginalFrame, chip: Chip, turns: int) -> NDArray[np.float32]:
    """Return the embedding, shape (128,), of what a frame has where a face is."""
    part, scale, points = chip
    picture = part_of(frame, part, scale, turns)
    with ONE_AT_A_TIME:
        upright = dlib.get_face_chip(picture, points, CHIP_PX, PADDING)
        return np.array(_network().compute_face_descriptor(upright), np.float32)


def part_of(frame: OriginalFrame, part: Box, scale: float, turns: int) -> Rgb:
    """Return a part of a frame as RGB, made larger and upright, shape (h, w, 3)."""
    step_x, step_y = 1 << frame.layout.shift_x, 1 << frame.layout.shift_y
    x0, y0 = part.x0 // step_x * step_x, part.y0 // step_y * step_y
    planes: list[Plane] = []
    for n, plane in enumerate(frame.planes):
        sx, sy = (frame.layout.shift_x, frame.layout.shift_y) if n else (0, 0)
        if plane.shape == frame.planes[0].shape:
            sx = sy = 0
        planes.append(plane[y0 >> sy : -(-part.y1 >> sy), x0 >> sx : -(-part.x1 >> sx)])
    whole = as_rgb(replace(frame, planes=tuple(planes)), 6)
    top, left = part.y0 - y0, part.x0 - x0
    own = whole[top : top + part.height, left : left + part.width]
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    how = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    larger = cv2.resize(own, size, interpolation=how)
    return np.ascontiguousarray(np.rot90(larger, turns), np.uint8)


def _rectangle(
    box: Box, part: Box, scale: float, turns: int, shape: tuple[int, ...]
) -> dlib.rectangle:
    """Return a box of the coded frame as a rectangle of the upright picture of a part."""
    x0, y0, x1, y1 = (
        round((edge - start) * scale)
        for edge, start in zip(
            (box.x0, box.y0, box.x1, box.y1), (part.x0, part.y0) * 2, strict=True
        )
    )
    height, width = (shape[0], shape[1]) if turns % 2 == 0 else (shape[1], shape[0])
    for _ in range(turns % 4):
        x0, y0, x1, y1 = y0, width - x1, y1, width - x0
        height, width = width, height
    return dlib.rectangle(x0, y0, x1 - 1, y1 - 1)


@lru_cache(maxsize=1)
def _points() -> Any:
    return dlib.shape_predictor(str(model_file(POINTS_FILE, POINTS_SHA256)))


@lru_cache(maxsize=1)
def _network() -> Any:
    return dlib.face_recognition_model_v1(str(model_file(EMBEDDING_FILE, EMBEDDING_SHA256)))
