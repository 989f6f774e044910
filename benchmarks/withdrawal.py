"""How long a withdrawal's list takes in a film of 1,000 clips and 20,000 tracks.

    python benchmarks/withdrawal.py

Builds a project in a temporary folder: 11 people, each in every clip, one version that was
rendered and delivered, copies and screenings. Prints the seconds of building, opening, listing,
recording, ruling for everybody, and saying which films are wrong.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).resolve().parents[1] / "tests" / part) for part in ("", "store", "consent")
]

from registers import record  # noqa: E402
from small_projects import new  # noqa: E402
from test_withdrawing import CUT, many, render  # noqa: E402

from safehouse.model.acts import (  # noqa: E402
    AddCopy,
    AddScreening,
    AddVersion,
    Deliver,
    RecordConsent,
    SecondWidening,
)
from safehouse.store.project import Project, open_project  # noqa: E402
from safehouse.store.reading_versions import read_version  # noqa: E402
from safehouse.version_states import rulings_of, states  # noqa: E402
from safehouse.withdrawing import take_down, touched, touched_lines, withdraw  # noqa: E402

CLIPS, PIECES = 1000, 20


def timed(words: str, call: Callable[[], object]) -> None:
    """Print how long a call takes."""
    began = time.perf_counter()
    call()
    print(f"{words:<44}{time.perf_counter() - began:8.2f} s")


def fill(film: Project) -> None:
    """Make a long film that is out, with everybody in it."""
    acts = many(CLIPS, PIECES)
    for at in range(0, len(acts), 2000):
        film.act(*acts[at : at + 2000])
    people = [f"P{n:02d}" for n in range(1, 12)]
    film.act(*(RecordConsent(record(f"R{n:04d}", who)) for n, who in enumerate(people, 1)))
    film.who = "ben"
    film.act(*(SecondWidening(f"R{n:04d}", "2999-01-01") for n in range(1, 12)))
    film.act(AddVersion(version=CUT, medium="festival"))
    film.act(*(render(f"C{n:04d}", *people) for n in range(1, CLIPS + 1)))
    film.act(
        Deliver(version=CUT, films=(), head="x", shows=tuple((who, "face") for who in people)),
        *(
            AddCopy(copy=f"K{n:03d}", version=CUT, where="a", to="b", since="2026-10-01")
            for n in range(50)
        ),
        AddScreening(version=CUT, where="a", day="2026-10-01"),
    )


def main() -> None:
    """Build, open, list, record."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "film"
        with new(folder) as film:
            timed(f"build {CLIPS} clips, {CLIPS * PIECES} tracks", lambda: fill(film))
        began = time.perf_counter()
        with open_project(folder, who="anna") as film:
            print(f"{'open the project':<44}{time.perf_counter() - began:8.2f} s")
            timed("list what a withdrawal touches", lambda: touched_lines(touched(film, "P02")))
            timed("draft the take-down list", lambda: take_down(touched(film, "P02")))
            timed("list and record it", lambda: withdraw(film, "P02"))
            timed("rulings for everybody", lambda: rulings_of(film, read_version(film, CUT)))
            timed("which films are wrong", lambda: states(film, CUT))
            wrong = sum(one.state == "wrong" for one in states(film, CUT))
            print(f"films that are wrong now: {wrong} of {CLIPS}")


if __name__ == "__main__":
    main()
