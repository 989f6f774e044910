"""`safehouse plan build|check|diff|masks|reveal`: plans as documents."""

from pathlib import Path
from typing import Annotated, cast

import typer

from safehouse.choices import Choices, VoiceMode
from safehouse.cli.options import Codec, JsonFlag, Look, Overwrite, Quality, Voices
from safehouse.cli.screen import ask, print_json, print_lines
from safehouse.errors import UsageError
from safehouse.made import copy_made
from safehouse.main_job import build_plan_for
from safehouse.model.documents import format_document
from safehouse.model.plan import Plan, SoundSpan
from safehouse.model.text import escape
from safehouse.outputs import CONTAINERS, require_document, writing
from safehouse.pipeline import choose_output, read_findings, read_plan, read_voices
from safehouse.plan.check import require_plan
from safehouse.plan.diff import diff_plans
from safehouse.plan.masks import mask_polygons, region_polygons, shown_polygons
from safehouse.plan.revealing import parse_span, spans_of_times, with_revealed
from safehouse.plan.voices import reveal_spans
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
    _require_container(container)
    choices = Choices(look=look.value, reveal_only=reveal_only, voices=_planned(voices))
    require_document(output, (findings,), overwrite=overwrite)
    found = read_findings(findings)
    _require_unmade(voices)
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


def _require_container(container: str) -> None:
    if container not in set(CONTAINERS.values()):
        raise UsageError(f"no container {escape(container)!r}", next_step="--container mov, or mp4")


def _require_unmade(voices: Voices) -> None:
    if voices not in {Voices.mute, Voices.reveal}:
        raise UsageError(
            f"sound is made by protect, not by plan build: --voices {voices.value}",
            next_step=f"safehouse protect CLIP --voices {voices.value}; its plan is kept",
        )


@app.command("reveal")
def reveal(  # noqa: PLR0913 - one argument an option of the command
    plan: PlanFile,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Example: -o heard.json", readable=False)
    ],
    span: Annotated[
        list[str] | None, typer.Option("--span", help="Times. Example: --span 1:02.5-1:08")
    ] = None,
    track: Annotated[
        int | None, typer.Option("--track", help="One track only. Example: --track 1")
    ] = None,
    turns: Annotated[
        Path | None,
        typer.Option("--turns", help="Of voices. Example: --turns voices.json", readable=False),
    ] = None,
    turn: Annotated[
        list[str] | None, typer.Option("--turn", help="One turn. Example: --turn T0003")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Somebody listened to all of it.")] = False,
    overwrite: Overwrite = False,
) -> int:
    """Let sound pass that a person has listened to: spans without a voice, or one person's turns.

    Of a turn, the edges are shrunk and what anybody else says meanwhile stays hidden.

    Example:
      safehouse plan reveal plan.json --span 1:02.5-1:08 -o plan-river.json
    """
    held = read_plan(plan)
    require_document(output, (plan,), overwrite=overwrite)
    shown = _revealed(held, span or [], track, (turns, turn or []))
    question = "Has somebody listened to all of it, and is nobody heard who must be hidden?"
    if not yes and not ask(question):
        raise UsageError("nobody has listened to it", next_step="listen first, or leave it muted")
    heard = require_plan(with_revealed(held, shown))
    with writing():
        write_whole(output, format_document(heard))
        copy_made(heard, plan.parent, output.parent)
    count = sum(len(spans) for spans in shown.values())
    print_lines(f"{count} spans of the original sound will be heard")
    return 0


def _revealed(
    plan: Plan, spans: list[str], track: int | None, told: tuple[Path | None, list[str]]
) -> dict[int, tuple[SoundSpan, ...]]:
    """Return stream → what was asked to be heard.

    Raises:
        UsageError: nothing was, or a turn that passes nothing.
    """
    turns, chosen = told
    times = [parse_span(text) for text in spans]
    shown = spans_of_times(plan, times, track) if times else {}
    if turns is not None:
        voices = read_voices(turns, plan)
        silent = [name for name in chosen if not any(reveal_spans(voices, {name}).values())]
        if silent:
            raise UsageError(
                f"{escape(', '.join(silent))} can't pass: no such turn, unsure, or talked over",
                next_step="name the seconds that you listened to: --span 1:02.5-1:08",
            )
        for stream, rows in reveal_spans(voices, set(chosen)).items():
            shown[stream] = (*shown.get(stream, ()), *rows)
    if not any(shown.values()):
        raise UsageError(
            "nothing was named to be heard",
            next_step="--span 1:02.5-1:08, or --turns voices.json --turn T0003",
        )
    return shown


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
        frames_of = {str(frame): outlines for frame, outlines in found.items()}
        shown: dict[str, object] = {"frames": frames_of}
        if held.mode == "reveal-only":
            shown["shown"] = {str(frame): region_polygons(held, frame) for frame in wanted}
        elif held.shown:
            shown["people"] = {str(frame): _people(held, frame) for frame in wanted}
        print_json(shown)
    else:
        for frame, outlines in found.items():
            print_lines(f"frame {frame}: {len(outlines)} masks")
            print_lines(*(f"  {_extent(outline)}" for outline in outlines))
            rows = shown_polygons(held, frame)
            print_lines(*(f"  {who} is shown: {_extent(outline)}" for who, outline in rows))
    return 0


def _people(plan: Plan, frame: int) -> list[dict[str, object]]:
    return [{"person": who, "outline": outline} for who, outline in shown_polygons(plan, frame)]


def _extent(outline: list[list[float]]) -> str:
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return f"x {min(xs):.0f} to {max(xs):.0f}, y {min(ys):.0f} to {max(ys):.0f}"
