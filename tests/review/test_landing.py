"""The first page without a project: a clip goes in, its protected film plays and is kept."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from faces import write_face_clip
from window import Told, Window

from safehouse.errors import DiskFull, SourceTooLarge, UsageError
from safehouse.language import load_language
from safehouse.review.desk import Desk
from safehouse.review.private_place import UPLOAD_MOST, ending_of, open_private, place_for
from safehouse.review.times import clock, length
from safehouse.review.work import Work


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    private = tmp_path / "private"
    private.mkdir()
    desk = Desk(private=private)
    with served(desk):
        yield desk


@pytest.fixture
def window(desk: Desk) -> Window:
    window = Window(desk)
    assert window.enter(desk.link()).status == 303
    return window


def finished(window: Window, path: str) -> dict[str, Any]:
    for _ in range(600):
        facts: dict[str, Any] = window.get(f"{path}.json").json()
        if facts["state"] not in {"waits", "runs"}:
            return facts
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def uploaded(window: Window, content: bytes, query: str = "ending=.mov") -> Told:
    origin = {"origin": f"http://{window.desk.host}"}
    return window.ask("PUT", f"/upload.json?{query}", body=content, heads=origin)


@pytest.mark.slow
def test_a_dropped_clip_comes_back_protected_and_its_copy_goes(
    window: Window, tmp_path: Path
) -> None:
    clip = tmp_path / "canary-name.mov"
    write_face_clip(clip, 8)
    told = uploaded(window, clip.read_bytes())
    assert told.status == 200, told.text
    path = told.json()["go"]
    facts = finished(window, path)
    assert facts["error"] is None
    assert facts["film"]["seen"]
    left = [p.name for p in window.desk.private.rglob("*") if p.is_file()]
    assert not any(name.startswith("clip") for name in left), "the copy of the clip is gone"
    page = window.get(path).text
    assert "<video controls muted" in page
    assert "canary" not in page
    film = window.get(f"{path}/film", range="bytes=0-11")
    assert film.status == 206
    assert film.body[4:8] == b"ftyp"
    out = tmp_path / "out"
    out.mkdir()
    if facts["film"]["held"]:
        assert window.get(f"{path}/save").status == 400
    else:
        saved = window.get(f"{path}/save")
        assert 'filename="protected-0001.mp4"' in saved.heads["content-disposition"]
    assert window.post(f"{path}/keep", folder=str(out)).status == 303
    kept = sorted(p.name for p in out.iterdir())
    assert kept[1] == "protected-0001.private"
    assert (out / kept[1]).stat().st_mode & 0o077 == 0, "others on the machine can't look into it"
    assert window.post(f"{path}/keep", folder=str(out)).status == 409, "nothing is overwritten"


def test_what_is_no_film_is_told_in_three_lines_and_nothing_stays(window: Window) -> None:
    told = uploaded(window, b"not a film" * 100)
    facts = finished(window, told.json()["go"])
    assert facts["state"] == "failed"
    assert facts["error"]["error"] == "E11"
    page = window.get(told.json()["go"]).text
    assert "Kept" in page
    assert "Next" in page
    assert [p for p in window.desk.private.rglob("*") if p.is_file()] == []


def test_a_path_must_be_whole_and_there(window: Window) -> None:
    assert window.post("/protect", path="clip.mov").status == 400
    assert window.post("/protect", path="/nowhere/clip.mov").status == 409
    assert window.post("/protect", path="/nowhere/clip.mov", look="blur").status in {400, 409}
    assert window.get("/work.json").json() == {"jobs": []}


def test_no_blur_is_taken_from_a_drop_either(window: Window) -> None:
    assert uploaded(window, b"x", "ending=.mov&look=blur").status == 400
    assert uploaded(window, b"x", "ending=.mov&voices=reveal").status == 400


def test_a_browser_that_breaks_off_leaves_nothing(window: Window) -> None:
    lines = [
        f"PUT {window.desk.base}/upload.json?ending=.mov HTTP/1.1",
        f"host: {window.desk.host}",
        f"origin: http://{window.desk.host}",
        f"cookie: {window.cookie}",
        "content-length: 100000",
    ]
    window.cut_off("\r\n".join([*lines, "", ""]).encode() + b"abc")
    for _ in range(50):
        if not list(window.desk.private.iterdir()):
            break
        time.sleep(0.05)
    assert list(window.desk.private.iterdir()) == []


def test_without_a_project_its_pages_say_so(window: Window) -> None:
    for path in ("/status", "/people", "/queue", "/consent", "/versions", "/history", "/clips"):
        told = window.get(path)
        assert told.status == 400
        assert "no project is open" in told.text


@pytest.mark.slow
def test_a_project_is_begun_locked_unlocked_and_closed(window: Window, tmp_path: Path) -> None:
    folder, secret, wrong, short = str(tmp_path / "Project 3"), "a long passphrase", "wrong", "x"
    assert window.post("/init", folder=folder, passphrase=short, again=short).status == 400
    assert window.post("/init", folder=folder, passphrase=secret, again="other").status == 400
    assert not (tmp_path / "Project 3").exists()
    fields = {"folder": folder, "passphrase": secret}
    begun = window.post("/init", **fields, again=secret, who="ada")
    assert begun.heads["location"].endswith("/status")
    assert window.get("/status").status == 200
    assert window.post("/open", **fields).status == 400, "one project at a time"
    window.post("/lock")
    assert window.get("/status").heads["location"].endswith("/locked")
    assert window.post("/unlock", passphrase=wrong).status == 409
    assert window.get("/status").heads["location"].endswith("/locked")
    assert window.post("/unlock", passphrase=secret).status == 303
    assert window.get("/status").status == 200
    assert window.post("/close").status == 303
    assert "pictures" not in window.desk.held, "nothing of its clips is kept open"
    assert window.get("/status").status == 400


def test_the_page_speaks_french(window: Window) -> None:
    window.desk.language_code = "fr"
    page = window.get("/").text
    assert '<html lang="fr"' in page
    assert load_language("fr").say("Protect the people in your footage") in page
    assert "Protect the people" not in page


def test_a_job_is_told_as_it_goes_stopped_and_its_failure_kept() -> None:
    work = Work()
    done = work.start("one", lambda tell: tell("look", 1, 2) or "given")
    broken = work.start("two", lambda tell: 1 // 0)
    refused = work.start("three", lambda tell: ending_of("x"))
    stopped = work.start("four", lambda tell: tell("look", 0, 1))
    stopped.stop = True
    work._pool.shutdown()
    assert (done.state, done.result, done.done, done.total) == ("done", "given", 1, 2)
    assert broken.facts()["error"]["error"] == "E1"
    assert refused.facts()["error"]["error"] == "E2"
    assert stopped.state == "stopped"


def test_where_a_clip_lies_is_chosen_by_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_for(tmp_path, 10)
    assert place.folder.parent == tmp_path
    with pytest.raises(UsageError):
        place_for(tmp_path, -1)
    with pytest.raises(SourceTooLarge):
        place_for(tmp_path, UPLOAD_MOST + 1)
    monkeypatch.setattr("safehouse.review.private_place.UPLOAD_MOST", 1 << 60)
    with pytest.raises(DiskFull):
        place_for(tmp_path, 1 << 50)


def test_a_private_folder_is_the_users_alone_and_the_next_run_removes_a_dead_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
    dead = tmp_path / f"safehouse-page-{gone.pid}-left"
    dead.mkdir()
    foreign = tmp_path / "safehouse-page-notes"
    foreign.mkdir()
    mine = open_private()
    assert mine.stat().st_mode & 0o777 == 0o700
    assert not dead.exists()
    assert foreign.exists()
    second = open_private()
    assert mine.exists(), "a page that runs keeps its folder"
    assert second != mine


def test_times_are_an_editors() -> None:
    assert clock(0, "25/1") == "00:00:00:00"
    assert clock(26, "25/1") == "00:00:01:01"
    assert clock(107892, "30000/1001") == "00:59:59:29"
    assert clock(5, "") == "5"
    assert clock(5, "0/1") == "5"
    assert (length(3.2), length(243), length(3723)) == ("0:03", "4:03", "1:02:03")
