"""The failures of consent; `safehouse.errors` draws the whole tree and hands them on."""

from safehouse_offload.errors import SafehouseError

__all__ = [
    "ConsentError",
    "ExchangeMalformed",
    "LinkRefused",
    "MergeRefused",
    "NotSeconded",
    "PersonUnknown",
    "RecordRefused",
    "RecordUnknown",
    "RegisterEdited",
    "SlipKnown",
    "SlipUnreadable",
]


class ConsentError(SafehouseError):
    """Catch this for anything that the register, or the rules of consent, refuse."""

    kept_unless_said = "the register is as it was; nothing was recorded"


class PersonUnknown(ConsentError):
    """There is nobody with this id in the project."""

    id = "E20"
    exit_code = 20


class RecordRefused(ConsentError):
    """A record or a use has dates, a country, a medium or words that can't be."""

    id = "E21"
    exit_code = 21


class RegisterEdited(ConsentError):
    """The register holds what safehouse never writes; it was edited by hand."""

    id = "E22"
    exit_code = 22


class NotSeconded(ConsentError):
    """A widening is seconded by who recorded it, has no proof, or was agreed to already."""

    id = "E23"
    exit_code = 23


class RecordUnknown(ConsentError):
    """There is no record, or no change of state, with this id."""

    id = "E23b"
    exit_code = 23


class MergeRefused(ConsentError):
    """A person can't be merged into herself, nor in a circle."""

    id = "E24"
    exit_code = 24


class SlipUnreadable(ConsentError):
    """A field slip is damaged, is no slip, or is sealed to another key."""

    id = "E25"
    exit_code = 25


class SlipKnown(ConsentError):
    """A field slip was imported before."""

    id = "E26"
    exit_code = 26


class ExchangeMalformed(ConsentError):
    """The file is not a consent record as ISO/IEC TS 27560 shapes them, or not of our profile."""

    id = "E27"
    exit_code = 27


class LinkRefused(ConsentError):
    """A person can't be linked so, or the answer has to come from another person."""

    id = "E28"
    exit_code = 28
