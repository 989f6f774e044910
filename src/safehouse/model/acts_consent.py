"""Acts about consent: records, states, links."""

from safehouse.model.act import Act
from safehouse.model.consent import Link, Record, StateChange

__all__ = ["AnswerLink", "ChangeState", "ImportSlip", "RecordConsent", "SecondWidening"]


class RecordConsent(Act, frozen=True):
    """Somebody said something; the record is added to the register."""

    record: Record


class ChangeState(Act, frozen=True):
    """A person's consent changed its state."""

    change: StateChange


class AnswerLink(Act, frozen=True):
    """Showing one person endangers another; or what was found out about it."""

    link: Link


class SecondWidening(Act, frozen=True):
    """A second person agrees to a record that widens; it counts from a day on."""

    record: str
    counts_from: str


class ImportSlip(Act, frozen=True):
    """A sealed field slip was read in: the digest of its sealed file, and the record it gave."""

    slip_sha256: str
    record: str
