"""An engine of tones for tests, and captions for it; and whether espeak-ng is here."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from safehouse.errors import LanguageUnknown, SpeechFailed, UsageError
from safehouse.voices.captions import Caption, Captions
from safehouse.voices.engines import NATURAL, Rates, Samples

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="needs the program espeak-ng"
)


@dataclass(frozen=True)
class Tones:
    """Speaks each letter as 1/10 s of a tone at the usual rate, in proportion at others."""

    name: str = "tones"
    version: str = "1"
    rates: Rates = NATURAL
    voices: tuple[str, ...] = ("200", "300", "500")
    rate_hz: int = 8000

    def require_language(self, language: str) -> None:
        if language != "en":
            raise LanguageUnknown("only en", next_step="en")

    def misread(self, language: str, texts: Sequence[str]) -> tuple[int, ...]:
        return tuple(n for n, text in enumerate(texts) if "?" in text)

    def require_voice(self, voice: str) -> None:
        if voice not in self.voices:
            raise UsageError("no such voice", next_step="200")

    def speak(self, text: str, language: str, voice: str, rate: int) -> tuple[Samples, int]:
        if "!" in text:
            raise SpeechFailed("no sound", next_step="none")
        length = round(self.rate_hz * 0.1 * len(text) * self.rates.usual / rate)
        tone = 0.3 * np.cos(2 * np.pi * int(voice) * np.arange(length) / self.rate_hz)
        return tone.astype(np.float32), self.rate_hz


def caption(
    first_ms: int, end_ms: int, letters: int, speaker: str = "V1", number: int = 1
) -> Caption:
    return Caption(number, first_ms, end_ms, speaker, "a" * letters)


def captions(*found: Caption, language: str = "en") -> Captions:
    return Captions(found, language)
