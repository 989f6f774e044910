"""A fact: one thing that a file says about its maker; and what kind of thing it is, by its name."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

__all__ = ["Fact", "Kind", "classify", "printable", "printable_text"]

Kind = Literal["place", "device", "person", "time", "software", "other"]

RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "place",
        re.compile(r"gps|locat|xyz|loci|geo|latit|longit|altit|country|city|place|6709|nmea"),
    ),
    (
        "device",
        re.compile(
            r"make|model|serial|lens|camera|device|firm|came|muid|hmmt|android|umid|reel|mnft|inst"
            r"|manufacturer|body|dvnm|minf|casn|product|originator.?ref"
        ),
    ),
    ("software", re.compile(r"encod|softw|handler|tool|vendor|swr|muxer|writ|compress|too\b|isft")),
    ("time", re.compile(r"date|time|creat(ion|ed)|modif|tmcd|day|year|idit|icrd")),
    (
        "person",
        re.compile(
            r"author|artist|owner|copyr|name|creator|direct|perform|person|art\b|aut\b|cpy|iart|icop"
            r"|title|produc|publish|composer|©nam|originator|crew|contact|mail|subject"
        ),
    ),
)
"""Words in the name of a tag or box, first rule wins."""

SHORTEST = 6
"""Printable characters in a row that are called a string."""


class Fact(NamedTuple):
    """One thing that a file says, untrusted text and all.

    Attributes:
        where: where in the file: path of boxes, `tags of stream 0`, `data track 3`.
        what: name of the tag or meaning of the box.
        untrusted_value: what it says.
        kind: what it tells of.
    """

    where: str
    what: str
    untrusted_value: str
    kind: Kind


def classify(name: str) -> Kind:
    """Return what a tag or box of this name tells of."""
    low = name.lower()
    return next((kind for kind, words in RULES if words.search(low)), "other")


def printable(data: bytes, shortest: int = SHORTEST) -> Iterator[str]:
    """Yield the printable strings in data: ASCII and UTF-8, and UTF-16 of either byte order."""
    text = rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xa9){%d,}"
    for found in re.finditer(text % shortest, data):
        yield found.group().decode("utf-8", "replace").strip()
    for codec, one in (("utf-16-le", rb"[\x20-\x7e]\x00"), ("utf-16-be", rb"\x00[\x20-\x7e]")):
        for found in re.finditer(rb"(?:%s){%d,}" % (one, shortest), data):
            yield found.group().decode(codec).strip()


def printable_text(data: bytes, limit: int = 40) -> str:
    """Return the printable strings of data in one line, at most limit of them."""
    found = [text for _, text in zip(range(limit), printable(data, 4), strict=False)]
    return " · ".join(dict.fromkeys(found))
