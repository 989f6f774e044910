"""`safehouse protect`: the main job, for a clip or a whole card."""

from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from safehouse.batch import Entry, protect_card
from safehouse.choices import Choices, Speech, VoiceMode
from safehouse.cli.options import (
    Bed,
    Codec,
    Engine,
    JsonFlag,
    Look,
    Overwrite,
    PageLanguage,
    Quality,
    ReportLanguage,
    Sound,
    Voices,
    Workers,
)
from safehouse.cli.screen import ask, print_error, print_json, print_lines, progress
from safehouse.errors import SafehouseError, UsageError
from safehouse.main_job import Result, raise_if_held
from safehouse.main_job import protect as protect_clip
from safehouse.model.text import escape, name_of
from safehouse.outputs import free_folder, is_folder
from safehouse.summary import summary_lines, summary_of

Sources = Annotated[
    list[Path],
    typer.Argument(metavar="CLIP…|CARD", help="Clips, or a folder of them.", readable=False),
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
        "--voices",
        help="mute: silence. disguise: words stay, to cut with. revoice: another voice speaks the "
        "captions. reveal: asks first. Example: --voices disguise",
    ),
]
BedChoice = Annotated[
    Bed, typer.Option("--bed", help="tone lays a synthetic room tone. Example: --bed tone")
]
Captions = Annotated[
    Path | None,
    typer.Option(
        "--captions",
        help="The words to speak. Example: --captions interview.en.srt",
        readable=False,
    ),
]
Language = Annotated[
    str | None, typer.Option("--language", help="Of the captions. Example: --language fr")
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding", help="Of the captions, if not UTF-8 or UTF-16. Example: --encoding cp1256"
    ),
]
Names = Annotated[
    Path | None,
    typer.Option(
        "--names",
        help="Names, one a line, that no caption may hold. Example: --names names.txt",
        readable=False,
    ),
]
StandIn = Annotated[
    Path | None,
    typer.Option(
        "--stand-in", help="An actor's reading. Example: --stand-in reading.wav", readable=False
    ),
]
EngineChoice = Annotated[
    Engine, typer.Option("--engine", help="The program that speaks. Example: --engine piper")
]
VoiceModel = Annotated[
    Path | None,
    typer.Option(
        "--voice-model", help="piper's voice. Example: --voice-model en.onnx", readable=False
    ),
]
Voice = Annotated[
    list[str] | None,
    typer.Option("--voice", help="A voice for a speaker. Example: --voice V2=f3"),
]
Loudness = Annotated[
    float,
    typer.Option(
        "--loudness", min=-40, max=-10, help="Of made sound, LUFS. Example: --loudness -24"
    ),
]
Disclose = Annotated[
    bool,
    typer.Option(
        "--disclose",
        help="Write captions that say the voices were spoken anew. Example: --disclose",
    ),
]
SoundChoice = Annotated[
    Sound, typer.Option("--sound", help="How the sound is written. Example: --sound pcm")
]
CodecChoice = Annotated[
    Codec, typer.Option("--codec", help="How the picture is written. Example: --codec hevc")
]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", help="Use this plan. Example: --plan plan.json", readable=False),
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]


CameraPrivacy = Annotated[
    bool,
    typer.Option(
        "--camera-privacy",
        help="Tell less of the camera: light denoise, stronger compression.",
    ),
]


def protect(  # noqa: PLR0913 - one argument an option of the command
    sources: Sources,
    output: Output = None,
    look: LookChoice = Look.veil,
    reveal_only: RevealOnly = False,
    voices: VoicesChoice = Voices.mute,
    bed: BedChoice = Bed.none,
    captions: Captions = None,
    language: Language = None,
    encoding: Encoding = None,
    names: Names = None,
    stand_in: StandIn = None,
    engine: EngineChoice = Engine.espeak_ng,
    voice_model: VoiceModel = None,
    voice: Voice = None,
    loudness_lufs: Loudness = -23.0,
    disclose: Disclose = False,
    codec: CodecChoice = Codec.auto,
    sound: SoundChoice = Sound.auto,
    quality: Quality = None,
    camera_privacy: CameraPrivacy = False,
    workers: Workers = None,
    plan: PlanFile = None,
    report_language: ReportLanguage = PageLanguage.en,
    overwrite: Overwrite = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> int:
    """Hide every head and voice that is found in a clip, attack the result, and say what remains.

    The film comes back as protected-0001.mov (or -o), everything private beside it in
    protected-0001.private/: open report.html there first.

    Examples:
      safehouse protect interview.mov -o film.mov --look solid --codec prores

      safehouse protect interview.mov --voices revoice --captions interview.en.srt

      safehouse protect a.wav b.wav -o sound/

      safehouse protect CARD/ -o protected/
    """
    choices = _choices(locals())
    if len(sources) > 1 or is_folder(sources[0]):
        return _card(sources, output, choices, as_json=as_json)
    return _clip(sources[0], output, choices, as_json=as_json)


def _choices(given: dict[str, Any]) -> Choices:
    """Return what was chosen, from the command's arguments, which have the names of its fields.

    Raises:
        UsageError: the user did not agree that voices be heard.
    """
    plain: dict[str, Any] = {
        key: v.value if isinstance(v, StrEnum) else v for key, v in given.items()
    }
    plain["voices"] = _agreed(given["voices"], yes=given["yes"])
    plain["speakers"] = _speakers(given["voice"] or [])
    speech: dict[str, Any] = {field.name: plain[field.name] for field in fields(Speech)}
    rest: dict[str, Any] = {
        field.name: plain[field.name] for field in fields(Choices) if field.name in plain
    }
    return Choices(speech=Speech(**speech), **rest)


def _clip(source: Path, output: Path | None, choices: Choices, *, as_json: bool) -> int:
    with progress() as tell:
        result = protect_clip(source, output, choices=choices, tell=tell)
    _print_result(result, as_json=as_json)
    raise_if_held(result)
    return 0


def _speakers(given: list[str]) -> tuple[tuple[str, str], ...]:
    """Return (speaker, voice) for each `V1=f2`.

    Raises:
        UsageError: one is no pair.
    """
    pairs = [text.partition("=") for text in given]
    if any(not (speaker and voice) for speaker, _, voice in pairs):
        raise UsageError("--voice takes SPEAKER=VOICE", next_step="--voice V1=f2")
    return tuple((speaker, voice) for speaker, _, voice in pairs)


def _agreed(voices: Voices, *, yes: bool) -> VoiceMode:
    """Return what becomes of the sound, after asking before any voice can be heard.

    Raises:
        UsageError: the user did not say yes.
    """
    if voices is not Voices.reveal:
        return cast(VoiceMode, voices.value)
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


def _card(sources: list[Path], output: Path | None, choices: Choices, *, as_json: bool) -> int:
    films = output or free_folder(Path())
    folders = [path for path in sources if is_folder(path)]

    def clip_done(clip_id: str, entry: Entry, error: SafehouseError | None) -> None:
        if error is not None:
            print_error(error)
        if not as_json:
            said = f"not done [{entry.error}]" if entry.exit_code else f"→ {entry.film}"
            print_lines(f"{clip_id} {escape(name_of(entry.file))} {said}")

    if choices.files:
        raise UsageError(
            "plans, captions and stand-ins are for one clip, not for several",
            next_step="name one clip",
        )
    if folders and len(sources) > 1:
        raise UsageError("a folder comes alone", next_step="name one folder, or several clips")
    with progress() as tell:
        card = folders[0] if folders else sources
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
