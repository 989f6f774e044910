"""What the tests of the vault share."""

from pathlib import Path

import pytest
from journey import Journey


@pytest.fixture
def journey(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Journey:
    """A card, a key and two vaults, in an empty home."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    made = Journey(tmp_path, capsys, monkeypatch)
    made.begin()
    return made
