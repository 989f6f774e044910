"""`safehouse render`: a clip and a plan to a film; or all clips of a version of a project."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag, Overwrite, Workers
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_error, print_json, print_lines, progress
from safehouse.errors import LeakFound, UsageError
from safehouse.film_status import VersionStatus, version_status
from safehouse.machine import core_count
from safehouse.main_job import render_to
from safehouse.model.text import escape
from safehouse.outputs import require_source, require_writable, target_at
from safehouse.pipeline import Desk
from safehouse.store.project import Project
from safehouse.versions import ClipDone, Rendered, render_version
from safehouse.workers import Workers as Pool

Version = Annotated[
    str, typer.Option("--version", help="All clips of this version that changed since.")
]
Many = typer.Option("--clip", help="Of the version only this clip. May be repeated.")


@in_project
def render(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    source: Annotated[
        Path | None,
        typer.Argument(metavar="[CLIP]", help="A film or sound file.", readable=False),
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Example: --plan plan.json", readable=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Example: -o film.mov", readable=False),
    ] = None,
    version: Version = "",
    clip: Annotated[list[str] | None, Many] = None,
    full: Annotated[
        bool, typer.Option("--full/--quick", help="Of a version: attack with everything there is.")
    ] = False,
    different_source: Annotated[
        bool,
        typer.Option("--different-source", help="Take the clip although the plan is another's."),
    ] = False,
    workers: Workers = None,
    overwrite: Overwrite = False,
    as_json: JsonFlag = False,
) -> int:
    """Render a clip by a plan, or the clips of a version of a film project.

    The same clip and plan give the same bytes; nothing is audited. A version's films are audited,
    and made as consent and decisions are now: only what changed since is rendered.

    Examples:
      safehouse render interview.mov --plan plan.json -o film.mov

      safehouse render --version festival-cut
    """
    if version:
        if source or plan or output:
            raise UsageError(
                "--version renders into the project, by plans of its own",
                next_step="leave the clip, --plan and -o out",
            )
        with here.opened() as film:
            done = _render_version(film, version, clip or [], workers, full=full)
            return print_rendered(film, done, as_json=as_json)
    if source is None or plan is None or output is None:
        raise UsageError(
            "render needs a clip, --plan and -o", next_step="or, in a project: --version NAME"
        )
    require_source(source)
    target = target_at(output)
    require_writable(target, (source, plan), overwrite=overwrite)
    with progress() as tell, Pool(workers or core_count()) as pool:
        render_to(target, source, plan, Desk(pool, tell), different_source=different_source)
    _print_film(target.film, as_json=as_json)
    return 0


def _render_version(
    film: Project, version: str, clips: list[str], workers: int | None, *, full: bool
) -> Rendered:
    """Render what changed of a version, in workers."""
    with progress() as tell, Pool(workers or core_count()) as pool:
        desk = Desk(pool, tell)
        return render_version(film, version, desk, clips=tuple(clips), quick=not full, told=_tell)


def _print_film(film: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"film": str(film), "audited": False})
    else:
        print_lines(
            f"film: {escape(str(film))}",
            "not audited; next: safehouse audit it with --source and --plan",
        )


def _tell(row: ClipDone) -> None:
    if row.error is not None:
        print_error(row.error)


def print_rendered(film: Project, done: Rendered, *, as_json: bool) -> int:
    """Print what became of a version's clips, and what comes next; return the exit code.

    It is 50 when a film is held.
    """
    held = [row.clip for row in done.clips if row.held]
    failed = next((row.error.exit_code for row in done.clips if row.error is not None), 0)
    stands = version_status(film, done.version)
    if as_json:
        rows = {row.clip: {"what": row.what, "held": row.held} for row in done.clips}
        facts = {"version": done.version, "clips": rows, "next_step": stands.next_step}
        print_json(facts)
    else:
        counts = Counter(row.what for row in done.clips)
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        print_lines(f"{done.version}: {told}")
        if held:
            print_lines(f"HELD, a leak was found or an attack not run: {', '.join(held)}")
        if not failed:
            print_lines(next_line(stands))
    return failed or (LeakFound.exit_code if held else 0)


def next_line(stands: VersionStatus) -> str:
    """Return what comes next for a version, in words."""
    name, step = stands.version, stands.next_step
    if not step:
        return f"{name} was delivered as it stands; nothing is left to do for it"
    if "held" in stands.counts and not stands.counts.keys() & {"wrong", "stale", "missing"}:
        again = f"safehouse render --version {name}"
        return f"next: safehouse review: the report says where; hide it by hand, then {again}"
    if step == f"safehouse watch {name}":
        return f"next: watch the films, then safehouse watch {name}"
    return f"next: {step}"
