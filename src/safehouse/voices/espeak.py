"""espeak-ng: speaks over a hundred languages without a model file, as a program of its own."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safehouse.errors import LanguageUnknown, UsageError
from safehouse.media.program import find_program, run_program
from safehouse.model.text import escape
from safehouse.voices.engines import NATURAL, Rates, Samples, samples_of_wav, trimmed
from safehouse.voices.languages import main_language, scripts_of

__all__ = ["EspeakNg", "find_espeak"]

INSTALL = "apt install espeak-ng (Debian, Ubuntu), dnf install espeak-ng (Fedora)"

VOICES = (
    *("m3:50", "f3:70", "m1:15", "f2:30", "f5:60", "m4:85"),
    *("f1:90", "m7:35", "f4:40", "m6:10", "m2:75", "m5:28"),
)
"""Variant and pitch 0 … 99. Each has a pitch of its own, since some languages take no variant;
neighbours differ by a fifth of it and more. Median pitch of English, Hz: 104, 248, 82, 161, 225,
132, 276, 100, 165, 72, 132, 88."""

VOICE = re.compile(r"([mf][1-8])(?::(\d{1,2}))?")
ROW = re.compile(r"\s*(\d+)\s+(\S+)\s+\S+\s+\S.*?\s+(\S+/\S+|\S+)\s*((?:\(\S+ \d+\)\s*)*)$")
ALSO = re.compile(r"\((\S+) (\d+)\)")
SWITCH = re.compile(r"\([a-z]{2,}[a-z-]*\)")
LATIN_WORDS = re.compile(r"[A-Za-z\u00c0-\u024f]+")
BETTER = {"zh": "cmn-latn-pinyin", "cmn": "cmn-latn-pinyin"}
"""espeak-ng's own choice for Mandarin spells syllables as English; this one says them."""


@dataclass(frozen=True, slots=True)
class EspeakNg:
    """The espeak-ng of this machine.

    Attributes:
        program: where it lies.
        version: `1.51`.
        languages: what can be asked for → what the program calls it.
    """

    program: Path
    version: str
    languages: dict[str, str]
    name: str = "espeak-ng"
    rates: Rates = NATURAL
    voices: tuple[str, ...] = VOICES

    def require_language(self, language: str) -> None:
        """Refuse a language that it has not.

        Raises:
            LanguageUnknown: it has no such language.
        """
        self._code(language)

    def misread(self, language: str, texts: Sequence[str]) -> tuple[int, ...]:
        """Return which texts, counted from 0, it would spell out in another language's voice.

        Words in Latin letters and signs such as % inside other scripts are read as English, and
        are taken.
        """
        code = self._code(language)
        if "LATIN" in scripts_of(language):
            return ()
        plain = [_letters(text) for text in texts]
        if not self._switches(" . ".join(plain), code):
            return ()
        return tuple(n for n, text in enumerate(plain) if self._switches(text, code))

    def require_voice(self, voice: str) -> None:
        """Refuse a voice that is not as `f2` or `f2:60`.

        Raises:
            UsageError: no such voice.
        """
        if not VOICE.fullmatch(voice):
            raise UsageError(
                f"espeak-ng has no voice {escape(voice)}",
                kept="nothing was spoken or written",
                next_step="one of m1 to m8 and f1 to f5, with a pitch of 0 to 99: f2:60",
            )

    def speak(self, text: str, language: str, voice: str, rate: int) -> tuple[Samples, int]:
        """Return (samples of shape (n,), samples a second) of text."""
        variant, pitch = _variant(voice)
        wanted = [*("-v", f"{self._code(language)}+{variant}"), *("-s", str(rate)), *("-p", pitch)]
        wav = run_program(
            self.program, [*wanted, "-z", "-b", "1", "--stdin", "--stdout"], text.encode()
        )
        samples, rate_hz = samples_of_wav(wav, self.program)
        return trimmed(samples, rate_hz), rate_hz

    def _code(self, language: str) -> str:
        """Return what espeak-ng calls a language; a region that it has not is left out."""
        known = self.languages
        for tag in (language, main_language(language)):
            if BETTER.get(tag, "") in known:
                return known[BETTER[tag]]
            if tag in known:
                return known[tag]
        raise LanguageUnknown(
            f"espeak-ng {self.version} does not speak '{language}'",
            next_step="--engine piper --voice-model FILE, or --stand-in FILE",
        )

    def _switches(self, text: str, code: str) -> bool:
        """Return whether espeak-ng goes over to another language's voice inside a text."""
        said = run_program(
            self.program, ["-v", code, "-q", "-x", "-b", "1", "--stdin"], text.encode()
        )
        return SWITCH.search(said.decode("utf-8", "replace")) is not None


def _letters(text: str) -> str:
    """Return a text without Latin words, signs and fractions."""
    kept = LATIN_WORDS.sub(" ", text)
    return "".join(c if unicodedata.category(c)[0] in "LMZC" else " " for c in kept)


def _variant(voice: str) -> tuple[str, str]:
    match = VOICE.fullmatch(voice)
    return (match[1], match[2] or "50") if match else ("m3", "50")


@lru_cache(maxsize=1)
def find_espeak() -> EspeakNg:
    """Return the espeak-ng of this machine.

    Raises:
        EnvironmentLacks: it is not installed, or can't be started.
        SpeechFailed: it does not tell its version or languages.
    """
    program = find_program("espeak-ng", INSTALL)
    told = run_program(program, ["--version"]).decode("utf-8", "replace")
    version = re.search(r"text-to-speech:\s*(\S+)", told)
    listed = run_program(program, ["--voices"]).decode("utf-8", "replace")
    return EspeakNg(program, version[1] if version else "of unknown version", languages_of(listed))


def languages_of(listed: str) -> dict[str, str]:
    """Return language → file of its voice from what `espeak-ng --voices` prints.

    Called by their file: by their language, some (`en-gb`, `fr-fr`) take no variant.
    A language that is not listed itself is taken from the row that names it among its others with
    the lowest number, as espeak-ng does.
    """
    own: dict[str, str] = {}
    also: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines()[1:]:
        match = ROW.match(line)
        if not match:
            continue
        own.setdefault(match[2].lower(), match[3])
        for name, number in ALSO.findall(match[4]):
            also[name.lower()] = min(also.get(name.lower(), (99, "")), (int(number), match[3]))
    return {name: voice for name, (_, voice) in also.items()} | own
