"""The fields of a consent record in JSON, as ISO/IEC TS 27560:2023 names them in clause 6.3.

The standard names the fields and leaves how they are written open; our own record travels whole
in `safehouse`, an extension as the standard allows. Unknown fields are refused.
"""

import msgspec

from safehouse.model.consent import Record

__all__ = ["Document", "Event", "Header", "Own", "Party", "Pii", "Processing", "Purpose"]


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record header section, 6.3.3."""

    schema_version: str
    record_id: str
    pii_principal_id: str


class Pii(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PII information, 6.3.5."""

    pii_type: str
    pii_attribute_id: str = ""
    pii_optional: bool = True
    sensitive_pii_category: bool = True
    special_pii_category: bool = False


class Purpose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One purpose of the PII processing section, 6.3.4."""

    purpose: str
    purpose_type: str = ""
    lawful_basis: str = ""
    pii_information: tuple[Pii, ...]
    pii_controllers: tuple[str, ...] = ()
    collection_method: tuple[str, ...] = ()
    processing_method: tuple[str, ...] = ()
    storage_locations: tuple[str, ...] = ()
    retention_period: str = ""
    processing_locations: tuple[str, ...] = ()
    geographic_restrictions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    jurisdiction: str = ""
    recipient_third_parties: tuple[str, ...] = ()
    withdrawal_method: str = ""
    privacy_rights: tuple[str, ...] = ()
    codes_of_conduct: tuple[str, ...] = ()
    impact_assessment: str = ""
    authority_party: str = ""


class Processing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PII processing section, 6.3.4."""

    privacy_notice: str = ""
    language: str = ""
    purposes: tuple[Purpose, ...]


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One party of the party identification section, 6.3.6."""

    party_id: str
    party_address: str = ""
    party_email: str = ""
    party_url: str = ""
    party_phone: str = ""
    party_name: str = ""
    party_role: str = ""
    party_contact: str = ""
    party_type: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event of the event section, 6.3.7."""

    event_time: str
    validity_duration: str = ""
    entity_id: str
    event_type: str
    event_state: str


class Own(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Our extension: the record as it is in the register."""

    profile: str
    record: Record


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A consent record."""

    header: Header
    pii_processing: Processing
    party_identification: tuple[Party, ...] = ()
    event: tuple[Event, ...]
    safehouse: Own | None = None
