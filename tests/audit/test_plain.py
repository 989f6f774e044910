"""A film of any tool's making: blur, mosaic and a face that slips out are found without a plan."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from faces import RATE, face_frame, write_face_clip
from numpy.typing import NDArray

from safehouse.audit.plain import audit_plain
from safehouse.model.report import Report

Picture = NDArray[np.uint8]
FRAMES = 16


def blurred(picture: Picture) -> Picture:
    return cv2.blur(picture, (70, 90)).astype(np.uint8)


def tiled(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 16, height // 16), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.uint8)


def grey(picture: Picture) -> Picture:
    return np.full_like(picture, 120)


def written(path: Path, change: Callable[[Picture], Picture], frames: int = FRAMES) -> Path:
    """Write the portrait's film with its face changed, without sound."""
    with av.open(str(path), "w") as target:
        target.flags |= 0x400
        picture = target.add_stream("libx264", rate=RATE)
        picture.width, picture.height, picture.pix_fmt = 640, 360, "yuv420p"
        for number in range(frames):
            made = face_frame(number).copy()
            left = 40 + 3 * number % 300
            head = made[60:300, left + 40 : left + 260]
            made[60:300, left + 40 : left + 260] = change(np.ascontiguousarray(head))
            frame = av.VideoFrame.from_ndarray(made, format="rgb24")
            target.mux(picture.encode(frame))
        target.mux(picture.encode(None))
    return path


def results(report: Report) -> dict[str, str]:
    return {attack.name: attack.result for attack in report.attacks}


@pytest.mark.slow
@pytest.mark.parametrize("change", [blurred, tiled], ids=["blur", "mosaic"])
def test_a_film_that_is_blurred_or_in_blocks_is_held(
    tmp_path: Path, change: Callable[[Picture], Picture]
) -> None:
    source = write_face_clip(tmp_path / "clip.mov", FRAMES)
    report, _ = audit_plain(written(tmp_path / "film.mov", change), source)
    assert results(report)["following"] == "leak"
    assert report.held


@pytest.mark.slow
def test_a_bare_film_is_held_by_faces_picture_and_sound(tmp_path: Path) -> None:
    source = write_face_clip(tmp_path / "clip.mov", FRAMES)
    found = results(audit_plain(source, source)[0])
    assert (found["faces"], found["following"]) == ("leak", "leak")


@pytest.mark.slow
def test_a_film_with_a_tone_over_the_head_is_not_held(tmp_path: Path) -> None:
    source = write_face_clip(tmp_path / "clip.mov", FRAMES, sound=False)
    report, plan = audit_plain(written(tmp_path / "film.mov", grey), source)
    assert results(report) == dict.fromkeys(("faces", "following", "container"), "none found")
    assert plan.masks == ()
    assert any("no plan" in line for line in report.remains)


def test_a_film_of_another_length_can_not_be_compared_to_its_end(tmp_path: Path) -> None:
    source = write_face_clip(tmp_path / "clip.mov", FRAMES, sound=False)
    report, _ = audit_plain(written(tmp_path / "film.mov", grey, FRAMES - 3), source)
    assert results(report)["following"] == "not run"
    assert report.held


def test_without_the_clip_the_report_says_what_was_not_tried(tmp_path: Path) -> None:
    report, _ = audit_plain(written(tmp_path / "film.mov", grey))
    assert "following" not in results(report)
    assert any("not at hand" in line for line in report.remains)
