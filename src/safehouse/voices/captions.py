"""Captions: who says what, when, and in which language; read so strictly that none is misspoken.

The names that captions give their speakers are never kept: each becomes `V1`, `V2` … in the order
of appearance.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from safehouse.errors import CaptionsMistimed, CaptionsUnreadable, LanguageUnknown, SourceTooLarge
from safehouse.voices.caption_marks import Line, spoken_lines
from safehouse.voices.languages import foreign_letters, language_of_name, main_language, usual_tag
from safehouse.voices.subtitles import ARROW, is_vtt, read_srt, read_vtt
from safehouse.voices.text_files import decode_text, read_bytes
from safehouse.voices.ttml import Cue, read_ttml

__all__ = ["Caption", "Captions", "number_words", "parse_captions", "read_captions"]

LONGEST_MS = 10 * 60 * 1000
"""A caption that stays for longer has a broken time; nobody reads one for ten minutes."""

MOST_CAPTIONS = 50_000
MOST_LETTERS = 2_000
"""Letters of one caption; the longest speech that a caption can hold is a tenth of that."""

ABUT_MS = 50
ROLLING_PART = 0.3
NAMED = 8
"""Most caption numbers that one sentence names."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Words that one person says.

    Attributes:
        number: the caption's place in its file, from 1; two people in one caption share it.
        first_ms: when it begins, ms on the film's time line.
        end_ms: when it ends, ms, not included.
        speaker: `V1`, `V2` … in the order of appearance; it means nothing.
        text: the words, on one line, without marks.
    """

    number: int
    first_ms: int
    end_ms: int
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Captions:
    """A file of captions.

    Attributes:
        spoken: what is to be spoken, in the order of time.
        language: its tag, `en`, `pt-br`.
        notes: what is odd in the file, in words, by caption number; no word of a caption.
    """

    spoken: tuple[Caption, ...]
    language: str
    notes: tuple[str, ...] = ()


def read_captions(path: Path, language: str = "", encoding: str | None = None) -> Captions:
    """Return the captions in a file; language and encoding win over what the file says.

    Raises:
        SourceMissing, SourceTooLarge: the file can't be opened, or is no caption file by its size.
        CaptionsUnreadable, CaptionsMistimed, LanguageUnknown: as `parse_captions`.
    """
    return parse_captions(read_bytes(path), path.name, language, encoding)


def parse_captions(
    raw: bytes, name: str = "", language: str = "", encoding: str | None = None
) -> Captions:
    """Return captions of SRT, WebVTT or TTML bytes; name is the file's, for its language.

    Raises:
        CaptionsUnreadable: neither of the formats, an unknown encoding, or nothing is spoken.
        CaptionsMistimed: a time can't be read, or a caption ends before it begins, or lasts long.
        LanguageUnknown: nobody says the language, or the letters are of another.
    """
    cues, said = _cues(decode_text(raw, encoding))
    _require_counts(cues)
    chosen = _language(language, said, name)
    cues, other = _of_language(cues, chosen)
    _require_times(cues)
    cues, rolled = _unrolled(cues)
    captions, notes = _speakers(cues)
    if not captions:
        raise CaptionsUnreadable(
            "nothing is spoken in the captions", next_step="check which file it is"
        )
    _require_letters(captions, chosen)
    notes += _contradiction(chosen, said, name)
    notes += [f"{other} captions in another language were left out"] if other else []
    notes += ["lines that roll up were taken once"] if rolled else []
    notes += _order_notes(captions)
    ordered = sorted(captions, key=lambda c: (c.first_ms, c.end_ms, c.number))
    return Captions(tuple(ordered), chosen, tuple(notes))


def number_words(numbers: list[int]) -> str:
    """Return `caption 4`, or `captions 4, 9 and 3 more`."""
    kept = sorted(set(numbers))
    listed = ", ".join(str(number) for number in kept[:NAMED])
    more = f" and {len(kept) - NAMED} more" if len(kept) > NAMED else ""
    return f"caption{'s' if len(kept) > 1 else ''} {listed}{more}"


def _cues(text: str) -> tuple[list[Cue], str]:
    """Return the captions in a text of any of the three formats, and the language that it says."""
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise CaptionsUnreadable("the captions are empty", next_step="check which file it is")
    if is_vtt(text):
        return read_vtt(text)
    if text.lstrip().startswith("<"):
        return read_ttml(text)
    if ARROW in text:
        return read_srt(text), ""
    raise CaptionsUnreadable(
        "these are no SRT, WebVTT or TTML captions", next_step="save them as one of these, in UTF-8"
    )


def _require_counts(cues: list[Cue]) -> None:
    long = [cue.number for cue in cues if len(cue.text) > MOST_LETTERS]
    if long or len(cues) > MOST_CAPTIONS:
        what = f"{number_words(long)} has over {MOST_LETTERS} letters" if long else "too many"
        raise SourceTooLarge(
            f"these captions are none that can be spoken: {what}",
            next_step="check which file it is",
        )


def _language(given: str, said: str, name: str) -> str:
    """Return the language: as given, else as the file says, else as its name does."""
    for wanted in (given, said):
        if wanted and (tag := usual_tag(wanted)):
            return tag
        if wanted and wanted == given:
            raise LanguageUnknown(
                "the language that was given is not known", next_step="give a code: --language fr"
            )
    if tag := language_of_name(name):
        return tag
    raise LanguageUnknown(
        "the captions don't say their language, and it is not guessed",
        next_step="--language fr, or name the file interview.fr.srt",
    )


def _contradiction(chosen: str, said: str, name: str) -> list[str]:
    """Say that the captions, or their name, call themselves another language than was given."""
    own = usual_tag(said) if said else language_of_name(name)
    if not own or main_language(own) == main_language(chosen):
        return []
    return [f"the captions call themselves '{own}', and are spoken as '{chosen}', as you said"]


def _of_language(cues: list[Cue], language: str) -> tuple[list[Cue], int]:
    """Return the captions that are not marked as of another language, and how many are."""
    main = main_language(language)
    kept = [c for c in cues if not c.language or main_language(usual_tag(c.language)) == main]
    if kept and len(kept) < len(cues):
        return kept, len(cues) - len(kept)
    return cues, 0


def _require_times(cues: list[Cue]) -> None:
    wrong = [cue.number for cue in cues if cue.end_ms <= cue.first_ms or cue.first_ms < 0]
    if wrong:
        raise CaptionsMistimed(
            f"{number_words(wrong)} of the file ends when it begins, or before",
            next_step="mend the times in the captions",
        )
    long = [cue.number for cue in cues if cue.end_ms - cue.first_ms > LONGEST_MS]
    if long:
        raise CaptionsMistimed(
            f"{number_words(long)} of the file stays for over ten minutes",
            next_step="mend the times in the captions",
        )


def _unrolled(cues: list[Cue]) -> tuple[list[Cue], bool]:
    """Return captions that repeat no line of the one before, where the file rolls its lines up.

    Captions made by machines show each line twice: first as the lower one, then as the upper.
    """
    rows = [[row.strip() for row in cue.text.split("\n") if row.strip()] for cue in cues]
    again = [0]
    for at, (before, after) in enumerate(pairwise(cues), 1):
        near = abs(after.first_ms - before.end_ms) <= ABUT_MS
        again.append(_shared(rows[at - 1], rows[at]) if near else 0)
    if sum(n > 0 for n in again) < max(2, ROLLING_PART * len(cues)):
        return cues, False
    texts = ("\n".join(row[n:]) for row, n in zip(rows, again, strict=True))
    return [replace(cue, text=text) for cue, text in zip(cues, texts, strict=True)], True


def _shared(before: list[str], after: list[str]) -> int:
    """Return how many lines before ends with that after begins with."""
    most = min(len(before), len(after))
    return next((n for n in range(most, 0, -1) if before[-n:] == after[:n]), 0)


def _speakers(cues: list[Cue]) -> tuple[list[Caption], list[str]]:
    """Return the captions with ids for their speakers, and what was odd."""
    ids: dict[str, str] = {}
    found: list[Caption] = []
    silent, guessed = [], []
    label = ""
    for cue in cues:
        lines = spoken_lines(cue.text, cue.label)
        silent += [] if lines else [cue.number]
        guessed += [cue.number for line in lines if line.guessed]
        for line, (first, end) in zip(lines, _shares(cue, lines), strict=True):
            label = label if line.turn else line.label or label
            who = ids.setdefault(f"{line.turn}{label}", f"V{len(ids) + 1}")
            found.append(Caption(cue.number, first, end, who, line.text))
    notes = []
    if silent:
        notes.append(f"{number_words(silent)} holds nothing to speak")
    if guessed:
        notes.append(f"{number_words(guessed)}: what stands before the colon is not spoken")
    return found, notes


def _shares(cue: Cue, lines: tuple[Line, ...]) -> list[tuple[int, int]]:
    """Return the times of each line of a caption, by its part of the letters."""
    letters = [len(line.text) for line in lines]
    edges = [
        cue.first_ms + (cue.end_ms - cue.first_ms) * sum(letters[:n]) // max(1, sum(letters))
        for n in range(len(lines) + 1)
    ]
    return list(pairwise(edges))


def _require_letters(captions: list[Caption], language: str) -> None:
    """Refuse letters that no voice of the language reads as words."""
    counts = Counter(total=0, latin=0, letters=0)
    wrong = []
    for caption in captions:
        foreign, latin = foreign_letters(caption.text, language)
        wrong += [caption.number] if foreign else []
        counts.update(latin=latin, letters=sum(c.isalpha() for c in caption.text))
    if not wrong and 2 * counts["latin"] <= counts["letters"]:
        return
    where = f"{number_words(wrong)} has" if wrong else "the captions have"
    raise LanguageUnknown(
        f"{where} letters that '{language}' is not written in; they would be misspoken",
        next_step="give the language with --language, or write those words in its letters",
    )


def _order_notes(captions: list[Caption]) -> list[str]:
    late = [b.number for a, b in pairwise(captions) if b.first_ms < a.first_ms]
    over = [
        b.number
        for a, b in pairwise(sorted(captions, key=lambda c: c.first_ms))
        if b.first_ms < a.end_ms and a.number != b.number
    ]
    notes = [f"{number_words(late)} is out of order; times decide"] if late else []
    return notes + ([f"{number_words(over)} begins before the one before it ends"] if over else [])
