"""A short page that may go out with a film: what was tried, what remains, and nothing else.

No id, digest, file name, time or count of frames is in it: whoever gets the film learns nothing
from it about the clip, the people or the private folder.
"""

import re

from safehouse.audit.page import fill_template
from safehouse.errors import AuditBroken, LeakFound, ReportEdited
from safehouse.language import ENGLISH, Language
from safehouse.model.report import Report
from safehouse.model.words import say

__all__ = ["build_short", "tried_words"]

TRIED = {
    "coverage": say("Each mask was looked for in every frame of the finished film, full size."),
    "faces": say("A program that had no part in hiding looked for faces that were left over."),
    "seen": say("It was counted whether anybody who is to be hidden is seen, even for a moment."),
    "following": say("The film was held against the original: does it still follow the faces?"),
    "interference": say(
        "What lies under the masks was changed, and the film made again: it came out the same."
    ),
    "embeddings": say("A machine that has the original was asked who is under each mask."),
    "many frames": say("It was tried to put a hidden face together again from many frames."),
    "ghosts": say("Pieces of faces that a camera leaves beside a mask were looked for."),
    "outlines": say("It was measured what the outlines and the motion of the masks tell."),
    "sensor noise": say("It was measured how far the camera can be told by its sensor's noise."),
    "container": say("The file was searched for names, places, times and devices."),
    "sound": say("The sound was held against the original from beginning to end."),
    "voices": say("It was tried to tell the speakers by how they speak."),
    "shown": say("Those who are shown were held against everybody else in the clip."),
    "versions": say("This version was held against those that were given away before."),
}
"""Attack → what was tried, for anybody."""

OTHER = say("One more test was made.")

TELLING = re.compile(r"\b[A-Z]{1,3}\d{1,6}\b|[0-9a-f]{16}|\d:\d\d|\.(?:mov|mp4|mxf|json)\b")
"""Ids, digests, times and names of files."""


def tried_words(attack: str) -> str:
    """Return what an attack tried, in words for anybody."""
    return TRIED.get(attack, OTHER)


def build_short(report: Report, language: Language = ENGLISH) -> str:
    """Return the page for a film in which no attack found anything.

    Args:
        report: what the attacks found.
        language: that of the page.

    Raises:
        LeakFound: a test found a leak: nothing goes out with a film that is held.
        AuditBroken: a test could not be run.
        ReportEdited: a line of the report holds what may not go out.
    """
    _require_clear(report)
    telling = [row for row in report.remains if TELLING.search(row)]
    if telling:
        raise ReportEdited(
            "what remains holds an id, a digest, a time or a file's name, which may not go out",
            next_step="audit the film again; safehouse writes no such line",
        )
    tried = list(dict.fromkeys(tried_words(a.name) for a in report.attacks))
    return fill_template("short.html", language, report=report, tried=tried)


def _require_clear(report: Report) -> None:
    """Refuse a film that is held.

    Raises:
        LeakFound, AuditBroken: see `build_short`.
    """
    kept = "the report is untouched; no page was written"
    shown = "open report.html, mend what it names, and audit again"
    if any(attack.result == "leak" for attack in report.attacks):
        raise LeakFound("the film is held: nothing goes out with it", kept=kept, next_step=shown)
    if report.held:
        words = "the film is held: a test was not run to its end, and nothing goes out with it"
        raise AuditBroken(words, kept=kept, next_step=shown)
