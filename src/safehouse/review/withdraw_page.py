"""Somebody takes their consent back: what it touches, before and after; then it is done."""

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import UsageError
from safehouse.machine import core_count
from safehouse.model.words import say
from safehouse.pipeline import Desk as Bench
from safehouse.review.acting import save_narrowing
from safehouse.review.asking import Ask, answer, go, page
from safehouse.review.consent_words import STATE_WORDS
from safehouse.review.work import Teller
from safehouse.versions import Rendered
from safehouse.withdrawing import render_again, take_down, touched, touched_lines, withdraw
from safehouse.workers import Workers

__all__ = ["ROUTES"]

STATES = ("withdrawn", "suspended", "unreachable", "detained", "deceased")
"""States in which nothing of a person shows, but for the dead, who are frozen at the narrowest."""


def _touched(ask: Ask) -> Response:
    """List everything that shows a person; nothing is changed."""
    found = touched(ask.project, ask.named("person"))
    facts: dict[str, Any] = {
        "person": found.person,
        "members": list(found.members),
        "clips": [msgspec.to_builtins(clip) for clip in found.clips],
        "renders": [{"version": r.version, "clip": r.clip} for r in found.renders],
        "delivered": [{"id": d.id, "version": d.act.version, "at": d.at} for d in found.delivered],
        "copies": [msgspec.to_builtins(copy) for copy in found.copies],
        "screenings": [msgspec.to_builtins(row) for row in found.screenings],
        "lines": touched_lines(found),
        "take_down": take_down(found) if found.out else "",
        "versions": list(found.versions),
        "done": ask.query("done") == "1",
    }
    return answer(ask, "withdraw.html", facts, states=STATES, state_words=STATE_WORDS)


def _withdraw(ask: Ask) -> Response:
    """Record it at once; narrowing is taken from anybody, and from any window."""
    who, state = ask.named("person"), ask.one("state", "withdrawn")
    if state not in STATES:
        raise UsageError(
            "there is no such state", kept="nothing was changed", next_step="choose on the page"
        )
    save_narrowing(ask, lambda project: withdraw(project, who, state))  # type: ignore[arg-type]  # one of STATES
    return go(ask, f"/withdraw/{who}?done=1")


def _again(ask: Ask) -> Response:
    """Render again what a withdrawal made wrong."""
    project = ask.project
    found = touched(project, ask.named("person"))

    def run(tell: Teller) -> tuple[Rendered, ...]:
        with Workers(core_count()) as workers:
            desk = Bench(workers, tell, tell.begins)
            return render_again(project, found, desk, lambda row: tell.ended(row.clip, row.what))

    words = say("render again without {person}", person=found.person)
    ask.desk.work.start(words, run, "/versions")
    return go(ask, "/work")


ROUTES = [
    Route("/withdraw/{person}.json", page(_touched)),
    Route("/withdraw/{person}", page(_touched)),
    Route("/withdraw/{person}/do", page(_withdraw), methods=["POST"]),
    Route("/withdraw/{person}/render", page(_again), methods=["POST"]),
]
