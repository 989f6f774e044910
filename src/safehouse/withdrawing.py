"""Somebody takes their consent back: what it touches, what can't be called back, and what is done.

The listing is read from the project's tables alone, so that it is there while the person is still
on the telephone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from safehouse.consent.rules import rule_all
from safehouse.consent.unions import Comparison, compare
from safehouse.given_out import shown_out
from safehouse.model.acts import AddCopy, AddScreening, ChangeState, RecordRender
from safehouse.model.consent import State, StateChange
from safehouse.model.text import escape
from safehouse.pipeline import Desk
from safehouse.store.project import Project
from safehouse.store.reading_register import next_id, read_person, read_register, today_of
from safehouse.store.reading_touched import (
    InClip,
    Theirs,
    read_in_clips,
    read_members,
    read_theirs,
    read_versions_ever,
)
from safehouse.store.reading_versions import (
    Delivered,
    read_copies,
    read_deliveries,
    read_renders,
    read_screenings,
    read_versions,
)
from safehouse.version_films import ClipDone
from safehouse.version_states import use_of
from safehouse.versions import Rendered, rerender

__all__ = ["Touched", "render_again", "take_down", "touched", "touched_lines", "withdraw"]

MOST_SPANS = 6
"""Spans of a clip that are written out; of more the number is told."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a withdrawal touches.

    Attributes:
        person: who; members: everybody who is one with them, the root first.
        theirs: what is known to be theirs now, whomever it was said to be before.
        clips: where they are seen or heard, confirmed or guessed.
        renders: films that show them or let them be heard.
        versions: those of which a film ever showed them; they are rendered again.
        delivered: deliveries that showed them; nothing calls those back by itself.
        copies, screenings: of those deliveries, where they are out or will be; and those of which
            nobody knows the delivery, where a film of their version ever showed the person.
        comparison: what whoever holds the old versions learns from the new ones.
    """

    person: str
    theirs: Theirs
    members: tuple[str, ...]
    clips: tuple[InClip, ...]
    renders: tuple[RecordRender, ...]
    versions: tuple[str, ...]
    delivered: tuple[Delivered, ...]
    copies: tuple[AddCopy, ...]
    screenings: tuple[AddScreening, ...]
    comparison: Comparison

    @property
    def out(self) -> bool:
        """Whether anything that shows them is out, as far as anybody wrote down."""
        return bool(self.delivered or self.copies or self.screenings)


def touched(project: Project, person: str) -> Touched:
    """Return everything that shows a person or lets hear them; nothing is changed.

    Raises:
        PersonUnknown: nobody has this id.
    """
    read_person(project, person)
    with project.lock:
        members = read_members(project, person)
        theirs = read_theirs(project, members)
        renders = tuple(
            render
            for version in read_versions(project)
            for render in read_renders(project, version.version).values()
            if theirs.shown(render)
        )
        delivered = tuple(one for one in read_deliveries(project) if theirs.shown(one.act))
        ever = read_versions_ever(project, theirs)
        out = {one.id for one in delivered} | {("", version) for version in ever}
        out |= {("", one.act.version) for one in delivered}
        return Touched(
            person=person,
            theirs=theirs,
            members=members,
            clips=read_in_clips(project, members),
            renders=renders,
            versions=ever,
            delivered=delivered,
            copies=tuple(one for one in read_copies(project) if _of(one) in out),
            screenings=tuple(one for one in read_screenings(project) if _of(one) in out),
            comparison=_compared(project, members),
        )


def _of(one: AddCopy | AddScreening) -> str | tuple[str, str]:
    """Return the delivery of what is out, or, where nobody knows it, ("", its version)."""
    return one.delivery or ("", one.version)


def _compared(project: Project, members: tuple[str, ...]) -> Comparison:
    """Compare all that is out with what the versions that are out would show without members."""
    delivered = shown_out(project)
    out = {label.partition(" ")[0] for label in delivered}
    register = read_register(project)
    allowed = {
        key
        for version in read_versions(project)
        if version.version in out
        for key, ruling in rule_all(register, use_of(version)).items()
        if ruling.allowed and key[0] not in members
    }
    shown = {one for shows in delivered.values() for one in shows}
    planned = [
        f"{version.version} ({escape(version.planned)})"
        for version in read_versions(project)
        if version.planned and version.version not in out
    ]
    return compare(delivered, shown & {(str(a), str(b)) for a, b in allowed}, planned)


def touched_lines(found: Touched) -> list[str]:
    """Return a listing in plain words: clips, films, what is out, what comparing tells."""
    also = f" (also {', '.join(found.members[1:])})" if len(found.members) > 1 else ""
    lines = [f"clips with {found.members[0]}{also}: {len(found.clips)}"]
    lines += [_clip_line(clip) for clip in found.clips]
    lines += ["", f"films that show or let hear them: {len(found.renders)}"]
    lines += [
        f"  {one.version} {one.clip}: {', '.join(_traits(found, one))}; its plan and report are"
        " sealed; it is rendered again"
        for one in found.renders
    ]
    return [*lines, "", *_out_lines(found), *_comparison_lines(found.comparison)]


def _traits(found: Touched, render: RecordRender) -> list[str]:
    traits = [trait for who, trait, _ in render.shows if who in found.members]
    return traits or [OTHERWISE]


def _clip_line(clip: InClip) -> str:
    spans = [f"{first:.1f}-{end:.1f} s" for first, end in clip.seen[:MOST_SPANS]]
    more = len(clip.seen) - MOST_SPANS
    parts = [
        *([f"{clip.confirmed} confirmed"] if clip.confirmed else []),
        *([f"{clip.guessed} guessed"] if clip.guessed else []),
        *([f"heard in {clip.heard} spans"] if clip.heard else []),
        *([f"{clip.drawn} places by hand"] if clip.drawn else []),
        *([f"seen at {', '.join(spans)}{_more(more)}"] if spans else []),
    ]
    return f"  {clip.clip}: {'; '.join(parts)}"


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _out_lines(found: Touched) -> list[str]:
    if not found.out:
        return ["nothing that shows them was delivered"]
    shown = {one.id: _shown(found.members, one) for one in found.delivered}
    lines = ["OUT, and not to be called back from here:"]
    lines += [
        f"  {one.act.version} {one.id}, delivered on {one.day}: {shown[one.id]}"
        for one in found.delivered
    ]
    lines += [
        f"  copy {one.copy} of {_named(one)}: {escape(one.where)}, with {escape(one.to)}, since"
        f" {one.since}{', called back' if one.gone else ''}: {shown.get(one.delivery, MAYBE)}"
        for one in found.copies
    ]
    return lines + [
        f"  screening of {_named(one)}: {escape(one.where)}, {one.day}:"
        f" {shown.get(one.delivery, MAYBE)}"
        for one in found.screenings
    ]


MAYBE = "of which delivery it is nobody wrote down: a film of the version showed them"
"""Said of what counts as showing somebody, since nothing says otherwise."""


def _named(one: AddCopy | AddScreening) -> str:
    return f"{one.version} {one.delivery}".rstrip()


OTHERWISE = "said to be somebody else then"
"""Said of what shows somebody who was taken for another when it was made."""


def _shown(members: tuple[str, ...], one: Delivered) -> str:
    """Return what a delivery shows of somebody, and in which clips: face in C0001, C0003."""
    clips: dict[str, list[str]] = {}
    for who, trait in one.act.shows:
        if who in members:
            clips.setdefault(trait, [])
    for clip, who, trait in one.act.places:
        if who in members and clip not in clips.setdefault(trait, []):
            clips[trait].append(clip)
    parts = (f"{trait} in {', '.join(rows)}" if rows else trait for trait, rows in clips.items())
    return "; ".join(parts) or OTHERWISE


def _comparison_lines(found: Comparison) -> list[str]:
    if not found.words:
        return []
    warnings = [f"  {words}" for words in found.words]
    return [
        "",
        "WHO COMPARES LEARNS:",
        *warnings,
        "you can:",
        *(f"  {one}" for one in found.offers),
    ]


def take_down(found: Touched) -> str:
    """Return a draft of what to ask of whoever holds a copy; it names nobody who is in the film."""
    today = today_of()
    days = {one.id: f" as delivered on {one.day}" for one in found.delivered}
    rows = [
        f"To {one.to} ({one.where}): please stop showing {one.version}"
        f"{days.get(one.delivery, '')}, which you have since {one.since}, and delete it. A new"
        " version replaces it. Please confirm the deletion."
        for one in found.copies
        if not one.gone
    ]
    rows += [
        f"To {one.where}: please do not show {one.version}{days.get(one.delivery, '')} on"
        f" {one.day}. A new version replaces it."
        for one in found.screenings
        if one.day >= today
    ]
    held = {one.delivery for one in found.copies}
    rows += [
        f"{one.act.version} {one.id}, delivered on {one.day}: nobody wrote down who holds it"
        " (safehouse copies add)."
        for one in found.delivered
        if one.id not in held
    ]
    head = ["Draft of a take-down list. It does not say why: whoever reads it would learn who.", ""]
    return "\n\n".join(["\n".join(head).rstrip(), *(escape(row) for row in rows)]) + "\n"


def withdraw(project: Project, person: str, state: State = "withdrawn") -> Touched:
    """Record, at once, that nothing of a person may show any more; return what it touches.

    Whoever was merged into them is in it too, so that a split later opens nothing.
    Nothing lost: the history has it before anything else is done, and every film that shows the
    person is wrong from then on, for `audit` and `deliver` alike.

    Raises:
        PersonUnknown: nobody has this id.
    """
    with project.lock:
        found = touched(project, person)
        first, day = int(next_id(project, "S")[1:]), today_of()
        changes = [
            StateChange(id=f"S{n:04d}", person=member, state=state, day=day)
            for n, member in enumerate(_not_yet(project, found.members, state), first)
        ]
        project.act(*map(ChangeState, changes))
    return found


def _not_yet(project: Project, members: tuple[str, ...], state: State) -> list[str]:
    """Return the members of whom just this was not said last: a second call adds nothing.

    What counts is what was said, not where consent stands: a return that still waits for its day
    stands behind an earlier withdrawal, and must be taken back too.
    """
    last = {change.person: change.state for change in read_register(project).changes}
    return [member for member in members if last.get(member) != state]


def render_again(
    project: Project, found: Touched, desk: Desk, told: Callable[[ClipDone], None] = lambda _: None
) -> tuple[Rendered, ...]:
    """Render again what a withdrawal made wrong; the same call goes on where it was stopped."""
    return rerender(project, found.versions, desk, told)
