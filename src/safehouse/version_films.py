"""One clip of a version: its plan, its film, the attacks on it, and what is kept of them.

Plans and findings are plain in the project's work folder alone, which lies in memory; what lies on
the disk is sealed, or protected.
"""

import hashlib
import shutil
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import msgspec

from safehouse.auditing import audit_film
from safehouse.choices import Choices, Inquiry
from safehouse.errors import NotRendered, ProjectDamaged, SafehouseError
from safehouse.footage import require_footage, source_of
from safehouse.machine import cpu_level
from safehouse.made import make_sound
from safehouse.model.acts import AddVersion, RecordRender
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings
from safehouse.model.plan import MadeSound, Plan
from safehouse.model.report import Report
from safehouse.pipeline import Desk, choose_output, digest_file, render_film, require_same_source
from safehouse.store.atomic import replace_file, write_whole
from safehouse.store.project import Project
from safehouse.store.reading_decided import ClipDecisions, read_clip_decisions
from safehouse.store.reading_versions import ClipFacts, read_version
from safehouse.version_plans import Recipe, plan_of, reel_of
from safehouse.version_states import (
    PENDING,
    RENDERS,
    Rulings,
    clips_of,
    film_at,
    inputs_of,
    rulings_of,
)

__all__ = [
    "Basis",
    "ClipDone",
    "Room",
    "audit_again",
    "clip_in",
    "not_rendered",
    "plan_now",
    "read_basis",
    "render_clip",
    "take_away",
]

THROWN = "consent or a decision changed while it was rendered: the film was thrown away"


CONTAINERS = ("mov", "wav")
"""What films are written as: sound alone, of one track, is WAV."""


class ClipDone(msgspec.Struct, frozen=True):
    """What became of a clip: `rendered`, `as it was`, `thrown away` or `failed`; and why."""

    clip: str
    what: str
    held: bool = False
    error: SafehouseError | None = None


class _Pending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A film that is being made: from what, and by which plan. Sealed until the film counts."""

    inputs_sha256: str
    plan: Plan


def clip_in(project: Project, version: AddVersion, clip_id: str) -> ClipFacts:
    """Return a clip of a version, as it is now.

    Raises:
        NotRendered: it is not of the version.
    """
    found = next((c for c in clips_of(project, version) if c.id == clip_id), None)
    if found is None:
        raise not_rendered(clip_id, version.version)
    return found


def not_rendered(clip: str, version: str) -> NotRendered:
    """Return the failure of a clip that has no film."""
    return NotRendered(
        f"clip {clip} of the version {version} was not rendered",
        next_step=f"safehouse render --version {version}",
    )


class Room:
    """A folder in the project's work, which lies in memory; gone when it is left."""

    def __init__(self, project: Project, name: str) -> None:
        self.folder = project.work / name

    def __enter__(self) -> Path:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return self.folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def take_away(project: Project, version: str, clip: str) -> None:
    """Remove a film that shows what is no longer permitted, before anything else is done."""
    for held, container in product((False, True), CONTAINERS):
        place = film_at(version, clip, held=held, container=container)
        (project.folder / place).unlink(missing_ok=True)
    shutil.rmtree(_made_at(project, version, clip), ignore_errors=True)


def _made_at(project: Project, version: str, clip: str) -> Path:
    """Return where the made sound of a film stays: whoever attacks it again holds it against that.

    It is protected as the film is.
    """
    return project.folder / RENDERS / version / f".made-{clip}"


def _keep_made(plan: Plan, work: Path, folder: Path) -> None:
    for made in plan.made:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(work / made.file, folder / made.file)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a film is made from, all read at one moment, and the digest of it."""

    version: AddVersion
    clip: ClipFacts
    rulings: Rulings
    said: ClipDecisions
    inputs: str


def read_basis(project: Project, name: str, clip_id: str) -> Basis:
    """Return what the film of a clip would be made from now.

    Raises:
        VersionUnknown, NotRendered: there is no such version, or the clip is not of it.
    """
    with project.lock:
        version = read_version(project, name)
        clip = clip_in(project, version, clip_id)
        rulings = rulings_of(project, version)
        inputs = inputs_of(project, version, rulings, (clip,))[clip_id]
        return Basis(version, clip, rulings, read_clip_decisions(project, clip_id), inputs)


def render_clip(project: Project, name: str, clip_id: str, desk: Desk, *, quick: bool) -> ClipDone:
    """Render and attack a clip of a version; its film counts when nothing changed meanwhile.

    Nothing lost: finished chunks stay for the next call, until the film counts or is thrown away.
    """
    basis = read_basis(project, name, clip_id)
    source = source_of(basis.clip)
    chunks = project.folder / RENDERS / name / f".work-{clip_id}"
    chunks.mkdir(parents=True, exist_ok=True)
    with Room(project, f"{name}-{clip_id}") as room:
        plan = _pending_plan(project, basis, (room, chunks), desk)
        require_same_source(source, plan)
        film = chunks / f"film.{plan.output.container}"
        render_film(source, plan, film, desk, work=chunks, beside=chunks, documents=room)
        held, report = _attack((film, source, plan), (room, chunks), desk, quick=quick)
        made = _record(name, plan, report, (basis.inputs, digest_file(film)))
        with project.lock:
            still = read_basis(project, name, clip_id).inputs == basis.inputs
            if still:
                take_away(project, name, clip_id)
                _keep_made(plan, chunks, _made_at(project, name, clip_id))
                replace_file(film, project.folder / made.file)
                _keep_documents(project, f"{name}/{clip_id}", plan, room)
                project.act(made)
    _forget(project, name, clip_id, chunks)
    if not still:
        return ClipDone(clip_id, "thrown away", error=_thrown(clip_id, name))
    return ClipDone(clip_id, "rendered", held=held)


def _record(name: str, plan: Plan, report: Report, digests: tuple[str, str]) -> RecordRender:
    inputs, film = digests
    return RecordRender(
        version=name,
        clip=plan.clip.id,
        file=film_at(name, plan.clip.id, held=report.held, container=plan.output.container),
        film_sha256=film,
        plan_sha256=report.plan_sha256,
        report_sha256=report.digest,
        inputs_sha256=inputs,
        held=report.held,
        shows=_shows(plan),
        parts=_parts(plan),
    )


def _thrown(clip: str, version: str) -> SafehouseError:
    return NotRendered(f"{clip}: {THROWN}", next_step=f"safehouse render --version {version}")


def _pending_plan(project: Project, basis: Basis, rooms: tuple[Path, Path], desk: Desk) -> Plan:
    """Return the plan of a film that was begun and still holds, else a new one, sealed first."""
    room, chunks = rooms
    name = _pending_name(basis.version.version, basis.clip.id)
    if project.files.has(name):
        begun = _begun(project, name)
        if begun is not None and _still_holds(begun, basis, chunks):
            return begun.plan
        shutil.rmtree(chunks)
        chunks.mkdir()
    plan = plan_now(project, basis, room, desk, made_in=chunks)
    project.files.put(name, format_document(_Pending(basis.inputs, plan)))
    return plan


def _begun(project: Project, name: str) -> _Pending | None:
    """Return a film that was begun; None where it can't be gone on with."""
    try:
        return parse_document(project.files.get(name), _Pending)
    except (msgspec.DecodeError, ProjectDamaged):
        return None


def _still_holds(begun: _Pending, basis: Basis, chunks: Path) -> bool:
    """Return whether a begun film can be gone on with: same inputs, machine and made sound."""
    plan = begun.plan
    there = all((chunks / made.file).is_file() for made in plan.made)
    return there and begun.inputs_sha256 == basis.inputs and plan.cpu == cpu_level()


def plan_now(
    project: Project, basis: Basis, room: Path, desk: Desk, *, made_in: Path | None = None
) -> Plan:
    """Return the plan of a clip; its findings are plain in room, as long as room is.

    Disguised sound is made in the folder made_in; None leaves it out, and the sound is muted.

    Raises:
        NotRendered: the clip was not analysed.
    """
    clip, version = basis.clip, basis.version
    if not clip.findings_sha256:
        raise NotRendered(
            f"clip {clip.id} was not analysed", next_step="safehouse analyse, then render again"
        )
    place = room / "findings.json"
    write_whole(place, project.files.get(f"findings/{clip.id}.json", clip.findings_sha256))
    output = choose_output(
        place, desk.workers, codec="auto", sound="auto", quality=None, container="auto"
    )
    made: tuple[MadeSound, ...] = ()
    if made_in is not None:
        choices = Choices(voices=version.voices)
        made = make_sound(Path(clip.path), place, choices, made_in, desk)
    recipe = Recipe(
        msgspec.structs.replace(output, reel=reel_of(output, clip.id)),
        cpu_level(),
        look=version.look,
        made=made,
        rulings=basis.rulings,
        origin="own" if clip.origin == "own" else "unknown",
    )
    return plan_of(parse_document(place.read_bytes(), Findings), basis.said, recipe)


def _attack(
    attacked: tuple[Path, Path, Plan],
    rooms: tuple[Path, Path],
    desk: Desk,
    *,
    quick: bool,
) -> tuple[bool, Report]:
    """Attack a film; report.json and report.html lie in the room afterwards."""
    film, source, plan = attacked
    room, beside = rooms
    text = format_document(plan)
    place = room / f"plan-{hashlib.sha256(text).hexdigest()[:16]}.json"
    write_whole(place, text)
    inquiry = Inquiry(film, source, place, quick=quick, beside=beside)
    held = audit_film(inquiry, room, desk)
    return held, parse_document((room / "report.json").read_bytes(), Report)


def _keep_documents(project: Project, name: str, plan: Plan, room: Path) -> None:
    project.files.put(f"plans/{name}.json", format_document(plan))
    for ending in ("json", "html"):
        project.files.put(f"reports/{name}.{ending}", (room / f"report.{ending}").read_bytes())


def _forget(project: Project, version: str, clip: str, chunks: Path) -> None:
    """Remove what a finished or thrown film was made of."""
    shutil.rmtree(chunks, ignore_errors=True)
    if project.files.has(_pending_name(version, clip)):
        project.files.remove(_pending_name(version, clip))


def _pending_name(version: str, clip: str) -> str:
    return f"{PENDING}/{version}/{clip}.json"


def _shows(plan: Plan) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return (person, trait, records) that a plan shows or lets hear, each once."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for trait, rows in (("face", plan.shown), ("voice", plan.heard)):
        for row in rows:
            known = found.get((row.person, trait), ())
            found[row.person, trait] = tuple(dict.fromkeys((*known, *row.records)))
    return tuple((person, trait, records) for (person, trait), records in sorted(found.items()))


def _parts(plan: Plan) -> tuple[str, ...]:
    """Return the pieces that a plan shows and the sound that it lets hear, whoever that is."""
    pieces = dict.fromkeys(row.piece for row in plan.shown)
    heard = (f"{plan.clip.id} {row.stream} {row.first} {row.end}" for row in plan.heard)
    return (*pieces, *heard)


def audit_again(
    project: Project, clip: ClipFacts, render: RecordRender, desk: Desk, *, quick: bool
) -> ClipDone:
    """Attack a film by its sealed plan; what is found counts from now on.

    A film that is held is attacked with everything: a quick look never lets go of it.
    """
    film, name = project.folder / render.file, f"{render.version}/{clip.id}"
    if digest_file(film) != render.film_sha256:
        raise not_rendered(clip.id, render.version)
    with Room(project, f"{render.version}-{clip.id}-audit") as room:
        sealed = project.files.get(f"plans/{name}.json", render.plan_sha256)
        plan = parse_document(sealed, Plan)
        neutral = room / f"film.{plan.output.container}"
        neutral.symlink_to(film.resolve())
        attacked = (neutral, require_footage(clip), plan)
        beside = _made_at(project, render.version, clip.id) if plan.made else room
        if not all((beside / made.file).is_file() for made in plan.made):
            raise NotRendered(
                f"the made sound of clip {clip.id} is gone: its film can't be held against it",
                next_step=f"remove {render.file}, then safehouse render --version {render.version}",
            )
        quick = quick and not render.held
        held, report = _attack(attacked, (room, beside), desk, quick=quick)
        _keep_documents(project, name, plan, room)
    file = film_at(render.version, clip.id, held=held, container=plan.output.container)
    if file != render.file:
        film.replace(project.folder / file)
    project.act(msgspec.structs.replace(render, file=file, held=held, report_sha256=report.digest))
    return ClipDone(clip.id, "audited", held=held)
