"""piper: a better voice that the user has, as a program of its own with a voice file.

safehouse fetches neither. The options are those that both of piper's lines know, the older one in
C++ and the newer in Python: raw samples on standard output, and no chance in the voice.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safehouse.errors import EnvironmentLacks, LanguageUnknown, SpeechFailed, UsageError
from safehouse.media.program import find_program, run_program
from safehouse.model.text import escape
from safehouse.voices.engines import NATURAL, Rates, Samples, samples_of_raw, trimmed
from safehouse.voices.languages import main_language, usual_tag

__all__ = ["Piper", "find_piper"]

INSTALL = "pip install piper-tts, or put the program piper on the PATH"
TIMEOUT_S = 300.0
"""piper loads its voice anew for each caption, which takes seconds on slow machines."""

MOST_VOICES = 12


@dataclass(frozen=True, slots=True)
class Piper:
    """The piper of this machine with one voice file.

    Attributes:
        program: where it lies.
        model: the voice, an ONNX file; its description lies beside it as `FILE.json`.
        language: what the description says.
        rate_hz: samples a second of the voice.
        voices: numbers of the speakers in the voice; often only `0`.
    """

    program: Path
    model: Path
    version: str
    language: str
    rate_hz: int
    voices: tuple[str, ...] = ("0",)
    name: str = "piper"
    rates: Rates = NATURAL

    def require_language(self, language: str) -> None:
        """Refuse any language but the voice's own.

        Raises:
            LanguageUnknown: the voice is of another language.
        """
        if main_language(self.language) != main_language(language):
            raise LanguageUnknown(
                f"the voice file speaks '{self.language}', the captions are in '{language}'",
                next_step="--voice-model with a voice of the captions' language",
            )

    def misread(self, language: str, texts: Sequence[str]) -> tuple[int, ...]:
        """Return nothing: piper does not tell what it can't read."""
        del language, texts
        return ()

    def require_voice(self, voice: str) -> None:
        """Refuse a number that the voice file has not.

        Raises:
            UsageError: no such voice.
        """
        if voice not in self.voices:
            raise UsageError(
                f"the voice file has no voice {escape(voice)}",
                kept="nothing was spoken or written",
                next_step=f"one of 0 to {len(self.voices) - 1}",
            )

    def speak(self, text: str, language: str, voice: str, rate: int) -> tuple[Samples, int]:
        """Return (samples of shape (n,), samples a second) of text."""
        del language
        scale = f"{self.rates.usual / rate:.4f}"
        fixed = ["--noise_scale", "0", "--noise_w", "0", "--sentence_silence", "0.2"]
        wanted = ["--model", str(self.model), "--length_scale", scale, *fixed, "--output_raw"]
        if len(self.voices) > 1:
            wanted += ["--speaker", voice]
        raw = run_program(self.program, wanted, f"{text}\n".encode(), timeout_s=TIMEOUT_S)
        return trimmed(samples_of_raw(raw, self.program), self.rate_hz), self.rate_hz


def find_piper(model: Path) -> Piper:
    """Return the piper of this machine with a voice file.

    Raises:
        EnvironmentLacks: piper is not installed, or the voice or its description can't be read.
    """
    program = find_program("piper", INSTALL)
    told = _description(model)
    language = str(told.get("language", {}).get("code") or told.get("espeak", {}).get("voice", ""))
    count = max(1, min(MOST_VOICES, int(told.get("num_speakers") or 1)))
    return Piper(
        program=program,
        model=model.resolve(),
        version=f"{_version(program)}, voice {_digest(model)}",
        language=usual_tag(language) or "of unknown language",
        rate_hz=int(told["audio"]["sample_rate"]),
        voices=tuple(str(n) for n in range(count)),
    )


def _description(model: Path) -> dict[str, Any]:
    try:
        told = json.loads(model.with_name(f"{model.name}.json").read_text(encoding="utf-8"))
        if int(told["audio"]["sample_rate"]) > 0 and isinstance(told, dict):
            return told
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise EnvironmentLacks(
        "the voice file has no description that can be read beside it",
        next_step="put FILE.onnx and FILE.onnx.json of one voice into one folder",
    )


def _digest(model: Path) -> str:
    """Return the beginning of the voice file's digest, so that a report says which it was."""
    try:
        with model.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()[:12]
    except OSError as error:
        raise EnvironmentLacks(
            "the voice file can't be read", next_step="check its name and your rights"
        ) from error


def _version(program: Path) -> str:
    """Return piper's version; the line in Python does not tell it."""
    try:
        told = run_program(program, ["--version"]).decode("ascii", "replace").split()
    except SpeechFailed:
        return "of unknown version"
    return told[-1] if told else "of unknown version"
