"""The version view: what will show and what will not, clip by clip; blockers first."""

from pathlib import Path
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.deliver.refusals import Ready, Watched, refusals
from safehouse.delivering import (
    Delivery,
    add_version,
    compare_with_delivered,
    deliver_version,
    watch_version,
)
from safehouse.errors import FilmChanged, NotRendered, UsageError
from safehouse.given_out import UNKNOWN, add_copy, add_screening, call_back, correct_copy
from safehouse.machine import core_count
from safehouse.model.acts import AddVersion
from safehouse.model.consent import MEDIA
from safehouse.model.text import escape
from safehouse.model.words import msgid, say
from safehouse.pipeline import Desk as Bench
from safehouse.review.acting import save_by
from safehouse.review.asking import Ask, answer, go, page
from safehouse.review.media import bytes_answer, file_answer
from safehouse.review.status_page import standing
from safehouse.review.times import length
from safehouse.review.work import Tell, Teller
from safehouse.store.reading_versions import (
    read_copies,
    read_deliveries,
    read_renders,
    read_screenings,
    read_version,
    read_watches,
)
from safehouse.store.reading_wall import read_clip_names
from safehouse.version_states import ClipState, states
from safehouse.versions import ClipDone, Rendered, audit_version, render_version
from safehouse.workers import Workers

__all__ = ["ROUTES"]

ORDER = ("wrong", "held", "missing", "stale", "ready")
"""States of a clip's film, the gravest first."""

PLACES = {
    "E70": ("/versions/{}#render", msgid("render what changed")),
    "E71": ("/versions/{}#render", msgid("render what changed")),
    "E72": ("/versions/{}#render", msgid("render what changed")),
    "E73": ("/versions/{}#films", msgid("read the reports of these films")),
    "E74": ("/versions/{}#render", msgid("render what changed")),
    "E75": ("/queue", msgid("decide what is undecided")),
    "E76": ("/versions/{}#watch", msgid("watch the films, and record it")),
    "E77": ("/versions/{}#films", msgid("hide what gave them away, render and show it again")),
    "E79": ("/status#add", msgid("add clips")),
}
"""Id of what stands in the way → where it is mended, and what is done there."""

MOST = 100
"""Clips on one page, the gravest first."""

KNOWERS = ("not shown", "recognised nobody", "recognised somebody")


def _list(ask: Ask) -> Response:
    found = standing(ask)
    facts = {"versions": [msgspec.to_builtins(row) for row in found.versions], "media": list(MEDIA)}
    return answer(ask, "versions.html", facts)


def _add(ask: Ask) -> Response:
    values: dict[str, Any] = {
        "version": ask.one("version"),
        "medium": ask.one("medium"),
        "territories": _several(ask, "territories", upper=True),
        "day": ask.one("day"),
        "clips": _several(ask, "clips"),
        "look": ask.one("look", "veil"),
        "voices": ask.one("voices", "mute"),
        "planned": ask.one("planned"),
    }
    try:
        version = msgspec.convert({"act": "AddVersion", **values}, AddVersion)
    except msgspec.ValidationError as error:
        raise UsageError(
            "that is none of the choices", kept="nothing was changed", next_step="see the page"
        ) from error
    save_by(ask, lambda project: add_version(project, version))
    return go(ask, f"/versions/{version.version}")


def _several(ask: Ask, name: str, *, upper: bool = False) -> tuple[str, ...]:
    text = ask.one(name).upper() if upper else ask.one(name)
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _version(ask: Ask) -> Response:
    project, name = ask.project, ask.named("version")
    version, rows = read_version(project, name), states(project, name)
    watches = read_watches(project, name)
    films = {row.clip: row.film_sha256 for row in rows}
    blockers = _blockers(ask, name, rows)
    first = _from(ask)
    shown = sorted(rows, key=_gravity)[first : first + MOST]
    delivered = read_deliveries(project, name)
    together = compare_with_delivered(project, name) if read_deliveries(project) else None
    facts = {
        "version": msgspec.to_builtins(version),
        "clips": [_told(row) for row in shown],
        "names": read_clip_names(project, [row.clip for row in shown]),
        "count": len(rows),
        "first": first,
        "most": MOST,
        "seconds": length(sum(row.seconds for row in rows)),
        "blockers": blockers,
        "watched": any(dict(w.act.films) == films for w in watches) and bool(rows),
        "watches": [
            {"who": w.who, "at": w.at, "knower": w.act.knower, "words": w.act.words}
            for w in watches[::-1]
        ],
        "deliveries": [
            {"id": d.id, "day": d.day, "at": d.at, "films": len(d.act.films), "head": d.act.head}
            for d in delivered[::-1]
        ],
        "copies": [msgspec.to_builtins(copy) for copy in read_copies(project, name)],
        "screenings": [msgspec.to_builtins(row) for row in read_screenings(project, name)],
        "together": together
        and {"words": [*map(str, together.words)], "offers": [*map(str, together.offers)]},
    }
    return answer(ask, "version.html", facts, knowers=KNOWERS, unknown=UNKNOWN)


def _from(ask: Ask) -> int:
    text = ask.query("from", "0")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _gravity(row: ClipState) -> tuple[int, int, str]:
    return (ORDER.index(row.state), -row.open, row.clip)


def _told(row: ClipState) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(row)
    return values | {"length": length(row.seconds), "film": bool(row.film_sha256)}


def _refusals(ask: Ask, name: str, rows: tuple[ClipState, ...]) -> list[Any]:
    """Return what stands in the way, as far as it is known without reading the films again."""
    ready = [Ready(r.clip, r.state, r.open, r.film_sha256, r.film_sha256) for r in rows]
    found = read_watches(ask.project, name)
    return list(refusals(name, ready, [Watched(dict(w.act.films), w.act.knower) for w in found]))


def _blockers(ask: Ask, name: str, rows: tuple[ClipState, ...]) -> list[dict[str, str]]:
    return [
        {
            "error": error.id,
            "happened": error.happened,
            "next": error.next_step,
            "page": PLACES.get(error.id, ("", ""))[0].format(name),
            "does": PLACES.get(error.id, ("", error.next_step))[1],
        }
        for error in _refusals(ask, name, rows)
    ]


def _render(ask: Ask) -> Response:
    project, name = ask.project, read_version(ask.project, ask.named("version")).version

    def run(tell: Teller) -> Rendered:
        with Workers(core_count()) as workers:
            desk = Bench(workers, tell, tell.begins)
            done = render_version(project, name, desk, told=_tells(tell))
        return _raise_failed(done)

    ask.desk.work.start(say("render the version {name}", name=name), run, f"/versions/{name}")
    return go(ask, "/work")


def _audit(ask: Ask) -> Response:
    project, name = ask.project, read_version(ask.project, ask.named("version")).version

    def run(tell: Teller) -> Rendered:
        with Workers(core_count()) as workers:
            desk = Bench(workers, tell, tell.begins)
            done = audit_version(project, name, desk, told=_tells(tell))
        return _raise_failed(done)

    ask.desk.work.start(say("attack the films of {name}", name=name), run, f"/versions/{name}")
    return go(ask, "/work")


def _tells(tell: Teller) -> Any:
    def told(done: ClipDone) -> None:
        tell.ended(done.clip, "held" if done.held else done.what)

    return told


def _raise_failed(done: Rendered) -> Rendered:
    for row in done.failed:
        if row.error is not None:
            raise row.error
    return done


def _deliver(ask: Ask) -> Response:
    """Deliver; what is known to stand in the way is told at once, before any film is read."""
    project, name = ask.project, read_version(ask.project, ask.named("version")).version
    out = Path(ask.one("folder")).expanduser()
    if not out.is_absolute():
        raise UsageError(
            "the folder's path must be whole, from the first / on",
            kept="nothing was delivered",
            next_step="type a folder that is not there yet",
        )
    if found := _refusals(ask, name, states(project, name)):
        raise found[0]
    language = ask.one("language", ask.desk.language.code)

    def run(tell: Tell) -> Delivery:
        return deliver_version(project, name, out, language=language, tell=tell)

    ask.desk.work.start(say("deliver the version {name}", name=name), run, f"/versions/{name}")
    return go(ask, "/work")


def _watch(ask: Ask) -> Response:
    if ask.one("watched") != "yes":
        raise UsageError(
            "a watch counts only of every film, from beginning to end",
            kept="nothing was recorded",
            next_step="watch them, and tick that you did",
        )
    knower = ask.one("knower", "not shown")
    if knower not in KNOWERS:
        raise UsageError(
            "that is none of the answers", kept="nothing was recorded", next_step="choose one"
        )
    name = ask.named("version")
    words = ask.one("words")
    save_by(ask, lambda film: watch_version(film, name, knower=knower, words=words))  # type: ignore[arg-type]  # one of KNOWERS
    return go(ask, f"/versions/{name}")


def _copy(ask: Ask) -> Response:
    name = ask.named("version")
    if ask.one("gone"):
        call_back(ask.project, ask.one("gone"))
    elif ask.one("copy"):
        correct_copy(ask.project, ask.one("copy"), ask.one("delivery"))
    else:
        said = [ask.one(field) for field in ("where", "to", "since", "delivery")]
        add_copy(ask.project, name, *said)
    return go(ask, f"/versions/{name}")


def _screening(ask: Ask) -> Response:
    name = ask.named("version")
    add_screening(ask.project, name, ask.one("where"), ask.one("day"), ask.one("delivery"))
    return go(ask, f"/versions/{name}")


def _film(ask: Ask) -> Response:
    """Show a rendered film; a range of it where one is asked for."""
    project, name, clip = ask.project, ask.named("version"), ask.named("clip")
    render = read_renders(project, name).get(clip)
    if render is None:
        raise NotRendered(
            f"clip {escape(clip)} has no film in this version",
            next_step=f"safehouse render --version {name}",
        )
    path = project.folder / render.file
    if not path.is_file() or not path.resolve().is_relative_to(project.folder.resolve()):
        raise FilmChanged(
            f"the film of clip {clip} is not where it was",
            next_step=f"safehouse render --version {name}",
        )
    return file_answer(ask.request, path, "audio/wav" if path.suffix == ".wav" else "video/mp4")


def _report(ask: Ask) -> Response:
    """Give the report of a film as a file, to be read outside this page."""
    name, clip = ask.named("version"), ask.named("clip")
    if clip not in read_renders(ask.project, name):
        raise NotRendered(
            f"clip {escape(clip)} has no film in this version",
            next_step=f"safehouse render --version {name}",
        )
    content = ask.project.files.get(f"reports/{name}/{clip}.html")
    response = bytes_answer(ask.request, content, "text/html")
    response.headers["content-disposition"] = f'attachment; filename="{clip}-report.html"'
    return response


ROUTES = [
    Route("/versions", page(_list)),
    Route("/versions.json", page(_list)),
    Route("/versions/add", page(_add), methods=["POST"]),
    Route("/versions/{version}.json", page(_version)),
    Route("/versions/{version}", page(_version)),
    Route("/versions/{version}/render", page(_render), methods=["POST"]),
    Route("/versions/{version}/audit", page(_audit), methods=["POST"]),
    Route("/versions/{version}/deliver", page(_deliver), methods=["POST"]),
    Route("/versions/{version}/watch", page(_watch), methods=["POST"]),
    Route("/versions/{version}/copy", page(_copy), methods=["POST"]),
    Route("/versions/{version}/screening", page(_screening), methods=["POST"]),
    Route("/versions/{version}/films/{clip}", page(_film)),
    Route("/versions/{version}/reports/{clip}", page(_report)),
]
