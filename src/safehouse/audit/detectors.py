"""The independent face detectors: dlib's HOG and its CNN; nothing of theirs found the people first.

`import face_recognition_models` would need pkg_resources, so its files are found without it. Its
68-point model is never opened (its licence forbids commercial use).
"""

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from safehouse.errors import EnvironmentLacks
from safehouse.model.box import Box

__all__ = ["HOG_LEAST_PX", "Face", "check_models", "find_cnn", "find_hog", "model_file"]

CNN_FILE = "mmod_human_face_detector.dat"
CNN_SHA256 = "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6"
"""Digest of the CNN's file in face_recognition_models 0.3; another file is refused."""

HOG_LEAST_PX = 80
"""Edge of the smallest face that HOG finds, px of the picture it is given: its window's size."""

Grey = NDArray[np.uint8]

ONE_AT_A_TIME = Lock()
"""dlib's detectors keep their scratch space inside: two threads in one of them end the process."""


class Face(NamedTuple):
    """A face: its box, px of the coded frame, and the detector's score (above 0; 1 is certain)."""

    box: Box
    score: float


def check_models() -> str:
    """Return in words what is here of the second detectors.

    Raises:
        EnvironmentLacks: a file is missing or not the pinned one.
    """
    _hog()
    _cnn()
    return "dlib HOG and CNN, digests as pinned"


def find_hog(grey: Grey, part: Box, scale: float, turns: int) -> list[Face]:
    """Return the faces that HOG finds in a part of a frame.

    Args:
        grey: luma of the whole frame, shape (height, width) uint8.
        part: where to look, px, inside the frame.
        scale: the part is made this much larger first.
        turns: quarter turns counter-clockwise that put the picture upright.
    """
    picture = _picture(grey, part, scale, turns)
    with ONE_AT_A_TIME:
        boxes, scores, _ = _hog().run(picture, 0, 0.0)
    return [
        Face(_back(box, picture.shape, part, scale, turns), float(score))
        for box, score in zip(boxes, scores, strict=True)
    ]


def find_cnn(grey: Grey, part: Box, scale: float, turns: int) -> list[Face]:
    """Return the faces that the CNN finds; the same arguments as `find_hog`."""
    picture = _picture(grey, part, scale, turns)
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    with ONE_AT_A_TIME:
        found = _cnn()(colour, 0)
    return [
        Face(_back(hit.rect, picture.shape, part, scale, turns), float(hit.confidence))
        for hit in found
    ]


@lru_cache(maxsize=1)
def _hog() -> Any:
    return dlib.get_frontal_face_detector()


@lru_cache(maxsize=1)
def _cnn() -> Any:
    return dlib.cnn_face_detection_model_v1(str(model_file(CNN_FILE, CNN_SHA256)))


def model_file(name: str, sha256: str) -> Path:
    """Return the path of a model of face_recognition_models 0.3, as pinned.

    Raises:
        EnvironmentLacks: it is missing, or another one.
    """
    found = importlib.util.find_spec("face_recognition_models")
    places = list(found.submodule_search_locations or ()) if found else []
    path = Path(places[0]) / "models" / name if places else None
    if path is None or not path.is_file():
        raise EnvironmentLacks(
            "a model of the second face detector is missing", next_step="install safehouse again"
        )
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    if digest != sha256:
        raise EnvironmentLacks(
            f"a model of the second face detector has SHA-256 {digest[:16]}…, not the pinned one",
            next_step="install face_recognition_models again",
        )
    return path


def _picture(grey: Grey, part: Box, scale: float, turns: int) -> Grey:
    """Return a part of a frame, scaled and upright."""
    crop = grey[part.y0 : part.y1, part.x0 : part.x1]
    if scale != 1.0:
        how = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
        crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=how).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(crop, turns))


def _back(rect: Any, shape: tuple[int, ...], part: Box, scale: float, turns: int) -> Box:
    """Return a detector's rectangle as a box of the coded frame."""
    height, width = shape[0], shape[1]
    x0, y0, x1, y1 = rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1
    for _ in range(turns % 4):
        height, width = width, height
        x0, y0, x1, y1 = width - y1, x0, width - y0, x1
    return Box(
        part.x0 + round(x0 / scale),
        part.y0 + round(y0 / scale),
        part.x0 + round(x1 / scale),
        part.y0 + round(y1 / scale),
    )
