"""Weights of a network out of a file of torch's older form, without torch and without running it.

Such a file is a pickle, which can run any code. This reader knows five names and refuses every
other, so that a file can say numbers and nothing else.
"""

import collections
import importlib.util
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_weights", "read_weights"]

KINDS = {"FloatStorage": "<f4", "LongStorage": "<i8", "IntStorage": "<i4", "DoubleStorage": "<f8"}
PART = "model_state"


def find_weights() -> Path | None:
    """Return the weights that the installed package `resemblyzer` brings; None without it.

    The package is not imported: that would import torch.
    """
    found = importlib.util.find_spec("resemblyzer")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "pretrained.pt"
        if path.is_file():
            return path
    return None


@dataclass(frozen=True)
class _Tensor:
    key: str
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def _rebuild(key: str, offset: int, size: Any, stride: Any, *_: object) -> _Tensor:
    return _Tensor(key, offset, tuple(size), tuple(stride))


def _parameter(tensor: _Tensor, *_: object) -> _Tensor:
    return tensor


class _Numbers(pickle.Unpickler):
    """Reads tensors and their names; anything else is refused."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.kinds: dict[str, str] = {}

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
            ("torch._utils", "_rebuild_parameter"): _parameter,
        }
        if module == "torch" and name in KINDS:
            return name
        if (module, name) in known:
            return known[module, name]
        raise _refusal(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> str:
        _, kind, key, *_rest = pid
        self.kinds[str(key)] = KINDS[kind]
        return str(key)


def _refusal(what: str) -> pickle.UnpicklingError:
    return pickle.UnpicklingError(f"weights hold {what}, which is no number")


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of a network by their names.

    Raises:
        pickle.UnpicklingError: the file holds something other than numbers.
    """
    with path.open("rb") as file:
        for _ in range(3):
            _Numbers(file).load()
        reader = _Numbers(file)
        said = reader.load()
        stores = {}
        for key in _Numbers(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            kind = np.dtype(reader.kinds[key])
            stores[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    return {name: _array(tensor, stores[tensor.key]) for name, tensor in said[PART].items()}


def _array(tensor: _Tensor, store: NDArray[Any]) -> NDArray[np.float32]:
    """Return a tensor as an array; strides that reach past its numbers are refused."""
    size, stride = tensor.size, tensor.stride
    if any(n < 1 for n in size) or any(step < 0 for step in stride) or tensor.offset < 0:
        raise _refusal("a tensor without a size")
    last = tensor.offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if last >= len(store):
        raise _refusal("a tensor beyond its numbers")
    steps = [step * store.itemsize for step in stride]
    view = np.lib.stride_tricks.as_strided(store[tensor.offset :], size, steps)
    return np.array(view, np.float32)
