"""How long the review page's pages take in a large project: 1,000 clips, 20,000 tracks.

    python benchmarks/review.py [--clips 1000] [--tracks 20] [--times 5]

The project is made up: no film lies behind its clips. Each page is asked for over loopback, as a
browser would, and the median and the worst of a few times are printed. Thumbnails need film; the
page's own cache of them is timed by one real clip, when SAFEHOUSE_MEDIA has it.
"""

import argparse
import hashlib
import http.client
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from safehouse.film import add_clips
from safehouse.film_analysis import analyse_film
from safehouse.model.acts import (
    Act,
    AddClip,
    AddVersion,
    AnalyseClip,
    ConfirmPieces,
    DescribePerson,
    Piece,
    Question,
    RecordConsent,
    RecordRender,
    Suggestion,
    SuggestPieces,
)
from safehouse.model.consent import Person, Record
from safehouse.review.desk import Desk
from safehouse.review.frames import pictures_of
from safehouse.review.opening import take
from safehouse.review.private_place import open_private
from safehouse.review.serving import close, config_of
from safehouse.store.project import Project, create_project

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
CLIP = "video/asl_again.mkv"
BAR_MS = 200.0
PEOPLE = 60
FRAMES = 500


def made_up(project: Project, clips: int, tracks: int) -> None:
    """Fill a project: clips with tracks, people, guesses, confirmations, records, two versions."""
    project.act(*(DescribePerson(Person(id=f"P{n:02d}")) for n in range(1, PEOPLE + 1)))
    for number in range(1, clips + 1):
        project.act(*clip_acts(f"C{number:04d}", tracks, number))
    records = (
        RecordConsent(Record(id=f"R{n:04d}", person=f"P{n % PEOPLE + 1:02d}", **said(n)))
        for n in range(1, 201)
    )
    project.act(*records)
    project.act(
        AddVersion(version="cut", medium="festival"), AddVersion(version="web", medium="online")
    )
    project.act(*(rendered(f"C{number:04d}") for number in range(1, clips + 1)))


def rendered(clip: str) -> RecordRender:
    """Return the act of a film that was made of a clip; none lies there."""
    digest = hashlib.sha256(clip.encode()).hexdigest()
    return RecordRender(
        version="cut",
        clip=clip,
        file=f"renders/cut/{clip}.mov",
        film_sha256=digest,
        plan_sha256=digest,
        report_sha256=digest,
        inputs_sha256=digest,
        held=False,
    )


def said(n: int) -> dict[str, object]:
    """Return what a made-up record says."""
    return {
        "traits": {"face": n % 3 > 0, "voice": n % 2 > 0},
        "how": "audio",
        "proof_sha256": "a" * 64,
        "given": "2026-01-10",
    }


def clip_acts(clip: str, tracks: int, number: int) -> list[Act]:
    """Return the acts that put a clip with tracks, guesses and questions into a project."""
    digest = hashlib.sha256(clip.encode()).hexdigest()
    pieces = tuple(
        Piece(f"{clip}-A{n:03d}", f"T{n:04d}", 5 * n, 5 * n + 60, "track", 5 * n, (0, 0, 9, 9), 0.1)
        for n in range(1, tracks + 1)
    )
    questions = tuple(
        Question(f"{clip}-Q{n:03d}", "weak", 9 * n, 9 * n + 9, f"T{n:04d}", 0.5, "weak detection")
        for n in range(1, 6)
    )
    guesses = tuple(
        Suggestion(piece.id, f"P{(number * 7 + n) % PEOPLE + 1:02d}", 0.3)
        for n, piece in enumerate(pieces)
        if n % 10
    )
    confirmed = tuple(guess for guess in guesses if number % 2)
    return [
        AddClip(clip=clip, path=f"/none/{clip}", sha256=digest, size_bytes=1, mtime_ns=1),
        AnalyseClip(
            clip=clip,
            findings_sha256=digest,
            width=1920,
            height=1080,
            rotation=0,
            frames=FRAMES,
            rate="25",
            seconds=20.0,
            shots=3,
            sound_tracks=1,
            pieces=pieces,
            questions=questions,
        ),
        SuggestPieces(guesses),
        *(ConfirmPieces((guess.piece,), guess.person) for guess in confirmed[:5]),
    ]


@contextmanager
def serving(desk: Desk) -> Iterator[None]:
    """Serve the page in a thread."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen(16)
        desk.host = f"127.0.0.1:{place.getsockname()[1]}"
        server = uvicorn.Server(config_of(desk))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(10)


def require(holds: bool, words: str) -> None:
    """End the benchmark when a page is refused: its time would mean nothing."""
    if not holds:
        sys.exit(words)


class Asking:
    """A browser without a browser."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        link = desk.link().split(desk.host)[1]
        self.cookie = ""
        status, heads, _ = self.ask("GET", link)
        require(status == 303, "the link opens")
        self.cookie = heads["set-cookie"].split(";")[0]

    def ask(self, method: str, target: str, body: str = "") -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of an answer."""
        host, port = self.desk.host.split(":")
        line = http.client.HTTPConnection(host, int(port), timeout=60)
        heads = {"Sec-Fetch-Site": "none" if method == "GET" else "same-origin"}
        heads |= {"Cookie": self.cookie} if self.cookie else {}
        heads |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        line.request(method, target, body or None, heads)
        answer = line.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        line.close()
        return found

    def time_ms(self, path: str, times: int) -> list[float]:
        """Milliseconds from the request to the last byte."""
        found = []
        for _ in range(times):
            begun = time.perf_counter()
            status, _, body = self.ask("GET", self.desk.base + path)
            found.append(1000 * (time.perf_counter() - begun))
            require(status == 200, f"{path}: {status} {body[:400]!r}")
        return found

    def act_ms(self, path: str, fields: str) -> float:
        """Milliseconds until a form is saved and answered."""
        version = self.desk.require_project().version
        begun = time.perf_counter()
        status, _, body = self.ask("POST", self.desk.base + path, f"expect={version}&{fields}")
        require(status == 303, f"{path}: {status} {body[:400]!r}")
        return 1000 * (time.perf_counter() - begun)


PAGES = (
    *("/status", "/clips", "/clips?from=900", "/people", "/people/P07", "/queue"),
    *("/queue/C0500-Q003", "/consent", "/consent/P07", "/versions", "/versions/cut"),
    *("/withdraw/P07", "/history", "/settings"),
)


def print_row(name: str, found: list[float]) -> float:
    """Print median and worst of a page; return the worst."""
    worst = max(found)
    mark = "" if worst <= BAR_MS else "  over the bar"
    print(f"{name:24} {statistics.median(found):8.1f} {worst:8.1f}{mark}")
    return worst


def timed_pages(asking: Asking, times: int) -> float:
    """Print a table of pages; return the worst time."""
    print(f"{'page':24} {'median':>8} {'worst':>8}  ms; the bar is {BAR_MS:.0f} ms")
    worst = [print_row(page, asking.time_ms(page, times)) for page in PAGES]
    acts = [
        asking.act_ms(f"/queue/C{n:04d}-Q001/answer", "answer=hide") for n in range(1, times + 1)
    ]
    worst.append(print_row("a decision, saved", acts))
    return max(worst)


def timed_thumbnails(folder: Path, times: int) -> None:
    """Time faces of one real clip: made for the first time, and asked for again."""
    if not (MEDIA / CLIP).is_file():
        print("thumbnails: not timed, SAFEHOUSE_MEDIA has no such clip")
        return
    with create_project(folder, passphrase=None, recipient=None, unsealed=True) as project:
        add_clips(project, [MEDIA / CLIP])
        analyse_film(project)
        desk = Desk(private=open_private())
        take(desk, project)
        desk.own["faces"] = True
        pictures_of(desk).begin()
        with serving(desk):
            asking = Asking(desk)
            asking.act_ms("/settings/faces", "value=1")
            piece = project.rows("SELECT id FROM piece ORDER BY id LIMIT 1")[0][0]
            first = asking.time_ms(f"/faces/{piece}.jpg", 1)
            print_row("a face, first time", first)
            print_row("a face, again", asking.time_ms(f"/faces/{piece}.jpg", times))
            print_row("a frame, first time", asking.time_ms("/clips/C0001/frames/40.jpg", 1))
            print_row("a frame, again", asking.time_ms("/clips/C0001/frames/40.jpg", times))
        close(desk)


def main() -> int:
    """Make the projects, print the times; 1 when a page is over the bar."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        begun = time.perf_counter()
        folder = Path(name) / "large"
        with create_project(folder, passphrase=None, recipient=None, unsealed=True) as project:
            made_up(project, given.clips, given.tracks)
            print(
                f"{given.clips} clips, {given.clips * given.tracks} tracks, made in "
                f"{time.perf_counter() - begun:.0f} s; {project.version} acts"
            )
            desk = Desk(private=open_private())
            take(desk, project)
            with serving(desk):
                worst = timed_pages(Asking(desk), given.times)
            close(desk)
        timed_thumbnails(Path(name) / "small", given.times)
    return 0 if worst <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
