import errno
import os
from pathlib import Path

import pytest

from safehouse.errors import (
    DiskFull,
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SourceMissing,
    UsageError,
)
from safehouse.outputs import (
    free_target,
    require_source,
    require_writable,
    target_at,
    write_error,
)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mov"
    path.write_bytes(b"film")
    return path


def test_private_folder_lies_beside_the_film() -> None:
    target = target_at(Path("out/film.v2.mov"))
    assert target.private == Path("out/film.v2.private")
    assert target.held == Path("out/film.v2.mov.held")
    assert target.container == "mov"


@pytest.mark.parametrize("name", ["film.avi", "film", "film.mkv", ".mov"])
def test_other_endings_are_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError):
        target_at(Path(name))


def test_free_names_count_up() -> None:
    names = free_target(Path())
    assert [next(names).film.name for _ in range(2)] == ["protected-0001.mov", "protected-0002.mov"]


def test_output_is_input_by_any_spelling_and_link(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "soft.mov").symlink_to(clip)
    os.link(clip, tmp_path / "hard.mov")
    for name in ("clip.mov", "sub/../clip.mov", "soft.mov", "hard.mov"):
        with pytest.raises(OutputIsInput):
            require_writable(target_at(tmp_path / name), (clip,), overwrite=True)


def test_output_is_input_by_another_case_where_case_means_nothing(
    clip: Path, tmp_path: Path
) -> None:
    stat = os.stat

    def blind_to_case(path: Path, **how: bool) -> os.stat_result:
        folded = str(path)
        return stat(folded.removesuffix(Path(path).name) + Path(path).name.lower(), **how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "stat", blind_to_case)
        with pytest.raises(OutputIsInput):
            require_writable(target_at(tmp_path / "CLIP.MOV"), (clip,), overwrite=True)


def test_existing_and_held_outputs_are_refused_unless_overwritten(
    clip: Path, tmp_path: Path
) -> None:
    target = target_at(tmp_path / "film.mov")
    target.held.write_bytes(b"")
    with pytest.raises(OutputExists):
        require_writable(target, (clip,), overwrite=False)
    require_writable(target, (clip,), overwrite=True)


def test_a_folder_that_is_not_there_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable):
        require_writable(target_at(tmp_path / "no" / "film.mov"), (clip,), overwrite=False)


def test_only_a_readable_file_is_a_source(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none"):
        with pytest.raises(SourceMissing):
            require_source(path)


def test_refused_writes_say_why() -> None:
    assert isinstance(write_error(OSError(errno.ENOSPC, "")), DiskFull)
    assert isinstance(write_error(OSError(errno.EROFS, "")), OutputUnwritable)
    assert isinstance(write_error(OSError(errno.EIO, "")), OutputUnwritable)
