"""The page that goes out with a version: what was hidden, what was tried, what remains.

Anybody may read it. No id of a person or of a record, no digest, time or name of a source is in it;
it says of each protection what it means, and promises nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from safehouse.errors import FilmChanged
from safehouse.language import ENGLISH, Language
from safehouse.model.words import msgid, say, say_n

__all__ = ["MEDIA_WORDS", "Told", "build_delivered", "once"]

TELLING = re.compile(
    r"\bP\d{2,6}\b|\bR\d{3,6}\b|\b[0-9a-f]{16,}\b|\d:\d\d|\.(?:mov|mp4|mxf|json|wav)\b"
)
"""Ids of people and records, digests, times and names of files."""

MEDIA_WORDS = {
    "festival": msgid("at festivals"),
    "broadcast": msgid("on television and radio"),
    "online": msgid("online"),
    "education": msgid("for education"),
    "court": msgid("before a court"),
    "press": msgid("for the press"),
    "trailer": msgid("as a trailer"),
}
"""Medium → how the page says it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the page tells.

    Attributes:
        version: its name.
        medium: where it may be shown.
        films: how many films go out.
        look: how hidden places are drawn.
        disguised: voices are disguised, and not silenced.
        attacks: title → how many films it was made on.
        remains: what may still identify somebody, each once.
        full: every film was attacked with everything there is.
        head: words of the history at this moment.
        program: the program and its version.
    """

    version: str
    medium: str
    films: int
    look: str
    disguised: bool
    attacks: dict[str, int]
    remains: tuple[str, ...]
    full: bool
    head: str
    program: str


def build_delivered(told: Told, language: Language = ENGLISH) -> str:
    """Return about.html.

    Raises:
        FilmChanged: a line of a report holds what may not go out.
    """
    from jinja2 import Environment, StrictUndefined

    _require_silent(told.remains)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = (files("safehouse.deliver") / "templates" / "delivered.html").read_text("utf-8")
    return environment.from_string(text).render(
        lang=language.code,
        t=lambda template, **filled: language.say(say(template, **filled)),
        tn=lambda one, many, n, **filled: language.say(say_n(one, many, n, **filled)),
        said=language.say,
        told=told,
        medium=language.say(say(MEDIA_WORDS[told.medium])),
    )


def _require_silent(lines: Iterable[str]) -> None:
    if any(TELLING.search(line) for line in lines):
        raise FilmChanged(
            "a line of a report holds an id, a digest, a time or a file's name",
            next_step="safehouse audit --version again; safehouse writes no such line",
        )


def once(lines: Sequence[str]) -> tuple[str, ...]:
    """Return lines in their order, each once."""
    return tuple(dict.fromkeys(lines))
