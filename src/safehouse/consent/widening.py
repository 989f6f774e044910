"""What widens a register, and what it takes: proof, two people and a waiting time.

Narrowing is taken from anybody, at once and unproven: a wrong no costs a face in a film, a wrong
yes may cost a life.
"""

from collections.abc import Mapping

from safehouse.model.days import WAITING_DAYS, day_after, is_day
from safehouse.model.widening import is_proof, widens

__all__ = [
    "WAITING_DAYS",
    "counts_by",
    "is_proof",
    "widens",
]


def counts_by(id_: str, said: str, seconded: Mapping[str, str], today: str) -> bool:
    """Return whether a widening has been seconded, and has waited long enough by a day.

    A day on record that is earlier than the waiting time allows is not believed.
    """
    from_day = seconded.get(id_, "")
    if not id_ or not is_day(from_day) or not is_day(said):
        return False
    return max(from_day, day_after(said, WAITING_DAYS)) <= today
