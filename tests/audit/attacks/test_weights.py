"""A file of weights says numbers; whatever else it says is refused and never run."""

import collections
import pickle
import struct
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from safehouse.audit.attacks import weights
from safehouse.audit.attacks.weights import find_weights, read_weights


class _Float:
    pass


class _Rebuilt:
    """Stands for a tensor in a pickle as torch writes it."""

    def __init__(self, key: str, size: tuple[int, ...]) -> None:
        self.key, self.size = key, size


class _Writer(pickle._Pickler):  # type: ignore[misc]  # the Python one: it lets opcodes be written
    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if not isinstance(obj, _Rebuilt):
            super().save(obj, save_persistent_id)
            return
        self.write(b"ctorch._utils\n_rebuild_tensor_v2\n(")
        self.write(b"(Vstorage\nctorch\nFloatStorage\n")
        super().save(obj.key)
        self.write(b"Vcpu\n")
        super().save(4)
        self.write(b"tQ")
        super().save(0)
        super().save(obj.size)
        super().save(tuple(int(np.prod(obj.size[k + 1 :])) for k in range(len(obj.size))))
        self.write(b"tR")


def write_weights(path: Path, size: tuple[int, ...], values: bytes) -> None:
    """Write a file of torch's older form with one tensor."""
    with path.open("wb") as file:
        for head in (1, 1001, {}):
            pickle.dump(head, file, protocol=2)
        _Writer(file, protocol=2).dump({"model_state": {"one": _Rebuilt("7", size)}})
        pickle.dump(["7"], file, protocol=2)
        file.write(struct.pack("<q", len(values) // 4) + values)


def test_numbers_are_read(tmp_path: Path) -> None:
    values = np.arange(4, dtype="<f4")
    write_weights(tmp_path / "w.pt", (2, 2), values.tobytes())
    (name, array), *rest = read_weights(tmp_path / "w.pt").items()
    assert (name, array.tolist(), rest) == ("one", [[0, 1], [2, 3]], [])


def test_a_tensor_that_reaches_past_its_numbers_is_refused(tmp_path: Path) -> None:
    write_weights(tmp_path / "w.pt", (2, 3), np.arange(4, dtype="<f4").tobytes())
    with pytest.raises(pickle.UnpicklingError, match="beyond"):
        read_weights(tmp_path / "w.pt")


class _Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_code_is_refused_and_not_run(tmp_path: Path, place: int) -> None:
    parts: list[Any] = [1, 1001, {}, collections.OrderedDict()]
    parts[place] = _Evil(tmp_path / "ran")
    file: IO[bytes]
    with (tmp_path / "w.pt").open("wb") as file:
        for part in parts:
            pickle.dump(part, file, protocol=2)
    with pytest.raises(pickle.UnpicklingError, match="no number"):
        read_weights(tmp_path / "w.pt")
    assert not (tmp_path / "ran").exists()


def test_without_the_package_there_are_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights.importlib.util, "find_spec", lambda name: None)
    assert find_weights() is None
