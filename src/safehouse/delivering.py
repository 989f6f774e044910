"""Joins what a delivery needs: a human's watch, refusals, films, the page, and what is out."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from safehouse.consent.scope import is_country
from safehouse.consent.unions import Comparison, compare
from safehouse.deliver.page import Told, build_delivered, once
from safehouse.deliver.refusals import Ready, Watched, refusals
from safehouse.errors import (
    DeliveryError,
    FilmChanged,
    NotRendered,
    OutputExists,
    OutputUnwritable,
    RenderStale,
    UsageError,
)
from safehouse.given_out import shown_out
from safehouse.language import load_language
from safehouse.model.acts import AddVersion, Deliver, RecordRender, RecordWatch
from safehouse.model.consent import Medium
from safehouse.model.days import WRITE_DAYS, WRITE_PERIODS, is_day, is_period
from safehouse.model.documents import format_document, parse_document
from safehouse.model.report import Report
from safehouse.model.scopes import WRITE_COUNTRIES
from safehouse.model.text import escape
from safehouse.outputs import write_error
from safehouse.papers import has_papers
from safehouse.pipeline import Tell, digest_file, quiet
from safehouse.store.atomic import fsync_folder, replace_file, write_whole
from safehouse.store.project import Project
from safehouse.store.reading_versions import (
    read_deliveries,
    read_renders,
    read_version,
    read_versions,
    read_watches,
)
from safehouse.unfinished import begin_delivery, clear_unfinished, end_delivery
from safehouse.version_states import ClipState, states

__all__ = [
    "Delivery",
    "Hindered",
    "Hindrance",
    "Provenance",
    "add_version",
    "compare_with_delivered",
    "deliver_version",
    "hindrances",
    "watch_version",
]

PAGE = "about.html"
PAPERS = "provenance.json"

Knower = Literal["not shown", "recognised nobody", "recognised somebody"]


class Film(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A film that went out, by its digest."""

    file: str
    sha256: str


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes out for machines; schema `provenance/1`. Nothing of sources or people is in it.

    Attributes:
        version, medium: the version.
        films: each by its digest: whoever has a film can show that it is one of these.
        head: words of the project's history when it was delivered.
        program: the program and its version.
    """

    schema: Literal["provenance/1"] = "provenance/1"
    version: str
    medium: Medium
    films: tuple[Film, ...]
    head: str
    program: str


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something that stands in the way of a delivery: its id, in words, and what to do."""

    id: str
    words: str
    next_step: str
    error: DeliveryError


@dataclass(frozen=True, slots=True)
class Hindered:
    """Everything that stands in a version's way, in the order to mend it; () when nothing does."""

    version: str
    rows: tuple[Hindrance, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What went out.

    Attributes:
        folder: where it lies.
        films: how many films.
        head: words of the history at that time: put them on paper.
        together: what whoever holds earlier versions too learns from it; private.
        id: what the delivery is called: D0001.
    """

    folder: Path
    films: int
    head: str
    together: Comparison
    id: str


def add_version(project: Project, version: AddVersion) -> None:
    """Add a version, or describe one anew, which makes its films stale.

    Raises:
        UsageError: the name, a day, a clip or a country can't be.
    """
    unknown = [code for code in version.territories if not is_country(code)]
    if unknown:
        raise _refused(f"'{escape(unknown[0])}' is no country", WRITE_COUNTRIES)
    if version.day and not is_day(version.day):
        raise _refused(f"'{escape(version.day)}' is no day", WRITE_DAYS)
    if version.planned and not is_period(version.planned):
        raise _refused(f"'{escape(version.planned)}' is no day, month or year", WRITE_PERIODS)
    project.act(version)


def _refused(happened: str, next_step: str) -> UsageError:
    return UsageError(happened, kept="the project is as it was", next_step=next_step)


def watch_version(
    project: Project, name: str, *, knower: Knower = "not shown", words: str = ""
) -> int:
    """Record that a human watched every film of a version from beginning to end; return how many.

    The films are read: what is recorded is what lies there now.

    Raises:
        NotRendered: a film is not there to be watched.
        FilmChanged: a film is not the one that was rendered.
    """
    films = []
    for row in _ready(project, name):
        if not row.found_sha256 or row.state == "missing":
            raise NotRendered(
                f"clip {row.clip} has no film that could have been watched",
                next_step=f"safehouse render --version {name}",
            )
        if row.found_sha256 != row.film_sha256:
            raise FilmChanged(
                f"the film of clip {row.clip} is not the one that was rendered",
                next_step=f"safehouse render --version {name}",
            )
        films.append((row.clip, row.found_sha256))
    project.act(RecordWatch(version=name, films=tuple(films), knower=knower, words=words))
    return len(films)


def hindrances(project: Project, name: str, tell: Tell = quiet) -> Hindered:
    """Return everything that stands in the way of delivering a version; every film is read.

    Raises:
        VersionUnknown: there is no such version.
    """
    found = refusals(name, _ready(project, name, tell), _watched(project, name))
    rows = (Hindrance(e.id, e.happened, e.next_step or "", e) for e in found)
    return Hindered(name, tuple(rows))


def compare_with_delivered(project: Project, name: str) -> Comparison:
    """Return what whoever holds the versions that went out learns from this one, as it is now."""
    shows = {pair for row in states(project, name) for pair in row.seen}
    planned = [row.version for row in read_versions(project) if row.planned]
    return compare(shown_out(project), shows, planned)


def deliver_version(
    project: Project,
    name: str,
    out: Path,
    *,
    language: str = "en",
    tell: Tell = quiet,
) -> Delivery:
    """Hand out a version: its films, a page, and their digests, in a new folder.

    Nothing lost: the folder appears whole or not at all, and the history knows of it before it is
    there. What a stopped delivery left is removed first. What is private stays in the project.

    Raises:
        DeliveryError: something stands in the way; the first of `hindrances`.
        UsageError, OutputExists, OutputUnwritable: the folder can't be made there.
    """
    version = read_version(project, name)
    _require_place(project, out)
    if found := hindrances(project, name, tell).rows:
        raise found[0].error
    films = tuple((row.clip, row.film_sha256) for row in states(project, name))
    together = compare_with_delivered(project, name)
    head = project.head_words()
    clear_unfinished(project)
    partial = None
    try:
        partial = begin_delivery(project, out)
        _copy_films(project, name, films, partial, tell)
        _write_papers(project, version, films, (head, language), partial)
        fsync_folder(partial)
        _put_down(project, name, films, head)
        partial.rename(out)
        fsync_folder(out.parent)
    except OSError as error:
        raise write_error(error) from error
    finally:
        if partial is not None:
            end_delivery(project, partial)
    return Delivery(out, len(films), head, together, read_deliveries(project)[-1].id)


def _put_down(project: Project, name: str, films: tuple[tuple[str, str], ...], head: str) -> None:
    """Write down what goes out, unless something was decided while it was copied.

    Raises:
        DeliveryError: something stands in the way by now; nothing goes out.
    """
    with project.lock:
        rows = states(project, name)
        ready = [Ready(r.clip, r.state, r.open, r.film_sha256, r.film_sha256) for r in rows]
        if found := refusals(name, ready, _watched(project, name)):
            raise found[0]
        if films != tuple((row.clip, row.film_sha256) for row in rows):
            raise RenderStale(
                f"films of {name} were made anew while they were copied",
                next_step=f"safehouse deliver {name} again",
            )
        project.act(_delivered(project, name, films, head))


def _watched(project: Project, name: str) -> list[Watched]:
    return [Watched(dict(w.act.films), w.act.knower) for w in read_watches(project, name)]


def _delivered(
    project: Project, name: str, films: tuple[tuple[str, str], ...], head: str
) -> Deliver:
    """Return what goes out, with whom it shows and lets hear, clip by clip."""
    rows, renders = states(project, name), read_renders(project, name)
    shows = sorted({pair for row in rows for pair in row.seen})
    places = sorted({(row.clip, *pair) for row in rows for pair in row.seen})
    parts = [part for row in rows for part in renders[row.clip].parts]
    return Deliver(
        version=name,
        films=films,
        head=head,
        shows=tuple(shows),
        places=tuple(places),
        parts=tuple(parts),
    )


def _ready(project: Project, name: str, tell: Tell = quiet) -> list[Ready]:
    """Return how ready each clip is; the films are read."""
    rows, renders = states(project, name), read_renders(project, name)
    found = []
    for number, row in enumerate(rows, 1):
        tell("reading films", number, len(rows))
        found.append(_digested(project, row, renders.get(row.clip)))
    return found


def _digested(project: Project, row: ClipState, render: RecordRender | None) -> Ready:
    """Return how ready a clip is; a film whose plan or report is damaged was not rendered."""
    if render is None:
        return Ready(row.clip, row.state, row.open, "", "")
    path, state = project.folder / render.file, row.state
    digest = digest_file(path) if path.is_file() else ""
    if state == "ready" and not has_papers(project, render):
        state = "missing"
    return Ready(row.clip, state, row.open, row.film_sha256, digest)


def _require_place(project: Project, out: Path) -> None:
    """Refuse a folder that is there, can't be made, or lies in the project, which is private."""
    place = out.absolute().parent.resolve() / out.name
    if place.is_relative_to(project.folder.resolve()):
        raise UsageError(
            "what is delivered must not lie in the project, which is private",
            kept="nothing was delivered",
            next_step="-o FOLDER elsewhere",
        )
    if out.exists() or out.is_symlink():
        raise OutputExists(
            f"'{escape(out.name)}' is there already",
            kept="nothing was delivered; what is there is untouched",
            next_step="give another -o: a delivery is never added to a folder",
        )
    if not place.parent.is_dir() or not os.access(place.parent, os.W_OK | os.X_OK):
        raise OutputUnwritable(
            f"the folder of '{escape(out.name)}' is not there, or can't be written",
            next_step="make the folder, or give another -o",
        )


def _copy_films(
    project: Project, name: str, films: tuple[tuple[str, str], ...], out: Path, tell: Tell
) -> None:
    """Copy films and read each copy back; what was checked is what goes out."""
    renders = read_renders(project, name)
    for number, (clip, digest) in enumerate(films, 1):
        tell("delivering", number, len(films))
        source = project.folder / renders[clip].file
        film = out / f"{clip}{source.suffix}"
        partial = out / f".{clip}.partial"
        shutil.copyfile(source, partial)
        replace_file(partial, film)
        if digest_file(film) != digest:
            raise FilmChanged(
                f"the copy of clip {clip} is not what was audited",
                next_step="check the disk, and deliver again",
            )


def _write_papers(
    project: Project,
    version: AddVersion,
    films: tuple[tuple[str, str], ...],
    said: tuple[str, str],
    out: Path,
) -> None:
    head, language = said
    reports = [_report(project, version.version, clip) for clip, _ in films]
    programs = once([report.program for report in reports])
    told = Told(
        version=version.version,
        medium=version.medium,
        films=len(films),
        look=version.look,
        disguised=version.voices == "disguise",
        attacks=_counted(reports),
        remains=once([line for report in reports for line in report.remains]),
        full=all(report.depth == "full" for report in reports),
        head=head,
        program=programs[-1],
    )
    write_whole(out / PAGE, build_delivered(told, load_language(language)).encode())
    renders = read_renders(project, version.version)
    endings = {clip: Path(render.file).suffix for clip, render in renders.items()}
    papers = Provenance(
        version=version.version,
        medium=version.medium,
        films=tuple(Film(f"{clip}{endings[clip]}", digest) for clip, digest in films),
        head=head,
        program=programs[-1],
    )
    write_whole(out / PAPERS, format_document(papers))


def _report(project: Project, name: str, clip: str) -> Report:
    return parse_document(project.files.get(f"reports/{name}/{clip}.json"), Report)


def _counted(reports: Iterable[Report]) -> dict[str, int]:
    """Return what was tried, in words for anybody → on how many films."""
    from safehouse.audit.short import tried_words

    counts: dict[str, int] = {}
    for report in reports:
        for words in once([tried_words(attack.name) for attack in report.attacks]):
            counts[words] = counts.get(words, 0) + 1
    return counts
