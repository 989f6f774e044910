"""What stands in the way of delivering a version, in the order in which to mend it. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from safehouse.errors import (
    DeliveryError,
    FilmChanged,
    FilmHeld,
    NotRendered,
    NotWatched,
    QuestionsOpen,
    RenderStale,
    RenderWrong,
    SomebodyRecognised,
    VersionEmpty,
)

__all__ = ["Ready", "Watched", "refusals", "was_recognised"]

State = Literal["missing", "stale", "wrong", "held", "ready"]

SHOWN = 8
"""Clips that a line names; more are counted."""

KINDS: dict[State, tuple[type[DeliveryError], str, str]] = {
    "wrong": (RenderWrong, "shows what is no longer permitted", "safehouse render --version {}"),
    "held": (FilmHeld, "is held by its audit", "safehouse audit --version {}; see the reports"),
    "missing": (NotRendered, "was not rendered", "safehouse render --version {}"),
    "stale": (RenderStale, "was rendered from what changed since", "safehouse render --version {}"),
}
"""State of a clip → its failure, what it means, and what to do; the gravest first."""


class Ready(NamedTuple):
    """How ready a clip is.

    Attributes:
        clip: its id.
        state: where its film stands.
        open: questions about it that no human has answered.
        film_sha256: of the film that was rendered and audited.
        found_sha256: of the film as it lies on the disk now; "" where there is none.
    """

    clip: str
    state: State
    open: int
    film_sha256: str
    found_sha256: str


class Watched(NamedTuple):
    """A full watch: clip → digest of what was seen, and what somebody who knows people said."""

    films: dict[str, str]
    knower: str


def refusals(
    version: str, clips: Sequence[Ready], watches: Sequence[Watched]
) -> tuple[DeliveryError, ...]:
    """Return everything that stands in a version's way, in the order to mend it; () when nothing.

    Args:
        version: its name.
        clips: all clips of the version.
        watches: every full watch on record, in order.
    """
    if not clips:
        return (
            VersionEmpty(
                f"the version {version} has no clip", next_step="safehouse add the film's clips"
            ),
        )
    found: list[DeliveryError] = []
    for state, (kind, words, step) in KINDS.items():
        if rows := [row.clip for row in clips if row.state == state]:
            found.append(kind(_said(rows, words), next_step=step.format(version)))
    found += _changed(version, clips)
    if rows := [row.clip for row in clips if row.open]:
        count = sum(row.open for row in clips)
        questions = "1 question is" if count == 1 else f"{count} questions are"
        found.append(
            QuestionsOpen(
                f"{questions} undecided, in {_listed(rows)}", next_step="safehouse review"
            )
        )
    return (*found, *_unwatched(version, clips, watches))


def _said(clips: list[str], words: str) -> str:
    if len(clips) == 1:
        return f"clip {clips[0]} {words}"
    return f"{len(clips)} clips: each {words}: {_listed(clips)}"


def _listed(clips: list[str]) -> str:
    more = f" and {len(clips) - SHOWN} more" if len(clips) > SHOWN else ""
    return ", ".join(clips[:SHOWN]) + more


def _changed(version: str, clips: Sequence[Ready]) -> list[DeliveryError]:
    """Return whether a film is another than the one that was audited."""
    rows = [r.clip for r in clips if r.state == "ready" and r.found_sha256 != r.film_sha256]
    if not rows:
        return []
    words = "is not the film that was audited: it was changed or swapped on the disk"
    return [FilmChanged(_said(rows, words), next_step=f"safehouse render --version {version}")]


def _unwatched(
    version: str, clips: Sequence[Ready], watches: Sequence[Watched]
) -> list[DeliveryError]:
    """Return whether no human watched just these films, or somebody was recognised in them."""
    films = {row.clip: row.film_sha256 for row in clips}
    seen = [watch for watch in watches if watch.films == films]
    if not seen:
        return [
            NotWatched(
                f"no human watched these films of {version} from beginning to end",
                next_step=f"watch them all, then: safehouse watch {version}",
            )
        ]
    if was_recognised(films, watches):
        return [
            SomebodyRecognised(
                f"somebody who knows the people was shown {version}, and recognised somebody",
                next_step="hide more of that person, render, and show it again",
            )
        ]
    return []


def was_recognised(films: dict[str, str], watches: Sequence[Watched]) -> bool:
    """Return whether somebody was recognised in these films, or may have been.

    A watch does not say which film gave them away. So while any of those films is still among
    these, only somebody who knows the people and recognises nobody in all of these ends it.
    """
    told = [watch for watch in watches if watch.knower == "recognised somebody"]
    if any(watch.films == films for watch in told):
        return True
    left = any(set(watch.films.items()) & set(films.items()) for watch in told)
    seen = [watch for watch in watches if watch.films == films]
    return left and not any(watch.knower == "recognised nobody" for watch in seen)
