"""Consent as people gave it: persons, records and what a film is used for. Values, no rules.

The register is append-only: a later record never changes an earlier one. What the records allow
together is decided by `safehouse.consent.rules`, and absence is always no.
"""

from typing import Literal

import msgspec

__all__ = [
    "MEDIA",
    "STATES",
    "TRAITS",
    "Link",
    "Medium",
    "Person",
    "Power",
    "Record",
    "Register",
    "Ruling",
    "Scope",
    "State",
    "StateChange",
    "Trait",
    "Use",
]

Trait = Literal["face", "voice", "name", "place", "body", "story"]
"""What of a person a film may show or let hear; body is body and clothing, story its details."""

TRAITS: tuple[Trait, ...] = ("face", "voice", "name", "place", "body", "story")

Medium = Literal["festival", "broadcast", "online", "education", "court", "press", "trailer"]
"""Where a version is shown; press is stills for the press."""

MEDIA: tuple[Medium, ...] = (
    "festival",
    "broadcast",
    "online",
    "education",
    "court",
    "press",
    "trailer",
)

State = Literal[
    "provisional",
    "given",
    "narrowed",
    "suspended",
    "unreachable",
    "detained",
    "withdrawn",
    "deceased",
]
"""Where a person's consent stands as a whole."""

STATES: tuple[State, ...] = (
    "provisional",
    "given",
    "narrowed",
    "suspended",
    "unreachable",
    "detained",
    "withdrawn",
    "deceased",
)

Power = Literal["none", "broker", "guardian", "employer", "spouse", "payer", "crew", "unknown"]
"""Who was present and has power over the person."""


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody in the footage, by an id that means nothing; the name is kept elsewhere, sealed.

    Attributes:
        id: `P07`.
        role: participant, bystander, crew, translator, driver, or who was behind the camera.
        hidden_from: from whom the person must be hidden; () while nobody has asked.
        risk: what being known would mean; `unanswered` counts as high.
        age: `unknown` counts as under 18.
        merged_into: the person that this one turned out to be, or "".
    """

    id: str
    role: Literal[
        "unknown", "participant", "bystander", "crew", "translator", "driver", "camera"
    ] = "unknown"
    hidden_from: tuple[Literal["public", "known", "state"], ...] = ()
    risk: Literal["unanswered", "none", "some", "high"] = "unanswered"
    age: Literal["unknown", "adult", "child"] = "unknown"
    merged_into: str = ""


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a record is about: uses within all of its limits. An empty limit does not limit.

    Attributes:
        versions: names of versions.
        media: where.
        territories: ISO 3166-1 alpha-2 codes.
        valid_from, until: first and last day, `2027-06-30`, or "".
        review: day on which to ask again, or ""; from then on it unlocks nothing.
    """

    versions: tuple[str, ...] = ()
    media: tuple[Medium, ...] = ()
    territories: tuple[str, ...] = ()
    valid_from: str = ""
    until: str = ""
    review: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person said once; it is never changed.

    Attributes:
        id: `R0012`.
        person: `P07`.
        traits: trait → yes or no; a trait that is not named was not asked about.
        scope: for which uses.
        how: on paper, as sound or film; `told` leaves no proof and can only narrow.
        proof_sha256: digest of the paper's scan or of the recording, 64 hexadecimal digits, or "".
        language: BCP 47, of the conversation.
        interpreter, asked_by, witnesses: pseudonyms or ids; never names.
        present: who was there and has power over the person.
        safe_when_asked: whether they were in safety; None is unknown, and counts as no.
        in_flight: asked while in flight, in detention or in dependence.
        guardian: the person who said yes for somebody under 18, or "".
        explanation: which text or sheet explained it, or "".
        conditions: such as `show me first`; each is answered before it counts (met).
        met: the conditions that were met.
        out_already: what of it is out already, in words without names.
        given: the day on which it was said, `2026-11-21`.
    """

    id: str
    person: str
    traits: dict[Trait, bool]
    scope: Scope = Scope()
    how: Literal["paper", "audio", "video", "told"] = "told"
    proof_sha256: str = ""
    language: str = ""
    interpreter: str = ""
    asked_by: str = ""
    witnesses: tuple[str, ...] = ()
    present: tuple[Power, ...] = ("unknown",)
    safe_when_asked: bool | None = None
    in_flight: bool = False
    guardian: str = ""
    explanation: str = ""
    conditions: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    out_already: tuple[str, ...] = ()
    given: str


class StateChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's consent as a whole changed its state on a day.

    Narrowing (suspended, unreachable, detained, withdrawn, narrowed, deceased) is taken from
    anybody, unproven. Widening needs proof, two people and a waiting time (consent.widening).

    Attributes:
        id: `S0003`; what a widening is seconded by.
        by: who recorded it.
        seconded_by: who agreed to a widening; never who recorded it.
    """

    id: str = ""
    person: str
    state: State
    day: str
    by: str = ""
    seconded_by: str = ""
    proof_sha256: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Showing a person endangers another, who may not be in the film at all.

    answered: what was found out about the other's risk: `unanswered` keeps the person hidden.
    """

    person: str
    other: str
    answered: Literal["unanswered", "no risk", "risk"] = "unanswered"


class Use(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a film is to be used for: one version on one day."""

    version: str
    medium: Medium
    territories: tuple[str, ...] = ()
    day: str


class Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything on record at a moment, in the order in which it was recorded.

    Attributes:
        seconded: id of a widening record or change of state → the day from which it counts, after
            a second person agreed and the waiting time; one that is not here unlocks nothing.
        today: the day on which the register is read, or "". A use that is dated ahead shortens no
            waiting time, and one that is dated back lengthens no consent.
        seen: the last day on which anything was recorded, or "": a clock that was set back since
            brings no consent back that had ended by then.
    """

    people: tuple[Person, ...] = ()
    records: tuple[Record, ...] = ()
    changes: tuple[StateChange, ...] = ()
    links: tuple[Link, ...] = ()
    seconded: dict[str, str] = {}
    today: str = ""
    seen: str = ""


class Ruling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a trait of a person may be shown in a use, and why.

    Attributes:
        allowed: every rule permits it.
        why: stable words of the rule that decided: `no record`, `expired`, `contradiction` …
        records: ids of the records that it rests on.
    """

    person: str
    trait: Trait
    allowed: bool
    why: str
    records: tuple[str, ...] = ()
