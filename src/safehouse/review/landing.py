"""The first page: drop a clip and see it protected, or open a project."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import SafehouseError, UsageError
from safehouse.model.text import escape
from safehouse.model.words import say
from safehouse.outputs import require_source
from safehouse.review.asking import Ask, answer, as_json, failure, go, page
from safehouse.review.desk import Desk
from safehouse.review.films import Dropped, Film, keep_film, protect_film
from safehouse.review.media import file_answer
from safehouse.review.private_place import ending_of, place_for, receive
from safehouse.review.work import Job
from safehouse.review.work_words import job_facts
from safehouse.summary import summary_lines, summary_of

__all__ = ["ROUTES"]

LOOKS = ("veil", "solid")
VOICES = ("mute", "disguise")


def _first(ask: Ask) -> Response:
    if ask.desk.project is not None:
        return go(ask, "/status")
    films = [{"id": job.id, "state": job.state} for job in _films(ask.desk)]
    folder = str(ask.desk.folder or "")
    return answer(ask, "landing.html", {"films": films, "folder": folder})


def _films(desk: Desk) -> list[Job]:
    return [job for job in desk.work.jobs.values() if job.then.startswith("/films/")]


@dataclass(frozen=True, slots=True)
class _Wish:
    """How a dropped clip is to be hidden."""

    look: str
    voices: str
    codec: str

    @classmethod
    def of(cls, given: dict[str, str]) -> "_Wish":
        wish = cls(
            given.get("look", "veil"), given.get("voices", "mute"), given.get("codec", "h264")
        )
        fine = wish.look in LOOKS and wish.voices in VOICES and wish.codec in {"h264", "auto"}
        if not fine:
            raise UsageError(
                "that is none of the choices",
                kept="nothing was read or written",
                next_step="choose on the page",
            )
        return wish


def _protect(ask: Ask) -> Response:
    path = Path(ask.one("path")).expanduser()
    if not path.is_absolute():
        raise UsageError(
            "the path must be whole, from the first / on",
            kept="nothing was read or written",
            next_step="type it as in the file manager's address line",
        )
    require_source(path)
    wish = _Wish.of({name: ask.one(name) for name in ("look", "voices", "codec") if ask.one(name)})
    place = place_for(ask.desk.private, path.stat().st_size)
    job = _begin(ask.desk, Dropped(path, place, is_copy=False), wish)
    return go(ask, job.then)


def _begin(desk: Desk, dropped: Dropped, wish: _Wish) -> Job:
    choices = {"look": wish.look, "voices": wish.voices, "codec": wish.codec}
    job = desk.work.start(
        say("protect a clip"),
        lambda tell: protect_film(dropped, choices, desk.language.code, tell),
    )
    job.then = f"/films/{job.id}"
    return job


async def _upload(request: Request) -> Response:
    """Take a clip as it comes, part by part, into a private folder; its name is never sent."""
    desk: Desk = request.app.state.desk
    ask = Ask(request, desk)
    try:
        wish = _Wish.of(dict(request.query_params))
        ending = ending_of(request.query_params.get("ending", ""))
        size = request.headers.get("content-length", "")
        place = place_for(desk.private, int(size) if size.isdecimal() and len(size) < 16 else -1)
        clip = await receive(request.stream(), place, ending)
    except SafehouseError as error:
        return failure(ask, error)
    job = _begin(desk, Dropped(clip, place, is_copy=True), wish)
    return as_json({"go": job.then, "in_memory": place.in_memory})


def _job(ask: Ask) -> Job:
    number = ask.named("job")
    job = ask.desk.work.jobs.get(int(number)) if number.isdecimal() and len(number) < 9 else None
    if job is None:
        raise UsageError(
            "there is no such film", kept="nothing was changed", next_step="see the first page"
        )
    return job


def _film_of(ask: Ask) -> Film:
    film = _job(ask).result
    if not isinstance(film, Film):
        raise UsageError(
            "this film is not done", kept="nothing was changed", next_step="wait until it is"
        )
    return film


def _film(ask: Ask) -> Response:
    job = _job(ask)
    facts: dict[str, Any] = job_facts(job, ask.desk.language)
    film = cast(Film | None, job.result)
    facts["film"] = film and {
        "summary": _summary(film),
        "lines": [str(line) for line in summary_lines(film.result)],
        "held": film.result.held,
        "seen": film.kind.startswith("video/"),
        "in_memory": film.in_memory,
        "size_bytes": film.result.film.stat().st_size,
        "kept_in": [escape(str(path)) for path in film.kept_in],
        "remains": list(film.result.report.remains),
        "unsure": len(film.result.report.unsure),
        "attacks": [(a.name, a.result) for a in film.result.report.attacks],
    }
    return answer(ask, "film.html", facts)


def _summary(film: Film) -> dict[str, Any]:
    found = summary_of(film.result)
    return {name: found[name] for name in ("hidden", "uncertain_spans", "attacks", "held")}


def _play(ask: Ask) -> Response:
    film = _film_of(ask)
    return file_answer(ask.request, film.result.film, film.kind)


def _save(ask: Ask) -> Response:
    film = _film_of(ask)
    if film.result.held:
        raise UsageError(
            "this film is held: the audit found a leak",
            kept="the clip is untouched; the film stays where it is",
            next_step="keep it in a folder with its report, and read the report first",
        )
    return file_answer(ask.request, film.result.film, film.kind, film.result.film.name)


def _report(ask: Ask) -> Response:
    film = _film_of(ask)
    return file_answer(ask.request, film.result.private / "report.html", "text/html", "report.html")


def _keep(ask: Ask) -> Response:
    folder = Path(ask.one("folder")).expanduser()
    film = _film_of(ask)
    keep_film(film, folder)
    return go(ask, f"/films/{ask.named('job')}")


def _stop(ask: Ask) -> Response:
    _job(ask).stop = True
    return go(ask, "/" if ask.desk.project is None else "/work")


def _work(ask: Ask) -> Response:
    """Tell of every long job; the page asks for this again and again."""
    jobs = [job_facts(job, ask.desk.language) for job in ask.desk.work.jobs.values()]
    return answer(ask, "work.html", {"jobs": jobs[::-1]})


ROUTES = [
    Route("/", page(_first)),
    Route("/.json", page(_first)),
    Route("/protect", page(_protect), methods=["POST"]),
    Route("/upload.json", _upload, methods=["PUT"]),
    Route("/films/{job}.json", page(_film)),
    Route("/films/{job}", page(_film)),
    Route("/films/{job}/film", page(_play)),
    Route("/films/{job}/save", page(_save)),
    Route("/films/{job}/report", page(_report)),
    Route("/films/{job}/keep", page(_keep), methods=["POST"]),
    Route("/jobs/{job}/stop", page(_stop), methods=["POST"]),
    Route("/work", page(_work)),
    Route("/work.json", page(_work)),
]
