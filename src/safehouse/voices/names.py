"""Names that must not be spoken: a list of them, searched in captions however they are written.

Text and names are folded the same way, so that an accent, a width, a mark or a spelling of Arabic
hides none. In doubt it hits: a false alarm costs a look, a name that is spoken can't be taken back.
Not folded: simplified against traditional and old against new Japanese characters, other scripts'
spellings of a name, nicknames; list those too.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safehouse.errors import CaptionsUnreadable, NameInCaptions
from safehouse.voices.captions import Caption, number_words
from safehouse.voices.text_files import decode_text, read_bytes

__all__ = ["Names", "find_names", "fold", "parse_names", "read_names", "require_no_names"]

LETTERS = str.maketrans(
    {
        **dict(zip("øłđðħıŋŧƶɓɗƙ", "olddhintzbdk", strict=True)),
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ə": "a",
    }
)
"""Letters that Unicode does not take apart."""

ARABIC = str.maketrans(
    {
        **dict.fromkeys("\u0671\u0672\u0673", "\u0627"),
        **dict.fromkeys("\u0649\u06cc\u06cd\u06d0\u06d2", "\u064a"),
        **dict.fromkeys("\u0629\u06d5\u06c1\u06c3\u06be\u06c0", "\u0647"),
        **dict.fromkeys("\u06a9\u06aa", "\u0643"),
        **dict.fromkeys("\u0621\u0640", ""),
    }
)
"""Alef, ya, ha with ta marbuta, kaf: one letter each; hamza on its own and tatweel: none."""

KANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
"""Katakana to hiragana."""

UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
"""Scripts without spaces between words; Hangul has them, but joins names and particles."""

BEFORE = r"(?<![^ ])"
AFTER = r"(?![^ ])"
ARABIC_BEFORE = rf"{BEFORE}[\u0648\u0641]?[\u0628\u0643\u0644\u0633]?(?:\u0627\u0644|\u0644)?"
HEBREW_BEFORE = rf"{BEFORE}[\u05d5\u05d4\u05d1\u05dc\u05de\u05e9\u05db]{{0,3}}"
CYRILLIC_VOWELS = "аеиоуыэюяії"
LONGEST_ENDING = 3
"""Letters by which the case of a name in a Slavic language may lengthen it."""


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names, ready to be searched; its repr shows none of them."""

    patterns: tuple[re.Pattern[str], ...]

    def __repr__(self) -> str:
        return f"Names({len(self.patterns)})"


def read_names(path: Path, encoding: str | None = None) -> Names:
    """Return the names in a file; as `parse_names`.

    Raises:
        SourceMissing, SourceTooLarge, CaptionsUnreadable: the file can't be read.
    """
    return parse_names(read_bytes(path), encoding)


def parse_names(raw: bytes, encoding: str | None = None) -> Names:
    """Return the names of a list: one a line; `#` begins a remark; `Mari*` also hits `Mariam`.

    Raises:
        CaptionsUnreadable: an unknown encoding, a line without a letter, or no name at all.
    """
    lines = decode_text(raw, encoding).lstrip("\ufeff").split("\n")
    kept = [(n, line.strip()) for n, line in enumerate(lines, 1)]
    kept = [(n, line) for n, line in kept if line and not line.startswith("#")]
    empty = [n for n, line in kept if not fold(line).strip()]
    if empty or not kept:
        what = f"line {empty[0]} has no letter" if empty else "it is empty"
        raise CaptionsUnreadable(
            f"the list of names can't be used: {what}",
            next_step="write one name a line, in UTF-8",
        )
    return Names(tuple(_pattern(line) for _, line in kept))


def find_names(names: Names, captions: Sequence[Caption]) -> tuple[int, ...]:
    """Return the numbers of the captions that hold a name, in order.

    A name that runs over from one caption into the next is found too.
    """
    found: set[int] = set()
    for joined in (False, True):
        texts = [fold(caption.text, joined=joined).strip() for caption in captions]
        starts = [0]
        for text in texts:
            starts.append(starts[-1] + len(text) + 1)
        whole = " ".join(texts)
        for pattern in names.patterns:
            hits = (bisect_right(starts, hit.start()) - 1 for hit in pattern.finditer(whole))
            found |= {captions[hit].number for hit in hits}
    return tuple(sorted(found))


def require_no_names(names: Names, captions: Sequence[Caption]) -> None:
    """Stop when a caption holds a name.

    Raises:
        NameInCaptions: with the captions' numbers, never a name.
    """
    found = find_names(names, captions)
    if found:
        verb = "holds" if len(found) == 1 else "hold"
        raise NameInCaptions(
            f"{number_words(list(found))} {verb} a name of the list; nothing was spoken",
            next_step="write the captions without it, or take it off the list if it is harmless",
        )


def fold(text: str, *, joined: bool = False) -> str:
    """Return text as letters, digits and single spaces, written in one way only.

    Case, width, accents, vowel marks, presentation forms, jamo, invisible marks, and the Arabic
    letters that are written for each other are one. Punctuation parts words; with joined, that
    inside a word joins its parts instead: `Jean-Luc` is `jeanluc`.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFKD", text).translate(LETTERS).translate(ARABIC).translate(KANA)
    kept = "".join(_folded(letter, joined) for letter in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _folded(letter: str, joined: bool) -> str:
    if letter.isspace():
        return " "
    if unicodedata.category(letter)[0] in "MC":
        return ""
    if letter.isalnum():
        digit = unicodedata.digit(letter, -1)
        return str(digit) if digit >= 0 else letter
    return "" if joined else " "


def _pattern(name: str) -> re.Pattern[str]:
    """Return what finds a name in folded text; at its ends a word does not go on, by script."""
    open_ended = name.endswith("*")
    words = fold(name).split()
    script = unicodedata.name(words[0][0], "").split(" ")[0]
    letters = "".join(words)
    if script in UNSPACED or (script == "HANGUL" and len(letters) > 1):
        return re.compile(" ?".join(re.escape(letter) for letter in letters))
    body = " ?".join(re.escape(word) for word in words)
    if script == "CYRILLIC" and not open_ended:
        body = " ?".join(_declined(word) for word in words)
    before = {"ARABIC": ARABIC_BEFORE, "HEBREW": HEBREW_BEFORE}.get(script, BEFORE)
    after = f"s?{AFTER}" if script == "LATIN" else AFTER
    return re.compile(before + body + ("" if open_ended else after))


def _declined(word: str) -> str:
    """Return a pattern for a word of a Slavic name in every case."""
    if len(word) <= LONGEST_ENDING or word[-1].isdigit():
        return re.escape(word)
    stem = word[:-1] if word[-1] in CYRILLIC_VOWELS else word
    return rf"{re.escape(stem)}[^ ]{{0,{LONGEST_ENDING}}}"
