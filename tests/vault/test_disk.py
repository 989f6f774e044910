"""Reading back from the device and not from memory: shown, or said not to be."""

import os
from pathlib import Path

import pytest
from safehouse_offload import disk as door
from safehouse_offload.disk import Disk


def put(path: Path, content: bytes) -> Path:
    with path.open("wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    return path


@pytest.mark.parametrize("size", [0, 1, 511, 4096, (1 << 20) + 3, 3 << 20])
def test_a_cold_read_gives_every_byte(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    got = bytearray()
    Disk().read_cold(str(put(tmp_path / "x", content)), got.extend)
    assert bytes(got) == content


def test_a_file_in_memory_is_not_called_cold(tmp_path: Path) -> None:
    path = put(tmp_path / "x", bytes(1 << 20))
    path.read_bytes()
    handle = os.open(path, os.O_RDONLY)
    try:
        assert not door._is_cold(handle, 1 << 20)
    finally:
        os.close(handle)


def test_where_nothing_shows_it_the_answer_is_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_is_cold", lambda *_: False)
    monkeypatch.setattr(door, "_set_direct", lambda *_: False)
    assert not Disk().read_cold(str(put(tmp_path / "x", b"x")), lambda _: None)


def test_a_link_is_never_opened(tmp_path: Path) -> None:
    put(tmp_path / "x", b"x")
    (tmp_path / "link").symlink_to("x")
    with pytest.raises(OSError):  # noqa: PT011 - ELOOP or its like
        Disk().open(str(tmp_path / "link"))
    with pytest.raises(OSError, match="regular"):
        Disk().open(str(tmp_path))
