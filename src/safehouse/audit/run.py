"""Runs every attack on a film and says what they found; renames and delivers nothing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple

import msgspec

from safehouse.audit import (
    coverage,
    embeddings,
    faces,
    interference,
    same_person,
    seen,
    versions,
)
from safehouse.audit.attacks import ghosts, moving, noise, outlines
from safehouse.audit.case import Case, FindFaces, RenderAgain, frame_count
from safehouse.audit.consented import notes_of
from safehouse.audit.container import attack_container
from safehouse.audit.own_voices import attack_own_voices
from safehouse.audit.pairs import NotThePlans, pairs
from safehouse.audit.remains import remains_of
from safehouse.audit.sheet import Picture, Pictures
from safehouse.audit.tracks import attack_sound
from safehouse.model.documents import format_document
from safehouse.model.frame import OriginalFrame, ProtectedFrame
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Report
from safehouse.model.voices import Voices
from safehouse.model.words import say

__all__ = ["Case", "Part", "Progress", "Tools", "audit_film", "build_report", "check_range"]

Progress = Callable[[int, int], None]


class Tools(NamedTuple):
    """What the audit is handed from other stages.

    Attributes:
        render_again: makes the protected frame of an original one anew.
        find_faces: the detector that found the people, in more ways than it then looked; None
            leaves it out.
    """

    render_again: RenderAgain
    find_faces: FindFaces | None = None


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was seen in a range of frames; it can cross a process border.

    Attributes:
        pictures: those of the contact sheet whose frames are in the range.
        sightings: biometric data, in a full audit: never written to a file.
        compared: one for each earlier version.
        rebuilt, beside: in a full audit.
    """

    coverage: coverage.Checked
    faces: faces.Looked
    interference: interference.Scrambled
    pictures: tuple[Picture, ...] = ()
    sightings: tuple[embeddings.Sighting, ...] = ()
    compared: tuple[versions.Compared, ...] = ()
    rebuilt: tuple[moving.Rebuilt, ...] = ()
    beside: ghosts.Compared = ghosts.Compared()


class _Full(NamedTuple):
    """The attacks on frames that a full audit adds."""

    likeness: embeddings.Embeddings
    moving: moving.Moving
    ghosts: ghosts.Ghosts

    def look(self, original: OriginalFrame, film: OriginalFrame) -> None:
        """Show a frame of the clip and of the film to them."""
        self.likeness.look(original, film)
        self.moving.look(original, film)
        self.ghosts.look(original, film)


class _Watch(NamedTuple):
    """The attacks that look at frames."""

    coverage: coverage.Coverage
    faces: faces.Faces
    interference: interference.Interference
    sheet: Pictures
    earlier: tuple[versions.Alongside, ...] = ()
    full: _Full | None = None

    def look(self, original: OriginalFrame, again: ProtectedFrame, film: OriginalFrame) -> None:
        """Show a frame of the clip, rendered again, and of the film to every attack."""
        self.coverage.look(original, again, film)
        self.interference.look(original, again)
        self.faces.look(original, film)
        self.sheet.look(film)
        if self.full:
            self.full.look(original, film)
        for version in self.earlier:
            version.look(original, film)

    def part(self) -> Part:
        """Return what they saw so far."""
        return Part(
            self.coverage.result(),
            self.faces.result(),
            self.interference.result(),
            tuple(self.sheet.taken),
            self.full.likeness.result() if self.full else (),
            tuple(version.result() for version in self.earlier),
            self.full.moving.result() if self.full else (),
            self.full.ghosts.result() if self.full else ghosts.Compared(),
        )


def audit_film(case: Case, tools: Tools, progress: Progress | None = None) -> Report:
    """Return the report of all attacks on a film.

    Args:
        case: what is audited.
        tools: what other stages hand over.
        progress: is called with frames done and frames in all.

    Raises:
        SourceChanged: the source is not the plan's clip.
        EnvironmentLacks: a model of the face detectors is missing or damaged.
    """
    count = frame_count(case.plan)
    parts = [check_range(case, 0, count, tools, progress)] if count else []
    return build_report(case, parts)


def check_range(
    case: Case, first: int, end: int, tools: Tools, progress: Progress | None = None
) -> Part:
    """Return what the attacks on frames see in the frames first <= f < end.

    Ranges may be checked in several processes; `build_report` takes all their parts.
    """
    with _watching(case, tools, (first, end)) as watch:
        fault = _look_at_all(case, (first, end), tools.render_again, watch, progress)
        part = watch.part()
    if fault is None:
        return part
    checked = msgspec.structs.replace(part.coverage, finds=(*part.coverage.finds, fault))
    return msgspec.structs.replace(part, coverage=checked)


@contextmanager
def _watching(case: Case, tools: Tools, span: tuple[int, int]) -> Iterator[_Watch]:
    """Begin the attacks that look at frames; their threads end with the block."""
    plan = case.plan
    with ExitStack() as stack:
        yield _Watch(
            coverage.Coverage(plan),
            stack.enter_context(
                closing(faces.Faces(plan, quick=case.quick, find=tools.find_faces))
            ),
            interference.Interference(plan, tools.render_again),
            Pictures(plan),
            tuple(versions.Alongside(plan, path, *span) for path in case.earlier),
            None
            if case.quick
            else _Full(embeddings.Embeddings(plan), moving.Moving(plan), ghosts.Ghosts(plan)),
        )


def _look_at_all(
    case: Case,
    span: tuple[int, int],
    render_again: RenderAgain,
    watch: _Watch,
    progress: Progress | None,
) -> coverage.Find | None:
    """Show each pair of frames to the attacks; return what ends that before the span does."""
    first, end = span
    try:
        for original, shown in pairs(case, first, end):
            watch.look(original, render_again(original), shown)
            if progress:
                progress(original.index + 1 - first, end - first)
    except NotThePlans as error:
        return coverage.Find(min(error.frame, end - 1), end, "", error.kind, 0.0)
    return None


def build_report(case: Case, parts: Iterable[Part], turns: Voices | None = None) -> Report:
    """Return the report: the parts' ranges together, then the container and the sound.

    turns is who speaks when in the clip, for the attack on this film's own speakers.
    """
    rows = list(parts)
    plan = case.plan
    attacks = list(_attack_pictures(rows, case)) if plan.clip.video is not None else []
    attacks.append(attack_container(case.film, case.source))
    attacks.append(attack_sound(case))
    told = attack_own_voices(case, turns) if turns else None
    attacks += [told] if told else []
    with case.film.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return Report(
        clip=plan.clip.id,
        film_sha256=digest,
        plan_sha256=hashlib.sha256(format_document(plan)).hexdigest(),
        held=any(attack.result != "none found" for attack in attacks),
        attacks=tuple(attacks),
        remains=remains_of(plan),
        unsure=plan.unsure,
        notes=_notes(plan),
        frames=frame_count(plan),
        depth="quick" if case.quick else "full",
    )


def _attack_pictures(rows: list[Part], case: Case) -> Iterator[Attack]:
    """Yield the attacks on the picture, from what they saw in each range."""
    plan = case.plan
    covered = coverage.merge(p.coverage for p in rows)
    looked = faces.merge(p.faces for p in rows)
    whole = covered.frames == frame_count(plan)
    yield coverage.build_attack(covered, plan)
    yield faces.build_attack(looked, plan)
    yield seen.build_attack(covered.finds, looked.seen, plan, whole=whole)
    yield interference.build_attack(interference.merge(p.interference for p in rows))
    if not case.quick:
        sightings = [row for part in rows for row in part.sightings]
        yield embeddings.build_attack(same_person.hidden_only(sightings, plan))
        if plan.shown:
            yield same_person.attack_shown(sightings, plan)
        yield moving.build_attack(moving.merge(part.rebuilt for part in rows))
        yield ghosts.build_attack(ghosts.merge(part.beside for part in rows))
        yield outlines.attack_outlines(plan)
    if case.same_camera:
        others = case.same_camera
        yield noise.attack_noise(case.film, case.source, others, plan, quick=case.quick)
    if case.earlier:
        held = zip(*(part.compared for part in rows), strict=True)
        yield versions.build_attack([versions.merge(parts) for parts in held], plan)


def _notes(plan: Plan) -> tuple[str, ...]:
    dropped = (
        say("stream {index} ({kind}): {why}", index=d.index, kind=d.kind, why=d.why)
        for d in plan.clip.dropped
    )
    spoken = (say("sound {made}: {by}", made=made.id, by=made.by) for made in plan.made)
    softer = say(
        "the picture outside the masks is softer than the clip's, and more strongly compressed: "
        "--camera-privacy"
    )
    private = (softer,) if plan.camera_privacy else ()
    notes = (note for made in plan.made for note in made.notes)
    return (*notes_of(plan), *plan.output.widened, *dropped, *spoken, *private, *notes)
