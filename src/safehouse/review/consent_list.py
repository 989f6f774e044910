"""Everybody with what counts; what waits, contradicts or needs a look; records in and out."""

from dataclasses import asdict
from pathlib import Path

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.consent.matters import contradictions
from safehouse.consent.standing import state_of
from safehouse.errors import UsageError
from safehouse.film_status import people_to_look_at
from safehouse.registering import export_all, import_file
from safehouse.review.acting import save_by
from safehouse.review.asking import Ask, answer, go, page
from safehouse.review.consent_words import STATE_WORDS, TRAIT_WORDS
from safehouse.store.reading_register import open_widenings, read_register

__all__ = ["ROUTES"]


def _list(ask: Ask) -> Response:
    """List everybody with what shows anywhere, and what waits for a second person."""
    register = read_register(ask.project)
    waiting = open_widenings(ask.project)
    changed = {change.person for change in register.changes}
    rows = [
        {
            "id": person.id,
            "role": person.role,
            "risk": person.risk,
            "age": person.age,
            "states": [state_of(register, person.id)] if person.id in changed else [],
            "records": sum(r.person == person.id for r in register.records),
        }
        for person in register.people
        if not person.merged_into
    ]
    facts = {
        "people": rows,
        "waiting": [msgspec.to_builtins(one) for one in waiting],
        "opposed": [asdict(one) for one in contradictions(register)],
        "look": [msgspec.to_builtins(one) for one in people_to_look_at(ask.project)],
    }
    return answer(ask, "consent_list.html", facts, states=STATE_WORDS, traits=TRAIT_WORDS)


def _import(ask: Ask) -> Response:
    """Record what a JSON file of consent records holds; nothing in it unlocks by itself."""
    path = Path(ask.one("file")).expanduser()
    if not path.is_absolute():
        raise UsageError(
            "the file's path must be whole, from the first / on",
            kept="nothing was recorded",
            next_step="type it as in the file manager's address line",
        )
    person = ask.one("person")
    save_by(ask, lambda project: import_file(project, path, person))
    return go(ask, "/consent")


def _export(ask: Ask) -> Response:
    """Give the register as JSON: ids and pseudonyms, no names."""
    response = Response(export_all(ask.project), media_type="application/json")
    response.headers["content-disposition"] = 'attachment; filename="register.json"'
    return response


ROUTES = [
    Route("/consent", page(_list)),
    Route("/consent.json", page(_list)),
    Route("/consent/import", page(_import), methods=["POST"]),
    Route("/consent/export", page(_export)),
]
