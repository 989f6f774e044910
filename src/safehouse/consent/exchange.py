"""Consent records for others and from others, in JSON shaped as ISO/IEC TS 27560 describes them.

What comes in never unlocks: a second person agrees to it here, whatever somebody agreed to
elsewhere, and a state that is not known counts as suspended.
"""

from collections.abc import Iterable

import msgspec

from safehouse.consent.shapes import Document, Event, Header, Own, Party, Pii, Processing, Purpose
from safehouse.errors import ExchangeMalformed
from safehouse.model.consent import (
    MEDIA,
    TRAITS,
    Record,
    Register,
    Scope,
    State,
    StateChange,
    Trait,
)
from safehouse.model.days import is_day
from safehouse.model.text import escape

__all__ = ["PROFILE", "Imported", "export_record", "export_register", "import_records"]

PROFILE = "safehouse/consent/1"
SCHEMA = "ISO/IEC TS 27560:2023"
MOST_BYTES = 16 << 20
ANY = "any"
PURPOSE = "showing a documentary film"
STATES_IN: dict[str, State] = {
    "given": "given",
    "refused": "withdrawn",
    "withdrawn": "withdrawn",
    "invalidated": "withdrawn",
    "terminated": "withdrawn",
    "expired": "suspended",
    "requested": "provisional",
    "provisional": "provisional",
    "narrowed": "narrowed",
    "suspended": "suspended",
    "unreachable": "unreachable",
    "detained": "detained",
    "deceased": "deceased",
}
"""State of an event → ours. The first five are named by the standard's readers; the rest ours."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came in: a record for the register, and the changes of state that narrow.

    Attributes:
        record: with the ids of where it comes from; the caller gives it ours.
        changes: narrowing ones alone; a widening is done here or not at all.
        passed_over: what was in it and is not taken, in words.
    """

    record: Record
    changes: tuple[StateChange, ...] = ()
    passed_over: tuple[str, ...] = ()


def export_register(register: Register) -> bytes:
    """Return every record of a register as one JSON list, each with its person's changes."""
    made = [
        export_record(record, [one for one in register.changes if one.person == record.person])
        for record in register.records
    ]
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def export_record(record: Record, changes: Iterable[StateChange] = ()) -> Document:
    """Return a record as a document; it holds ids and pseudonyms, never a name."""
    media = record.scope.media or (ANY,)
    first = Event(
        event_time=record.given,
        validity_duration=f"{record.scope.valid_from or record.given}/{record.scope.until or '..'}",
        entity_id=record.person,
        event_type=f"explicit, {record.how}",
        event_state="given" if any(record.traits.values()) else "refused",
    )
    later = [
        Event(
            event_time=one.day,
            entity_id=one.by or one.person,
            event_type="change of state",
            event_state=one.state,
        )
        for one in changes
    ]
    return Document(
        header=Header(schema_version=SCHEMA, record_id=record.id, pii_principal_id=record.person),
        pii_processing=Processing(
            privacy_notice=record.explanation,
            language=record.language,
            purposes=tuple(_purpose(record, medium) for medium in media),
        ),
        party_identification=(Party(party_id="controller", party_role="PII controller"),),
        event=(first, *later),
        safehouse=Own(profile=PROFILE, record=record),
    )


def _purpose(record: Record, medium: str) -> Purpose:
    return Purpose(
        purpose=PURPOSE,
        purpose_type=medium,
        lawful_basis="consent",
        pii_information=tuple(Pii(pii_type=trait, pii_optional=True) for trait in _named(record)),
        pii_controllers=("controller",),
        collection_method=("filmed",),
        geographic_restrictions=record.scope.territories,
        services=record.scope.versions,
        withdrawal_method="at any time, unproven, by telling anybody of the film",
    )


def _named(record: Record) -> list[Trait]:
    """Return what was agreed to; of a record without a yes, what was refused."""
    agreed = [trait for trait in TRAITS if record.traits.get(trait, False)]
    return agreed or [trait for trait in TRAITS if trait in record.traits]


def import_records(text: bytes) -> tuple[Imported, ...]:
    """Return what a JSON file of one record, or a list of them, gives.

    Raises:
        ExchangeMalformed: not of this shape, with fields that are not known, or with a public part
            that says other things than our extension in it.
    """
    if len(text) > MOST_BYTES:
        raise _malformed("longer than any register")
    try:
        kind = tuple[Document, ...] if text.lstrip()[:1] == b"[" else Document
        found = msgspec.json.decode(text, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise _malformed(escape(str(error))) from error
    documents: tuple[Document, ...] = found if isinstance(found, tuple) else (found,)
    return tuple(_imported(document) for document in documents)


def _imported(document: Document) -> Imported:
    if document.safehouse is None:
        return _foreign(document)
    own = document.safehouse
    if own.profile != PROFILE:
        raise _malformed(f"profile '{escape(own.profile)}' where {PROFILE} is known")
    again = export_record(own.record)
    if (again.header, again.pii_processing, again.event[:1]) != (
        document.header,
        document.pii_processing,
        document.event[:1],
    ):
        raise _malformed("its fields say other things than the record that it carries")
    return _with_changes(own.record, document.event[1:])


def _foreign(document: Document) -> Imported:
    """Return what somebody else's record gives: a no in it counts, a yes unlocks nothing."""
    if not document.event:
        raise _malformed("no event: nobody said anything")
    first, purposes = document.event[0], document.pii_processing.purposes
    said = first.event_state == "given"
    types = {pii.pii_type for purpose in purposes for pii in purpose.pii_information}
    traits: dict[Trait, bool] = {trait: said for trait in TRAITS if trait in types}
    if not traits:
        raise _malformed("it names none of " + ", ".join(TRAITS))
    passed = [f"'{escape(one)}' is no trait of ours" for one in sorted(types - set(TRAITS))]
    record = Record(
        id=document.header.record_id,
        person=document.header.pii_principal_id,
        traits=traits,
        scope=_scope(document) if said else Scope(),
        language=document.pii_processing.language,
        explanation=document.pii_processing.privacy_notice,
        given=_day(first),
    )
    made = _with_changes(record, document.event[1:])
    return msgspec.structs.replace(made, passed_over=(*passed, *made.passed_over))


def _scope(document: Document) -> Scope:
    """Return the limits of a yes; a duration that can't be read ends on the day it began."""
    purposes, first = document.pii_processing.purposes, document.event[0]
    known = {one.purpose_type for one in purposes if one.purpose_type in MEDIA}
    if not known:
        raise _malformed("no purpose type of it is a medium: " + ", ".join(MEDIA))
    return Scope(
        media=tuple(one for one in MEDIA if one in known),
        territories=_lands(purposes),
        until=_last_day(first) if first.validity_duration else "",
    )


def _lands(purposes: Iterable[Purpose]) -> tuple[str, ...]:
    return tuple(sorted({code for one in purposes for code in one.geographic_restrictions}))


def _last_day(event: Event) -> str:
    end = event.validity_duration.rpartition("/")[2][:10]
    return "" if end == ".." else end if is_day(end) else _day(event)


def _day(event: Event) -> str:
    day = event.event_time[:10]
    if not is_day(day):
        raise _malformed(f"'{escape(event.event_time)}' is no time")
    return day


def _with_changes(record: Record, events: Iterable[Event]) -> Imported:
    changes, passed = [], []
    for event in events:
        state = STATES_IN.get(event.event_state, "suspended")
        if state == "given":
            passed.append(f"'given' again on {_day(event)}: a widening is done here, by two people")
            continue
        if event.event_state not in STATES_IN:
            passed.append(f"'{escape(event.event_state)}' is not known; taken as suspended")
        changes.append(StateChange(person=record.person, state=state, day=_day(event)))
    return Imported(record=record, changes=tuple(changes), passed_over=tuple(passed))


def _malformed(words: str) -> ExchangeMalformed:
    return ExchangeMalformed(
        f"not a consent record of this shape: {words}",
        next_step="docs/consent.md has the fields; mend the file, or record it by hand",
    )
