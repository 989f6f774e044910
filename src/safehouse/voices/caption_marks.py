"""What stands in a caption beside spoken words: markup, sounds, and the names of speakers."""

import html
import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Line", "spoken_lines"]

TAG = re.compile(r"<[^<>\n]*>")
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>", re.IGNORECASE)
OVERRIDE = re.compile(r"\{[^{}]*\}")
SOUND = re.compile(r"\[[^\[\]]*\]|【[^【】]*】")
LEFT_OVER = re.compile(r"[\[\]{}<>]")
WHOLE_ASIDE = re.compile(r"[(\uff08][^()\uff08\uff09]*[)\uff09]")
MUSIC = re.compile(r"[♩♪♫♬]")
HASHED = re.compile(r"#\s.*\s#|#[^#\d][^#]*#")
DASH = re.compile(r"[-\u2010-\u2015\u2212]\s?(?=\S)")
CHEVRONS = re.compile(r"(?:>|\uff1e){2,3}\s*")
LABEL = re.compile(r"([^\s:\uff1a.,!?\"“”«»][^:\uff1a.,!?\"“”«»]{0,39}?)\s?(?::(?=\s|$)|\uff1a)\s*")
MAX_LABEL_WORDS = 4

PICTURES = "\U0001f000"
"""Where Unicode's pictures begin."""

KEPT_FORMAT = "\u200c\u200d"
"""Zero-width joiners and non-joiners: they are spelling in Persian and in the scripts of India."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that one person says in a caption.

    Attributes:
        text: what is spoken, on one line, without any mark; never empty.
        label: what the captions call the speaker; "" where they don't say. It goes nowhere.
        turn: 0, or 1 for the other person in a caption of two.
        guessed: the label was found before a colon, and might be the beginning of a sentence.
    """

    text: str
    label: str = ""
    turn: int = 0
    guessed: bool = False


def spoken_lines(text: str, label: str = "") -> tuple[Line, ...]:
    """Return the words of a caption, by who says them; () where nothing is spoken.

    Descriptions of sounds (`[door]`, a line in brackets) and music (`♪`) are not spoken. Speakers:
    `<v Name>`, `NAME:`, `>> NAME:`; a dash at the beginning of each of several lines.
    """
    parts = _voices(OVERRIDE.sub("", text), label)
    lines = [line for words, who in parts for line in _lines_of(words, who)]
    if len([line for line in lines if line.turn]) and not any(line.label for line in lines):
        return tuple(lines)
    return tuple(_joined(lines))


def _voices(text: str, label: str) -> list[tuple[str, str]]:
    """Return the pieces of a text between its `<v Name>` tags, each with the name."""
    found, at, who = [], 0, label
    for match in VOICE.finditer(text):
        found.append((text[at : match.start()], who))
        at, who = match.end(), " ".join(html.unescape(match[1]).split())
    found.append((text[at:], who))
    return found


def _lines_of(text: str, label: str) -> list[Line]:
    rows = [row for raw in _plain(text).split("\n") if (row := _words(raw))]
    dashed = sum(bool(DASH.match(row)) for row in rows) > 1
    found: list[Line] = []
    turn = -1
    for row in rows:
        match = DASH.match(row)
        turn = turn + 1 if dashed and match else max(turn, 0)
        body = row[match.end() :] if match else row
        named, rest, guessed = _label(body)
        if rest:
            found.append(Line(rest, named or label, turn % 2, guessed))
    return found


def _joined(lines: list[Line]) -> list[Line]:
    """Join lines of one speaker; a line without a label goes on with the one before it."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        if last and line.turn == last.turn and line.label in {"", last.label}:
            text = f"{last.text} {line.text}"
            found[-1] = Line(text, last.label, last.turn, last.guessed or line.guessed)
        else:
            found.append(line)
    return found


def _plain(text: str) -> str:
    """Return text without tags, sounds, entities and marks that have no sound."""
    text = html.unescape(TAG.sub("", text))
    text = SOUND.sub(" ", TAG.sub("", text))
    return "".join(c for c in text if c in KEPT_FORMAT + "\n" or not _is_silent_mark(c))


def _is_silent_mark(letter: str) -> bool:
    """Return whether a letter has no sound: invisible, unassigned, or a picture such as 😀."""
    kind = unicodedata.category(letter)
    return (kind[0] == "C" and letter != "\t") or (kind == "So" and letter >= PICTURES)


def _words(row: str) -> str:
    """Return what is spoken of one line, or ""."""
    row = " ".join(row.split())
    if MUSIC.search(row) or HASHED.fullmatch(row):
        return ""
    row = CHEVRONS.sub("", row)
    bare = DASH.sub("", row, count=1) if DASH.match(row) else row
    if WHOLE_ASIDE.fullmatch(bare) or not any(c.isalnum() for c in bare):
        return ""
    return " ".join(LEFT_OVER.sub(" ", row).split())


def _label(row: str) -> tuple[str, str, bool]:
    """Return (name of the speaker, words, whether the name is a guess) of a line."""
    match = LABEL.match(row)
    if not match or not _is_name(match[1]):
        return "", row, False
    return match[1].strip(), row[match.end() :].strip(), not _is_loud(match[1])


def _is_loud(label: str) -> bool:
    return label.upper() == label and label.lower() != label


def _is_name(label: str) -> bool:
    """Return whether what stands before a colon looks like a name: in doubt, it does.

    A word of a sentence that is lost is told to the user; a name that is spoken can't be taken
    back. So every short run of words counts of which each begins with a capital letter, and in
    scripts without capitals every run of one or two.
    """
    words = label.split()
    if not label[0].isalpha() or len(words) > MAX_LABEL_WORDS:
        return False
    if _is_loud(label):
        return True
    if label.upper() == label.lower():
        return len(words) <= 2
    return all(not word[0].isalpha() or word[0].isupper() for word in words)
