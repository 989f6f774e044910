"""What every act of a project is: one value a kind, by which the journal is written."""

import msgspec

__all__ = ["Act"]


class Act(msgspec.Struct, frozen=True, tag=True, tag_field="act", forbid_unknown_fields=True):
    """What all acts are; `act` in their JSON is the class's name."""
