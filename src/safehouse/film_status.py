"""Where a whole film stands: what is undecided, stale, failing, delivered, and the next step.

Like `version_states` it reads tables alone, so that it is quick with a thousand clips.
"""

from collections import Counter

import msgspec

from safehouse.consent.matters import queued
from safehouse.deliver.refusals import Watched, was_recognised
from safehouse.model.acts import AddVersion
from safehouse.store.project import Project
from safehouse.store.reading_register import read_register
from safehouse.store.reading_versions import (
    read_clip_facts,
    read_decisions,
    read_deliveries,
    read_version,
    read_versions,
    read_watches,
)
from safehouse.unfinished import unfinished
from safehouse.version_states import ClipState, Decisions, StateName, states, today

__all__ = [
    "FilmStatus",
    "ToLookAt",
    "VersionStatus",
    "film_status",
    "people_to_look_at",
    "version_status",
]

STATES: tuple[StateName, ...] = ("wrong", "held", "missing", "stale", "ready")


class VersionStatus(msgspec.Struct, frozen=True):
    """Where a version stands.

    Attributes:
        version, medium: which.
        counts: state → how many clips.
        undecided: questions in its clips that no human has answered.
        watched: a human watched just the films that are rendered now.
        delivered: how often it went out.
        wrong: ids of clips whose film shows what is no longer permitted.
        next_step: the command that comes next; "" when it is delivered as it stands.
    """

    version: str
    medium: str
    counts: dict[str, int]
    undecided: int
    watched: bool
    delivered: int
    wrong: tuple[str, ...]
    next_step: str


class ToLookAt(msgspec.Struct, frozen=True):
    """A person whose risk has to be looked at because of somebody else, and why, in words."""

    person: str
    because: str
    words: str


class FilmStatus(msgspec.Struct, frozen=True):
    """Where a film stands.

    Attributes:
        clips: how many.
        not_analysed, failed: how many of them were not looked at, or can't be read.
        undecided: questions that no human has answered.
        versions: one row each.
        next_step: the command that comes next.
        unfinished: folders of deliveries that were stopped; the next one removes them.
        look: people whose risk has to be looked at, because of somebody else.
    """

    clips: int
    not_analysed: int
    failed: int
    undecided: int
    versions: tuple[VersionStatus, ...]
    next_step: str
    unfinished: tuple[str, ...] = ()
    look: tuple[ToLookAt, ...] = ()


def film_status(project: Project, day: str = "") -> FilmStatus:
    """Return where a film stands on a day; today, unless said."""
    clips = read_clip_facts(project)
    waiting = sum(not clip.findings_sha256 and not clip.error for clip in clips)
    undecided = sum(clip.open for clip in clips)
    with project.lock:
        decisions = read_decisions(project)
        versions = tuple(
            _version(project, row, day or today(), decisions) for row in read_versions(project)
        )
    return FilmStatus(
        clips=len(clips),
        not_analysed=waiting,
        failed=sum(bool(clip.error) for clip in clips),
        undecided=undecided,
        versions=versions,
        next_step=_next(len(clips), waiting, undecided, versions),
        unfinished=unfinished(project),
        look=people_to_look_at(project),
    )


def people_to_look_at(project: Project) -> tuple[ToLookAt, ...]:
    """Return whose risk has to be looked at: somebody linked to them is out of reach, or asks."""
    rows = queued(read_register(project))
    return tuple(ToLookAt(row.person, row.because, str(row.words)) for row in rows)


def version_status(project: Project, name: str, day: str = "") -> VersionStatus:
    """Return where one version stands on a day; today, unless said.

    Raises:
        VersionUnknown: there is no such version.
    """
    with project.lock:
        version = read_version(project, name)
        return _version(project, version, day or today(), read_decisions(project))


def _version(
    project: Project, version: AddVersion, day: str, decisions: Decisions
) -> VersionStatus:
    name = version.version
    rows = states(project, name, day, decisions)
    films = {row.clip: row.film_sha256 for row in rows}
    watches = [Watched(dict(w.act.films), w.act.knower) for w in read_watches(project, name)]
    watched = any(watch.films == films for watch in watches)
    deliveries = read_deliveries(project, name)
    out = bool(deliveries) and dict(deliveries[-1].act.films) == films
    counts = Counter(row.state for row in rows)
    return VersionStatus(
        version=name,
        medium=version.medium,
        counts={state: counts[state] for state in STATES if counts[state]},
        undecided=sum(row.open for row in rows),
        watched=watched and bool(rows),
        delivered=len(deliveries),
        wrong=tuple(row.clip for row in rows if row.state == "wrong"),
        next_step=_step(name, rows, watched=watched, out=out, known=was_recognised(films, watches)),
    )


def _step(name: str, rows: tuple[ClipState, ...], *, watched: bool, out: bool, known: bool) -> str:
    found = {row.state for row in rows}
    if not rows:
        return "safehouse add CARD/"
    if found & {"wrong", "stale", "missing"}:
        return f"safehouse render --version {name}"
    if "held" in found:
        return f"safehouse audit --version {name}"
    if any(row.open for row in rows):
        return "safehouse review"
    if not watched:
        return f"safehouse watch {name}"
    if known and not out:
        return f"safehouse deliver {name} --check"
    return "" if out else f"safehouse deliver {name} -o OUT/"


def _next(clips: int, waiting: int, undecided: int, versions: tuple[VersionStatus, ...]) -> str:
    """Return the command that comes next: what shows somebody wrongly first."""
    wrong = [row.next_step for row in versions if row.wrong]
    if wrong:
        return wrong[0]
    if not clips:
        return "safehouse add CARD/"
    if waiting:
        return "safehouse analyse"
    if undecided:
        return "safehouse review"
    if not versions:
        return "safehouse version add NAME --medium festival"
    return next((row.next_step for row in versions if row.next_step), "")
