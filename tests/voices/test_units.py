"""The codebook that lies in the package is the one that scripts/units.py made."""

import hashlib
import re
from importlib.resources import files

import numpy as np
from loading import ROOT

from safehouse.voices.bands import BAND_COUNT, FRAMES
from safehouse.voices.local import Heard
from safehouse.voices.units import CELL, choose_units, load_units

DATA = files("safehouse.voices") / "data"


def test_the_file_is_the_one_that_its_note_names() -> None:
    note = (DATA / "README.md").read_text()
    named = re.findall(r"\b[0-9a-f]{64}\b", note)
    assert named == [hashlib.sha256((DATA / "units.npz").read_bytes()).hexdigest()]
    assert "espeak-ng" in note
    assert "scripts/units.py" in note
    assert (ROOT / "scripts/units.py").exists()


def test_its_arrays_fit_each_other() -> None:
    units = load_units()
    count = len(units.shapes)
    assert units.shapes.shape == (count, BAND_COUNT)
    assert units.members.shape[::2] == (count, BAND_COUNT)
    assert units.means.shape == units.spreads.shape
    assert all(np.isfinite(getattr(units, name)).all() for name in ("members", "means", "spreads"))


def test_a_unit_said_clearly_is_chosen() -> None:
    shapes = load_units().shapes
    wanted = np.repeat(np.arange(FRAMES // CELL) % len(shapes) // 10, 1)
    heard = Heard(
        np.repeat(shapes[wanted], CELL, axis=0),
        np.zeros(FRAMES, np.float32),
        np.ones(FRAMES, np.bool_),
    )
    chosen = list(choose_units([heard, heard], shapes))
    assert [block.tolist() for block in chosen] == [wanted.tolist()] * 2


def test_silence_costs_nothing_and_changes_nothing() -> None:
    nothing = np.zeros(FRAMES, np.float32)
    quiet = Heard(np.zeros((FRAMES, BAND_COUNT), np.float32), nothing, nothing > 0)
    (chosen,) = choose_units([quiet], load_units().shapes)
    assert len(set(chosen.tolist())) == 1
