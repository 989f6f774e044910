"""Errors: one class and one stable id each, three lines, no traceback material."""

import inspect
import pickle
import re

import pytest

from safehouse import errors
from safehouse.errors import SafehouseError, error_classes

RANGES = {
    errors.SourceError: range(10, 20),
    errors.ConsentError: range(20, 30),
    errors.PlanError: range(30, 40),
    errors.RenderError: range(40, 50),
    errors.AuditError: range(50, 60),
    errors.VaultError: range(60, 70),
    errors.DeliveryError: range(70, 80),
    errors.ProjectError: range(80, 90),
}
kinds = pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)


def test_no_two_errors_share_an_id() -> None:
    ids = [kind.id for kind in error_classes()]
    assert len(ids) == len(set(ids))


@kinds
def test_an_id_is_its_exit_code_and_at_most_one_letter(kind: type[SafehouseError]) -> None:
    assert re.fullmatch(rf"E{kind.exit_code}[b-z]?", kind.id)


@kinds
def test_an_exit_code_lies_in_the_range_of_its_family(kind: type[SafehouseError]) -> None:
    families = [family for family in RANGES if issubclass(kind, family)]
    expected = RANGES[families[0]] if families else range(1, 3)
    assert kind.exit_code in expected


@kinds
def test_every_error_says_when_it_is_met(kind: type[SafehouseError]) -> None:
    assert inspect.getdoc(kind)
    assert vars(kind).get("__doc__"), "an inherited docstring says nothing of this failure"


@kinds
def test_an_error_is_three_lines(kind: type[SafehouseError]) -> None:
    lines = str(kind("clip C0003 changed", kept="all of it", next_step="look")).splitlines()
    assert lines == [f"clip C0003 changed [{kind.id}]", "  kept: all of it", "  next: look"]


@kinds
def test_an_error_crosses_process_borders(kind: type[SafehouseError]) -> None:
    sent = kind("what", kept="kept", next_step="next")
    got = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes, made a line above
    assert (type(got), str(got)) == (kind, str(sent))


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = dict(re.findall(r"(\w+)\s+(E\d+[b-z]?) ", errors.__doc__ or ""))
    real = {kind.__name__: kind.id for kind in error_classes() if kind is not SafehouseError}
    assert drawn == real


def test_the_public_names_are_exactly_the_classes() -> None:
    defined = {
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, SafehouseError)
    }
    assert set(errors.__all__) == defined | {"error_classes"}
