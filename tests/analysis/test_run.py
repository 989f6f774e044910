"""Looking through whole clips: every frame decided, the same twice, and cuts exact."""

from itertools import pairwise
from pathlib import Path

import pytest
from faces import write_face_clip

from safehouse.analysis.run import Settings, analyse
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings

QUICK = Settings(longest=320)


def test_a_face_is_found_in_every_frame(tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mp4", 20, sound=False)
    findings = analyse(clip, "C0001", QUICK)
    track = max(findings.tracks, key=lambda track: max(s.score for s in track.samples))
    assert (track.first, track.end) == (0, 20)
    assert [sample.frame for sample in track.samples] == list(range(20))
    assert findings.shots == (0,)
    assert parse_document(format_document(findings), Findings) == findings


def test_looking_twice_gives_the_same_findings(tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mp4", 8, sound=False)
    calls: list[int] = []
    first = analyse(clip, "C0001", QUICK, lambda done, _: calls.append(done))
    assert analyse(clip, "C0001", QUICK) == first
    assert calls == list(range(1, 9))


@pytest.mark.media
@pytest.mark.slow
def test_cuts_of_a_real_film_are_exact(media: Path) -> None:
    findings = analyse(
        media / "video" / "hamilton_short.mp4", "C0001", Settings(longest=320, every=3)
    )
    assert findings.shots == (0, 20, 82, 211)
    spans = [*findings.shots, 275]
    for track in findings.tracks:
        assert any(a <= track.first and track.end <= b for a, b in pairwise(spans))


@pytest.mark.media
def test_a_face_lying_on_its_side_is_found(media: Path) -> None:
    findings = analyse(media / "video" / "ax_sample_portrait.mp4", "C0001", Settings(longest=320))
    heads = [s.head for t in findings.tracks for s in t.samples if s.frame == 15]
    assert any(h.x0 < 400 < h.x1 and h.y0 < 560 < h.y1 for h in heads)
