"""What can't be is refused before it is recorded."""

import pytest
from registers import record

from safehouse.consent.checking import require_record
from safehouse.errors import RecordRefused


@pytest.mark.parametrize(
    "scope",
    [
        {"territories": ("XX",)},
        {"territories": ("fr",)},
        {"media": ("cinema",)},
        {"until": "2026-02-30"},
        {"valid_from": "2026-12-01", "until": "2026-11-30"},
        {"valid_from": "2026-12-01", "review": "2026-11-30"},
        {"until": "2026-09-30"},
    ],
)
def test_a_scope_that_can_not_be_is_refused(scope: dict[str, object]) -> None:
    with pytest.raises(RecordRefused):
        require_record(record(scope=scope))


def test_a_record_of_tomorrow_or_of_nothing_is_refused() -> None:
    require_record(record(), today="2026-10-01")
    with pytest.raises(RecordRefused, match="yet"):
        require_record(record(), today="2026-09-29")
    with pytest.raises(RecordRefused, match="no day"):
        require_record(record(given="1.10.2026"))
    for traits in ({}, {"gait": True}):
        with pytest.raises(RecordRefused, match="trait"):
            require_record(record(traits=traits))


def test_what_is_said_this_morning_east_of_utc_is_taken() -> None:
    require_record(record(traits={"face": False}, given="2026-11-22"), today="2026-11-21")
    with pytest.raises(RecordRefused, match="yet"):
        require_record(record(given="2026-11-23"), today="2026-11-21")
