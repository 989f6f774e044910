"""What the view hides of a clip is worked out once, and anew when the clip was analysed anew."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from faces import write_face_clip
from made_projects import findings_of

from safehouse.errors import SealedMissing, UsageError
from safehouse.review.view_plan import ViewPlans, view_job
from safehouse.store.reading_view import ClipRow


class Files(dict[str, bytes]):
    """Sealed files, kept in memory."""

    def get(self, name: str, sha256: str = "") -> bytes:  # type: ignore[override]
        if name not in self:
            raise SealedMissing("not there", next_step="safehouse analyse")
        return self[name]

    def put(self, name: str, content: bytes) -> None:
        self[name] = content


@pytest.fixture
def project(tmp_path: Path) -> Any:
    clip = write_face_clip(tmp_path / "a.mov", 12, sound=False)
    text = msgspec.json.encode(findings_of(clip, "C0001", shots=(0,)))
    return SimpleNamespace(files=Files({"findings/C0001.json": text}))


def row(digest: str) -> ClipRow:
    return ClipRow("C0001", "/nowhere", "", digest, "own", 12, "", "", "")


def test_masks_are_built_once_and_read_by_the_next_start(project: Any) -> None:
    built: list[int] = []

    def build(text: bytes) -> bytes:
        built.append(len(text))
        return view_job(text)

    first = ViewPlans(build).seen(project, row("a"))
    again = ViewPlans(build)
    assert again.seen(project, row("a")) == first
    assert again.seen(project, row("a")) == first
    assert len(built) == 1
    again.seen(project, row("b"))
    assert len(built) == 2, "other findings, other masks"


@pytest.mark.parametrize("junk", [b"", b"{}", b"[1]", b'{"form": 0, "seen": {}}'])
def test_what_can_not_be_read_is_made_again(project: Any, junk: bytes) -> None:
    whole = ViewPlans().seen(project, row("a"))
    project.files["views/C0001.json"] = junk
    assert ViewPlans().seen(project, row("a")) == whole


def test_a_clip_that_was_not_analysed_says_what_to_do(project: Any) -> None:
    with pytest.raises(UsageError) as told:
        ViewPlans().seen(project, row(""))
    assert told.value.next_step == "safehouse analyse"
