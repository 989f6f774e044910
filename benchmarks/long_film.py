"""A film of 71 minutes, from `init` to `deliver`, as a user goes: memory and time of each step.

    python benchmarks/long_film.py [--minutes 71] [--size 320x180] [--rate 25] [--parts 1]
                                   [--keep FOLDER] [--identity]

The clips of SAFEHOUSE_MEDIA/video (default ../shared/media) are put end to end, again and again,
as one clip or in --parts clips. Every step is the command itself; the review page is asked over
loopback as a browser asks it. Memory is proportional (PSS) of all processes of a step together,
twice a second, and what they hold in files in memory is added to it. Where somebody's yes takes
days to count, the clock of the commands is put ahead.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pyrage
from long_footage import Form, long_film

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
BAR_MB, PAGE_BAR_MS = 1000, 200
ENDED = 130
"""Exit code of the page, which is ended by Ctrl+C."""

IN_MEMORY = ("/dev/shm/", "/run/user/")  # noqa: S108 - looked at, never written
LATER = """
import datetime, sys
Real = datetime.datetime
class Later(Real):
    @classmethod
    def now(cls, tz=None):
        return Real.now(tz) + datetime.timedelta(days=4)
datetime.datetime = Later
from safehouse.cli.main import main
sys.argv[0] = "safehouse"
sys.exit(main())
"""


@dataclass
class Row:
    """What one step took."""

    name: str
    wall_s: float
    cpu_s: float
    pss_mb: float
    held_mb: float
    code: int


class Watch:
    """Watches the memory of a process and of all that it started, twice a second."""

    def __init__(self, pid: int) -> None:
        self.pss = self.held = 0
        self._pid, self._end = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch."""
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(0.5):
            try:
                parent = psutil.Process(self._pid)
                everyone = [parent, *parent.children(recursive=True)]
            except psutil.Error:
                continue
            held = files_in_memory(everyone)
            total = sum(pss_of(one) for one in everyone) + held
            if total > self.pss:
                self.pss, self.held = total, held


def pss_of(process: psutil.Process) -> int:
    """Return the proportional memory of a process, bytes; 0 when it has ended."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):
        return 0


def files_in_memory(processes: Iterable[psutil.Process]) -> int:
    """Return how large the files are that processes have open in a file system in memory."""
    sizes: dict[int, int] = {}
    for process in processes:
        try:
            for entry in Path(f"/proc/{process.pid}/fd").iterdir():
                if str(entry.readlink()).startswith(IN_MEMORY):
                    facts = entry.stat()
                    sizes[facts.st_ino] = 512 * facts.st_blocks
        except OSError:
            continue
    return sum(sizes.values())


@dataclass
class Walk:
    """One project, and the commands that are run on it."""

    folder: Path
    identity: bool = False
    rows: list[Row] = field(default_factory=list)

    @property
    def project(self) -> Path:
        """The project's folder."""
        return self.folder / "project"

    def run(self, *words: object, who: str = "op1", later: bool = False) -> str:
        """Run a command, print its row, and return what it printed."""
        name = " ".join(str(w) for w in words if not str(w).startswith("/"))
        process = self.start(*words, who=who, later=later)
        return self.end(name, process, time.monotonic(), Watch(process.pid))

    def start(self, *words: object, who: str, later: bool = False) -> subprocess.Popen[str]:
        """Start a command on the project."""
        begin = ["-c", LATER] if later else ["-m", "safehouse"]
        where = [] if words[0] == "init" else ["--project", str(self.project)]
        given = ["--passphrase-file", str(self.folder / "passphrase")]
        if self.identity:
            given = [] if words[0] == "init" else ["--key", str(self.folder / "identity")]
        return subprocess.Popen(
            [sys.executable, *begin, *(str(word) for word in words), *where, *given],
            stdout=subprocess.PIPE,
            stderr=(self.folder / "errors.txt").open("a"),
            env=os.environ | {"SAFEHOUSE_WHO": who},
            text=True,
        )

    def end(self, name: str, process: subprocess.Popen[str], begun: float, watch: Watch) -> str:
        """Wait for a command, print what it took, and return what it printed."""
        printed = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        wall = time.monotonic() - begun
        cpu = used.ru_utime + used.ru_stime
        row = Row(name, wall, cpu, watch.pss / 1e6, watch.held / 1e6, process.returncode)
        self.rows.append(row)
        show(row)
        return printed


def show(row: Row) -> None:
    """Print a step's row."""
    mark = "  **over 1 GB**" if row.pss_mb > BAR_MB else ""
    print(
        f"| {row.name} | {row.wall_s:.1f} | {row.cpu_s:.1f} | {row.pss_mb:.0f} | {row.held_mb:.0f}"
        f" | {row.code} |{mark}",
        flush=True,
    )


class Browser:
    """Asks the review page as a browser does, and notes how long each answer takes."""

    def __init__(self, link: str) -> None:
        self.times: dict[str, list[float]] = {}
        self.bytes: dict[str, int] = {}
        self.refused: list[str] = []
        parts = urllib.parse.urlsplit(link)
        self.host, self.cookie = parts.netloc, ""
        self.base = parts.path.partition("/enter/")[0]
        _, heads, _ = self._ask("GET", parts.path, b"", {})
        self.cookie = heads["set-cookie"].split(";")[0]

    def _ask(
        self, method: str, path: str, body: bytes, more: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection(self.host, timeout=600)
        heads = {"Sec-Fetch-Site": "none" if method == "GET" else "same-origin", **more}
        heads |= {"Cookie": self.cookie} if self.cookie else {}
        line.request(method, path, body or None, heads)
        answer = line.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        line.close()
        return found

    def get(self, kind: str, path: str, **heads: str) -> bytes:
        """Return an answer; its time goes under a kind."""
        return self._timed(kind, "GET", path, b"", {k.title(): v for k, v in heads.items()})

    def post(self, kind: str, path: str, fields: list[tuple[str, str]]) -> bytes:
        """Send a form, with the number of the last act that was seen."""
        seen = str(self.version)
        body = urllib.parse.urlencode([("expect", seen), *fields]).encode()
        more = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._timed(kind, "POST", path, body, more)

    def send(self, kind: str, path: str, facts: dict[str, Any]) -> bytes:
        """Send JSON."""
        body = json.dumps(facts).encode()
        return self._timed(kind, "POST", path, body, {"Content-Type": "application/json"})

    def _timed(self, kind: str, method: str, path: str, body: bytes, more: dict[str, str]) -> bytes:
        begun = time.perf_counter()
        status, _, found = self._ask(method, self.base + path, body, more)
        self.times.setdefault(kind, []).append(1000 * (time.perf_counter() - begun))
        self.bytes[kind] = max(self.bytes.get(kind, 0), len(found))
        if status >= 400:
            self.refused.append(f"{kind} {path}: {status} {found[:200]!r}")
        return found

    @property
    def version(self) -> int:
        """The number of the project's last act."""
        _, _, body = self._ask("GET", self.base + "/settings", b"", {})
        return int(re.findall(rb'data-expect="(\d+)"', body)[0])

    def print_times(self) -> None:
        """Print how long each kind of page took."""
        print("\n| page | asked | median ms | worst ms | largest kB |\n|---|---|---|---|---|")
        for kind, found in self.times.items():
            mark = "  over 200 ms" if statistics.median(found) > PAGE_BAR_MS else ""
            print(
                f"| {kind} | {len(found)} | {statistics.median(found):.0f} | {max(found):.0f} "
                f"| {self.bytes[kind] / 1000:.0f} |{mark}"
            )
        print("\n".join(self.refused[:9]), flush=True)


def review(walk: Walk, most: int) -> None:
    """Open the page, look at everything, decide, and close it."""
    begun = time.monotonic()
    process = walk.start("review", "--no-browser", who="op1")
    watch = Watch(process.pid)
    line = process.stdout.readline() if process.stdout else ""
    browser = Browser(re.findall(r"http://\S+", line)[0])
    try:
        look_around(browser)
        decide(browser, most)
        in_a_clip(browser, most)
    finally:
        process.send_signal(2)
        walk.end("review", process, begun, watch)
        browser.print_times()


PAGES = ("/status", "/people", "/queue", "/clips", "/consent", "/versions", "/history")


def look_around(browser: Browser) -> None:
    """Load each page, and the wall with its pictures."""
    for _ in range(3):
        for page in PAGES:
            browser.get(page, page)
    wall = json.loads(browser.get("/people", "/people.json"))
    for person in wall["people"][:6]:
        page = f"/people/{person['id']}"
        browser.get("a person", page)
        told = json.loads(browser.get("a person", f"{page}.json"))
        for piece in told["guessed"][:8]:
            browser.get("a face, veiled", f"/faces/{piece['id']}.jpg")
        ticked = [("piece", piece["id"]) for piece in told["guessed"]]
        if ticked:
            browser.post("confirm a person", f"{page}/say", [("does", "confirm"), *ticked])


def decide(browser: Browser, most: int) -> None:
    """Answer what is asked, one question after the other, with the pictures around each."""
    after = json.loads(browser.get("/queue", "/queue.json"))["next"]
    for number in range(most):
        if not after:
            return
        browser.get("a question", f"/queue/{after}")
        told = json.loads(browser.get("a question", f"/queue/{after}.json"))
        clip = told["question"]["clip"]
        for still in told["stills"][: 3 if number < 10 else 0]:
            browser.get("a frame", f"/clips/{clip}/frames/{still}.jpg")
        way = f"/queue/{after}/answer.json"
        said = json.loads(browser.post("an answer", way, [("answer", "accept")]))
        after = said.get("go", "/queue").rpartition("/queue/")[2]
        if after == "/queue":
            return


def in_a_clip(browser: Browser, most: int) -> None:
    """Open the clip view: its facts, pictures, masks and film at five places; answer in it."""
    clip = json.loads(browser.get("/clips", "/clips.json"))["clips"][0]["id"]
    view = f"/clips/{clip}"
    browser.get("clip view", view)
    told = json.loads(browser.get("clip view, JSON", f"{view}.json"))
    frames = told["facts"]["frames"]
    for at in (0, frames // 4, frames // 2, 3 * frames // 4, frames - 9):
        browser.get("a frame", f"{view}/frames/{at}.jpg")
        browser.get("masks", f"{view}/masks.json?first={at}&end={at + 250}")
        browser.get("film, 1 MB", f"{view}/proxy.mp4", range=f"bytes={at * 8}-{at * 8 + 999_999}")
    browser.send("an original", f"{view}/original.json", {"frame": frames // 2})
    left = [q["id"] for q in told["marks"]["questions"] if q["answer"] == "open"]
    version = browser.version
    for question in left[: min(5, most)]:
        act = {"act": "Decide", "question": question, "answer": "accept"}
        told = json.loads(
            browser.send(
                "an act in the clip", f"{view}/acts.json", {"expect": version, "acts": [act]}
            )
        )
        version = told["version"]
    acts = [{"act": "Decide", "question": name, "answer": "accept"} for name in left[5:][:most]]
    browser.send("an act of many", f"{view}/acts.json", {"expect": version, "acts": acts})


def shown(walk: Walk) -> None:
    """Give the person with most confirmed appearances a yes that counts."""
    rows = json.loads(walk.run("people", "list", "--json"))["people"]
    if not rows:
        return
    who = str(max(rows, key=lambda row: row["confirmed"])["id"])
    proof = walk.folder / "proof.wav"
    proof.write_bytes(b"what was said")
    about = ("--risk", "none", "--age", "adult", "--hidden-from", "nobody")
    walk.run("person", "describe", who, *about)
    said = ("--face", "yes", "--how", "audio", "--present", "none", "--safe", "yes")
    walk.run("consent", "add", who, *said, "--asked-by", "A1", "--proof", proof)
    walk.run("consent", "second", "R0001", who="op2")


def answer_rest(walk: Walk) -> None:
    """Answer all that is still asked, on the page, as one act a clip."""
    begun = time.monotonic()
    process = walk.start("review", "--no-browser", who="op1")
    watch = Watch(process.pid)
    line = process.stdout.readline() if process.stdout else ""
    browser = Browser(re.findall(r"http://\S+", line)[0])
    try:
        for clip in json.loads(browser.get("/queue", "/queue.json"))["clips"]:
            view = f"/clips/{clip['clip']}"
            told = json.loads(browser.get("clip view, JSON", f"{view}.json"))
            asked = [q["id"] for q in told["marks"]["questions"] if q["answer"] == "open"]
            for at in range(0, len(asked), 400):
                acts = [
                    {"act": "Decide", "question": name, "answer": "accept"}
                    for name in asked[at : at + 400]
                ]
                facts = {"expect": browser.version, "acts": acts}
                browser.send("an act of 400", f"{view}/acts.json", facts)
    finally:
        process.send_signal(2)
        walk.end("review again, answers", process, begun, watch)
        browser.print_times()


def begin(walk: Walk, films: list[Path]) -> None:
    """Make the project, and add the film."""
    if walk.identity:
        key = pyrage.x25519.Identity.generate()
        (walk.folder / "identity").write_text(f"{key}\n")
        walk.run("init", walk.project, "--to", key.to_public())
    else:
        walk.run("init", walk.project)
    walk.run("add", *films)


def walk_through(walk: Walk, films: list[Path], most: int) -> None:
    """Go the whole way."""
    (walk.folder / "passphrase").write_text("six words that nobody else has\n")
    print("| step | wall s | CPU s | PSS MB | of it files | exit |\n|---|---|---|---|---|---|")
    if not walk.project.exists():
        begin(walk, films)
    walk.run("analyse")
    walk.run("proxies")
    walk.run("status")
    review(walk, most)
    shown(walk)
    answer_rest(walk)
    walk.run("version", "add", "cut", "--medium", "festival", later=True)
    walk.run("render", "--version", "cut", later=True)
    walk.run("status", later=True)
    walk.run("audit", "--version", "cut", later=True)
    walk.run("watch", "cut", "--yes", later=True)
    print(walk.run("deliver", "cut", "-o", walk.folder / "out", later=True))


def main() -> int:
    """Make the film, go the way, print the tables; 1 when a step took more than 1 GB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=71)
    parser.add_argument("--size", default="320x180")
    parser.add_argument("--rate", type=int, default=25, help="frames a second")
    parser.add_argument("--parts", type=int, default=1, help="number of clips it comes in")
    parser.add_argument("--answers", type=int, default=40, help="given one by one")
    parser.add_argument("--identity", action="store_true", help="open by a key, no passphrase")
    parser.add_argument("--keep", type=Path, help="folder for film and project; kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        frames = round(given.minutes * 60 * given.rate / given.parts)
        wide, _, tall = given.size.partition("x")
        films = [folder / f"film{part}.mov" for part in range(given.parts)]
        for part, film in enumerate(films):
            form = Form((int(wide), int(tall)), given.rate, frames + part)
            long_film(MEDIA / "video", film, form, begin=part)
        print(f"{given.parts} x {frames} frames of {given.size}, {given.rate} a second\n")
        walk = Walk(folder, given.identity)
        walk_through(walk, films, given.answers)
    most = max(walk.rows, key=lambda row: row.pss_mb)
    print(f"\nmost memory: {most.pss_mb:.0f} MB in {most.name}; the bar is {BAR_MB} MB")
    bad = [row.name for row in walk.rows if row.code not in {0, ENDED}]
    print(f"steps that ended with another code than 0: {', '.join(bad) or 'none'}")
    return 0 if most.pss_mb <= BAR_MB else 1


if __name__ == "__main__":
    sys.exit(main())
