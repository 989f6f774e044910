"""What all versions together tell: whoever holds two of them sees who was newly hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from safehouse.model.consent import MEDIA, TRAITS
from safehouse.model.words import Said, say, say_n

__all__ = ["Comparison", "NewlyHidden", "Shows", "compare", "shown_anywhere"]

Shows = Iterable[tuple[str, str]]
"""(person, trait) that a version shows or lets hear."""


@dataclass(frozen=True, slots=True)
class NewlyHidden:
    """A trait of a person that an earlier version shows and the new one hides.

    versions: the delivered versions that show it.
    """

    person: str
    trait: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What whoever holds the delivered versions learns from a new one.

    Attributes:
        newly_hidden: in order of person and trait.
        still_shown: people whose traits are shown before and now; they could be hidden as well.
        words: warnings, plain; () where nothing is learned.
        offers: what can be done about it.
    """

    newly_hidden: tuple[NewlyHidden, ...]
    still_shown: tuple[str, ...]
    words: tuple[Said, ...]
    offers: tuple[Said, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Whoever is newly hidden in any trait."""
        return tuple(dict.fromkeys(one.person for one in self.newly_hidden))


def shown_anywhere(delivered: Mapping[str, Shows]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the union of all that was ever delivered: (person, trait) → versions that show it."""
    found: dict[tuple[str, str], list[str]] = {}
    for version, shows in delivered.items():
        for one in dict.fromkeys(shows):
            found.setdefault(one, []).append(version)
    return {one: tuple(versions) for one, versions in found.items()}


def compare(delivered: Mapping[str, Shows], new: Shows, planned: Sequence[str] = ()) -> Comparison:
    """Return who was newly hidden, as anybody can tell who compares, and what to offer.

    Args:
        delivered: every version ever delivered, called back or not: copies stay.
        new: what the new version shows.
        planned: versions that are to come; one of them hides the moment of a withdrawal.
    """
    before, now = shown_anywhere(delivered), set(new)
    hidden = tuple(
        NewlyHidden(person, trait, versions)
        for (person, trait), versions in sorted(before.items(), key=_order)
        if (person, trait) not in now
    )
    people = tuple(dict.fromkeys(one.person for one in hidden))
    still = tuple(sorted({person for person, _ in now if person not in people}))
    if not hidden:
        return Comparison((), still, (), ())
    return Comparison(hidden, still, _words(hidden, people), _offers(people, still, planned))


def _order(item: tuple[tuple[str, str], tuple[str, ...]]) -> tuple[str, int]:
    (person, trait), _ = item
    known: tuple[str, ...] = TRAITS
    return person, known.index(trait) if trait in known else len(MEDIA)


def _words(hidden: Sequence[NewlyHidden], people: Sequence[str]) -> tuple[Said, ...]:
    first = say_n(
        "whoever holds an earlier version sees that one person was newly hidden",
        "whoever holds an earlier version sees that {n} people were newly hidden",
        len(people),
    )
    rows = [
        say(
            "{person}: {trait} is shown in {versions}, and hidden now",
            person=one.person,
            trait=one.trait,
            versions=", ".join(one.versions),
        )
        for one in hidden
    ]
    alone = say("{person} alone is pointed at by it", person=people[0])
    return (first, *([alone] if len(people) == 1 else []), *rows)


def _offers(
    people: Sequence[str], still: Sequence[str], planned: Sequence[str]
) -> tuple[Said, ...]:
    offers = []
    if still:
        offers.append(
            say(
                "hide others in the same version, so that nobody is pointed at alone: {others}",
                others=", ".join(still),
            )
        )
    if planned:
        offers.append(
            say(
                "wait for a version that is planned anyway: {versions}", versions=", ".join(planned)
            )
        )
    offers.append(
        say(
            "ask {people} which is worse: to be seen in the old versions, or to be noticed leaving",
            people=", ".join(people),
        )
    )
    return tuple(offers)
