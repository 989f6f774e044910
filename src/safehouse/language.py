"""The languages that pages and commands speak: English as written, others by gettext catalogues.

A catalogue is `locale/LANGUAGE/LC_MESSAGES/safehouse.po`, for people, and the `.mo` beside it, made
from it by `make docs`, for the program. Its entries are the English templates of
`safehouse.model.words`.
"""

import re
import string
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Any

from safehouse.model.words import Said

__all__ = ["ENGLISH", "LANGUAGES", "Language", "load_language"]

LANGUAGES = {"en": "English", "fr": "français"}
"""Code by BCP 47 → the language's own name."""

LEAST_LETTERS = 2
"""Letters that a template needs beside its values for a plain text to be known as made by it."""

SPARSE = 5
"""Letters below which its values have no space: it would fit too much else."""

LEADING = 10
"""Letters below which what it begins with has no space."""

PIECES = re.compile(r"(; |, )")
"""What stands between the pieces of a line that no one template has made."""

AS_TYPED = re.compile(r"'$|(?:safehouse|vault|--)[\w -]*[ =]$")
"""What stands before a value that stays as it is."""

COLUMNS = re.compile(r"( {2,})")
"""What stands between the columns of a table."""

ASIDE = re.compile(r"(.+) \(([^()]*)\)")

MEDIA = frozenset({"festival", "broadcast", "online", "education", "court", "press", "trailer"})
"""Where a film is shown. A version may be named so, and its name is no word to be said."""

OWN = frozenset({"name", "version"})
"""Values that are names: they stay as they are."""

ALONE = MEDIA | frozenset(
    {
        *("face", "voice", "name", "place", "body", "story"),
        *("participant", "bystander", "crew", "translator", "driver", "camera", "unknown"),
        *("public", "known", "state", "(undone)", "shown", "told", "paper", "audio", "video"),
        *("container", "coverage", "embeddings", "faces", "following", "ghosts", "interference"),
        *("many frames", "outlines", "seen", "sensor noise", "sound", "versions", "voices"),
    }
)
"""Words of consent, and attacks, that are said where one stands alone; others may be names."""

COMMA = frozenset({"fr"})
"""Languages that write 1,5 and 12 %, and a space before a colon."""


class _Kept(str):
    """A value that stays as it is: somebody's own text in quotes, or what is to be typed."""

    __slots__ = ()


def _kept(value: Any) -> Any:
    """Return a value as it stays; words that are to be said are no name."""
    return _Kept(value) if type(value) is str else value


class _Numbers(string.Formatter):
    """Fills templates in; decimal signs are the language's."""

    def __init__(self, language: "Language") -> None:
        self._language = language

    def format_field(self, value: Any, spec: str) -> str:
        if "|" in spec:
            one, _, many = spec.partition("|")
            return one if _is_one(value) else many
        if isinstance(value, _Kept):
            return str(value)
        if isinstance(value, str):
            return format(self._language.say_pieces(value), spec)
        text = format(value, spec)
        if not spec or self._language.code not in COMMA or not isinstance(value, int | float):
            return text
        return text.replace(",", "\u202f").replace(".", ",").replace("%", "\u00a0%")


def _is_one(value: Any) -> bool:
    """Return whether a word beside a number is in the singular, as French has it: 0 and 1."""
    return re.findall(r"\d+", str(value))[-1:] in (["0"], ["1"])


@dataclass(frozen=True, eq=False)
class Language:
    """Says texts in one language; what its catalogue lacks stays English.

    Attributes:
        code: `en`, `fr`.
        words: the catalogue.
    """

    code: str
    words: NullTranslations

    def say(self, text: str) -> str:
        """Return the text in this language.

        Text that was made by `say` is said by its template. Of other text, such as a line of a
        document, the template is looked for that can have made it; else it stays as it is.
        """
        if not text or isinstance(self.words, _English):
            return str(text)
        if not isinstance(text, Said):
            return self._say_plain(text)
        if text.parts:
            return self._between(text.between).join(self.say(part) for part in text.parts)
        template = self._template(text)
        values = {k: _kept(v) if k in OWN else v for k, v in text.values.items()}
        return _Numbers(self).vformat(template, (), values) if values else template

    def say_pieces(self, text: str) -> str:
        """Return the text in this language; of one put together of pieces, its pieces.

        What no template can have made stays as it is, and so does what stands in quotes.
        """
        said = self.say(text)
        if said != text or "'" in text or isinstance(text, Said) or self is ENGLISH:
            return said
        return self._say_parts(text, *text.partition(": "))

    def say_line(self, text: str) -> str:
        """Return a line as it is said, indented as it is; of one put together, its pieces."""
        if isinstance(text, Said):
            return self.say(text)
        bare = text.strip()
        before, _, after = text.partition(bare) if bare else (text, "", "")
        return f"{before}{self.say_pieces(bare)}{after}"

    def _say_parts(self, text: str, head: str, colon: str, rest: str) -> str:
        if (joined := self._say_first(text)) is not None:
            return joined
        if COLUMNS.search(text):
            rows = COLUMNS.split(text)
            return self._say_columns(rows)
        if aside := ASIDE.fullmatch(text):
            return f"{self.say_pieces(aside[1])} {self._say_aside(aside[2])}"
        if colon and (" " in rest or rest in ALONE) and "; " not in head:
            parts = head if head in MEDIA else self.say_pieces(head), self.say_pieces(rest)
            if parts != (head, rest):
                return self._between(": ").join(parts)
        if "; " in text:
            one, *more = text.split("; ")
            return self.say_pieces(one) + "".join(self._say_piece("; ", row) for row in more)
        first, *others = PIECES.split(text)
        alone = " " in first or others[:1] == ["; "]
        words = [self.say_pieces(first) if others and alone else self._say_alone(first)]
        for mark, row in zip(others[::2], others[1::2], strict=True):
            words.append(self._say_piece(mark, row))
        return "".join(words)

    def _say_first(self, text: str) -> str | None:
        """Return a text whose first pieces are one template's, as it is said; None if none are."""
        rows = text.split("; ")
        for n in range(len(rows) - 1, 1, -1):
            first = "; ".join(rows[:n])
            if (said := self.say(first)) != first:
                return said + self._between("; ") + self.say_pieces("; ".join(rows[n:]))
        return None

    def _say_piece(self, mark: str, row: str) -> str:
        """Return a piece with the mark before it; the catalogue may have the two together."""
        said = self.say(mark + row)
        if said != mark + row:
            return said
        return self._between(mark) + (self.say_pieces(row) if " " in row else self._say_alone(row))

    def _say_alone(self, word: str) -> str:
        return self.say(word) if word in ALONE else word

    def _say_aside(self, text: str) -> str:
        """Return what stands in brackets; of a list of single words, those that are no name."""
        aside = f"({text})"
        said = self.say(aside)
        return said if said != aside else f"({', '.join(map(self._say_alone, text.split(', ')))})"

    def _say_columns(self, rows: list[str]) -> str:
        """Return the columns of a table, as wide as they were; the first may be names."""
        cells = rows[::2]
        heading = len({*cells} & ALONE) == len(cells)
        out: list[str] = []
        for cell, space in zip(cells, [*rows[1::2], ""], strict=True):
            word = (out or heading) and cell not in MEDIA
            alone = self._say_alone(cell) if word else cell
            said = self.say_pieces(cell) if " " in cell.strip() else alone
            more = max(2, len(space) + len(cell) - len(said)) if space else 0
            out += [said, " " * more]
        return "".join(out)

    def _between(self, mark: str) -> str:
        """Return a mark that stands between two texts, as this language sets it."""
        spaced = self.code in COMMA and mark.strip() in {";", ":"}
        return f"\u00a0{mark}" if spaced else mark

    def _template(self, text: Said) -> str:
        if text.many:
            return self.words.ngettext(text.template, text.many, text.number)
        return self.words.gettext(text.template)

    def _say_plain(self, text: str) -> str:
        found = self.words.gettext(text)
        if found != text:
            return found
        for plain in _patterns(self.words):
            if plain.longest in text and (match := plain.pattern.fullmatch(text)):
                translated = self.words.gettext(plain.template)
                rows = match.groupdict().items()
                values = {k: _Kept(v) if k in plain.quoted | OWN else v for k, v in rows}
                return _Numbers(self).vformat(_bare(translated), (), values)
        return text


class _English(NullTranslations):
    """English is what the program is written in."""


ENGLISH = Language("en", _English())


@lru_cache(maxsize=len(LANGUAGES))
def load_language(code: str) -> Language:
    """Return a language of LANGUAGES.

    Raises:
        KeyError: there is no such language.
    """
    if code == "en":
        return ENGLISH
    if code not in LANGUAGES:
        raise KeyError(code)
    place = files("safehouse") / "locale" / code / "LC_MESSAGES" / "safehouse.mo"
    with place.open("rb") as handle:
        return Language(code, GNUTranslations(handle))


@dataclass(frozen=True, slots=True)
class _Plain:
    """What plain text a template can make.

    Attributes:
        template: the template.
        longest: the longest of its own words; text without it was not made by it.
        pattern: the regular expression of what it can make.
        quoted: its values that stand in quotes, or in a command to be typed.
    """

    template: str
    longest: str
    pattern: re.Pattern[str]
    quoted: frozenset[str]


@lru_cache(maxsize=len(LANGUAGES))
def _patterns(words: NullTranslations) -> tuple[_Plain, ...]:
    """Return templates that hold values, each with the text that it can make, the longest first."""
    catalogue: dict[Any, str] = getattr(words, "_catalog", {})
    singular = {key for key in catalogue if isinstance(key, str) and "{" in key}
    known = sorted(singular, key=lambda key: (-len(_letters(key)), -len(_literal(key)), key))
    return tuple(_plain(row) for row in known if len(_letters(row)) >= LEAST_LETTERS)


def _plain(template: str) -> _Plain:
    parts = [(text, name) for text, name, *_ in string.Formatter().parse(template)]
    quoted = frozenset(name for text, name in parts if name and AS_TYPED.search(text))
    longest = max((text for text, _ in parts), key=len)
    return _Plain(template, longest, re.compile(_pattern(template), re.DOTALL), quoted)


def _letters(template: str) -> str:
    """Return the letters of a template that are no value's."""
    return "".join(filter(str.isalpha, _literal(template)))


def _literal(template: str) -> str:
    """Return what a template holds besides its values."""
    return "".join(text for text, *_ in string.Formatter().parse(template))


def _pattern(template: str) -> str:
    """Return the regular expression of what a template can make.

    A value right after a letter may be empty: a plural's ending. One right after another is taken
    with that one, whose pieces are said.
    """
    seen: set[str] = set()
    out = []
    letters = len(_letters(template))
    for text, name, _, _ in string.Formatter().parse(template):
        out.append(re.escape(text))
        if name:
            ending = text[-1:].isalpha() or (not text and len(seen) > 0)
            leads = not seen and not text and letters < LEADING
            what = r"\S+?" if leads or letters < SPARSE else ".+?"
            if ending:
                what = ".*?" if text else ""
            out.append(f"(?P={name})" if name in seen else f"(?P<{name}>{what})")
            seen.add(name)
    return "".join(out)


def _bare(template: str) -> str:
    """Return a template without the formats of its values, which are text already.

    `{n:est|sont}` stays: one of two words, by a number.
    """
    return re.sub(r"\{(\w+)(?![^}]*\|)[^}]*\}", r"{\1}", template)
