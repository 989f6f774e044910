"""The people wall: a card a person, with their appearances; who is who is said here."""

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import PersonUnknown, UsageError
from safehouse.film_analysis import group_film
from safehouse.model.acts import (
    ConfirmPieces,
    DescribePerson,
    MarkNotPerson,
    MergePeople,
    SplitPerson,
)
from safehouse.model.consent import Person
from safehouse.model.text import escape
from safehouse.model.words import say
from safehouse.review.acting import save, step
from safehouse.review.asking import Ask, answer, as_json, go, page, said_back
from safehouse.review.times import clock
from safehouse.review.work import Tell
from safehouse.store.reading_people import next_person
from safehouse.store.reading_wall import (
    Appearing,
    Card,
    count_people,
    read_appearances,
    read_card,
    read_clip_names,
    read_others,
    read_wall,
)

__all__ = ["ROUTES"]

MOST = 48
"""People, or appearances, on one page."""


def _first(ask: Ask, name: str) -> int:
    text = ask.query(name, "0")
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _wall(ask: Ask) -> Response:
    project, first = ask.project, _first(ask, "from")
    cards = read_wall(project, first=first, most=MOST)
    loose = read_appearances(project, "", state="loose", most=MOST)
    clips = {one.clip for card in cards for one in card.samples} | {one.clip for one in loose}
    facts = {
        "people": [msgspec.to_builtins(card) for card in cards],
        "names": read_clip_names(project, clips),
        "count": count_people(project),
        "first": first,
        "most": MOST,
        "loose": [_told(piece) for piece in loose],
        "faces": ask.desk.settings["faces"],
    }
    return answer(ask, "people.html", facts)


def _told(piece: Appearing) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(piece)
    return values | {"when": clock(piece.first, piece.rate), "till": clock(piece.end, piece.rate)}


def _card(ask: Ask) -> Card:
    who = ask.named("person")
    card = read_card(ask.project, who)
    if card is None:
        raise PersonUnknown(f"there is no person {escape(who)}", next_step="see the people wall")
    return card


def _person(ask: Ask) -> Response:
    card, first = _card(ask), _first(ask, "from")
    project = ask.project
    states = {
        state: [
            _told(one)
            for one in read_appearances(project, card.id, state=state, first=first, most=MOST)
        ]
        for state in ("guessed", "confirmed")
    }
    clips = {one["clip"] for rows in states.values() for one in rows}
    facts = {
        "person": msgspec.to_builtins(card),
        **states,
        "names": read_clip_names(project, clips),
        "first": first,
        "most": MOST,
        "others": list(read_others(project, card.id)),
        "faces": ask.desk.settings["faces"],
    }
    return answer(ask, "person.html", facts)


def _nobody(ask: Ask) -> Response:
    """List what was said to be no person, so that it can be taken back."""
    rows = read_appearances(
        ask.project, "", state="not person", first=_first(ask, "from"), most=MOST
    )
    names = read_clip_names(ask.project, [piece.clip for piece in rows])
    facts = {"pieces": [_told(piece) for piece in rows], "names": names}
    return answer(ask, "not_people.html", facts)


def _ticked(ask: Ask) -> tuple[str, ...]:
    """Return the appearances that were ticked.

    Raises:
        UsageError: none was.
    """
    pieces = ask.all("piece")
    if not pieces:
        raise UsageError(
            "no appearance was ticked", kept="nothing was changed", next_step="tick at least one"
        )
    return pieces


def _say(ask: Ask) -> Response:
    """Do what a button of a person's page says with the ticked appearances."""
    who, does = ask.named("person"), ask.one("does")
    back = said_back(ask, f"/people/{who}")
    if does == "confirm":
        save(ask, ConfirmPieces(_ticked(ask), who))
    elif does == "back":
        save(ask, ConfirmPieces(_ticked(ask), ""))
    elif does == "nobody":
        save(ask, MarkNotPerson(_ticked(ask)))
    elif does == "split":
        save(ask, SplitPerson(who, _ticked(ask), next_person(ask.project)))
    elif does == "other":
        save(ask, ConfirmPieces(_ticked(ask), _other(ask)))
    elif does == "merge":
        into = _other(ask)
        save(ask, MergePeople(who, into))
        back = f"/people/{into}"
    else:
        raise _unknown()
    return go(ask, back)


def _other(ask: Ask) -> str:
    other = ask.one("other")
    if not other:
        raise UsageError(
            "no other person was chosen", kept="nothing was changed", next_step="choose one"
        )
    return other


def _unknown() -> UsageError:
    return UsageError(
        "there is no such button", kept="nothing was changed", next_step="reload the page"
    )


def _say_loose(ask: Ask) -> Response:
    """Do what a button says with appearances that are nobody's yet."""
    does = ask.one("does")
    if does == "nobody":
        save(ask, MarkNotPerson(_ticked(ask)))
    elif does == "person":
        save(ask, MarkNotPerson(_ticked(ask), is_person=True))
    elif does == "other":
        save(ask, ConfirmPieces(_ticked(ask), _other(ask)))
    elif does == "new":
        new = next_person(ask.project)
        save(ask, DescribePerson(Person(id=new)), ConfirmPieces(_ticked(ask), new))
    else:
        raise _unknown()
    return go(ask, said_back(ask, "/people"))


def _guess(ask: Ask) -> Response:
    """Guess again who the appearances are that nobody was suggested for."""
    project = ask.project

    def run(tell: Tell) -> int:
        tell("grouping", 0, 1)
        return len(group_film(project).guesses)

    ask.desk.work.start(say("guess who is who"), run, "/people")
    return go(ask, "/work")


def _add(ask: Ask) -> Response:
    new = next_person(ask.project)
    save(ask, DescribePerson(Person(id=new)))
    return go(ask, f"/consent/{new}")


def _undo(ask: Ask) -> Response:
    done = step(ask, "undo")
    return _stepped(ask, done)


def _redo(ask: Ask) -> Response:
    return _stepped(ask, step(ask, "redo"))


def _stepped(ask: Ask, done: str | None) -> Response:
    if ask.wants_json:
        return as_json({"done": done, "version": ask.project.version})
    return go(ask, said_back(ask, "/status"))


ROUTES = [
    Route("/people", page(_wall)),
    Route("/people.json", page(_wall)),
    Route("/people/loose", page(_say_loose), methods=["POST"]),
    Route("/people/guess", page(_guess), methods=["POST"]),
    Route("/people/add", page(_add), methods=["POST"]),
    Route("/people/nobody", page(_nobody)),
    Route("/people/nobody.json", page(_nobody)),
    Route("/people/{person}.json", page(_person)),
    Route("/people/{person}", page(_person)),
    Route("/people/{person}/say", page(_say), methods=["POST"]),
    Route("/undo", page(_undo), methods=["POST"]),
    Route("/redo", page(_redo), methods=["POST"]),
    Route("/undo.json", page(_undo), methods=["POST"]),
    Route("/redo.json", page(_redo), methods=["POST"]),
]
