"""`safehouse plan build|check|diff|masks`: plans as documents."""

from pathlib import Path
from typing import Annotated, cast

import typer

from safehouse.choices import Choices, VoiceMode
from safehouse.cli.options import Codec, JsonFlag, Look, Overwrite, Quality, Voices
from safehouse.cli.screen import print_json, print_lines
from safehouse.errors import UsageError
from safehouse.main_job import build_plan_for
from safehouse.model.documents import format_document
from safehouse.model.text import escape
from safehouse.outputs import CONTAINERS, require_document, writing
from safehouse.pipeline import choose_output, read_findings, read_plan
from safehouse.plan.check import require_plan
from safehouse.plan.diff import diff_plans
from safehouse.plan.masks import mask_polygons, region_polygons
from safehouse.store.atomic import write_whole
from safehouse.workers import Workers

app = typer.Typer(help="Build, check, compare and show plans.", no_args_is_help=True)

PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.", readable=False)]


@app.command("build")
def build(  # noqa: PLR0913 - one argument an option of the command
    findings: Annotated[
        Path, typer.Argument(metavar="FINDINGS", help="Findings of a clip.", readable=False)
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Example: -o plan.json", readable=False)
    ],
    look: Annotated[Look, typer.Option(help="Example: --look solid")] = Look.veil,
    reveal_only: Annotated[
        bool, typer.Option("--reveal-only", help="Hide all but regions, to be drawn in the plan.")
    ] = False,
    voices: Annotated[Voices, typer.Option(help="Example: --voices mute")] = Voices.mute,
    codec: Annotated[Codec, typer.Option(help="Example: --codec prores")] = Codec.auto,
    quality: Quality = None,
    container: Annotated[str, typer.Option(help="mov or mp4. Example: --container mp4")] = "mov",
    overwrite: Overwrite = False,
) -> int:
    """Build a plan from findings: everybody found is hidden.

    Example:
      safehouse plan build findings.json -o plan.json
    """
    if container not in set(CONTAINERS.values()):
        raise UsageError(f"no container {escape(container)!r}", next_step="--container mov, or mp4")
    require_document(output, (findings,), overwrite=overwrite)
    found = read_findings(findings)
    if voices not in {Voices.mute, Voices.reveal}:
        raise UsageError(
            f"sound is made by protect, not by plan build: --voices {voices.value}",
            next_step=f"safehouse protect CLIP --voices {voices.value}; its plan is kept",
        )
    choices = Choices(look=look.value, reveal_only=reveal_only, voices=_planned(voices))
    with Workers(1) as workers:
        written = choose_output(
            findings,
            workers,
            codec=codec.value,
            sound="auto",
            quality=quality,
            container=container,
        )
    plan = require_plan(build_plan_for(found, written, choices))
    with writing():
        write_whole(output, format_document(plan))
    print_lines(f"{len(plan.masks)} masks, {len(plan.unsure)} uncertain spans")
    return 0


def _planned(voices: Voices) -> VoiceMode:
    """Return what a plan can say of the sound without any being made.

    Raises:
        UsageError: the sound has to be made.
    """
    if voices not in {Voices.mute, Voices.reveal}:
        raise UsageError(
            f"sound is made by protect, not by plan build: --voices {voices.value}",
            next_step=f"safehouse protect CLIP --voices {voices.value}; its plan is kept",
        )
    return cast(VoiceMode, voices.value)


@app.command("check")
def check(plan: PlanFile, as_json: JsonFlag = False) -> int:
    """Check that a plan keeps every rule of the format.

    Example:
      safehouse plan check plan.json
    """
    held = read_plan(plan)
    if as_json:
        print_json({"schema": held.schema, "clip": held.clip.id, "masks": len(held.masks)})
    else:
        print_lines(f"the plan keeps every rule of {held.schema}: {len(held.masks)} masks")
    return 0


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A plan.", readable=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another.", readable=False)],
    as_json: JsonFlag = False,
) -> int:
    """Say what the second plan does otherwise than the first.

    Example:
      safehouse plan diff plan.json edited.json
    """
    lines = diff_plans(read_plan(old), read_plan(new))
    if as_json:
        print_json({"differences": list(lines)})
    else:
        print_lines(*(escape(line) for line in lines), f"{len(lines)} differences")
    return 0


@app.command("masks")
def masks(
    plan: PlanFile,
    frames: Annotated[str, typer.Option("--frames", help="Frames. Example: --frames 0,5,10")],
    as_json: JsonFlag = False,
) -> int:
    """Print the outline of every mask in some frames, [x, y] in px of the coded frame.

    An oval's outline is drawn 2 px inside it: all that a program fills between its corners is
    hidden, whatever its rule for edges.

    Example:
      safehouse plan masks plan.json --frames 0,5,10 --json
    """
    held = read_plan(plan)
    try:
        wanted = [int(part) for part in frames.split(",")]
        found = mask_polygons(held, wanted)
    except (ValueError, IndexError) as error:
        raise UsageError(
            f"--frames can't be taken: {escape(str(error))}",
            kept="nothing was read or written",
            next_step="--frames 0,5,10",
        ) from error
    if as_json:
        shown = {"frames": {str(frame): outlines for frame, outlines in found.items()}}
        if held.mode == "reveal-only":
            shown["shown"] = {str(frame): region_polygons(held, frame) for frame in wanted}
        print_json(shown)
    else:
        for frame, outlines in found.items():
            print_lines(f"frame {frame}: {len(outlines)} masks")
            print_lines(*(f"  {_extent(outline)}" for outline in outlines))
    return 0


def _extent(outline: list[list[float]]) -> str:
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return f"x {min(xs):.0f} to {max(xs):.0f}, y {min(ys):.0f} to {max(ys):.0f}"
