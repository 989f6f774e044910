"""Faces are looked at where they show most, seldom enough, and never written."""

from pathlib import Path

import numpy as np
import pytest
from faces import write_face_clip
from made_findings import findings_of, head_at, track_of

from safehouse.analysis.faces import (
    BASE,
    LOOKS,
    Look,
    choose_looks,
    jumps_of,
    look_at_faces,
)
from safehouse.analysis.grouping import LINE, mean_of
from safehouse.analysis.pieces import cut_tracks
from safehouse.analysis.run import analyse
from safehouse.model.findings import Findings


def chosen(findings: Findings) -> dict[int, list[str]]:
    rows = choose_looks(findings, cut_tracks(findings))
    return {frame: [track.id for track in tracks] for frame, tracks in rows.items()}


def test_a_piece_is_looked_at_a_few_times_over_its_length() -> None:
    frames = list(chosen(findings_of([track_of("T0001", 0, [head_at(9)] * 450)])))
    assert len(frames) == LOOKS
    assert min(frames) < 75
    assert max(frames) >= 375


def test_small_faces_and_places_of_doubt_are_not_looked_at() -> None:
    small = track_of("T0001", 0, [head_at(9, 9, 12)] * 50)
    unseen = track_of("T0002", 0, [head_at(300)] * 50, "x" * 50)
    there = [track_of(name, 0, [head_at(500)] * 50) for name in ("T0003", "T0004")]
    assert chosen(findings_of([small, unseen, *there])) == {}


def test_looks_are_bounded_and_each_piece_gets_one_first() -> None:
    tracks = [
        track_of(f"T{n:04d}", n, [head_at(n % 6 * 100, n // 6 % 3 * 110)] * 1)
        for n in range(0, 900, 20)
    ]
    long = track_of("T9999", 0, [head_at(290, 290, 60)] * 1000)
    rows = chosen(findings_of([*tracks, long]))
    assert sum(len(names) for names in rows.values()) <= BASE + 1000 // 20
    assert {name for names in rows.values() for name in names} == {
        *(track.id for track in tracks),
        "T9999",
    }


def look(frame: int, value: float, worth: float = 0.8) -> Look:
    vector = np.zeros(128, np.float32)
    vector[0] = value
    return Look("T0001", frame, worth, vector.astype("<f4").tobytes())


def test_a_face_that_becomes_another_one_is_found_between_the_two_views() -> None:
    pieces = cut_tracks(findings_of([track_of("T0001", 0, [head_at(9)] * 100)]))
    assert jumps_of([look(10, 0.0), look(50, 0.1), look(90, 0.9)], pieces) == {"T0001": [(51, 90)]}
    assert jumps_of([look(10, 0.0), look(50, 0.9, worth=0.1), look(90, 0.1)], pieces) == {}


@pytest.mark.slow
def test_the_same_face_is_near_itself_turned_or_not(tmp_path: Path) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=30)
    findings = analyse(clip, "C0001")
    rows = choose_looks(findings, cut_tracks(findings))
    told: list[tuple[int, int]] = []
    looks = look_at_faces(clip, findings, rows, lambda done, total: told.append((done, total)))
    assert [frame.frame for frame in looks] == sorted(rows)
    assert all(one.worth > 0.3 for one in looks)
    assert told[-1] == (len(looks), len(looks))
    vectors = [one.vector for one in looks]
    assert float(np.linalg.norm(vectors[0] - vectors[-1])) < 0.2


@pytest.mark.media
def test_rotated_clips_give_upright_faces(media: Path) -> None:
    """ORL pictures of one person, the frame lying as a phone writes it, are still that person."""
    import cv2

    from safehouse.analysis.faces import _look
    from safehouse.model.box import Box
    from safehouse.model.clip import Colour
    from safehouse.model.findings import Sample
    from safehouse.model.frame import OriginalFrame, PlaneLayout

    grey = PlaneLayout("gray", "gray", 8, 0, 0, full_range=True)
    read = cv2.imread(str(media / "orl" / "s1" / "1.pgm"), cv2.IMREAD_GRAYSCALE)
    assert read is not None
    picture = read.astype(np.uint8)
    face = Box(16, 26, 76, 100)
    straight = _look(
        OriginalFrame(0, 0, (picture,), grey), Sample(0, face, 1, "seen", face), Colour(), 0
    )
    lying = np.ascontiguousarray(np.rot90(picture, -1))
    turned = Box(112 - 100, 16, 112 - 26, 76)
    there = _look(
        OriginalFrame(0, 0, (lying,), grey), Sample(0, turned, 1, "seen", turned), Colour(), 1
    )
    assert straight is not None
    assert there is not None
    assert float(np.linalg.norm(straight[1] - there[1])) < 0.1


@pytest.mark.media
@pytest.mark.slow
def test_a_man_who_lies_in_one_clip_and_is_upright_in_another_is_one_person(media: Path) -> None:
    means = []
    for name in ("video/ax_sample_portrait.mp4", "weird/ax_sample_video_only.mp4"):
        findings = analyse(media / name, "C0001")
        rows = choose_looks(findings, cut_tracks(findings))
        looks = look_at_faces(media / name, findings, rows)
        assert min(one.worth for one in looks) > 0.5
        means.append(mean_of([(one.worth, one.vector) for one in looks]))
    assert float(np.linalg.norm(means[0] - means[1])) < LINE
