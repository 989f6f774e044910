"""Where the film stands and what comes next; clips are added and looked at from here."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import SafehouseError, UsageError
from safehouse.film import Added, add_clips
from safehouse.film_analysis import Looked, analyse_film
from safehouse.film_status import FilmStatus, film_status
from safehouse.machine import core_count
from safehouse.model.acts import HandOver, NoteContent
from safehouse.model.words import say
from safehouse.pipeline import Desk as Bench
from safehouse.proxies import Wanted, make_proxies
from safehouse.review.acting import save
from safehouse.review.asking import Ask, answer, go, page, said_back
from safehouse.review.times import length
from safehouse.review.work import Tell, Teller
from safehouse.review.work_words import job_facts
from safehouse.store.reading_queue import count_all
from safehouse.store.reading_view import read_clip_row
from safehouse.store.reading_wall import count_clips, read_clip_lines
from safehouse.version_states import today
from safehouse.workers import Workers

__all__ = ["ROUTES", "place_of", "raise_first", "standing"]

MOST = 100
"""Clips on one page."""

PLACES = {
    "safehouse review": "/queue",
    "safehouse analyse": "/status#look",
    "safehouse add": "/status#add",
    "safehouse version": "/versions",
    "safehouse render": "/versions",
    "safehouse audit": "/versions",
    "safehouse watch": "/versions",
    "safehouse deliver": "/versions",
}
"""Begin of a command → the page that does the same."""


def place_of(command: str) -> str:
    """Return the page on which a command's work is done; "" where there is none."""
    return next((place for begin, place in PLACES.items() if command.startswith(begin)), "")


def standing(ask: Ask) -> FilmStatus:
    """Return where the film stands; worked out anew only after an act, or on another day."""
    project, desk = ask.project, ask.desk
    with project.lock:
        mark = (str(project.folder), project.version, today())
        kept: tuple[object, FilmStatus] | None = desk.held.get("standing")
        if kept is not None and kept[0] == mark:
            return kept[1]
        found = film_status(project)
        desk.held["standing"] = (mark, found)
        return found


def _status(ask: Ask) -> Response:
    project = ask.project
    found, counts = standing(ask), count_all(project)
    facts = msgspec.to_builtins(found) | {
        "pieces_open": counts.pieces_open,
        "pieces": counts.pieces,
        "questions": counts.all,
        "next_page": place_of(found.next_step),
        "running": [job_facts(job, ask.desk.language) for job in ask.desk.work.running],
    }
    return answer(ask, "status.html", facts)


def _clips(ask: Ask) -> Response:
    text = ask.query("from", "0")
    first = int(text) if text.isdecimal() and len(text) < 7 else 0
    rows = read_clip_lines(ask.project, first=first, most=MOST)
    facts = {
        "clips": [msgspec.to_builtins(row) | {"length": length(row.seconds)} for row in rows],
        "count": count_clips(ask.project),
        "first": first,
        "most": MOST,
    }
    return answer(ask, "clips.html", facts)


def _add(ask: Ask) -> Response:
    paths = [Path(line.strip()).expanduser() for line in ask.one("paths").splitlines()]
    paths = [path for path in paths if str(path) != "."]
    if not paths or not all(path.is_absolute() for path in paths):
        raise UsageError(
            "name whole paths, from the first / on, one a line",
            kept="nothing was added",
            next_step="type them as in the file manager's address line",
        )
    project, given_by = ask.project, ask.one("given_by")
    unknown = ask.one("origin") == "unknown"

    def run(tell: Tell) -> Added:
        origin = "unknown" if unknown else "own"
        added = add_clips(project, paths, origin=origin, given_by=given_by, tell=tell)  # type: ignore[arg-type]  # one of the two
        raise_first(added.failures)
        return added

    ask.desk.work.start(say("add clips"), run, "/clips")
    return go(ask, "/work")


def _look(ask: Ask) -> Response:
    project, clips = ask.project, ask.all("clip")

    def run(tell: Teller) -> Looked:
        looked = analyse_film(project, clips, tell=tell, begins=tell.begins)
        raise_first(looked.failures)
        return looked

    ask.desk.work.start(say("look for people in the clips"), run, "/people")
    return go(ask, "/work")


def _proxies(ask: Ask) -> Response:
    project = ask.project
    wanted = Wanted(voices="disguise" if ask.one("voices") == "disguise" else "mute")

    def run(tell: Teller) -> None:
        with Workers(core_count()) as workers:
            desk = Bench(workers, tell, tell.begins)
            done = make_proxies(project, wanted, desk, lambda row: tell.ended(row.clip, row.what))
        raise_first([(row.clip, row.error) for row in done if row.error is not None])

    ask.desk.work.start(say("make cutting copies"), run, "/clips")
    return go(ask, "/work")


def raise_first(failures: Sequence[tuple[str, SafehouseError]]) -> None:
    """Tell the first failure of a job whose other parts went on, and how many more there are.

    Raises:
        SafehouseError: the first failure.
    """
    if not failures:
        return
    shown, error = failures[0]
    more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
    raise type(error)(
        f"{shown}{more}: {error.happened}", kept=error.kept, next_step=error.next_step
    )


def _hand(ask: Ask) -> Response:
    """Hand a clip to a colleague: it leaves everybody else's queue."""
    clip = read_clip_row(ask.project, ask.named("clip")).id
    save(ask, HandOver(clip, ask.one("to")))
    return go(ask, said_back(ask, "/clips"))


def _note(ask: Ask) -> Response:
    """Note what somebody should be prepared for before any picture of a clip."""
    row = read_clip_row(ask.project, ask.named("clip"))
    save(ask, NoteContent(row.id, 0, row.frames, ask.one("text")))
    return go(ask, said_back(ask, "/clips"))


ROUTES = [
    Route("/status", page(_status)),
    Route("/status.json", page(_status)),
    Route("/clips", page(_clips)),
    Route("/clips.json", page(_clips)),
    Route("/clips/add", page(_add), methods=["POST"]),
    Route("/clips/look", page(_look), methods=["POST"]),
    Route("/clips/proxies", page(_proxies), methods=["POST"]),
    Route("/clips/{clip}/hand", page(_hand), methods=["POST"]),
    Route("/clips/{clip}/note", page(_note), methods=["POST"]),
]
