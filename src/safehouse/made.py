"""Sound that is made once, before the plan: disguised voices, and words spoken anew.

It is written beside the plan with its digest in the plan, so that render stays a function of clip
and plan, and so that the key of a disguise need not be kept by anybody.
"""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec

from safehouse import jobs
from safehouse.choices import Choices, Speech
from safehouse.errors import SourceMissing, UsageError
from safehouse.model.plan import MadeSound, Plan
from safehouse.model.text import escape
from safehouse.outputs import Target
from safehouse.pipeline import Desk, pass_on
from safehouse.store.atomic import replace_file

__all__ = ["copy_made", "hand_captions", "lasting_words", "make_sound", "require_speech"]

DISCLOSED = "voices.srt"
"""The captions that say that voices were spoken anew, as the voices stage names them."""


def make_sound(
    source: Path, findings: Path, choices: Choices, folder: Path, desk: Desk
) -> tuple[MadeSound, ...]:
    """Make what stands in the tracks of a clip, as files in folder; () where nothing does.

    Raises:
        CaptionError: the captions can't be spoken as they are.
    """
    require_speech(choices)
    if choices.voices not in {"disguise", "revoice"}:
        return ()
    desk.tell("voices", 0, 0)
    told = folder / ".voices.told"
    row = (str(source), str(findings), choices.voices, choices.speech, str(folder), str(told))
    try:
        text = desk.workers.run(
            jobs.made_job, *row, poll=lambda: pass_on(told, "voices", desk.tell)
        )
    finally:
        told.unlink(missing_ok=True)
    return tuple(msgspec.json.decode(text, type=list[MadeSound]))


def require_speech(choices: Choices) -> None:
    """Check what was chosen for voices before any work is done.

    Raises:
        UsageError: revoice lacks its words, or something was chosen that would not be used.
        SourceMissing: a file is not there.
    """
    speech = choices.speech
    if choices.voices == "revoice":
        _require_words(speech)
    elif speech.files or speech.said:
        raise UsageError(
            "captions, names, stand-ins and all that is said of them are for --voices revoice",
            next_step="add --voices revoice, or leave them out",
        )
    for path in speech.files:
        if not path.is_file():
            raise SourceMissing(f"no file at '{escape(path.name)}'", next_step="check the path")


def _require_words(speech: Speech) -> None:
    """Refuse what would be left aside silently: names not looked for, another voice than wished."""
    if not (speech.captions or speech.stand_in):
        raise UsageError(
            "--voices revoice needs the words to speak",
            next_step="add --captions FILE.srt, or --stand-in READING.wav",
        )
    if speech.names and not speech.captions:
        raise UsageError(
            "--names are looked for in captions, and there are none",
            next_step="add --captions FILE.srt, or leave --names out and listen to the reading",
        )
    if (speech.engine == "piper") != (speech.voice_model is not None):
        raise UsageError(
            "piper speaks with a voice of yours, and no other engine does",
            next_step="--engine piper --voice-model VOICE.onnx",
        )
    if speech.stand_in and (speech.speakers or speech.voice_model):
        raise UsageError(
            "a stand-in speaks with one voice: the actor's",
            next_step="leave --voice and --engine out, or --stand-in",
        )


def copy_made(plan: Plan, beside: Path, private: Path) -> None:
    """Put the plan's made sound from the folder beside into another; it stays there too."""
    for made in plan.made:
        there, here = beside / made.file, private / made.file
        if here.exists() and here.samefile(there):
            continue
        partial = here.with_name(f".{made.file}.partial")
        shutil.copyfile(there, partial)
        replace_file(partial, here)


def hand_captions(beside: Path, target: Target, *, held: bool) -> None:
    """Put the captions with the disclosure beside the film, or into the private folder if held."""
    made = beside / DISCLOSED
    if made.exists():
        replace_file(made, target.private / DISCLOSED if held else target.captions)


def lasting_words(choices: Choices) -> str:
    """Return what was chosen, as text: the same for the same work, files by their content."""
    text = repr(replace(choices, workers=None, overwrite=False, report_language="en"))
    digests = [_digest(path) for path in choices.speech.files]
    return " ".join((text, *digests))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return "not there"
