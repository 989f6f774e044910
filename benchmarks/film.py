"""How fast a film of 1,000 clips and 20,000 appearances answers: opening, status, states, plans.

    python benchmarks/film.py [--clips N] [--tracks N] [--versions N]

Makes a project of acts alone, without footage, in a temporary folder: eleven people confirmed in
every clip, who agreed to be seen; versions that are rendered, watched and delivered. Prints the
median time of five calls each, that of the processor, the memory, and the size of the project.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from safehouse.film_status import film_status
from safehouse.model.acts import (
    Act,
    AddClip,
    AddVersion,
    AnalyseClip,
    ConfirmPieces,
    Decide,
    Deliver,
    DescribePerson,
    Piece,
    Question,
    RecordConsent,
    RecordRender,
    RecordWatch,
    SecondWidening,
)
from safehouse.model.consent import Person, Record
from safehouse.store.project import Project, create_project, open_project
from safehouse.version_states import clips_of, inputs_of, rulings_of, states
from safehouse.withdrawing import touched

PEOPLE = 11
ROUNDS = 5
BATCH = 2000
SAID = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()


def person(number: int) -> str:
    """The id of a person."""
    return f"P{number:02d}"


def consents() -> Iterator[Act]:
    """Everybody is described, and all but the last agreed to be seen."""
    for n in range(1, PEOPLE + 1):
        yield DescribePerson(Person(id=person(n), risk="some", age="adult"))
        yield RecordConsent(
            Record(
                id=f"R{n:04d}",
                person=person(n),
                traits={"face": n < PEOPLE},
                how="audio",
                proof_sha256="ab" * 32,
                present=("none",),
                safe_when_asked=True,
                asked_by="A1",
                given=SAID,
            )
        )


def clip_acts(number: int, tracks: int) -> Iterator[Act]:
    """A clip with its appearances, all confirmed, and a question that was answered."""
    clip = f"C{number:04d}"
    yield AddClip(
        clip=clip,
        path=f"/rushes/{number}.mov",
        sha256=f"{number:064x}",
        size_bytes=1000,
        mtime_ns=1,
    )
    pieces = tuple(
        Piece(f"{clip}-A{n:03d}", f"T{n:04d}", n * 10, n * 10 + 10, "track", n, (0, 0, 9, 9), 0.1)
        for n in range(tracks)
    )
    question = Question(f"{clip}-Q001", "begins", 0, 5, "T0000", 0.5, "out of nothing")
    yield AnalyseClip(
        clip=clip,
        findings_sha256=f"{number:064x}",
        width=1920,
        height=1080,
        rotation=0,
        frames=1000,
        rate="25/1",
        seconds=40.0,
        shots=1,
        sound_tracks=1,
        pieces=pieces,
        questions=(question,),
    )
    for n in range(min(PEOPLE, tracks)):
        mine = tuple(piece.id for piece in pieces[n::PEOPLE])
        yield ConfirmPieces(mine, person(n + 1))
    yield Decide(question.id, "accept")


def make(project: Project, clips: int, tracks: int, versions: int) -> None:
    """Fill a project."""
    project.act(*consents())
    project.who = "second"
    day = project.clock()[:10]
    project.act(*(SecondWidening(f"R{n:04d}", day) for n in range(1, PEOPLE)))
    acts = [act for n in range(1, clips + 1) for act in clip_acts(n, tracks // clips)]
    for first in range(0, len(acts), BATCH):
        project.act(*acts[first : first + BATCH])
    for number in range(versions):
        render(project, f"cut-{number}")
    project.snapshot()


def render(project: Project, name: str) -> None:
    """A version is rendered, watched and delivered, as far as the history goes."""
    version = AddVersion(version=name, medium="festival")
    project.act(version)
    inputs = inputs_of(project, version, rulings_of(project, version), clips_of(project, version))
    folder = project.folder / "renders" / name
    folder.mkdir(parents=True)
    shows = tuple((person(n), "face", (f"R{n:04d}",)) for n in range(1, PEOPLE))
    rows = []
    for clip, digest in inputs.items():
        (folder / f"{clip}.mov").touch()
        rows.append(
            RecordRender(
                version=name,
                clip=clip,
                file=f"renders/{name}/{clip}.mov",
                film_sha256=digest,
                plan_sha256=digest,
                report_sha256=digest,
                inputs_sha256=digest,
                held=False,
                shows=shows,
            )
        )
    project.act(*rows)
    films = tuple(inputs.items())
    out = tuple((who, trait) for who, trait, _ in shows)
    project.act(RecordWatch(version=name, films=films))
    project.act(Deliver(version=name, films=films, head="", shows=out))


def timed(words: str, call: Callable[[], object]) -> None:
    """Print the median time of some calls, and of the processor alone."""
    took, used = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter(), time.process_time()
        call()
        took.append(time.perf_counter() - began[0])
        used.append(time.process_time() - began[1])
    wall, own = (statistics.median(rows) * 1000 for rows in (took, used))
    print(f"{words:<44}{wall:9.0f} ms, {own:6.0f} ms of the processor")


def main() -> int:
    """Make the project, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--versions", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "film"
        began = time.perf_counter()
        with create_project(
            place, passphrase=None, recipient=None, unsealed=True, who="first"
        ) as project:
            make(project, given.clips, given.tracks, given.versions)
        print(f"made in {time.perf_counter() - began:.1f} s")
        timed("opening and closing", lambda: open_project(place, who="op").close())
        with open_project(place, who="op") as project:
            timed(f"status, {given.versions} versions", lambda: film_status(project))
            timed("the states of one version", lambda: states(project, "cut-0"))
            timed("what a withdrawal touches", lambda: touched(project, person(1)))
        size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        print(f"{'the project on the disk':<52}{size / 1e6:9.1f} MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{'memory at most, with making it':<52}{peak / 1024:9.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
