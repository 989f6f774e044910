"""Attack 14, shown people: is who stands in a shown place the person that the plan says?

The plan shows P07 in some places by consent. Somebody else there, by a mistake of a human or of a
tracker, would be bare. So the faces in the places of one person are held against each other: where
they are of two kinds that can't be one person's, and one kind is near to somebody else in the clip,
hidden or shown, it is called a leak.

Positive control: faces of hidden heads are put among those of each person who is shown, and must be
called so. Negative control: people who are who the plan says (tests). It can't find somebody who is
taken for P07 wherever P07 is shown, and it is weaker on East Asian faces: it stands beside what a
human confirmed, never in its place. Where it fails: look at that place, take the confirmation back,
and render again.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safehouse.audit.embeddings import Sighting
from safehouse.audit.likeness import SAME_PERSON
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import say

__all__ = ["NEAR", "Face", "attack_shown", "faces_of", "hidden_only", "strangers"]

NEAR = 0.45
"""Distance up to which two faces are surely one person's: dlib's 0.6, with room."""

FEWEST = 2
"""Faces of one kind that must be there, to be somebody else's: one alone may be a bad view."""

Floats = NDArray[np.float32]


class Face(NamedTuple):
    """A face of the clip: where it was seen, who it is as far as known, and its embedding.

    who is the person's id where the plan shows them, and the track of whoever is hidden.
    """

    place: str
    frame: int
    who: str
    data: Floats


def hidden_only(rows: Iterable[Sighting], plan: Plan) -> list[Sighting]:
    """Return the sightings of heads that are not in shown places."""
    shown = {place.id for place in plan.shown}
    return [row for row in rows if row.track not in shown]


def faces_of(rows: Iterable[Sighting], plan: Plan) -> list[Face]:
    """Return the faces that were seen, in the order of their frames."""
    people = {place.id: place.person for place in plan.shown}
    found = [
        Face(r.track, r.frame, people.get(r.track, r.track), np.frombuffer(r.own, np.float32))
        for r in rows
    ]
    return sorted(found, key=lambda face: (face.frame, face.place))


def strangers(faces: Sequence[Face], who: str) -> list[Face]:
    """Return the faces among a person's own that look like somebody else in the clip.

    Where all of them can be one person's, none does. Whoever looks like two kinds of faces among
    them is the person again, hidden.
    """
    kinds = _kinds([face for face in faces if face.who == who])
    others = [face for face in faces if face.who != who]
    found: list[Face] = []
    for kind in kinds if len(kinds) > 1 else ():
        rest = [face for one in kinds if one is not kind for face in one]
        near = {f.who for f in others if _apart([f], kind) <= NEAR}
        again = {name for name in near if _apart(_of(others, name), rest) <= SAME_PERSON}
        if len(kind) >= FEWEST and near - again:
            found += kind
    return found


def _kinds(faces: Sequence[Face]) -> list[list[Face]]:
    """Return faces in kinds: those that can be one person's, by any chain of likeness."""
    kinds: list[list[Face]] = []
    for face in faces:
        near = [kind for kind in kinds if _apart([face], kind) <= SAME_PERSON]
        kinds = [kind for kind in kinds if all(kind is not one for one in near)]
        kinds.append([face, *(f for kind in near for f in kind)])
    return kinds


def _of(faces: Sequence[Face], who: str) -> list[Face]:
    return [face for face in faces if face.who == who]


def _apart(some: Sequence[Face], others: Sequence[Face]) -> float:
    """Return the least distance of two faces, one of some and one of others."""
    a, b = (np.array([face.data for face in rows]) for rows in (some, others))
    return float(np.linalg.norm(a[:, None] - b[None], axis=2).min())


def attack_shown(rows: Iterable[Sighting], plan: Plan) -> Attack:
    """Return the attack with its result, for a plan that shows somebody."""
    faces = faces_of(rows, plan)
    people = {place.person for place in plan.shown}
    shown = [face for face in faces if face.who in people]
    strange = [face for who in sorted(people) for face in strangers(faces, who)]
    spots = []
    for place in plan.shown:
        own = [face for face in strange if face.place == place.id]
        if own:
            words = say(
                "where {person} is shown, {n} of {all} faces look like somebody else in the clip",
                person=place.person,
                n=len(own),
                all=sum(face.place == place.id for face in shown),
            )
            spots.append(Spot(place.first, place.end, words))
    return Attack(
        name="shown",
        title=say("Is whoever is shown the person who agreed?"),
        result="leak" if spots else "none found",
        figure=say(
            "{faces} faces of {people} people who are shown by consent, held against each other "
            "and against {others} faces of hidden heads: {strange} look like somebody else",
            faces=len(shown),
            people=len(people),
            others=len(faces) - len(shown),
            strange=len(strange),
        ),
        control=_control(faces, people),
        spots=tuple(spots),
    )


def _control(faces: Sequence[Face], people: set[str]) -> Control:
    """Put faces of each hidden head among those of each person who looks otherwise."""
    tried = noticed = 0
    for who in sorted(people & {face.who for face in faces}):
        for other in sorted({face.who for face in faces} - people):
            theirs = _of(faces, other)
            if len(theirs) > FEWEST and _apart(theirs, _of(faces, who)) > SAME_PERSON:
                moved = [face._replace(who=who) for face in theirs[:FEWEST]]
                mixed = [f for f in faces if f.who != other] + moved + theirs[FEWEST:]
                tried += 1
                noticed += bool(strangers(mixed, who))
    if 2 * noticed < tried or not tried:
        return Control(None, say("too few faces of other people here that it can tell apart"))
    words = say(
        "faces of hidden heads were put among those who are shown {tried} times, and called "
        "somebody else's {noticed} times",
        tried=tried,
        noticed=noticed,
    )
    return Control(True, words)
