"""Words that can be said in other languages: English text that remembers how it was made.

A sentence is written once, in English, where its figures are known: `say("{found} of {n} frames",
found=3, n=250)`. What comes back is a plain string, and goes into documents as one. Whoever shows
it may ask `safehouse.language` to say it in another language, since template and values are kept.
"""

from collections.abc import Iterable
from typing import Any

__all__ = ["Said", "msgid", "said_list", "say", "say_n"]


class Said(str):
    """English text with its template and values.

    Attributes:
        template: the English template, with a `{name}` for each value; what catalogues list.
        many: the template for more than one; "" where there is none.
        number: what decides between the two.
        values: what stands for the names; they may be said themselves.
        parts: in place of a template, texts that were joined by `between`.
    """

    template: str
    many: str
    number: int
    values: dict[str, Any]
    parts: tuple[str, ...]
    between: str

    def __new__(cls, text: str) -> "Said":
        """Return text that is its own template."""
        said = super().__new__(cls, text)
        said.template, said.many, said.number = str(text), "", 1
        said.values, said.parts, said.between = {}, (), ""
        return said


def say(template: str, **values: Any) -> Said:
    """Return the template with its values, as English text.

    Numbers follow the template's own format, `{share:.0%}`.
    """
    said = Said(template.format_map(values) if values else template)
    said.template, said.values = template, values
    return said


def say_n(one: str, many: str, n: int, **values: Any) -> Said:
    """Return the template for one, or for many, with its values; `{n}` is the number."""
    said = say(one if n == 1 else many, n=n, **values)
    said.template, said.many, said.number = one, many, n
    return said


def said_list(between: str, parts: Iterable[str]) -> Said:
    """Return texts joined by what stands between them; each is said in its own words."""
    rows = tuple(parts)
    said = Said(between.join(rows))
    said.parts, said.between = rows, between
    return said


def msgid(template: str) -> str:
    """Return the template: it stands here for the catalogues, and is given to `say` elsewhere."""
    return template
