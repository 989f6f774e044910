"""Reports hold to the schema that is published for others."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from audit_cases import head, make_plan
from loading import ROOT

from safehouse.audit.paper import write_report
from safehouse.audit.remains import remains_of
from safehouse.model.findings import Unsure
from safehouse.model.report import Attack, Control, Report, Spot

PLAN = make_plan(head(4, 20))
FOUND = Attack(
    name="coverage",
    title="Is every mask there?",
    result="leak",
    figure="12 of 12 frames",
    control=Control(None, "nothing"),
    spots=(Spot(3, 4, "M0001"),),
)


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Any]:
    report = Report(
        clip="C0001",
        film_sha256="a" * 64,
        plan_sha256="",
        held=True,
        attacks=(FOUND,),
        remains=remains_of(PLAN),
        unsure=(Unsure(0, 3, "weak detection"),),
    )
    write_report(tmp_path, report, PLAN, ())
    found: dict[str, Any] = json.loads((tmp_path / "report.json").read_bytes())
    return found


@pytest.fixture
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_a_report_holds_to_the_published_schema(
    written: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    validator.validate(written)
    assert written["questions"]
    assert written["program"].startswith("safehouse ")


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "report/2"},
        {"held": "no"},
        {"attacks": [{"name": "coverage"}]},
        {"more": 1},
        {"remains": [1]},
    ],
)
def test_what_is_no_report_breaks_the_schema(
    written: dict[str, Any],
    validator: jsonschema.Draft202012Validator,
    change: dict[str, Any],
) -> None:
    assert not validator.is_valid(written | change)


def test_every_field_says_what_it_is() -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    assert {"Report", "Answers", "Signed", "Question"} <= schema["$defs"].keys()
    assert all(part.get("description") for part in schema["$defs"].values())
