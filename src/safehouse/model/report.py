"""`report/1`: which attacks were run on a film, what each found, and what remains."""

from typing import Literal

import msgspec

from safehouse.model.findings import Unsure

__all__ = ["Attack", "Control", "Report", "Spot"]


class Spot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where an attack succeeded: frames first <= f < end, and words without names."""

    first: int
    end: int
    what: str


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test of the attack itself: it must succeed on the unprotected clip.

    held None: the clip gives nothing to try it on (no face, no sound); words say so.
    """

    held: bool | None
    what: str


class Attack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attack and its result.

    Attributes:
        name: stable id, `coverage`.
        title: what was tried, in a filmmaker's words.
        result: `none found`, `leak` or `not run`.
        figure: the number with its unit and how much was looked at.
        control: the positive control.
        spots: where it succeeded; empty unless result is `leak`.
    """

    name: str
    title: str
    result: Literal["none found", "leak", "not run"]
    figure: str
    control: Control
    spots: tuple[Spot, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result of an audit; schema `report/1`. It never says safe, and never passed.

    Attributes:
        clip: the clip's id.
        film_sha256, plan_sha256: digests of the audited film and plan.
        held: an attack found a leak, or could not be run.
        remains: what may still identify, in plain words.
        notes: what was widened, dropped or done differently.
        frames: number of frames in the film.
    """

    schema: Literal["report/1"] = "report/1"
    clip: str
    film_sha256: str
    plan_sha256: str
    held: bool
    attacks: tuple[Attack, ...]
    remains: tuple[str, ...]
    unsure: tuple[Unsure, ...] = ()
    notes: tuple[str, ...] = ()
    frames: int = 0
    watched: bool = False
