"""The journal: a torn end is set aside, damage before it is told, a full disk counts nothing."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from safehouse.errors import ActRefused, ProjectDamaged, ProjectUnwritable
from safehouse.store import journal
from safehouse.store.journal import Journal
from safehouse.store.sealing import Keys

KEYS = Keys.generate()
ACTS = [f"act {number}".encode() for number in range(4)]


def open_at(path: Path) -> Journal:
    return Journal(path, KEYS)


def contents(path: Path) -> list[bytes]:
    journal = open_at(path)
    try:
        return [found.content for found in journal.read()]
    finally:
        journal.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "acts.journal").touch()
    journal = open_at(tmp_path / "acts.journal")
    for act in ACTS:
        journal.append(act)
    journal.close()
    return journal.path


def test_what_reading_would_refuse_is_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    most = len(KEYS.seal("journal", b"x" * 500)) + 500  # age's header has no one length
    monkeypatch.setattr(journal, "RECORD_MOST", most)
    opened = open_at(path)
    with pytest.raises(ActRefused, match="1 GB"):
        opened.append(b"x" * 2000)
    assert path.read_bytes() == before
    assert not opened.broken
    opened.append(b"x" * 500)
    opened.close()
    assert contents(path) == [*ACTS, b"x" * 500]


def ends_of(path: Path) -> list[int]:
    journal = open_at(path)
    try:
        return [found.end for found in journal.read()]
    finally:
        journal.close()


def test_what_was_appended_is_read_in_order(path: Path) -> None:
    assert contents(path) == ACTS


def test_nothing_of_an_act_is_in_the_file_in_plain(path: Path) -> None:
    assert b"act" not in path.read_bytes()


def test_a_last_record_cut_at_any_byte_is_set_aside_and_the_others_stay(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # what is read is tested, many times
    whole, begin = path.read_bytes(), ends_of(path)[-2]
    for end in range(begin, len(whole)):
        path.write_bytes(whole[:end])
        assert contents(path) == ACTS[:-1]
        assert path.read_bytes() == whole[:begin]
        torn = path.with_name(f"torn-{begin:012d}")
        assert (torn.read_bytes() if torn.exists() else b"") == whole[begin:end]
        torn.unlink(missing_ok=True)


def test_after_a_torn_record_the_journal_goes_on(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])
    journal = open_at(path)
    assert len(list(journal.read())) == 3
    journal.append(b"new")
    journal.close()
    assert contents(path) == [*ACTS[:-1], b"new"]


def test_a_last_record_of_zeros_as_a_power_cut_leaves_it_is_set_aside(path: Path) -> None:
    whole, begin = path.read_bytes(), ends_of(path)[-2]
    path.write_bytes(whole[:begin] + bytes(len(whole) - begin))
    assert contents(path) == ACTS[:-1]


def test_a_flipped_byte_anywhere_before_the_last_record_is_damage(path: Path) -> None:
    whole, last = path.read_bytes(), ends_of(path)[-2]
    for at in range(0, last, 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        with pytest.raises(ProjectDamaged):
            contents(path)
        assert len(path.read_bytes()) == len(whole), "damage must change nothing"
    assert not list(path.parent.glob("torn-*"))


def test_a_record_taken_out_of_the_middle_leaves_no_torn_file(path: Path) -> None:
    whole, ends = path.read_bytes(), ends_of(path)
    path.write_bytes(whole[: ends[0]] + whole[ends[1] :])
    assert contents(path) == [ACTS[0], ACTS[2], ACTS[3]], "only the chain tells: test_history"


class Faulty:
    """Makes the N-th call of a function of the system fail, once or from then on."""

    def __init__(self, real: Callable[..., int | None], at: int, code: int, part: int = 0) -> None:
        self.real, self.left, self.code, self.part = real, at, code, part

    def __call__(self, handle: int, *rest: bytes) -> int | None:
        self.left -= 1
        if self.left != 0:
            return self.real(handle, *rest)
        if self.part and rest:
            self.real(handle, rest[0][: self.part])
        raise OSError(self.code, os.strerror(self.code))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("part", [0, 1, 40])
def test_a_write_that_fails_leaves_nothing_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, part: int
) -> None:
    before = path.read_bytes()
    journal = open_at(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", Faulty(os.write, 1, code, part))
        with pytest.raises(ProjectUnwritable):
            journal.append(b"lost")
    assert path.read_bytes() == before
    assert journal.broken == (code != errno.ENOSPC)
    journal.close()
    assert contents(path) == ACTS


def test_after_a_full_disk_got_room_the_journal_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_at(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", Faulty(os.write, 1, errno.ENOSPC, 5))
        with pytest.raises(ProjectUnwritable):
            journal.append(b"lost")
    journal.append(b"kept")
    journal.close()
    assert contents(path) == [*ACTS, b"kept"]


def test_after_a_failed_sync_nothing_is_appended_before_it_is_opened_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed fsync drops what it could not write; a second one that succeeds proves nothing."""
    journal = open_at(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", Faulty(os.fsync, 1, errno.EIO))
        with pytest.raises(ProjectUnwritable):
            journal.append(b"lost")
    with pytest.raises(ProjectUnwritable):
        journal.append(b"lost too")
    journal.close()
    assert contents(path) == ACTS


def test_where_not_even_cutting_back_works_nothing_is_appended(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_at(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", Faulty(os.write, 1, errno.ENOSPC, 5))
        patch.setattr(os, "ftruncate", Faulty(os.ftruncate, 1, errno.EIO))
        with pytest.raises(ProjectUnwritable):
            journal.append(b"lost")
    with pytest.raises(ProjectUnwritable):
        journal.append(b"lost too")
    journal.close()
    assert contents(path) == ACTS


def test_a_write_that_takes_only_a_part_is_gone_on_with(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    journal = open_at(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, rest: real(handle, rest[:10]))
        journal.append(b"slow")
    journal.close()
    assert contents(path) == [*ACTS, b"slow"]
