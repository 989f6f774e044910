"""The five lines on screen: the same facts as the report, in words."""

from pathlib import Path

from audit_cases import make_plan

from safehouse.audit.remains import remains_of
from safehouse.main_job import Result
from safehouse.model.plan import Shown
from safehouse.model.report import Attack, Control, Report
from safehouse.model.shape import Ellipse, Key
from safehouse.summary import summary_lines


def lines_for(*results: str, shown: tuple[Shown, ...] = ()) -> tuple[str, ...]:
    names = ("coverage", "faces", "container", "sound")
    attacks = tuple(
        Attack(
            name=name,
            title="?",
            result=result,  # type: ignore[arg-type]
            figure="all",
            control=Control(held=True, what="works"),
        )
        for name, result in zip(names, results, strict=False)
    )
    plan = make_plan(shown=shown)
    report = Report(
        clip="C0001",
        film_sha256="a" * 64,
        plan_sha256="b" * 64,
        held=False,
        attacks=attacks,
        remains=remains_of(plan),
    )
    return summary_lines(Result(Path("film.mov"), Path("film.private"), False, report, plan))


def test_five_lines_say_which_attacks_found_nothing() -> None:
    lines = lines_for(*["none found"] * 4)
    assert len(lines) == 5
    assert lines[2] == "attacked: no leak found (coverage, faces, container, sound)"


def test_it_says_whom_the_film_shows() -> None:
    keys = (Key(0, Ellipse(800, 800, 400, 400)),)
    place = Shown("F0001", 0, 9, keys, "C0001-A001", "P07", ("R0012",))
    assert "SHOWN BY CONSENT: P07" in " ".join(lines_for(*["none found"] * 4, shown=(place,)))
    assert "SHOWN" not in " ".join(lines_for(*["none found"] * 4))


def test_the_worst_result_comes_first() -> None:
    line = lines_for("none found", "not run", "leak", "none found")[2]
    assert line == (
        "attacked: LEAK FOUND (container); NOT RUN TO ITS END (faces); "
        "no leak found (coverage, sound)"
    )


def test_what_remains_names_whom_the_detector_misses() -> None:
    words = " ".join(remains_of(make_plan()))
    for kind in ("smaller than about 12 px", "backs of heads", "dark parts"):
        assert kind in words
