"""Field slips: sealed whole or not at all, unreadable where they are made, opened at home."""

import hashlib
import os
from pathlib import Path

import pyrage
import pytest
from registers import record
from safehouse_offload.header import plain_length, read_header

from safehouse.consent.slips import HEAD_BYTES, digest_of, read_head, receipt, seal_slip
from safehouse.errors import (
    OutputExists,
    OutputUnwritable,
    RecordRefused,
    SlipUnreadable,
    SourceMissing,
)
from safehouse.field_slips import open_slip
from safehouse.model.consent import Record

KEY = pyrage.x25519.Identity.generate()
TO = (str(KEY.to_public()),)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "spoken.wav"
    path.write_bytes(b"CANARY of a voice" + os.urandom(300_000))
    return path


def said(recording: Path, **given: object) -> Record:
    return record(proof_sha256=digest_of(recording), language="ar", **given)


def test_a_slip_opens_at_home_to_the_record_and_its_recording(
    recording: Path, tmp_path: Path
) -> None:
    slip = seal_slip(said(recording), recording, TO, tmp_path / "slips")
    opened = open_slip(slip.path, str(KEY), tmp_path / "out.wav")
    assert opened.record == said(recording)
    assert opened.proven
    assert opened.sha256 == slip.sha256 == hashlib.sha256(slip.path.read_bytes()).hexdigest()
    assert (tmp_path / "out.wav").read_bytes() == recording.read_bytes()


def test_nothing_in_a_slip_or_beside_it_can_be_read_in_the_field(
    recording: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "slips"
    slip = seal_slip(said(recording), recording, TO, folder)
    assert [path.name for path in folder.iterdir()] == [slip.path.name]
    assert len(slip.path.stem) == 32
    text = slip.path.read_bytes()
    for word in (b"CANARY", b"P07", b"face", b"slip", b"record"):
        assert word not in text
    with pytest.raises(SlipUnreadable):
        open_slip(slip.path, str(pyrage.x25519.Identity.generate()))


def test_slips_of_different_words_have_one_length(tmp_path: Path) -> None:
    short = seal_slip(record(), None, TO, tmp_path)
    long = seal_slip(record(conditions=("show me first " * 200,)), None, TO, tmp_path)
    assert _payload(short.path) == _payload(long.path)
    assert not open_slip(short.path, str(KEY)).proven


def _payload(path: Path) -> int:
    """The length inside; the header's own varies by chance, whatever is sealed."""
    return plain_length(read_header(path.read_bytes()).length, path.stat().st_size)


def test_a_recording_that_is_not_the_one_named_leaves_no_slip(
    recording: Path, tmp_path: Path
) -> None:
    named = said(recording)
    recording.write_bytes(b"another voice")
    with pytest.raises(RecordRefused):
        seal_slip(named, recording, TO, tmp_path / "slips")
    assert list((tmp_path / "slips").iterdir()) == []


def test_a_recording_that_is_not_there_leaves_no_slip(recording: Path, tmp_path: Path) -> None:
    named = said(recording)
    recording.unlink()
    with pytest.raises(SourceMissing):
        seal_slip(named, recording, TO, tmp_path / "slips")
    with pytest.raises(SourceMissing):
        digest_of(recording)
    assert list((tmp_path / "slips").iterdir()) == []


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputUnwritable):
        seal_slip(record(), None, TO, tmp_path / "file")


def test_a_record_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordRefused):
        seal_slip(record(conditions=("x" * HEAD_BYTES,)), None, TO, tmp_path)


@pytest.mark.parametrize("at", [0, 100, -1])
def test_a_damaged_slip_gives_nothing(at: int, recording: Path, tmp_path: Path) -> None:
    slip = seal_slip(said(recording), recording, TO, tmp_path / "slips")
    text = bytearray(slip.path.read_bytes())
    text[at] ^= 1
    slip.path.write_bytes(text)
    with pytest.raises(SlipUnreadable):
        open_slip(slip.path, str(KEY), tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()
    slip.path.write_bytes(text[: len(text) // 2])
    with pytest.raises(SlipUnreadable):
        open_slip(slip.path, str(KEY))


def test_a_recording_is_never_written_over_another_file(recording: Path, tmp_path: Path) -> None:
    slip = seal_slip(said(recording), recording, TO, tmp_path / "slips")
    with pytest.raises(OutputExists):
        open_slip(slip.path, str(KEY), recording)


@pytest.mark.parametrize("head", [b"", b"slip/1\n{}", b"slip/1\n{}" + bytes(HEAD_BYTES)])
def test_what_is_no_head_of_a_slip_is_refused(head: bytes) -> None:
    with pytest.raises(SlipUnreadable):
        read_head(head)


def test_a_receipt_names_no_film_person_place_or_tool() -> None:
    held = record(
        traits={"face": True, "voice": False},
        scope={"versions": ("festival-cut",), "territories": ("FR",), "until": "2027-06-30"},
        language="fr",
        explanation="sheet-3",
        asked_by="A1",
        witnesses=("W1",),
    )
    text = receipt(held)
    assert "face: yes" in text
    assert "voice: no" in text
    for word in ("festival", "FR", "P07", "R0001", "A1", "W1", "sheet", "safehouse", "film"):
        assert word not in text
