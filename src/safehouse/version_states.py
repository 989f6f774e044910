"""Where a version stands, clip by clip: what its films were made from, and what holds today.

Nothing is rendered or decoded here, and no sealed document is opened: everything comes from the
project's tables, so that a thousand clips are answered while a page loads.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, cast

import msgspec

from safehouse.consent.rules import rule_all
from safehouse.model.acts import AddVersion, RecordRender
from safehouse.model.consent import Ruling, Trait, Use
from safehouse.model.words import msgid, say
from safehouse.store.project import Project
from safehouse.store.reading_register import read_register
from safehouse.store.reading_versions import (
    ClipFacts,
    Decision,
    read_clip_facts,
    read_decisions,
    read_renders,
    read_version,
)

__all__ = [
    "PLAN_FORM",
    "RENDERS",
    "ClipState",
    "Decisions",
    "Rulings",
    "StateName",
    "clips_of",
    "film_at",
    "inputs_of",
    "rulings_of",
    "states",
    "today",
    "use_of",
    "wrongs_of",
]

RENDERS = "renders"
"""Folder of a project in which the films of its versions lie."""

PLAN_FORM = 2
"""Counts up when plans are built otherwise from the same facts: every film is stale then."""

PENDING = "pending"
"""Sealed documents of films that are being made; one that is there means: not finished."""

Decisions = dict[str, tuple[Decision, ...]]
"""Clip → what was decided about it."""

Rulings = dict[tuple[str, Trait], Ruling]

StateName = Literal["missing", "stale", "wrong", "held", "ready"]
"""Where a film stands: not made; made from what changed since; showing what is no longer
permitted; held by the audit; ready to be watched and delivered."""


STATE_WORDS: tuple[str, ...] = (
    msgid("missing"),
    msgid("stale"),
    msgid("wrong"),
    msgid("held"),
    msgid("ready"),
)
"""The states as pages say them."""


class ClipState(msgspec.Struct, frozen=True):
    """Where a clip of a version stands.

    Attributes:
        clip: its id.
        state: the gravest that holds: wrong, held, stale, missing, ready.
        why: plain words, one for each reason.
        open: questions about it that no human has answered.
        film_sha256: of what was rendered last, or "".
        seconds: how long it is.
        seen: (person, trait) that its film shows or lets hear.
    """

    clip: str
    state: StateName
    why: tuple[str, ...] = ()
    open: int = 0
    film_sha256: str = ""
    seconds: float = 0.0
    seen: tuple[tuple[str, str], ...] = ()


def today() -> str:
    """Return the day, in UTC; west of it a consent ends a few hours early, east of it late."""
    return datetime.now(UTC).date().isoformat()


def use_of(version: AddVersion, day: str = "") -> Use:
    """Return what a version is to be used for; its own day, or else the given, or else today."""
    return Use(
        version=version.version,
        medium=version.medium,
        territories=version.territories,
        day=version.day or day or today(),
    )


def rulings_of(project: Project, version: AddVersion, day: str = "") -> Rulings:
    """Return what the register says now for a version: person and trait → ruling."""
    return rule_all(read_register(project), use_of(version, day))


def clips_of(project: Project, version: AddVersion) -> tuple[ClipFacts, ...]:
    """Return the clips of a version, in order."""
    return read_clip_facts(project, version.clips)


def inputs_of(
    project: Project,
    version: AddVersion,
    rulings: Rulings,
    clips: Iterable[ClipFacts],
    decisions: Decisions | None = None,
) -> dict[str, str]:
    """Return clip → digest of everything that its film is made from.

    The source and the findings by their digests, the version's choices, all that a human decided
    about the clip, and the rulings for everybody confirmed in it. decisions were read before.
    """
    decisions = read_decisions(project) if decisions is None else decisions
    return {clip.id: _inputs(version, rulings, clip, decisions.get(clip.id, ())) for clip in clips}


def _inputs(
    version: AddVersion, rulings: Rulings, clip: ClipFacts, decisions: tuple[Decision, ...]
) -> str:
    people = {row.words.rpartition(" ")[2] for row in decisions if row.kind in {"piece", "voice"}}
    rows = [
        [who, trait, ruling.records]
        for who in sorted(people)
        for trait in ("face", "voice")
        if (ruling := rulings.get((who, trait))) is not None and ruling.allowed
    ]
    made_from = (
        PLAN_FORM,
        clip.sha256,
        clip.findings_sha256,
        clip.origin,
        version.look,
        version.voices,
        [(row.kind, row.words) for row in decisions],
        rows,
    )
    return hashlib.sha256(msgspec.json.encode(made_from)).hexdigest()


def wrongs_of(
    render: RecordRender, rulings: Mapping[tuple[str, Trait], Ruling], origin: str = "own"
) -> tuple[str, ...]:
    """Return what a film shows or lets hear and may not, in words with ids; () when nothing.

    In a clip that turned out to be of unknown origin nobody may be shown or heard.
    """
    found: list[str] = []
    for person, trait, _ in render.shows:
        ruling = rulings.get((person, cast(Trait, trait)))
        if ruling is None or not ruling.allowed or origin != "own":
            why = "no record" if ruling is None else ruling.why
            why = "unknown origin" if origin != "own" else why
            shown = say(
                "it shows the {trait} of {person}, who is to be hidden: {why}",
                trait=trait,
                person=person,
                why=why,
            )
            found.append(shown)
    return tuple(found)


def film_at(version: str, clip: str, *, held: bool = False, container: str = "mov") -> str:
    """Return where the film of a clip lies, below the project's folder."""
    return f"{RENDERS}/{version}/{clip}.{container}{'.held' if held else ''}"


def states(
    project: Project, name: str, day: str = "", decisions: Decisions | None = None
) -> tuple[ClipState, ...]:
    """Return where each clip of a version stands; decisions were read before, for many versions.

    Raises:
        VersionUnknown: there is no such version.
    """
    version = read_version(project, name)
    clips = clips_of(project, version)
    rulings = rulings_of(project, version, day)
    renders = read_renders(project, name)
    rendered = [clip for clip in clips if clip.id in renders]
    inputs = inputs_of(project, version, rulings, rendered, decisions) if rendered else {}
    return tuple(
        _state(project, clip, renders.get(clip.id), (inputs.get(clip.id, ""), rulings))
        for clip in clips
    )


def _papers(render: RecordRender) -> tuple[str, ...]:
    """Return the names of the sealed documents that belong to a film."""
    name = f"{render.version}/{render.clip}"
    return f"plans/{name}.json", f"reports/{name}.json", f"reports/{name}.html"


def _state(
    project: Project,
    clip: ClipFacts,
    render: RecordRender | None,
    now: tuple[str, Rulings],
) -> ClipState:
    inputs, rulings = now
    if render is None:
        fault = clip.error or ("" if clip.findings_sha256 else say("it was not analysed"))
        reasons = (str(fault),) if fault else ()
        return ClipState(clip.id, "missing", reasons, clip.open, "", clip.seconds)
    wrongs = wrongs_of(render, rulings, clip.origin)
    name: StateName = "ready"
    why = wrongs
    if wrongs:
        name = "wrong"
    elif not (project.folder / render.file).is_file():
        name, why = "missing", (say("its film is gone"),)
    elif not all(project.files.has(paper) for paper in _papers(render)):
        name, why = "missing", (say("its plan or its report is gone"),)
    elif project.files.has(f"{PENDING}/{render.version}/{clip.id}.json"):
        name, why = "missing", (say("it was not rendered to its end"),)
    elif render.inputs_sha256 != inputs:
        name, why = "stale", (say("what it was made from changed"),)
    elif render.held:
        name, why = "held", (say("the audit found a leak, or could not be run to its end"),)
    seen = tuple((person, trait) for person, trait, _ in render.shows)
    plain = tuple(map(str, why))
    return ClipState(clip.id, name, plain, clip.open, render.film_sha256, clip.seconds, seen)
