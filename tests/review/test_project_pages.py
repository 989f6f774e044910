"""What the pages of a project do: each act is saved at once, and no window wins silently."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from made_projects import made_project
from window import Told, Window

from safehouse.model.acts import Deliver, NoteContent, RecordRender
from safehouse.model.consent import MEDIA, TRAITS, Record, Register, Use
from safehouse.model.consent import Person as Described
from safehouse.review.consent_sheet import would_change
from safehouse.review.desk import Desk
from safehouse.review.opening import take
from safehouse.store.undoing import find_undo

PROOF = "a" * 64


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with made_project(tmp_path_factory.mktemp("film")) as project:
        desk = Desk(private=tmp_path_factory.mktemp("private"))
        take(desk, project)
        with served(desk):
            yield desk


@pytest.fixture
def window(desk: Desk) -> Iterator[Window]:
    window = Window(desk)
    assert window.enter(desk.link()).status == 303
    project = desk.require_project()
    before = project.version
    yield window
    while (find_undo(project.db) or 0) > before:
        project.undo()


def rows(window: Window, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in window.desk.require_project().rows(query)]


def leads(told: Told) -> str:
    assert told.status == 303, told.text
    return "/" + told.heads["location"].split("/", 2)[2]


def test_the_wall_confirms_takes_back_splits_and_merges(window: Window) -> None:
    say = "/people/P01/say"
    told = window.post(say, does="confirm", piece="C0001-A001")
    assert leads(told) == "/people/P01"
    assert rows(window, "SELECT person FROM piece WHERE id = 'C0001-A001'") == [("P01",)]
    window.post(say, does="back", piece="C0001-A001")
    assert rows(window, "SELECT person FROM piece WHERE id = 'C0001-A001'") == [(None,)]
    window.post("/people/P02/say", does="split", piece="C0001-A002")
    assert rows(window, "SELECT suggested FROM piece WHERE id = 'C0001-A002'") == [("P03",)]
    assert leads(window.post("/people/P03/say", does="merge", other="P01")) == "/people/P01"
    card = window.get("/people/P01.json").json()
    assert card["person"]["guessed"] == 2
    window.post(say, does="nobody", piece="C0001-A002")
    assert window.get("/people/nobody.json").json()["pieces"][0]["id"] == "C0001-A002"


def test_undo_and_redo_name_what_they_take_back(window: Window) -> None:
    window.post("/people/P01/say", does="confirm", piece="C0001-A001")
    assert "who this is" in window.get("/people/P01").text
    assert leads(window.post("/undo", next="/people/P01")) == "/people/P01"
    assert rows(window, "SELECT person FROM piece WHERE id = 'C0001-A001'") == [(None,)]
    window.post("/redo")
    assert rows(window, "SELECT person FROM piece WHERE id = 'C0001-A001'") == [("P01",)]


def test_faces_are_veiled_until_the_operator_turns_them_on_and_each_look_is_recorded(
    window: Window,
) -> None:
    before = len(rows(window, "SELECT n FROM looked"))
    assert "/faces/" not in window.get("/people").text
    window.post("/settings/faces", value="1")
    assert "/faces/C0001-A001.jpg" in window.get("/people").text
    assert len(rows(window, "SELECT n FROM looked")) == before, "a list is no look"
    assert window.get("/faces/C0001-A001.jpg").body.startswith(b"\xff\xd8")
    assert len(rows(window, "SELECT n FROM looked")) == before + 1
    window.get("/faces/C0001-A001.jpg")
    assert len(rows(window, "SELECT n FROM looked")) == before + 1
    window.post("/settings/faces", value="0")


def test_the_queue_counts_down_and_leads_from_one_to_the_next(window: Window) -> None:
    assert window.get("/queue.json").json()["open"] == 3
    assert "3 of 3 undecided" in window.get("/queue").text
    told = window.post("/queue/C0001-Q001/answer", answer="nothing")
    assert leads(told) == "/queue/C0001-Q002"
    assert leads(window.post("/queue/C0001-Q002/answer", answer="hide")) == "/queue/C0001-Q003"
    assert leads(window.post("/queue/C0001-Q003/answer", answer="accept")) == "/queue"
    assert window.get("/queue.json").json()["open"] == 0
    answers = rows(window, "SELECT answer, decided_by FROM question ORDER BY id")
    assert answers == [("nothing", "reviewer"), ("hide", "reviewer"), ("accept", "reviewer")]
    assert rows(window, "SELECT person FROM piece WHERE id = 'C0001-A002'") == [("P02",)]
    assert leads(window.post("/queue/C0001-Q001/answer", answer="open")) == "/queue/C0001-Q001"


def test_a_digit_says_who_it_is_and_answers_the_guess(window: Window) -> None:
    window.post("/queue/C0001-Q003/answer", answer="person", person="P01")
    assert rows(window, "SELECT person FROM piece WHERE id = 'C0001-A002'") == [("P01",)]
    assert rows(window, "SELECT answer FROM question WHERE id = 'C0001-Q003'") == [("nothing",)]


def test_what_somebody_should_be_prepared_for_is_told_before_the_pictures(window: Window) -> None:
    window.desk.require_project().act(NoteContent("C0001", 0, 60, "a fall"))
    page = window.get("/queue/C0001-Q001").text
    assert "a fall" in page
    assert "/frames/" not in page
    shown = window.get("/queue/C0001-Q001?prepared=1").text
    assert "/frames/" in shown


def test_a_clip_for_a_colleague_leaves_this_queue(window: Window) -> None:
    window.post("/clips/C0001/hand", to="colleague")
    assert window.get("/queue.json").json()["next"] == ""
    assert "for colleague" in window.get("/queue").text
    window.post("/clips/C0001/hand", to="")
    assert "for colleague" not in window.get("/queue").text
    assert window.get("/queue.json").json()["next"] == "C0001-Q001"


def test_the_later_of_two_windows_is_told_and_changes_nothing(window: Window) -> None:
    seen = window.desk.require_project().version
    window.post("/queue/C0001-Q001/answer", answer="nothing", expect=seen)
    told = window.post("/queue/C0001-Q001/answer", answer="hide", expect=seen)
    assert told.status == 409
    assert "something else was decided since this page was shown" in told.text
    assert rows(window, "SELECT answer FROM question WHERE id = 'C0001-Q001'") == [("nothing",)]
    late = window.post("/undo", expect=seen)
    assert late.status == 409
    again = window.post("/queue/C0001-Q001/answer", answer="hide")
    assert again.status == 303


def test_a_window_is_not_told_off_for_what_nobody_decided(window: Window) -> None:
    seen = window.desk.require_project().version
    window.post("/settings/greyscale", value="1")
    assert window.post("/queue/C0001-Q001/answer", answer="hide", expect=seen).status == 303
    window.post("/settings/greyscale", value="0")


def test_a_form_that_does_not_say_what_it_had_seen_is_refused(window: Window) -> None:
    told = window.post("/queue/C0001-Q001/answer", answer="hide", expect="")
    assert told.status == 400
    assert rows(window, "SELECT answer FROM question WHERE id = 'C0001-Q001'") == [("open",)]


def yes_to_face(window: Window, **more: str) -> dict[str, Any]:
    window.desk.require_project()
    fields = {"trait_face": "yes", "media": "festival", "how": "audio", "proof_sha256": PROOF}
    return fields | {"present": "none", "safe": "yes", "given": "2026-01-10"} | more


def test_a_yes_says_first_what_would_show_and_takes_a_second_look_and_person(
    window: Window,
) -> None:
    window.post("/consent/P01/describe", risk="some", age="adult", role="participant")
    form = yes_to_face(window)
    weighed = window.post("/consent/P01/weigh.json", **form).json()
    assert {"version": "", "medium": "festival", "trait": "face", "shows": True} in weighed[
        "changes"
    ]
    assert len(weighed["changes"]) == 1
    assert rows(window, "SELECT id FROM record") == []
    assert window.post("/consent/P01/record", **form).status == 400
    assert rows(window, "SELECT id FROM record") == []
    assert leads(window.post("/consent/P01/record", **form, looked="yes")) == "/consent/P01"
    assert rows(window, "SELECT id, counts_from FROM record") == [("R0001", "")]
    sheet = window.get("/consent/P01.json").json()
    assert not any(cell["allowed"] for row in sheet["matrix"] for cell in row["cells"])
    same = window.post("/consent/P01/second", record="R0001", looked="yes")
    assert same.status == 409
    project = window.desk.require_project()
    project.who = "other"
    try:
        assert window.post("/consent/P01/second", record="R0001", looked="yes").status == 303
    finally:
        project.who = "reviewer"
    sheet = window.get("/consent/P01.json").json()
    shown = [cell["trait"] for row in sheet["matrix"] for cell in row["cells"] if cell["allowed"]]
    assert shown == ["face"]
    assert "may show" in window.get("/consent/P01").text


def test_a_record_of_an_unknown_country_or_of_tomorrow_is_refused(window: Window) -> None:
    before = rows(window, "SELECT count(*) FROM record")
    for bad in ({"territories": "XX"}, {"given": "2999-01-01"}):
        form = yes_to_face(window) | bad
        assert window.post("/consent/P01/record", **form, looked="yes").status in {400, 409}
    assert rows(window, "SELECT count(*) FROM record") == before


def test_a_no_counts_at_once(window: Window) -> None:
    told = window.post("/consent/P02/record", trait_voice="no", how="told")
    assert leads(told) == "/consent/P02"
    cells = window.get("/consent/P02.json").json()["matrix"][1]["cells"]
    assert {cell["why"] for cell in cells} == {"said no"}


def test_what_narrows_is_taken_from_a_window_that_missed_something(window: Window) -> None:
    window.post("/consent/P02/state", state="suspended")
    for path, form in (
        ("/consent/P02/record", {"trait_story": "no", "how": "told"}),
        ("/consent/P02/state", {"state": "detained"}),
        ("/withdraw/P02/do", {"state": "unreachable"}),
    ):
        before = rows(window, "SELECT count(*) FROM act")[0][0]
        assert window.post(path, expect=1, **form).status == 303
        assert rows(window, "SELECT count(*) FROM act")[0][0] > before
    for path, form in (
        ("/consent/P02/state", {"state": "given"}),
        ("/consent/P01/record", yes_to_face(window) | {"looked": "yes"}),
    ):
        assert window.post(path, expect=1, **form).status == 409


def test_withdrawing_from_the_page_counts_at_once(window: Window) -> None:
    assert "P02" in window.get("/withdraw/P02").text
    assert leads(window.post("/withdraw/P02/do", state="withdrawn")) == "/withdraw/P02?done=1"
    cells = window.get("/consent/P02.json").json()["matrix"][0]["cells"]
    assert {cell["why"] for cell in cells} == {"withdrawn"}


def test_the_list_says_what_counts_today_and_who_has_to_be_looked_at(window: Window) -> None:
    window.post("/consent/P02/state", state="given")
    listed = window.get("/consent.json").json()
    states = {row["id"]: row["states"] for row in listed["people"]}
    assert states["P02"] == ["withdrawn"]
    window.post("/consent/P02/link", other="P01", answered="unanswered")
    window.post("/consent/P02/record", trait_body="no", how="told", given="2026-01-10")
    window.post(
        "/consent/P02/record", **(yes_to_face(window) | {"trait_body": "yes"}), looked="yes"
    )
    listed = window.get("/consent.json").json()
    assert "P02 waits for an answer about P01" in [row["words"] for row in listed["look"]]
    assert [(row["trait"], row["day"]) for row in listed["opposed"]] == [("body", "2026-01-10")]
    assert "P02 waits for an answer about P01" in window.get("/consent").text


def test_records_go_out_without_names_and_come_in_as_records(
    window: Window, tmp_path: Path
) -> None:
    window.post("/consent/P02/name", name="Nobody Real")
    window.post("/consent/P02/record", trait_place="no", how="told")
    told = window.get("/consent/export")
    assert "attachment" in told.heads["content-disposition"]
    assert "Nobody Real" not in told.text
    before = len(rows(window, "SELECT id FROM record"))
    file = tmp_path / "register.json"
    file.write_bytes(told.body)
    assert window.post("/consent/import", file=str(file)).status == 303
    assert len(rows(window, "SELECT id FROM record")) == before, "they are on record already"
    file.write_bytes(told.body.replace(b"P02", b"P01"))
    assert window.post("/consent/import", file=str(file)).status == 303
    assert len(rows(window, "SELECT id FROM record")) > before
    assert window.post("/consent/import", file="register.json").status == 400
    file.write_text("{}")
    assert window.post("/consent/import", file=str(file)).status == 409


def test_a_name_is_sealed_and_forgotten(window: Window) -> None:
    window.post("/consent/P02/name", name="Nobody Real")
    assert "Nobody Real" not in json.dumps(rows(window, "SELECT * FROM name"))
    assert "Nobody Real" in window.get("/consent/P02?name=1").text
    window.post("/consent/P02/name", name="")
    assert "Nobody Real" not in window.get("/consent/P02?name=1").text


def test_what_a_record_would_change_is_told_for_each_version_and_medium() -> None:
    register = Register(people=(Described(id="P01", risk="some", age="adult"),), today="2026-11-21")
    record = Record(
        id="R0001",
        person="P01",
        traits=dict.fromkeys(TRAITS, True),
        how="video",
        proof_sha256=PROOF,
        present=("none",),
        safe_when_asked=True,
        given="2026-11-21",
    )
    cut = Use(version="cut", medium="court", day="2026-11-21")
    found = would_change(register, record, [cut])
    assert len(found) == len(TRAITS) * (len(MEDIA) + 1)
    assert all(row["shows"] for row in found)


def test_a_copy_is_written_down_with_its_delivery_and_put_right(window: Window) -> None:
    project = window.desk.require_project()
    window.post("/versions/add", version="out", medium="festival")
    project.act(Deliver(version="out", films=(), head="x", shows=(("P02", "face"),)))
    project.act(Deliver(version="out", films=(), head="y"))
    window.post("/versions/out/copy", where="Hall", to="office", delivery="")
    window.post("/versions/out/screening", where="Hall", day="2999-01-01", delivery="D0001")
    found = window.get("/versions/out.json").json()
    assert [row["delivery"] for row in found["copies"]] == ["D0002"]
    assert [row["delivery"] for row in found["screenings"]] == ["D0001"]
    assert window.get("/withdraw/P02.json").json()["copies"] == []
    window.post("/versions/out/copy", copy=found["copies"][0]["copy"], delivery="D0001")
    text = window.get("/versions/out").text
    assert '<option value="D0001" selected>' in text
    assert '<input type="hidden" name="gone" value="K0001">' in text
    assert "built-in" not in text
    told = window.get("/withdraw/P02.json").json()
    assert [row["delivery"] for row in told["copies"]] == ["D0001"]
    assert window.post("/versions/out/copy", where="a", to="b", delivery="D0009").status == 400


def test_a_version_lists_blockers_first_and_is_refused_in_three_lines(
    window: Window, tmp_path: Path
) -> None:
    assert leads(window.post("/versions/add", version="cut", medium="festival")) == "/versions/cut"
    page = window.get("/versions/cut.json").json()
    assert page["blockers"][0]["error"] == "E70"
    told = window.post("/versions/cut/deliver", folder=str(tmp_path / "out"))
    assert told.status == 409
    for words in ("was not rendered", "E70", "Kept", "Next", "safehouse render"):
        assert words in told.text
    assert not (tmp_path / "out").exists()
    assert window.post("/versions/cut/watch", watched="yes").status == 409
    assert window.post("/versions/cut/watch").status == 400
    assert rows(window, "SELECT * FROM watch") == []


def test_a_film_outside_the_project_is_never_given(window: Window, tmp_path: Path) -> None:
    window.post("/versions/add", version="odd", medium="festival")
    (tmp_path / "secret.mov").write_bytes(b"secret")
    digest = "0" * 64
    window.desk.require_project().act(
        RecordRender(
            version="odd",
            clip="C0001",
            file=os.path.relpath(tmp_path / "secret.mov", window.desk.require_project().folder),
            film_sha256=digest,
            plan_sha256=digest,
            report_sha256=digest,
            inputs_sha256=digest,
            held=False,
        )
    )
    told = window.get("/versions/odd/films/C0001")
    assert told.status == 409
    assert b"secret" not in told.body


def test_settings_are_kept_in_the_project_and_unknown_ones_refused(window: Window) -> None:
    window.post("/settings/language", value="fr")
    assert '<html lang="fr"' in window.get("/status").text
    window.post("/settings/language", value="en")
    window.post("/settings/direction", value="rtl")
    page = window.get("/status").text
    assert 'dir="rtl"' in page
    window.post("/settings/direction", value="auto")
    assert window.post("/settings/language", value="xx").status == 400
    assert window.post("/settings/nothing", value="1").status == 400


def test_idle_minutes_reach_the_lock(window: Window) -> None:
    window.post("/settings/idle_minutes", value="5")
    assert window.desk.door.idle_s == 300.0
    window.post("/settings/idle_minutes", value="15")


def test_the_history_lists_acts_and_is_held_against_words_on_paper(window: Window) -> None:
    head = window.desk.require_project().head_words()
    window.post("/queue/C0001-Q001/answer", answer="hide")
    page = window.get("/history").text
    assert "question answered" in page
    told = window.post("/history/verify.json", head=head).json()
    assert told["since"] == told["acts"] - 1
    wrong = window.post("/history/verify", head="one two")
    assert wrong.status == 400


CHILD = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from browsing import served
from window import Window
from safehouse.review.desk import Desk
from safehouse.review.opening import take
from safehouse.store.project import open_project

project = open_project(Path({folder!r}), who="reviewer")
desk = Desk(private=Path({private!r}))
take(desk, project)
with served(desk):
    window = Window(desk)
    window.enter(desk.link())
    told = window.post("/queue/C0001-Q002/answer", answer="hide")
    print(told.status, flush=True)
    sys.stdin.read()
"""


def test_what_the_page_said_is_saved_outlives_a_kill(tmp_path: Path) -> None:
    from safehouse.store.project import open_project

    with made_project(tmp_path) as project:
        folder = project.folder
    (tmp_path / "private").mkdir()
    code = CHILD.format(
        paths=[str(Path(__file__).parent), str(Path(__file__).parents[1])],
        folder=str(folder),
        private=str(tmp_path / "private"),
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"303"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with open_project(folder) as again:
        found = again.rows("SELECT answer FROM question WHERE id = 'C0001-Q002'")
    assert [tuple(row) for row in found] == [("hide",)]
