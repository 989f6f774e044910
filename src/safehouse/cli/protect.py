"""`safehouse protect`: the main job, for a clip or a whole card."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from safehouse.batch import Entry, protect_card
from safehouse.cli.options import Codec, JsonFlag, Look, Overwrite, Quality, Voices, Workers
from safehouse.cli.screen import ask, print_error, print_json, print_lines, progress
from safehouse.errors import SafehouseError, UsageError
from safehouse.main_job import Choices, Result, raise_if_held
from safehouse.main_job import protect as protect_clip
from safehouse.model.text import escape, name_of
from safehouse.outputs import free_folder, is_folder
from safehouse.summary import summary_lines, summary_of

Source = Annotated[
    Path,
    typer.Argument(metavar="CLIP|CARD", help="A clip, or a folder of them.", readable=False),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", help="The film, NAME.mov or .mp4; a folder for a card.", readable=False
    ),
]
LookChoice = Annotated[
    Look, typer.Option("--look", help="How hidden places are drawn. Example: --look solid")
]
RevealOnly = Annotated[
    bool,
    typer.Option(
        "--reveal-only",
        help="Hide all but the regions in --plan. Example: --reveal-only --plan plan.json",
    ),
]
VoicesChoice = Annotated[
    Voices,
    typer.Option(
        "--voices", help="mute: no sound passes; reveal asks first. Example: --voices mute"
    ),
]
CodecChoice = Annotated[
    Codec, typer.Option("--codec", help="How the picture is written. Example: --codec hevc")
]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", help="Use this plan. Example: --plan plan.json", readable=False),
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]


def protect(  # noqa: PLR0913 - one argument an option of the command
    source: Source,
    output: Output = None,
    look: LookChoice = Look.veil,
    reveal_only: RevealOnly = False,
    voices: VoicesChoice = Voices.mute,
    codec: CodecChoice = Codec.auto,
    quality: Quality = None,
    workers: Workers = None,
    plan: PlanFile = None,
    overwrite: Overwrite = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> int:
    """Hide every head and voice that is found in a clip, attack the result, and say what remains.

    The film comes back as protected-0001.mov (or -o), everything private beside it in
    protected-0001.private/: open report.html there first.

    Examples:
      safehouse protect interview.mov

      safehouse protect interview.mov -o film.mov --look solid --codec prores

      safehouse protect interview.mov --reveal-only --plan plan.json

      safehouse protect CARD/ -o protected/
    """
    choices = Choices(
        look=look.value,
        reveal_only=reveal_only,
        voices=_agreed(voices, yes=yes),
        codec=codec.value,
        quality=quality,
        workers=workers,
        plan=plan,
        overwrite=overwrite,
    )
    run = _card if is_folder(source) else _clip
    return run(source, output, choices, as_json=as_json)


def _clip(source: Path, output: Path | None, choices: Choices, *, as_json: bool) -> int:
    with progress() as tell:
        result = protect_clip(source, output, choices=choices, tell=tell)
    _print_result(result, as_json=as_json)
    raise_if_held(result)
    return 0


def _agreed(voices: Voices, *, yes: bool) -> Literal["mute", "reveal"]:
    """Return what becomes of the sound, after asking before any voice can be heard.

    Raises:
        UsageError: the user did not say yes.
    """
    if voices is Voices.mute:
        return "mute"
    question = "--voices reveal lets everybody be heard as they are. Does everyone agree?"
    if not yes and not ask(question):
        raise UsageError(
            "--voices reveal was not agreed to",
            kept="nothing was read or written",
            next_step="leave it out to mute the sound, or add --yes",
        )
    return "reveal"


def _print_result(result: Result, *, as_json: bool) -> None:
    if as_json:
        print_json(summary_of(result))
    else:
        print_lines(*summary_lines(result))


def _card(card: Path, output: Path | None, choices: Choices, *, as_json: bool) -> int:
    films = output or free_folder(Path())

    def clip_done(clip_id: str, entry: Entry, error: SafehouseError | None) -> None:
        if error is not None:
            print_error(error)
        if not as_json:
            said = f"not done [{entry.error}]" if entry.exit_code else f"→ {entry.film}"
            print_lines(f"{clip_id} {escape(name_of(entry.file))} {said}")

    if choices.plan is not None:
        raise UsageError("--plan is for one clip, not for a card", next_step="name one clip")
    with progress() as tell:
        result = protect_card(card, films, choices, tell=tell, clip_done=clip_done)
    done = sum(entry.exit_code == 0 for entry in result.clips.values())
    if as_json:
        print_json(_card_json(result, done))
    else:
        print_lines(
            f"{done} of {len(result.clips)} clips done; films in {escape(str(films))}",
            f"private: {escape(str(result.private))} (plans, reports: not to be given away)",
        )
        if result.left_alone:
            print_lines(f"{len(result.left_alone)} files are no film or sound: left alone, listed")
        if done < len(result.clips):
            print_lines("NOT DONE: mend what failed; the same command then does only what is left")
    return result.exit_code


def _card_json(result: Any, done: int) -> dict[str, Any]:
    return {
        "films": str(result.films),
        "private": str(result.private),
        "done": done,
        "clips": {
            clip_id: {"film": entry.film, "error": entry.error, "exit_code": entry.exit_code}
            for clip_id, entry in result.clips.items()
        },
        "left_alone": len(result.left_alone),
        "exit_code": result.exit_code,
    }
