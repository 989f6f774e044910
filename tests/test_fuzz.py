"""A short run of `make fuzz`: broken files are read, or refused with an id."""

import os
import signal
from pathlib import Path

import pytest
from loading import load_script

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_broken_files_are_read_or_refused(tmp_path: Path) -> None:
    result = load_script("fuzz").campaign(2026, count=40, keep=tmp_path)
    assert result.bugs == {}
    assert sum(result.seen.values()) > 40


def test_a_fault_of_ours_would_be_seen(tmp_path: Path) -> None:
    def faulty(path: Path) -> None:
        raise KeyError(path)

    fuzz = load_script("fuzz")
    assert fuzz.outcome_of(faulty, tmp_path).startswith("bug: KeyError at test_fuzz.py")


def test_a_decoder_that_dies_would_be_seen(tmp_path: Path) -> None:
    def dying(path: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    assert load_script("fuzz").outcome_of(dying, tmp_path) == "died: SIGKILL"


def test_a_hungry_decoder_would_be_seen(tmp_path: Path) -> None:
    def hungry(path: Path) -> None:
        bytearray(8 << 30)

    assert load_script("fuzz").outcome_of(hungry, tmp_path) == "died: memory"
