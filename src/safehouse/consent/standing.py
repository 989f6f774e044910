"""Where a person's consent stands as a whole: changes of state, one after the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from safehouse.consent.widening import counts_by, is_proof
from safehouse.model.consent import Register, State, StateChange
from safehouse.model.days import is_day

__all__ = ["NOTHING_SHOWS", "RANK", "Standing", "standing_of", "state_of", "together"]

RANK: dict[str, int] = {
    "given": 0,
    "narrowed": 1,
    "provisional": 2,
    "suspended": 3,
    "unreachable": 3,
    "detained": 3,
    "withdrawn": 4,
    "deceased": 5,
}
"""State → how narrow it is; one that is not known counts as withdrawn."""

NOTHING_SHOWS = frozenset({"provisional", "suspended", "unreachable", "detained", "withdrawn"})
"""States in which nothing of a person is shown, whatever the records say."""

NEVER = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, and what of the records it leaves.

    Attributes:
        state: the state.
        since: only what was said on this day or later counts; "" for all.
        death: last day, "" while alive; nothing that was said or agreed to later counts.
        spoiled: before or after death came a state in which nothing shows: frozen at that.
    """

    state: State = "given"
    since: str = ""
    death: str = ""
    spoiled: bool = False


def standing_of(
    changes: Iterable[StateChange], seconded: Mapping[str, str], today: str
) -> Standing:
    """Return where consent stands after changes, in the order in which they were recorded.

    What narrows counts at once, whatever its day, and whatever stood before: also a narrowing in a
    pause, and a withdrawal after death. What widens counts when it has proof, was seconded by
    another person and has waited; else it is passed over. Death is never undone.
    """
    standing = Standing()
    for change in changes:
        rank, before = RANK.get(change.state, RANK["withdrawn"]), RANK[standing.state]
        if rank >= before:
            standing = _narrowed(standing, change)
        elif standing.state != "deceased" and _is_widened(change, seconded, today):
            standing = _widened(standing, change)
        else:
            standing = _also(standing, change)
    return standing


def together(standings: Sequence[Standing]) -> list[Standing]:
    """Return the standings of people who are one: what narrows one of them narrows each."""
    since = max((one.since for one in standings), default="")
    death = min((one.death for one in standings if one.death), default="")
    spoiled = any(one.spoiled for one in standings)
    return [replace(one, since=since, death=death, spoiled=spoiled) for one in standings]


def state_of(register: Register, person: str) -> State:
    """Return the state that counts today: a widening that nobody seconded changes nothing."""
    changes = [one for one in register.changes if one.person == person]
    return standing_of(changes, register.seconded, register.today or NEVER).state


def _narrowed(standing: Standing, change: StateChange) -> Standing:
    state = _known(change)
    if state == "deceased":
        day = change.day if is_day(change.day) else "0001-01-01"
        return replace(standing, state=state, death=min(standing.death or NEVER, day))
    return replace(_also(standing, change), state=state)


def _also(standing: Standing, change: StateChange) -> Standing:
    """Return a standing with what a change takes away, though a narrower state stays."""
    state, day = _known(change), change.day if is_day(change.day) else NEVER
    since = max(standing.since, day) if state in {"narrowed", "withdrawn"} else standing.since
    return replace(standing, since=since, spoiled=standing.spoiled or state in NOTHING_SHOWS)


def _known(change: StateChange) -> State:
    """Return the state that a change names; one that is not known counts as withdrawn."""
    return change.state if change.state in RANK else "withdrawn"


def _is_widened(change: StateChange, seconded: Mapping[str, str], today: str) -> bool:
    two = change.seconded_by not in {"", change.by}
    return (
        two and is_proof(change.proof_sha256) and counts_by(change.id, change.day, seconded, today)
    )


def _widened(standing: Standing, change: StateChange) -> Standing:
    """After a withdrawal everything is asked again; after a pause the earlier records count."""
    since = max(standing.since, change.day) if standing.state == "withdrawn" else standing.since
    return replace(_also(replace(standing, since=since), change), state=change.state)
