"""Long jobs say which clip they are at, of how many, and what became of the others."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import served
from window import Window

from safehouse.language import load_language
from safehouse.review.desk import Desk
from safehouse.review.work import ENDED_MOST, Job, Teller, Work
from safehouse.review.work_words import job_facts


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    desk = Desk(private=tmp_path / "private")
    with served(desk) as link:
        window = Window(desk)
        assert window.enter(link).status == 303
        yield window


class Halfway:
    """A job over five clips that waits in its second until it may go on."""

    def __init__(self) -> None:
        self.there, self.go_on = threading.Event(), threading.Event()

    def __call__(self, tell: Teller) -> None:
        tell.begins("C0001", 1, 5)
        tell("attacking", 3, 3)
        tell.ended("C0001", "held")
        tell.begins("C0002", 2, 5)
        tell("rendering", 30, 250)
        self.there.set()
        assert self.go_on.wait(20)
        tell.ended("C0002", "rendered")


def test_work_under_way_tells_its_clip_and_its_step_and_what_is_over(window: Window) -> None:
    half = Halfway()
    window.desk.work.start("render the version cut", half, "/versions/cut")
    assert half.there.wait(20)
    (job,) = window.get("/work.json").json()["jobs"]
    assert (job["clip"], job["number"], job["clips"]) == ("C0002", 2, 5)
    assert job["clip_words"] == "clip C0002, 2 of 5"
    assert job["step_words"] == "rendering: 30 of 250"
    assert [(row["clip"], row["bad"]) for row in job["ended"]] == [("C0001", True)]
    page = window.get("/work").text
    assert "<h1>Work under way</h1>" in page
    assert 'max="5" value="1"' in page
    assert "Work that has ended" not in page
    half.go_on.set()
    while window.desk.work.running:
        half.there.wait(0.01)
    page = window.get("/work").text
    assert "<h1>Nothing is under way</h1>" in page
    assert "Work that has ended" in page
    assert "<progress" not in page
    assert "✓ done" in page


def test_a_job_that_was_stopped_ends_where_it_tells_next() -> None:
    work, half = Work(), Halfway()
    job = work.start("render", half)
    assert half.there.wait(20)
    job.stop = True
    half.go_on.set()
    work.stop_all()
    assert job.state == "stopped"
    assert [clip for clip, _ in job.ended] == ["C0001"]


def test_only_the_last_clips_are_told() -> None:
    job = Job(1, "render", "/work")
    for number in range(ENDED_MOST + 5):
        Teller(job).ended(f"C{number:04d}", "rendered")
    assert len(job.ended) == ENDED_MOST
    assert job.ended[0][0] == f"C{ENDED_MOST + 4:04d}"


@pytest.mark.parametrize(
    ("state", "total", "words"),
    [("waits", 0, "waits"), ("runs", 0, "analysing"), ("runs", 9, "analysing: 2 of 9")],
)
def test_a_step_is_told_as_far_as_it_is_known(state: str, total: int, words: str) -> None:
    job = Job(1, "look", "/people", state=state, stage="analysing", done=2, total=total)  # type: ignore[arg-type]  # one of the states
    facts = job_facts(job, load_language("en"))
    assert (facts["step_words"], facts["clip_words"]) == (words, "")
