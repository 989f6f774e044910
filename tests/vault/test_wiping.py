"""A wipe that is stopped leaves no disk full."""

from pathlib import Path

import pytest
from safehouse_offload.disk import Disk
from safehouse_offload.wiping import wipe


class Stopping(Disk):
    """Ctrl-C comes with the tenth block that is written."""

    written = 0

    def write(self, handle: int, block: bytes | memoryview) -> int:
        self.written += 1
        if self.written == 10:
            raise KeyboardInterrupt
        return super().write(handle, block)


def test_ctrl_c_while_the_space_is_filled_frees_it(tmp_path: Path) -> None:
    (tmp_path / "C0001.MP4").write_bytes(b"take")
    with pytest.raises(KeyboardInterrupt):
        wipe(Stopping(), str(tmp_path))
    assert list(tmp_path.iterdir()) == []
