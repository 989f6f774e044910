"""TTML captions, read strictly: W3C TTML1 with frames, ticks, nesting and agents; no DTD."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from xml.etree import ElementTree

from safehouse.errors import CaptionsMistimed, CaptionsUnreadable

__all__ = ["Cue", "read_ttml"]

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|f|t)")
CLOCK = re.compile(r"(\d{2,}):(\d{2}):(\d{2})(?:(\.\d+)|:(\d{2,})(?:\.\d+)?)?")
SECONDS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption as its file has it: times in ms, text with its markup, what it calls the speaker.

    number counts captions in the order of the file, from 1.
    """

    number: int
    first_ms: int
    end_ms: int
    text: str
    label: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Rates:
    """What one frame and one tick last, s."""

    frame: Fraction
    tick: Fraction


@dataclass(frozen=True, slots=True)
class _Place:
    """What an element takes from those around it."""

    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    agent: str = ""
    language: str = ""
    depth: int = 0


def read_ttml(text: str) -> tuple[list[Cue], str]:
    """Return the captions of a TTML document, and its language tag or "".

    Raises:
        CaptionsUnreadable: not well-formed, with a DTD or entities, or timed in sequence.
        CaptionsMistimed: a time is missing or can't be read.
    """
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise _unreadable("the captions carry a DTD or entities, which no caption needs")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - refused above: DTD and entities
    except (ElementTree.ParseError, RecursionError, ValueError) as error:
        raise _unreadable("the captions are no well-formed XML") from error
    language = root.get(XML_LANG, "")
    body = next((child for child in root if _local(child.tag) == "body"), None)
    found = [] if body is None else list(_walk(body, _Place(language=language), _rates(root)))
    cues = [replace(cue, number=number) for number, cue in enumerate(found, 1)]
    return cues, language


def _walk(element: ElementTree.Element, around: _Place, rates: _Rates) -> Iterator[Cue]:
    """Yield the captions in an element; a timed span in a timed paragraph is one of its own."""
    if element.get("timeContainer", "par") != "par" or around.depth > MAX_DEPTH:
        raise _unreadable("the captions are timed in sequence, or nested without end")
    here = _place(element, around, rates)
    timed = _timed_below(element)
    if _local(element.tag) in {"p", "span"} and not timed:
        yield _cue(element, here)
        return
    for child in element:
        if _local(child.tag) in {"div", "p", "span"}:
            yield from _walk(child, here, rates)


def _timed_below(element: ElementTree.Element) -> bool:
    return any(below.get("begin") for below in element.iter() if below is not element)


def _place(element: ElementTree.Element, around: _Place, rates: _Rates) -> _Place:
    begin, end, dur = (element.get(name) for name in ("begin", "end", "dur"))
    first = around.begin + (_time(begin, rates) if begin else 0)
    ends = [around.end] if around.end is not None else []
    ends += [around.begin + _time(end, rates)] if end else []
    ends += [first + _time(dur, rates)] if dur else []
    agent = next((v for k, v in element.attrib.items() if _local(k) == "agent"), around.agent)
    language = element.get(XML_LANG, around.language)
    return _Place(first, min(ends, default=None), agent, language, around.depth + 1)


def _cue(element: ElementTree.Element, here: _Place) -> Cue:
    if here.end is None:
        raise CaptionsMistimed("a caption has no end", next_step="give each caption begin and end")
    times = (round(here.begin * 1000), round(here.end * 1000))
    return Cue(0, *times, _text(element), here.agent, here.language)


def _text(element: ElementTree.Element) -> str:
    """Return the words of an element; spaces are one, as XML has them, and `br` ends a line."""
    parts = [re.sub(r"\s+", " ", element.text or "")]
    for child in element:
        if _local(child.tag) == "br":
            parts.append("\n")
        elif _local(child.tag) == "span":
            parts.append(_text(child))
        parts.append(re.sub(r"\s+", " ", child.tail or ""))
    return "".join(parts).replace("<", "\u2039").replace(">", "\u203a")


def _time(text: str, rates: _Rates) -> Fraction:
    """Return a time expression of TTML in seconds."""
    text = text.strip()
    if match := OFFSET.fullmatch(text):
        unit = {"f": rates.frame, "t": rates.tick, **SECONDS}[match[2]]
        return Fraction(match[1]) * unit
    match = CLOCK.fullmatch(text)
    if not match:
        raise CaptionsMistimed(
            "a caption's time can't be read", next_step="write times as 00:01:02.345"
        )
    whole = Fraction(int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]))
    part = Fraction(f"0{match[4]}") if match[4] else int(match[5] or 0) * rates.frame
    return whole + part


def _rates(root: ElementTree.Element) -> _Rates:
    """Return what a frame and a tick last; TTML's own values where the document says nothing."""
    said = {_local(name): value for name, value in root.attrib.items()}
    try:
        above, below = (said.get("frameRateMultiplier") or "1 1").replace(":", " ").split()
        rate = Fraction(said.get("frameRate") or 30) * Fraction(int(above), int(below))
        ticks = Fraction(said["tickRate"]) if "tickRate" in said else rate
        return _Rates(1 / rate, 1 / ticks)
    except (ValueError, ZeroDivisionError) as error:
        raise _unreadable("the captions' frame rate can't be read") from error


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _unreadable(happened: str) -> CaptionsUnreadable:
    return CaptionsUnreadable(happened, next_step="save the captions as SRT or WebVTT")
