"""The files of a project's clips: what is said when one is not what was added, and is it true."""

from pathlib import Path

import pytest
from small_projects import new

from safehouse.errors import SourceChanged, SourceMissing
from safehouse.film import add_clips
from safehouse.footage import changed_clip, require_footage, source_of
from safehouse.store.project import Project
from safehouse.store.reading_versions import read_clip_facts


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "a.mov").write_bytes(b"first")
    made = new(tmp_path / "film")
    add_clips(made, [tmp_path / "card"])
    return made


def test_a_changed_file_is_told_and_both_ways_out_are_ways_out(
    project: Project, tmp_path: Path
) -> None:
    (clip,) = read_clip_facts(project)
    file = tmp_path / "card" / "a.mov"
    assert require_footage(clip) == file
    file.write_bytes(b"other")
    with pytest.raises(SourceChanged) as refused:
        require_footage(clip)
    step = refused.value.next_step
    assert ("put the file back" in step, "safehouse add it, as a new clip" in step) == (True, True)
    ((_, failure),) = add_clips(project, [file]).failures
    assert str(failure) == str(changed_clip("C0001", "a.mov"))
    assert failure.next_step == step
    file.rename(tmp_path / "card" / "other.mov")
    assert add_clips(project, [tmp_path / "card"]).new == ["C0002"]
    file.write_bytes(b"first")
    assert require_footage(clip) == file
    assert add_clips(project, [tmp_path / "card"]).known == ["C0001", "C0002"]


def test_a_file_that_is_gone_is_told(project: Project, tmp_path: Path) -> None:
    (clip,) = read_clip_facts(project)
    (tmp_path / "card").rename(tmp_path / "disk")
    with pytest.raises(SourceMissing, match="C0001"):
        source_of(clip)
    assert add_clips(project, [tmp_path / "disk"]).moved == ["C0001"]
    assert source_of(*read_clip_facts(project)) == tmp_path / "disk" / "a.mov"
