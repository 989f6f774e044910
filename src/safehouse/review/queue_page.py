"""The queue of decisions: what is undecided, one after the other, protected picture first."""

from fractions import Fraction
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import UsageError
from safehouse.film_status import people_to_look_at
from safehouse.model.acts import Act, ConfirmPieces, Decide
from safehouse.model.text import escape
from safehouse.model.words import msgid
from safehouse.review.acting import save
from safehouse.review.asking import Ask, answer, go, page
from safehouse.review.times import clock
from safehouse.store.reading_queue import (
    Asked,
    count_all,
    count_by_clip,
    next_open,
    previous_open,
    read_question,
)
from safehouse.store.reading_view import person_asked, read_people_near
from safehouse.store.reading_wall import (
    Appearing,
    read_clip_names,
    read_content_notes,
    read_pieces_at,
)

__all__ = ["KINDS", "ROUTES"]

AROUND_S = 2
"""Seconds that are shown before and after what is asked about."""

STILLS = 5
"""Pictures that are shown of it where no script runs."""

KINDS = {
    "begins": msgid("a head begins out of nothing"),
    "lost": msgid("a head is lost inside the shot"),
    "weak": msgid("perhaps a head, perhaps not"),
    "near": msgid("a guess of who it is, near the line"),
    "large": msgid("a head over a third of the picture"),
    "whole": msgid("the whole picture is hidden here"),
    "damaged": msgid("frames that could not be decoded"),
    "unsure": msgid("unsure"),
}
"""Kind of question → what it asks about."""

ACCEPTED = {
    "begins": msgid("Right: covered from the frame where it begins"),
    "lost": msgid("Right: it left; covered as far as it was seen"),
    "weak": msgid("Right: a head, covered"),
    "near": msgid("Yes, this is the person guessed"),
    "large": msgid("Right: covered"),
    "whole": msgid("Right: keep the whole picture hidden"),
    "damaged": msgid("Right: keep the whole picture hidden"),
    "unsure": msgid("Right: covered"),
}
"""Kind of question → what accepting the suggestion means."""


def _queue(ask: Ask) -> Response:
    project = ask.project
    counts = count_all(project)
    found = next_open(project, who=project.who)
    facts = {
        "open": counts.open,
        "all": counts.all,
        "pieces_open": counts.pieces_open,
        "pieces": counts.pieces,
        "clips": _by_clip(ask),
        "next": found.id if found else "",
        "look": [msgspec.to_builtins(row) for row in people_to_look_at(project)],
    }
    return answer(ask, "queue.html", facts)


def _by_clip(ask: Ask) -> list[dict[str, Any]]:
    """Return the clips in which something is undecided, with their files' own names."""
    rows = [row for row in count_by_clip(ask.project) if row.open]
    names = read_clip_names(ask.project, [row.clip for row in rows])
    return [msgspec.to_builtins(row) | {"name": names[row.clip]} for row in rows]


def _asked(ask: Ask) -> Asked:
    name = ask.named("question")
    found = read_question(ask.project, name)
    if found is None:
        raise UsageError(
            f"there is no question {escape(name)}",
            kept="nothing was changed",
            next_step="go back to the queue",
        )
    return found


def _question(ask: Ask) -> Response:
    project, asked = ask.project, _asked(ask)
    counts = count_all(project)
    first, end = _around(asked)
    notes = read_content_notes(project, asked.clip, first, end)
    after = next_open(project, asked.id, who=project.who)
    before = previous_open(project, asked.id, who=project.who)
    facts: dict[str, Any] = {
        "question": msgspec.to_builtins(asked),
        "name": read_clip_names(project, (asked.clip,))[asked.clip],
        "when": clock(asked.first, asked.rate),
        "till": clock(max(asked.first, asked.end - 1), asked.rate),
        "first": first,
        "end": end,
        "stills": _stills(first, end),
        "notes": list(notes) if ask.query("prepared") != "1" else [],
        "pieces": [msgspec.to_builtins(piece) for piece in _pieces(ask, asked)],
        "people": list(read_people_near(project, asked.clip)),
        "open": counts.open,
        "all": counts.all,
        "after": after.id if after and after.id != asked.id else "",
        "ahead": {"clip": after.clip, "frame": after.first} if after else None,
        "before": before.id if before and before.id != asked.id else "",
    }
    guessed = (piece["suggested"] for piece in facts["pieces"] if piece["suggested"])
    facts["suggested"] = person_asked(asked.why) or next(guessed, "")
    return answer(ask, "question.html", facts, kinds=KINDS, accepted=ACCEPTED)


def _around(asked: Asked) -> tuple[int, int]:
    """Return the frames that are shown: the question's, and two seconds on both sides."""
    try:
        margin = int(AROUND_S * Fraction(asked.rate))
    except (ValueError, ZeroDivisionError):
        margin = 50
    return max(0, asked.first - margin), min(asked.frames, asked.end + margin)


def _stills(first: int, end: int) -> list[int]:
    span = max(1, end - first)
    return sorted({first + (2 * n + 1) * span // (2 * STILLS) for n in range(STILLS)})


def _pieces(ask: Ask, asked: Asked) -> tuple[Appearing, ...]:
    if not asked.track:
        return ()
    return read_pieces_at(ask.project, asked.clip, asked.track, asked.first, asked.end)


def _answer(ask: Ask) -> Response:
    """Save an answer and lead to what is undecided next."""
    asked, said = _asked(ask), ask.one("answer")
    acts: list[Act]
    if said in {"hide", "nothing", "open"}:
        acts = [msgspec.convert({"act": "Decide", "question": asked.id, "answer": said}, Decide)]
    elif said == "accept":
        acts = _accept(ask, asked)
    elif said == "person":
        acts = _person(ask, asked, ask.one("person"))
    else:
        raise UsageError(
            "that is no answer", kept="nothing was changed", next_step="use the page's buttons"
        )
    save(ask, *acts)
    if said == "open":
        return go(ask, f"/queue/{asked.id}")
    project = ask.project
    found = next_open(project, asked.id, who=project.who)
    return go(ask, f"/queue/{found.id}" if found else "/queue")


def _accept(ask: Ask, asked: Asked) -> list[Act]:
    """Of a guess of who it is, accepting says that it is; of all else, that it is hidden right."""
    acts: list[Act] = [Decide(asked.id, "accept")]
    if asked.kind == "near":
        for piece in _pieces(ask, asked):
            person = person_asked(asked.why) or piece.suggested
            if person and not piece.person:
                acts.insert(0, ConfirmPieces((piece.id,), person))
    return acts


def _person(ask: Ask, asked: Asked, who: str) -> list[Act]:
    """A human says who it is, or with "" that nobody knows; then the question is answered."""
    pieces = _pieces(ask, asked)
    if not pieces:
        raise UsageError(
            "this question is about no one appearance",
            kept="nothing was changed",
            next_step="open the clip, and choose the head there",
        )
    about = person_asked(asked.why)
    guessed = about == who if about else any(piece.suggested == who for piece in pieces)
    said = Decide(asked.id, "accept" if who and guessed else "nothing")
    if asked.kind != "near":
        said = Decide(asked.id, "accept")
    return [ConfirmPieces(tuple(piece.id for piece in pieces), who), said]


ROUTES = [
    Route("/queue", page(_queue)),
    Route("/queue.json", page(_queue)),
    Route("/queue/{question}.json", page(_question)),
    Route("/queue/{question}", page(_question)),
    Route("/queue/{question}/answer", page(_answer), methods=["POST"]),
    Route("/queue/{question}/answer.json", page(_answer), methods=["POST"]),
]
