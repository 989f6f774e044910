"""The whole audit on real files: written, encoded, joined, decoded anew, and attacked."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from audit_cases import FRAMES, head, render, scene, write_film
from numpy.typing import NDArray

from safehouse.attack_jobs import _sheet
from safehouse.audit.page import build_page
from safehouse.audit.run import Case, Tools, audit_film, build_report, check_range
from safehouse.audit.sheet import FLAT, FOUND, HALO, LINE, contact_sheet, flat_sheet, moments
from safehouse.errors import SourceChanged
from safehouse.media.encode import encode_chunk
from safehouse.media.formats import choose_output
from safehouse.media.join import join_film
from safehouse.media.reader import ClipReader, read_range
from safehouse.model.box import Box
from safehouse.model.documents import format_document, parse_document
from safehouse.model.frame import OriginalFrame, ProtectedFrame
from safehouse.model.plan import Mask, Plan, Shown
from safehouse.model.report import Report
from safehouse.model.shape import Key, Whole

TIMES = [n * 512 for n in range(FRAMES)]
Render = Callable[[OriginalFrame, Plan], ProtectedFrame]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "source.mov"
    write_film(path, [scene(n).planes for n in range(FRAMES)], TIMES, crf="12")
    return path


@pytest.fixture(scope="module")
def plan(clip: Path) -> Plan:
    with ClipReader(clip, "C0001") as reader:
        list(reader.frames())
        described, keys = reader.clip(), reader.key_frames()
    output = choose_output(
        described, codec="h264", quality=None, container="mov", key_frames=keys, cpu="test"
    )
    return Plan(clip=described, masks=(head(),), output=output, look="solid", cpu="test")


def film_of(clip: Path, plan: Plan, folder: Path, how: Render = render) -> Path:
    video, out = plan.clip.video, plan.output.video
    assert video is not None
    assert out is not None
    chunks = []
    for number, chunk in enumerate(out.chunks):
        chunks.append(folder / f"chunk-{number}")
        frames = (how(frame, plan) for frame in read_range(clip, video, chunk))
        encode_chunk(frames, video, out, chunks[-1])
    join_film(chunks, [], plan, folder / "film.mov")
    return folder / "film.mov"


@pytest.fixture(scope="module")
def film(clip: Path, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film_of(clip, plan, tmp_path_factory.mktemp("film"))


def attack(film: Path, clip: Path, plan: Plan) -> Report:
    return audit_film(Case(film, clip, plan), Tools(partial(render, plan=plan)))


def result_of(report: Report, name: str) -> str:
    return next(a.result for a in report.attacks if a.name == name)


def test_a_film_as_planned_is_not_held(film: Path, clip: Path, plan: Plan) -> None:
    told: list[tuple[int, int]] = []
    tools = Tools(partial(render, plan=plan))
    report = audit_film(Case(film, clip, plan), tools, lambda a, b: told.append((a, b)))
    assert not report.held, report.attacks
    assert told[-1] == (FRAMES, FRAMES)
    assert parse_document(format_document(report), Report) == report
    assert [a.name for a in report.attacks] == [
        "coverage",
        "faces",
        "seen",
        "interference",
        "container",
        "sound",
    ]


def test_a_mask_computed_and_not_applied_holds_the_film(
    clip: Path, plan: Plan, tmp_path: Path
) -> None:
    none = msgspec.structs.replace(plan, masks=())
    bare = film_of(clip, plan, tmp_path, how=lambda frame, _: render(frame, none))
    report = attack(bare, clip, plan)
    assert report.held
    assert result_of(report, "coverage") == "leak"


@pytest.mark.parametrize("fault", ["missing", "late", "more"])
def test_frames_missing_late_or_too_many_hold_the_film(
    fault: str, clip: Path, plan: Plan, tmp_path: Path
) -> None:
    pictures = [render(scene(n), plan).planes for n in range(FRAMES)]
    times = list(TIMES)
    if fault == "missing":
        del pictures[9], times[9]
    if fault == "late":
        times[20:] = [t + 512 for t in times[20:]]
    if fault == "more":
        pictures, times = [*pictures, pictures[-1]], [*times, times[-1] + 512]
    write_film(tmp_path / "film.mov", pictures, times)
    report = attack(tmp_path / "film.mov", clip, plan)
    assert result_of(report, "coverage") == "leak"
    assert result_of(report, "container") == "leak"


def test_ranges_in_several_processes_give_the_same_report(
    film: Path, clip: Path, plan: Plan
) -> None:
    case = Case(film, clip, plan)
    again = Tools(partial(render, plan=plan))
    halves = [check_range(case, 0, 16, again), check_range(case, 16, FRAMES, again)]
    whole = attack(film, clip, plan)
    assert build_report(case, halves).attacks[0] == whole.attacks[0]


def test_another_source_is_an_error_and_no_report(film: Path, plan: Plan, tmp_path: Path) -> None:
    other = tmp_path / "other.mov"
    write_film(other, [scene(n).planes for n in range(9)], TIMES[:9])
    with pytest.raises(SourceChanged):
        attack(film, other, plan)


def test_a_range_left_out_is_never_clear(film: Path, clip: Path, plan: Plan) -> None:
    case = Case(film, clip, plan)
    part = check_range(case, 0, 16, Tools(partial(render, plan=plan)))
    report = build_report(case, [part])
    assert report.held
    assert result_of(report, "coverage") == "not run"


def test_the_sheet_shows_protected_frames_with_masks_outlined(film: Path, plan: Plan) -> None:
    import cv2

    pictures = contact_sheet(film, plan)
    assert len(pictures) == len(moments(plan))
    first = cv2.imdecode(np.frombuffer(pictures[0], np.uint8), cv2.IMREAD_COLOR)
    assert first is not None
    yellow = (first[:, :, 2] > 200) & (first[:, :, 1] > 170) & (first[:, :, 0] < 80)
    assert yellow.sum() > 100
    page = build_page(attack_free(plan), plan, pictures)
    assert page.count("<img") == len(pictures)


def attack_free(plan: Plan) -> Report:
    return Report(
        clip="C0001", film_sha256="a", plan_sha256="b", held=False, attacks=(), remains=()
    )


def test_the_sheet_holds_begin_and_end_of_tracks_and_never_too_many(plan: Plan) -> None:
    late = Mask("M0002", 7, 21, (Key(0, Whole()),))
    assert {0, 7, 20, 14, 31} <= set(moments(msgspec.structs.replace(plan, masks=(late,))))
    many = tuple(Mask(f"M{n:04}", n, n + 2, (Key(0, Whole()),)) for n in range(30))
    assert len(moments(msgspec.structs.replace(plan, masks=many), most=10)) == 10


def test_a_film_that_shows_somebody_has_flat_pictures_alone(plan: Plan) -> None:
    """No picture of anybody unprotected: three tones and the lines' blends, wherever it is."""
    at = moments(plan)
    faces = {at[1]: [Box(40, 40, 90, 100)]}
    pictures = [decoded(png) for png in flat_sheet(plan, faces)]
    assert len(pictures) == len(at)
    for picture in pictures:
        tones = {tuple(int(c) for c in pixel) for pixel in picture.reshape(-1, 3)}
        assert tones <= {(FLAT,) * 3, LINE, HALO, FOUND}
        assert LINE in tones
    assert FOUND in {tuple(pixel) for pixel in pictures[1].reshape(-1, 3).tolist()}


def test_a_film_that_shows_people_by_consent_has_flat_pictures_too(
    plan: Plan, tmp_path: Path
) -> None:
    place = Shown("F0001", 0, 5, plan.masks[0].keys, "C0001-A002", "P07", ("R0012",))
    open_plan = msgspec.structs.replace(plan, shown=(place,))
    report = Report(
        clip="C0001", film_sha256="", plan_sha256="", held=False, attacks=(), remains=()
    )
    missing = tmp_path / "no film is opened.mov"
    pictures = _sheet(Case(missing, missing, open_plan), report, ())
    tones = {tuple(pixel) for png in pictures for pixel in decoded(png).reshape(-1, 3).tolist()}
    assert tones <= {(FLAT,) * 3, LINE, HALO}


def decoded(png: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture[:, :, ::-1], np.uint8)
