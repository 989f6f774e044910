"""SRT and WebVTT: laid out strictly first, since a reader that forgives would speak wrong words.

pysubs2 takes a minus sign or a third digit of an hour as nothing, a WebVTT comment as words, and
two times inside a line of karaoke as a new caption.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pysubs2

from safehouse.errors import CaptionsMistimed, CaptionsUnreadable
from safehouse.voices.ttml import Cue

__all__ = ["is_vtt", "read_srt", "read_vtt"]

ARROW = "-->"
SRT_TIME = r"(\d{1,2}):(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
VTT_TIME = r"(?:(\d{2,4}):)?(\d{2}):(\d{2})\.(\d{3})"
SRT_TIMES = re.compile(rf"\s*{SRT_TIME}\s*-->\s*{SRT_TIME}(?:\s.*)?")
VTT_TIMES = re.compile(rf"\s*{VTT_TIME}\s+-->\s+{VTT_TIME}(?:\s.*)?")
ANY_TIME = re.compile(r"(\d):(\d)")
INNER_TIME = re.compile(r"<[\d:.]+>")
LANGUAGE = re.compile(r"Language\s*:\s*([\w-]+)", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    """A caption: the two times, and its lines."""

    times: str
    lines: list[str] = field(default_factory=list)


def is_vtt(text: str) -> bool:
    """Return whether a text says that it is WebVTT."""
    return re.match(r"WEBVTT(?=\s|$)", text) is not None


def read_srt(text: str) -> list[Cue]:
    """Return the captions of an SRT text, in its order.

    Raises:
        CaptionsMistimed: a line of times can't be read.
    """
    blocks: list[_Block] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if ARROW in line:
            blocks.append(_Block(_times(line, SRT_TIMES, number)))
        elif blocks and not _is_counter(lines, number):
            blocks[-1].lines.append(line)
    return _cues(blocks, "srt")


def read_vtt(text: str) -> tuple[list[Cue], str]:
    """Return the captions of a WebVTT text, in its order, and the language of its head or "".

    Comments, styles, regions and the names of cues are left out.

    Raises:
        CaptionsMistimed: a line of times can't be read.
    """
    head, *rest = re.split(r"\n[ \t]*\n", text, maxsplit=1)
    said = LANGUAGE.search(head)
    first = 2 + head.count("\n") if ARROW not in head else 0
    body = "".join(rest) if first else text
    return _cues(list(_vtt_blocks(body, first)), "vtt"), said[1] if said else ""


def _vtt_blocks(text: str, before: int) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(text.split("\n"), before + 1):
        if ARROW in line:
            if block:
                yield block
            block = _Block(_times(line, VTT_TIMES, number))
        elif block and line.strip():
            block.lines.append(INNER_TIME.sub("", line))
        elif block:
            yield block
            block = None
    if block:
        yield block


def _is_counter(lines: list[str], number: int) -> bool:
    """Return whether line `number` is the next caption's own number: digits, then its times."""
    after = lines[number] if number < len(lines) else ""
    return lines[number - 1].strip().isdigit() and ARROW in after


def _times(line: str, pattern: re.Pattern[str], number: int) -> str:
    match = pattern.fullmatch(line)
    if not match:
        raise CaptionsMistimed(
            f"line {number} of the captions has a time that can't be read",
            next_step="write it as 00:01:02,345 --> 00:01:04,000",
        )
    mark = "." if pattern is VTT_TIMES else ","
    first, end = (
        f"{int(h or 0):02d}:{m}:{s}{mark}{part}"
        for h, m, s, part in (match.groups()[:4], match.groups()[4:8])
    )
    return f"{first} {ARROW} {end}"


def _cues(blocks: list[_Block], kind: str) -> list[Cue]:
    """Return the captions of blocks, by pysubs2."""
    rows = ["WEBVTT\n"] if kind == "vtt" else []
    for number, block in enumerate(blocks, 1):
        words = [ANY_TIME.sub("\\1\u2236\\2", line) for line in block.lines]
        rows += [str(number), block.times, *words, ""]
    try:
        found = pysubs2.SSAFile.from_string(
            "\n".join([*rows, "0", ""]), format_=kind, keep_html_tags=True
        )
    except (ValueError, pysubs2.exceptions.Pysubs2Error) as error:
        raise CaptionsUnreadable(
            "the captions can't be read", next_step="save them as SRT or WebVTT in UTF-8"
        ) from error
    events = [(e.start, e.end, _unmarked(e.text)) for e in found.events]
    return [Cue(number, *event) for number, event in enumerate(events, 1)]


def _unmarked(text: str) -> str:
    return text.replace("\\N", "\n").replace("\u2236", ":")
