"""Pictures of the page over HTTP: protected unless asked for by a post, recorded, never cached."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
from browsing import served
from made_projects import CUT, FRAMES, made_project
from window import Told, Window

from safehouse.model.acts import AddClip, Decide
from safehouse.model.box import Box
from safehouse.review import pictures as making
from safehouse.review.desk import Desk
from safehouse.store.reading_view import read_clip_row, read_piece_place


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with made_project(tmp_path_factory.mktemp("film")) as project:
        yield project


@pytest.fixture(scope="module")
def window(project: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    desk = Desk(private=tmp_path_factory.mktemp("private"), project=project, who="reviewer")
    with served(desk) as link:
        window = Window(desk)
        window.enter(link)
        yield window


def post(window: Window, path: str, body: object) -> Told:
    kind = {"content-type": "application/json"}
    return window.ask("POST", path, body=msgspec.json.encode(body), heads=kind)


def size_of(told: Told) -> tuple[int, int]:
    picture = cv2.imdecode(np.frombuffer(told.body, np.uint8), cv2.IMREAD_COLOR)
    return int(picture.shape[1]), int(picture.shape[0])


def looks(project: Any) -> int:
    return int(project.rows("SELECT count(*) FROM looked")[0][0])


def test_a_protected_frame_is_a_picture_that_no_cache_keeps(window: Window) -> None:
    told = window.get("/clips/C0001/frames/7.jpg")
    assert (told.status, told.heads["content-type"]) == (200, "image/jpeg")
    assert told.heads["cache-control"] == "no-store"
    assert size_of(told) == (640, 360)
    assert size_of(window.get("/clips/C0001/frames/7.jpg?size=small")) == (320, 180)


@pytest.mark.parametrize("frame", [FRAMES, 10**12, -1])
def test_a_frame_that_is_not_there_is_refused_in_three_lines(window: Window, frame: int) -> None:
    told = window.get(f"/clips/C0001/frames/{frame}.jpg")
    assert told.status in {400, 404}
    if told.heads["content-type"].startswith("application/json"):
        assert set(told.json()) == {"error", "happened", "kept", "next"}


def test_the_original_comes_by_a_post_alone_and_the_look_is_recorded_first(
    window: Window, project: Any
) -> None:
    before = looks(project)
    assert window.get("/clips/C0001/original.json").status == 405
    for body in ({}, {"frame": "7"}, {"frame": 7, "size": "huge"}, {"frame": FRAMES}):
        assert post(window, "/clips/C0001/original.json", body).status == 400
    assert looks(project) == before, "what was refused is no look"
    told = post(window, "/clips/C0001/original.json", {"frame": 7, "size": "view"})
    assert told.heads["content-type"] == "image/jpeg"
    assert told.heads["cache-control"] == "no-store"
    assert looks(project) == before + 1
    assert int(told.heads["x-version"]) == project.version
    assert told.body != window.get("/clips/C0001/frames/7.jpg").body


def test_a_new_decision_is_in_the_next_picture(window: Window, project: Any) -> None:
    before = window.get("/clips/C0001/frames/2.jpg").body
    project.act(Decide("C0001-Q001", "hide"))
    hidden = window.get("/clips/C0001/frames/2.jpg").body
    project.undo()
    assert hidden != before
    assert window.get("/clips/C0001/frames/2.jpg").body == before


def test_masks_are_told_for_the_frames_that_are_asked_for(window: Window) -> None:
    told = window.get("/clips/C0001/masks.json?first=10&end=12").json()
    assert (told["first"], told["end"]) == (10, 12)
    assert {mask["track"] for mask in told["masks"]} == {"T0001"}
    for query in ("?first=x", "?first=-5&end=-9", "?first=99999999999999999999", "?end=1e9"):
        assert window.get(f"/clips/C0001/masks.json{query}").status == 200


def test_a_clip_decides_about_itself_alone(window: Window, project: Any) -> None:
    act = {"act": "Comment", "clip": "C0002", "frame": 1, "text": "elsewhere"}
    body = {"expect": project.version, "acts": [act]}
    assert post(window, "/clips/C0001/acts.json", body).status == 400
    body["acts"] = [{"act": "AddClip", "clip": "C0009", "path": "/etc/passwd"}]
    assert post(window, "/clips/C0001/acts.json", body).status == 400
    body["acts"] = [{"act": "SetSetting", "name": "faces", "value": "true"}]
    assert post(window, "/clips/C0001/acts.json", body).status == 400
    assert project.rows("SELECT count(*) FROM comment")[0][0] == 0


def test_a_clip_that_was_not_analysed_or_is_gone_is_told(window: Window, project: Any) -> None:
    project.act(
        AddClip(clip="C0002", path="/nowhere/x.mov", sha256="1" * 64, size_bytes=1, mtime_ns=1)
    )
    told = window.get("/clips/C0002/frames/0.jpg")
    assert told.status == 400
    assert "analyse" in told.json()["next"]
    assert b"nowhere" not in told.body
    assert window.get("/clips/C0099.json").json()["happened"] == "the project has no such clip"


def test_a_decoder_that_dies_is_an_error_about_the_clip(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errands

    monkeypatch.setattr(making, "protected_pictures", errands.die_with)
    told = window.get("/clips/C0001/frames/55.jpg")
    assert told.status == 409
    assert "died" in told.json()["happened"]
    monkeypatch.undo()
    assert window.get("/clips/C0001/frames/55.jpg").status == 200


def test_pictures_in_memory_come_at_once_and_memory_stays_bounded(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.get("/clips/C0001/frames/30.jpg")
    took = []
    for _ in range(9):
        began = time.perf_counter()
        assert window.get("/clips/C0001/frames/30.jpg").status == 200
        took.append(time.perf_counter() - began)
    assert sorted(took)[4] < 0.2
    monkeypatch.setattr(making, "KEPT_BYTES", 60_000)
    for frame in (0, 10, 20, 30, 40, 50):
        window.get(f"/clips/C0001/frames/{frame}.jpg")
    kept = window.desk.held["pictures"]._kept
    assert sum(map(len, kept.values())) <= 60_000


def test_the_facts_of_a_clip_hold_its_exact_times_and_nothing_of_its_place(
    window: Window, project: Any
) -> None:
    told = window.get("/clips/C0001.json")
    facts = told.json()["facts"]
    assert (facts["frames"], facts["width"], facts["height"]) == (FRAMES, 640, 360)
    assert sum(run[2] for run in facts["runs"]) == FRAMES
    path = Path(project.rows("SELECT path FROM clip WHERE id = 'C0001'")[0][0])
    assert str(path.parent) not in json.dumps(told.json())


def made(window: Window) -> Any:
    """What makes the pictures, with one frame made, so that its worker is there."""
    assert window.get("/clips/C0001/frames/0.jpg").status == 200
    return window.desk.held["pictures"]


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.02)


def test_the_frames_after_the_one_asked_for_are_made_meanwhile(window: Window) -> None:
    pictures = made(window)
    pictures.forget()
    window.get("/clips/C0001/frames/41.jpg")
    until(lambda: {key[-1] for key in pictures._kept} >= set(range(41, 42 + making.AHEAD)))
    assert max(key[-1] for key in pictures._kept) == 41 + making.AHEAD


def test_a_clip_is_let_go_when_nobody_asks_so_that_its_disk_can_be_taken_out(
    window: Window, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "REST_S", 0.5)
    pictures = made(window)
    pictures.forget()
    (worker,) = pictures._workers._own._processes
    path = project.rows("SELECT path FROM clip WHERE id = 'C0001'")[0][0]

    def is_open() -> bool:
        places = Path(f"/proc/{worker}/fd").iterdir()
        return any(place.exists() and str(place.readlink()) == path for place in places)

    window.get("/clips/C0001/frames/3.jpg")
    assert is_open()
    until(lambda: not is_open())
    assert window.get("/clips/C0001/frames/30.jpg").status == 200


def test_heads_that_are_decoded_on_the_same_way_are_made_together(
    window: Window, project: Any
) -> None:
    pictures = made(window)
    row = read_clip_row(project, "C0001")
    seen = pictures.plans.seen(project, row)
    places = {read_piece_place(project, f"C0001-A00{n}")[1:] for n in (1, 2)}
    whole = msgspec.structs.replace(seen, key_frames=(0,))
    along = making._along(project, "C0001", whole, (5, Box(1, 2, 30, 40)))
    assert [frame for frame, _ in along] == [0, 5, CUT]
    assert {(frame, (b.x0, b.y0, b.x1, b.y1)) for frame, b in along} >= places
    cut = msgspec.structs.replace(seen, key_frames=(0, CUT))
    assert [at[0] for at in making._along(project, "C0001", cut, along[0])] == [0]
    assert [at[0] for at in making._along(project, "C0001", cut, along[2])] == [CUT]
