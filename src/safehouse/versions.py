"""Joins a film's memory to the work on its clips: plans of a version, its films, their audits.

A plan is made with the register as it is now, and the register is asked again before a film counts:
whoever withdrew in between is not in it. Plans and findings are plain in the project's work folder
alone, which lies in memory; what lies on the disk is sealed, or protected.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from safehouse.errors import RenderWrong, SafehouseError, SourceChanged, VersionEmpty
from safehouse.footage import changed_clip
from safehouse.model.acts import RecordRender
from safehouse.model.plan import Plan
from safehouse.model.text import escape
from safehouse.outputs import write_error
from safehouse.papers import is_as_made
from safehouse.pipeline import Desk
from safehouse.store.project import Project
from safehouse.store.reading_versions import read_clip_facts, read_renders, read_version
from safehouse.version_films import (
    ClipDone,
    Room,
    audit_again,
    not_rendered,
    plan_now,
    read_basis,
    render_clip,
    take_away,
)
from safehouse.version_states import ClipState, clips_of, rulings_of, states, wrongs_of

__all__ = [
    "ClipDone",
    "Rendered",
    "audit_version",
    "build_version_plan",
    "render_version",
    "rerender",
    "states",
]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of the clips of a version.

    Attributes:
        clips: one for each clip, in order.
    """

    version: str
    clips: tuple[ClipDone, ...]

    @property
    def failed(self) -> tuple[ClipDone, ...]:
        """Clips of which there is no film, or none that counts."""
        return tuple(row for row in self.clips if row.what in {"failed", "thrown away"})


def build_version_plan(project: Project, name: str, clip_id: str, desk: Desk) -> Plan:
    """Return the plan of a clip for a version, as consent and decisions are now.

    Sound that would be made anew (`voices: disguise`) is left out: it is muted in this plan.

    Raises:
        VersionUnknown: there is no such version.
        NotRendered: the clip is not of the version, or was not analysed.
    """
    basis = read_basis(project, name, clip_id)
    with Room(project, f"{name}-{clip_id}-plan") as room:
        return plan_now(project, basis, room, desk)


def render_version(
    project: Project,
    name: str,
    desk: Desk,
    *,
    clips: Iterable[str] = (),
    quick: bool = True,
    told: Callable[[ClipDone], None] = lambda _: None,
) -> Rendered:
    """Render and audit every clip of a version that changed since; the others stay as they are.

    Nothing lost: a clip that fails leaves the others going; stopped at any moment, the same call
    goes on, and finished chunks are used again.

    Args:
        project: the film.
        name: of the version.
        desk: workers, and who is told.
        clips: only these; () is all.
        quick: how closely the films are attacked.
        told: is called for each clip when it is done.

    Raises:
        VersionUnknown: there is no such version.
        VersionEmpty: it has no clip.
    """
    _take_wrong(project, name)
    standing = _wanted(project, name, set(clips))
    renders, done = read_renders(project, name), []
    for number, row in enumerate(standing, 1):
        desk.begins(row.clip, number, len(standing))
        now = _as_it_lies(project, row, renders.get(row.clip))
        done.append(_render_one(project, name, now, desk, quick=quick))
        told(done[-1])
    return Rendered(name, tuple(done))


def _wanted(project: Project, name: str, wanted: set[str]) -> list[ClipState]:
    """Return where the wanted clips of a version stand; of all when none is named.

    Raises:
        VersionEmpty: it has no clip, or not one of these.
    """
    standing = [row for row in states(project, name) if not wanted or row.clip in wanted]
    unknown = wanted - {row.clip for row in standing}
    if unknown:
        raise VersionEmpty(
            f"there is no clip {escape(min(unknown))} in the version {name}",
            next_step="safehouse clips",
        )
    if not standing:
        raise VersionEmpty(
            f"the version {name} has no clip", next_step="safehouse add the film's clips"
        )
    return standing


def rerender(
    project: Project,
    names: Iterable[str],
    desk: Desk,
    told: Callable[[ClipDone], None] = lambda _: None,
) -> tuple[Rendered, ...]:
    """Render versions again after a withdrawal: only what changed. Films that are wrong go first.

    Nothing lost: the same call goes on where it was stopped.
    """
    wanted = list(names)
    for name in wanted:
        _take_wrong(project, name)
    return tuple(render_version(project, name, desk, told=told) for name in wanted)


def audit_version(
    project: Project,
    name: str,
    desk: Desk,
    *,
    full: bool = True,
    told: Callable[[ClipDone], None] = lambda _: None,
) -> Rendered:
    """Attack the films of a version again, each by its own plan; return which are held.

    Raises:
        VersionUnknown: there is no such version.
        NotRendered: a clip of it was not rendered.
        RenderWrong: a film shows what is no longer permitted.
        SourceChanged: a clip's file is not the one that was added.
    """
    version = read_version(project, name)
    wrong = [row.clip for row in states(project, name) if row.state == "wrong"]
    if wrong:
        raise RenderWrong(
            f"{', '.join(wrong)} of {name} shows what is no longer permitted: that is no question "
            "for an audit",
            next_step=f"safehouse render --version {name}",
        )
    renders, done = read_renders(project, name), []
    clips = clips_of(project, version)
    for number, clip in enumerate(clips, 1):
        desk.begins(clip.id, number, len(clips))
        render = renders.get(clip.id)
        if render is None or not (project.folder / render.file).is_file():
            raise not_rendered(clip.id, name)
        done.append(audit_again(project, clip, render, desk, quick=not full))
        told(done[-1])
    return Rendered(name, tuple(done))


def _take_wrong(project: Project, name: str) -> None:
    """Remove films that show what is no longer permitted, also of clips that a version lost."""
    with project.lock:
        rulings = rulings_of(project, read_version(project, name))
        origins = {clip.id: clip.origin for clip in read_clip_facts(project)}
        for clip, render in read_renders(project, name).items():
            if wrongs_of(render, rulings, origins[clip]):
                take_away(project, name, clip)


def _as_it_lies(project: Project, state: ClipState, render: RecordRender | None) -> ClipState:
    """Return where a film stands once it, its plan and its report were read: damaged is missing."""
    if state.state not in {"ready", "held"} or render is None or is_as_made(project, render):
        return state
    return msgspec.structs.replace(state, state="missing")


def _render_one(
    project: Project, name: str, state: ClipState, desk: Desk, *, quick: bool
) -> ClipDone:
    """Render a clip unless its film is as it should be; a failure is the clip's alone."""
    if state.state in {"ready", "held"}:
        return ClipDone(state.clip, "as it was", held=state.state == "held")
    try:
        return render_clip(project, name, state.clip, desk, quick=quick)
    except OSError as error:
        return ClipDone(state.clip, "failed", error=write_error(error))
    except SourceChanged:
        return ClipDone(state.clip, "failed", error=changed_clip(state.clip))
    except SafehouseError as error:
        return ClipDone(state.clip, "failed", error=error)
