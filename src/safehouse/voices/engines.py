"""Programs that speak: what safehouse asks of one, and the two that it knows.

An engine knows the text, its language, and a voice from a fixed list; nothing of who spoke.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safehouse.errors import SpeechFailed, UsageError
from safehouse.model.text import escape

__all__ = [
    "NATURAL",
    "Engine",
    "Rates",
    "assign_voices",
    "samples_of_raw",
    "samples_of_wav",
    "trimmed",
]

Samples = NDArray[np.float32]

QUIET = 10 ** (-50 / 20)
"""Below this part of full scale, the ends of speech are silence."""

KEPT_S = 0.005
"""How much of the silence at the ends stays, so that no sound begins with a click."""

SPEAKER = re.compile(r"V[1-9]\d*")


@dataclass(frozen=True, slots=True)
class Rates:
    """Words a minute: as slow as sounds natural, as people speak, as fast as is understood."""

    slow: int = 130
    usual: int = 175
    fast: int = 220


NATURAL = Rates()
"""Of espeak-ng's 80 to 450 words a minute, those that a listener follows without effort."""


class Engine(Protocol):
    """A program that speaks text; the same text, language, voice and rate give the same samples.

    Attributes:
        name: `espeak-ng`.
        version: its version, and that of its voice where that is a file.
        rates: what rates sound natural.
        voices: names of its voices, unlike each other, in the order in which speakers get them.
    """

    @property
    def name(self) -> str:
        """Its name, `espeak-ng`."""

    @property
    def version(self) -> str:
        """Its version, and that of its voice where that is a file."""

    @property
    def rates(self) -> Rates:
        """What rates sound natural."""

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of its voices, unlike each other, in the order in which speakers get them."""

    def require_language(self, language: str) -> None:
        """Refuse a language that it can't speak.

        Raises:
            LanguageUnknown: it has no such language.
        """

    def misread(self, language: str, texts: Sequence[str]) -> tuple[int, ...]:
        """Return which texts, counted from 0, have letters that it can't read as words."""

    def require_voice(self, voice: str) -> None:
        """Refuse a voice that it has not.

        Raises:
            UsageError: no such voice.
        """

    def speak(self, text: str, language: str, voice: str, rate: int) -> tuple[Samples, int]:
        """Return (samples of shape (n,), samples a second) of text, spoken at rate words a minute.

        Raises:
            SpeechFailed: the program failed, or gave no sound.
        """


def assign_voices(
    speakers: Sequence[str], engine: Engine, chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return speaker → voice: as chosen, else the engine's voices in the order of appearance.

    Nobody is measured; a user who wants a voice for somebody says so. More speakers than voices
    begin again with the first.

    Raises:
        UsageError: a speaker that is not in the captions, or a voice that the engine has not.
    """
    for speaker, voice in chosen.items():
        if speaker not in speakers:
            raise UsageError(
                f"no speaker {escape(speaker)} is in the captions: {', '.join(speakers)}",
                kept="nothing was spoken or written",
                next_step=f"--voice {speakers[0]}={engine.voices[0]}",
            )
        engine.require_voice(voice)
    free = [voice for voice in engine.voices if voice not in chosen.values()] or engine.voices
    rest = [speaker for speaker in speakers if speaker not in chosen]
    given = {speaker: free[n % len(free)] for n, speaker in enumerate(rest)}
    return {speaker: chosen.get(speaker) or given[speaker] for speaker in speakers}


def samples_of_wav(wav: bytes, program: Path) -> tuple[Samples, int]:
    """Return (samples of shape (n,), rate) of 16-bit WAV bytes whose header may not know its end.

    Raises:
        SpeechFailed: these are no such bytes, or they hold no sound.
    """
    at = wav.find(b"fmt ")
    data = wav.find(b"data", at)
    if not wav.startswith(b"RIFF") or at < 0 or data < 0:
        raise no_sound(program)
    kind, channels, rate = np.frombuffer(wav[at + 8 : at + 16], "<u2,<u2,<u4")[0]
    bits = int.from_bytes(wav[at + 22 : at + 24], "little")
    raw = wav[data + 8 :]
    if (kind, channels, bits) != (1, 1, 16) or not rate:
        raise no_sound(program)
    return samples_of_raw(raw, program), int(rate)


def samples_of_raw(raw: bytes, program: Path) -> Samples:
    """Return samples of shape (n,) of 16-bit bytes, without the silence at their ends.

    Raises:
        SpeechFailed: there is no sound in them.
    """
    samples = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32)
    samples /= np.float32(1 << 15)
    if not samples.size or float(np.max(np.abs(samples))) < QUIET:
        raise no_sound(program)
    return samples


def trimmed(samples: Samples, rate_hz: int) -> Samples:
    """Return samples without the silence at their ends, but for a few milliseconds."""
    loud = np.flatnonzero(np.abs(samples) >= QUIET)
    if not loud.size:
        return samples[:0]
    kept = round(KEPT_S * rate_hz)
    return samples[max(0, int(loud[0]) - kept) : int(loud[-1]) + 1 + kept]


def no_sound(program: Path) -> SpeechFailed:
    """Return the failure of a program that spoke nothing."""
    return SpeechFailed(
        f"the program {program.name} gave no sound",
        next_step=f"run {program.name} by hand to see why",
    )
