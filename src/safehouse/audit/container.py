"""Attack 3, container: nothing of the source's maker, place or time is in the file."""

from pathlib import Path

from safehouse.media.containers import check_film
from safehouse.media.inspect import identifying_strings
from safehouse.media.search import Hit, search_file
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, say

__all__ = ["attack_container", "build_attack"]

TITLE = say("Does the file say who made it, where, when or with what?")
SHOWN = 20
"""Spots that a report lists; more are counted."""


def attack_container(film: Path, source: Path) -> Attack:
    """Return the attack: everything the allow-list doesn't name, and every string of the source.

    Raises:
        SourceMissing: a file can't be read.
    """
    strings = identifying_strings(source)
    return build_attack(
        check_film(film),
        search_file(film, strings),
        searched=len(strings),
        control=len({hit.string for hit in search_file(source, strings)}),
        size=film.stat().st_size,
    )


def build_attack(
    unknown: tuple[str, ...], hits: tuple[Hit, ...], *, searched: int, control: int, size: int
) -> Attack:
    """Return the attack with its result.

    Args:
        unknown: what the allow-list does not name, in words.
        hits: strings of the source that were found in the film.
        searched: how many strings were looked for.
        control: how many of them the same search finds in the source itself.
        size: bytes of the film.
    """
    spots = _spots(unknown, hits)
    words = say(
        "the same search finds {found} of the {searched} strings in the source itself",
        found=control,
        searched=searched,
    )
    held = control > 0 if searched else None
    return Attack(
        name="container",
        title=TITLE,
        result="leak" if spots else ("not run" if held is False else "none found"),
        figure=say(
            "every box and tag of {size} bytes against the allow-list: {unknown} unknown; "
            "{searched} identifying strings of the source searched for in every encoding: "
            "{found} found",
            size=size,
            unknown=len(unknown),
            searched=searched,
            found=len(hits),
        ),
        control=Control(
            held, words if searched else say("the source itself says nothing to search for")
        ),
        spots=spots,
    )


def _spots(unknown: tuple[str, ...], hits: tuple[Hit, ...]) -> tuple[Spot, ...]:
    """Return what was found, SHOWN at most; the rest is counted."""
    found = [say("not in the allow-list: {words}", words=words) for words in unknown]
    found += [_words_of(hit) for hit in hits]
    left_out = len(found) - SHOWN
    if left_out > 0:
        found = [*found[:SHOWN], say("and {n} more", n=left_out)]
    return tuple(Spot(0, 1, words) for words in found)


def _words_of(hit: Hit) -> Said:
    if hit.where == "name":
        return say("the film's own name repeats what the source says of itself: rename the film")
    return say(
        "a string of the source stands in the film at byte {offset} ({form})",
        offset=hit.offset,
        form=hit.form,
    )
