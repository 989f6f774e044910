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

LEAST_LETTERS = 5
"""Letters that a template needs beside its values for a plain text to be known as made by it."""

SPARSE = 10
"""Letters below which a template takes only values without a space: it would fit too much else."""

COMMA = frozenset({"fr"})
"""Languages that write 1,5 and 12 %, and a space before a colon."""


class _Kept(str):
    """A value that stays as it is: somebody's own text, which stood in quotes."""

    __slots__ = ()


class _Numbers(string.Formatter):
    """Fills templates in; decimal signs are the language's."""

    def __init__(self, language: "Language") -> None:
        self._language = language

    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, _Kept):
            return str(value)
        if isinstance(value, str):
            return format(self._language.say(value), spec)
        text = format(value, spec)
        if not spec or self._language.code not in COMMA or not isinstance(value, int | float):
            return text
        return text.replace(",", "\u202f").replace(".", ",").replace("%", "\u00a0%")


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
            spaced = self.code in COMMA and text.between.strip() in {";", ":"}
            between = f"\u00a0{text.between}" if spaced else text.between
            return between.join(self.say(part) for part in text.parts)
        template = self._template(text)
        return _Numbers(self).vformat(template, (), text.values) if text.values else template

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
                values = {k: _Kept(v) if k in plain.quoted else v for k, v in rows}
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
        quoted: its values that stand in quotes.
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
    known = sorted(singular, key=lambda key: (-len(_letters(key)), key))
    return tuple(_plain(row) for row in known if len(_letters(row)) >= LEAST_LETTERS)


def _plain(template: str) -> _Plain:
    parts = [(text, name) for text, name, *_ in string.Formatter().parse(template)]
    quoted = frozenset(name for text, name in parts if name and text.endswith("'"))
    longest = max((text for text, _ in parts), key=len)
    return _Plain(template, longest, re.compile(_pattern(template), re.DOTALL), quoted)


def _letters(template: str) -> str:
    """Return the letters of a template that are no value's."""
    literal = "".join(text for text, *_ in string.Formatter().parse(template))
    return "".join(filter(str.isalpha, literal))


def _pattern(template: str) -> str:
    """Return the regular expression of what a template can make.

    A value that comes right after another, or after a letter, may be empty: a plural's ending, a
    part of the sentence that is not always there.
    """
    seen: set[str] = set()
    out = []
    some = r"\S+?" if len(_letters(template)) < SPARSE else ".+?"
    for text, name, _, _ in string.Formatter().parse(template):
        out.append(re.escape(text))
        if name:
            ending = text[-1:].isalpha() or (not text and len(seen) > 0)
            what = some
            if ending:
                what = ".*?" if text else r"(?:\W.*?)?"
            out.append(f"(?P={name})" if name in seen else f"(?P<{name}>{what})")
            seen.add(name)
    return "".join(out)


def _bare(template: str) -> str:
    """Return a template without the formats of its values, which are text already."""
    return re.sub(r"\{(\w+)[^}]*\}", r"{\1}", template)
