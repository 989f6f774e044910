"""Consent records in JSON: out and back the same, and nothing that comes in unlocks."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registers import change, record, register, use

from safehouse.consent.exchange import export_record, export_register, import_records
from safehouse.consent.rules import rule_all
from safehouse.errors import ExchangeMalformed
from safehouse.model.consent import STATES, Register


def written(**fields: object) -> bytes:
    """A record as somebody else writes it."""
    made = {
        "header": {"schema_version": "x", "record_id": "1", "pii_principal_id": "someone"},
        "pii_processing": {
            "purposes": [
                {
                    "purpose": "a film",
                    "purpose_type": "festival",
                    "pii_information": [{"pii_type": "face"}, {"pii_type": "email"}],
                }
            ]
        },
        "event": [
            {
                "event_time": "2026-10-01T12:00:00Z",
                "entity_id": "someone",
                "event_type": "explicit",
                "event_state": "given",
            }
        ],
    }
    return json.dumps({**made, **fields}).encode()


def event(state: str, day: str = "2026-10-02") -> dict[str, str]:
    made = {"event_time": day, "entity_id": "x", "event_type": "explicit"}
    return {**made, "event_state": state}


def test_the_fields_are_those_of_the_standard() -> None:
    limits = {"media": ("festival",), "territories": ("FR",), "until": "2027-06-30"}
    made = msgspec.to_builtins(export_record(record(scope=limits, language="fr")))
    assert set(made) == {
        "header",
        "pii_processing",
        "party_identification",
        "event",
        "safehouse",
    }
    assert set(made["header"]) == {"schema_version", "record_id", "pii_principal_id"}
    (purpose,) = made["pii_processing"]["purposes"]
    assert purpose["purpose_type"] == "festival"
    assert tuple(purpose["geographic_restrictions"]) == ("FR",)
    assert [one["pii_type"] for one in purpose["pii_information"]] == ["face"]
    assert made["event"][0]["event_state"] == "given"
    assert made["event"][0]["validity_duration"] == "2026-10-01/2027-06-30"


def test_out_and_back_is_the_same_record_and_its_narrowings() -> None:
    said = record(traits={"face": True, "voice": False}, conditions=("show me first",))
    held = register(said, changes=(change("suspended"), change("given", "2026-11-05")))
    (back,) = import_records(export_register(held))
    assert back.record == said
    assert [(one.state, one.day) for one in back.changes] == [("suspended", "2026-11-01")]
    assert "two people" in back.passed_over[0]


def test_what_comes_in_unlocks_nothing_by_itself() -> None:
    for text in (export_register(register(record())), written()):
        (back,) = import_records(text)
        moved = msgspec.structs.replace(back.record, person="P07")
        held = register(moved, seconded={})
        assert not any(one.allowed for one in rule_all(held, use()).values())


def test_a_foreign_yes_has_no_proof_and_a_foreign_no_counts() -> None:
    (yes,) = import_records(written())
    moved = msgspec.structs.replace(yes.record, person="P07")
    held = register(moved, seconded={moved.id: "2026-10-10"})
    assert rule_all(held, use())["P07", "face"].why == "no proof"
    (no,) = import_records(written(event=[event("refused")]))
    refused = msgspec.structs.replace(no.record, person="P07")
    late = msgspec.structs.replace(refused, given="2026-11-01")
    assert rule_all(register(record(), late), use())["P07", "face"].why == "said no"
    assert yes.passed_over == ("'email' is no trait of ours",)


@pytest.mark.parametrize("state", ["given", "renewed", "", "GIVEN"])
def test_a_later_event_that_widens_or_is_unknown_never_widens(state: str) -> None:
    events = [event("given"), event("withdrawn"), event(state)]
    (back,) = import_records(written(event=events))
    assert next(one.state for one in back.changes) == "withdrawn"
    assert "given" not in [one.state for one in back.changes]
    assert back.passed_over


def test_a_state_that_is_not_known_is_taken_as_suspended() -> None:
    (back,) = import_records(written(event=[event("given"), event("paused by a friend")]))
    assert [one.state for one in back.changes] == ["suspended"]


def test_a_duration_that_can_not_be_read_ends_at_once() -> None:
    first = {**event("given", "2026-10-01"), "validity_duration": "P1Y"}
    (back,) = import_records(written(event=[first]))
    assert back.record.scope.until == "2026-10-01"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"{}",
        b"[[]]",
        b"\xff",
        b"[" * 100_000,
        written(extra=1),
        written(event=[]),
        written(event=[{**event("given"), "event_time": "yesterday"}]),
        written(pii_processing={"purposes": []}),
        written(header={"record_id": "1"}),
    ],
)
def test_what_is_not_of_the_shape_is_refused(text: bytes) -> None:
    with pytest.raises(ExchangeMalformed):
        import_records(text)


def test_a_public_part_that_was_edited_is_refused() -> None:
    made = msgspec.to_builtins(export_record(record()))
    made["pii_processing"]["purposes"][0]["geographic_restrictions"] = ["DE"]
    with pytest.raises(ExchangeMalformed, match="other things"):
        import_records(msgspec.json.encode(made))
    made = msgspec.to_builtins(export_record(record()))
    made["safehouse"]["record"]["traits"]["voice"] = True
    with pytest.raises(ExchangeMalformed, match="other things"):
        import_records(msgspec.json.encode(made))


def test_another_profile_is_refused() -> None:
    made = msgspec.to_builtins(export_record(record()))
    made["safehouse"]["profile"] = "safehouse/consent/2"
    with pytest.raises(ExchangeMalformed, match="profile"):
        import_records(msgspec.json.encode(made))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STATES), max_size=4), st.binary(max_size=60))
def test_no_file_makes_a_change_that_widens(states: list[str], junk: bytes) -> None:
    (back,) = import_records(written(event=[event("given"), *(event(one) for one in states)]))
    narrow = Register(people=register().people, changes=back.changes)
    assert "given" not in {one.state for one in narrow.changes}
    with pytest.raises(ExchangeMalformed):
        import_records(junk + b"}")
