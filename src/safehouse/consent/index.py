"""A register made quick to ask: people in groups, their records, their states, their links."""

from collections import Counter, deque
from dataclasses import dataclass

from safehouse.consent.standing import Standing, standing_of
from safehouse.model.consent import Person, Record, Register, StateChange

__all__ = ["Group", "Index", "Placed", "index_of"]

KEPT = 4
"""Registers whose index is remembered: a page asks of one register before and after a change."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A record, its place in the register, and whether another has its id: then no yes counts."""

    record: Record
    place: int
    doubled: bool


@dataclass(frozen=True, slots=True)
class Group:
    """People who turned out to be one.

    Attributes:
        root: the id under which they are one.
        members: all of them, the root among them.
        fault: why nothing can be said of them, or "".
        link: why somebody linked to them keeps them hidden, or "".
    """

    root: str
    members: tuple[Person, ...] = ()
    fault: str = ""
    link: str = ""


class Index:
    """A register by person. It is read once; asking is quick."""

    def __init__(self, register: Register) -> None:
        self.seconded = dict(register.seconded)
        self.today = register.today
        self.seen = register.seen
        self._people = {person.id: person for person in register.people}
        self._twice = {id_ for id_, n in Counter(p.id for p in register.people).items() if n > 1}
        self._records = _placed(register)
        self._changes: dict[str, list[StateChange]] = {}
        for change in register.changes:
            self._changes.setdefault(change.person, []).append(change)
        self._links: dict[str, list[str]] = {}
        for link in register.links:
            self._links.setdefault(link.person, []).append(link.answered)
        self._roots = {person.id: self._root_of(person.id) for person in register.people}
        self._below: dict[str, list[Person]] = {}
        for person in register.people:
            self._below.setdefault(self._roots[person.id], []).append(person)
        self._groups: dict[str, Group] = {}

    def _root_of(self, person: str) -> str:
        """Return the person that this one turned out to be; "" in a circle or at nobody."""
        seen = {person}
        while person in self._people and (into := self._people[person].merged_into):
            if into in seen:
                return ""
            seen.add(into)
            person = into
        return person if person in self._people else ""

    def group(self, person: str) -> Group:
        """Return the people who are one with person."""
        if person not in self._people:
            return Group(person, fault="unknown person")
        root = self._roots[person]
        if not root:
            return Group(person, fault="merged in a circle")
        if root not in self._groups:
            self._groups[root] = self._made(root)
        return self._groups[root]

    def _made(self, root: str) -> Group:
        members = tuple(self._below[root])
        twice = any(member.id in self._twice for member in members)
        answers = {a for member in members for a in self._links.get(member.id, [])}
        link = "linked person at risk" if "risk" in answers else ""
        if answers - {"risk", "no risk"}:
            link = "linked person unanswered"
        return Group(root, members, "described twice" if twice else "", link)

    def groups(self) -> list[Group]:
        """Return every group once."""
        roots = dict.fromkeys(self._roots[person] or person for person in self._people)
        return [self.group(root) for root in roots]

    def records(self, person: str) -> list[Placed]:
        """Return what was recorded of one id, in order."""
        return self._records.get(person, [])

    def standing(self, person: str, today: str) -> Standing:
        """Return where the consent of one id stands."""
        return standing_of(self._changes.get(person, []), self.seconded, today)


def _placed(register: Register) -> dict[str, list[Placed]]:
    counts = Counter(record.id for record in register.records)
    found: dict[str, list[Placed]] = {}
    for place, record in enumerate(register.records):
        found.setdefault(record.person, []).append(Placed(record, place, counts[record.id] > 1))
    return found


_kept: deque[tuple[Register, Index]] = deque(maxlen=KEPT)


def index_of(register: Register) -> Index:
    """Return the index of a register; the same one again while it is the same register."""
    for held, index in tuple(_kept):
        if held is register and index.seconded == register.seconded:
            return index
    made = Index(register)
    _kept.append((register, made))
    return made
