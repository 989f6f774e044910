"""`safehouse render`: a clip and a plan to a film, without an audit."""

from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.options import Clip, JsonFlag, Overwrite, Workers
from safehouse.cli.screen import print_json, print_lines, progress
from safehouse.machine import core_count
from safehouse.main_job import render_to
from safehouse.model.text import escape
from safehouse.outputs import require_source, require_writable, target_at
from safehouse.pipeline import Desk
from safehouse.workers import Workers as Pool


def render(  # noqa: PLR0913 - one argument an option of the command
    source: Clip,
    plan: Annotated[Path, typer.Option("--plan", help="Example: --plan plan.json", readable=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Example: -o film.mov", readable=False)
    ],
    different_source: Annotated[
        bool,
        typer.Option("--different-source", help="Take the clip although the plan is another's."),
    ] = False,
    workers: Workers = None,
    overwrite: Overwrite = False,
    as_json: JsonFlag = False,
) -> int:
    """Render a clip by a plan; the same clip and plan give the same bytes. Nothing is audited.

    Example:
      safehouse render interview.mov --plan plan.json -o film.mov
    """
    require_source(source)
    target = target_at(output)
    require_writable(target, (source, plan), overwrite=overwrite)
    with progress() as tell, Pool(workers or core_count()) as pool:
        render_to(target, source, plan, Desk(pool, tell), different_source=different_source)
    if as_json:
        print_json({"film": str(target.film), "audited": False})
    else:
        print_lines(
            f"film: {escape(str(target.film))}",
            "not audited; next: safehouse audit it with --source and --plan",
        )
    return 0
