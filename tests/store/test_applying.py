"""Every kind of act changes the tables in one way, and only in a transaction of the project."""

from typing import get_args

from safehouse.model.acts import ACTS, AnyAct, Undo
from safehouse.store.applying import UNDOABLE, appliers


def test_every_kind_of_act_has_its_applier() -> None:
    assert set(appliers()) | {Undo} == set(ACTS)


def test_every_kind_of_act_can_be_read_again() -> None:
    assert set(get_args(AnyAct)) == set(ACTS)


def test_what_can_be_undone_are_kinds_of_acts() -> None:
    assert {kind.__name__ for kind in ACTS} > UNDOABLE
    assert not {"RecordConsent", "ChangeState", "Deliver", "AddClip"} & UNDOABLE
