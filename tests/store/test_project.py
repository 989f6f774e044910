"""A project: what was acknowledged is there again, and nothing lies about in plain."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyrage
import pytest
from small_projects import (
    acts,
    add,
    again,
    analyse,
    begin,
    confirm,
    journal_of,
    new,
    state,
    suggest,
)

from safehouse.errors import (
    ActRefused,
    ProjectBusy,
    ProjectDamaged,
    ProjectError,
    ProjectExists,
    ProjectKeyRefused,
    ProjectMissing,
    ProjectNewer,
    ProjectUnwritable,
    StaleWindow,
    UsageError,
)
from safehouse.model.acts import AddClip, Comment, LookAtOriginal
from safehouse.store import journal, tables, working_copy
from safehouse.store.history import Record, chain
from safehouse.store.project import Project, create_project, find_project, open_project
from safehouse.store.sealing import Keys
from safehouse.store.stamp import Stamp
from safehouse.store.working_copy import remove_plain

WORDS = "long words"
CANARY = "Wilhelmina-Canary"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with one clip."""
    with new(tmp_path / "film") as film:
        begin(film)
    return tmp_path / "film"


def test_what_was_done_is_there_again(tmp_path: Path) -> None:
    with new(tmp_path / "film") as film:
        begin(film, clips=2)
        film.act(suggest(1), confirm(1))
        before, head, version = state(film), film.head, film.version
    with again(tmp_path / "film") as film:
        assert (state(film), film.head, film.version) == (before, head, version)
    assert version == 6


def test_it_is_there_again_from_the_journal_alone(folder: Path) -> None:
    with again(folder) as film:
        before = state(film)
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    with again(folder) as film:
        assert state(film) == before


def test_acts_of_one_call_count_together_or_not_at_all(folder: Path) -> None:
    with again(folder) as film:
        before, size = state(film), journal_of(folder).stat().st_size
        with pytest.raises(ActRefused):
            film.act(add(2), add(3), add(2))
        assert state(film) == before
        assert journal_of(folder).stat().st_size == size
        assert film.act(add(2), add(3)) == film.version == 4
    with again(folder) as film:
        assert acts(film) == ["AddClip", "AnalyseClip", "AddClip", "AddClip"]


def test_an_act_whose_journal_fails_does_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, content: bytes) -> int:
        raise OSError(28, "no space left")

    with again(folder) as film:
        before, head = state(film), film.head
        with monkeypatch.context() as patch:
            patch.setattr(journal.os, "write", full)
            with pytest.raises(ProjectUnwritable):
                film.act(add(2))
        assert (state(film), film.head) == (before, head)
        film.act(add(2))
    with again(folder) as film:
        assert acts(film)[-1] == "AddClip"


def test_an_act_that_the_tables_refuse_at_the_end_is_taken_out_of_the_journal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave_loose(db: sqlite3.Connection, *rest: object) -> None:
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("INSERT INTO name VALUES ('P99', '')")

    with again(folder) as film:
        before, size = state(film), journal_of(folder).stat().st_size
        with monkeypatch.context() as patch:
            patch.setattr(tables, "apply_act", leave_loose)
            with pytest.raises(ActRefused):
                film.act(add(2))
        assert state(film) == before
        assert journal_of(folder).stat().st_size == size
        film.act(add(2))


def test_an_act_in_the_journal_that_fits_nothing_is_damage(folder: Path) -> None:
    film = again(folder)
    made = chain(film.head, Stamp(film.version + 1, "2026-11-21T00:00:00Z", "op1"), [add(1)])
    film._journal.append(msgspec.json.encode(Record(tables=1, acts=made)))
    crash(film)
    remove_plain(film.work.parent)
    with pytest.raises(ProjectDamaged):
        again(folder)


def test_a_window_that_saw_less_is_refused(folder: Path) -> None:
    with again(folder) as film:
        seen = film.version
        film.act(Comment("C0001", 3, "first"), expect=seen)
        with pytest.raises(StaleWindow):
            film.act(Comment("C0001", 3, "second"), expect=seen)
        seen = film.act(LookAtOriginal("C0001", 0, 5)) - 1
        film.act(Comment("C0001", 4, "looking changes nothing"), expect=seen)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("synced", [False, True])
def test_ended_before_the_sync_an_act_is_not_there_ended_after_it_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, synced: bool
) -> None:
    """Between the sync and the commit the tables lack what the journal has; it is replayed."""
    film = again(folder)
    before, real = state(film), film._journal.append

    def end(content: bytes) -> int:
        if synced:
            real(content)
        raise Killed

    monkeypatch.setattr(film._journal, "append", end)
    with pytest.raises(Killed):
        film.act(add(2), add(3))
    crash(film)
    with again(folder) as film:
        assert acts(film)[2:] == (["AddClip", "AddClip"] if synced else [])
        assert (state(film) == before) is not synced
        assert not list((folder / "journal").glob("torn-*"))


def test_threads_share_a_project(folder: Path) -> None:
    with again(folder) as film:
        begun = film.version
        threads = [
            threading.Thread(
                target=lambda n=n: [film.act(Comment("C0001", n, f"{k}")) for k in range(20)]
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert film.version == begun + 80
    with again(folder) as film:
        assert film.rows("SELECT count(*) FROM comment")[0][0] == 80
        assert len(film.entries()) == film.version


def test_only_one_process_has_it_open(folder: Path) -> None:
    with again(folder), pytest.raises(ProjectBusy):
        again(folder)
    again(folder).close()


@pytest.mark.slow
def test_a_passphrase_opens_it_and_another_does_not(tmp_path: Path) -> None:
    """Also: somebody else's key in project.json is found before anything is sealed to it."""
    folder = tmp_path / "film"
    with create_project(folder, passphrase=WORDS, recipient=None, unsealed=False) as film:
        true = film.public_key
    assert not (folder / "key.txt").exists()
    for wrong in ("other words", None):
        with pytest.raises(ProjectKeyRefused):
            open_project(folder, passphrase=wrong)
    path = folder / "project.json"
    text = path.read_text()
    path.write_text(text.replace(true, Keys.generate().public))
    with pytest.raises(ProjectDamaged):
        open_project(folder, passphrase=WORDS)
    path.write_text(text)
    (folder / "key.age").rename(tmp_path / "key.age")
    with pytest.raises(ProjectDamaged):
        open_project(folder, passphrase=WORDS)
    (tmp_path / "key.age").rename(folder / "key.age")
    open_project(folder, passphrase=WORDS).close()


def test_an_age_identity_opens_it_and_another_does_not(tmp_path: Path) -> None:
    folder, file = tmp_path / "film", tmp_path / "key.txt"
    identity = pyrage.x25519.Identity.generate()
    file.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    with create_project(
        folder, passphrase=None, recipient=str(identity.to_public()), unsealed=False
    ) as film:
        for needs in (lambda: film.act(add(1)), lambda: film.seal("a name")):
            with pytest.raises(ProjectKeyRefused):
                needs()
    assert sorted(p.name for p in folder.iterdir()) == [".lock", "journal", "project.json"]
    with pytest.raises(ProjectKeyRefused):
        open_project(folder)
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    for wrong in (other, tmp_path / "absent"):
        with pytest.raises(ProjectKeyRefused):
            open_project(folder, identity=wrong)
    with open_project(folder, identity=file) as film:
        film.act(add(1))
        assert film.unseal(film.seal("Zoë")) == "Zoë"


def test_a_word_that_is_no_age_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ProjectKeyRefused):
        create_project(tmp_path / "film", passphrase=None, recipient="age1short", unsealed=False)
    assert not (tmp_path / "film").exists()


def test_a_project_is_found_upwards(folder: Path, tmp_path: Path) -> None:
    below = folder / "renders" / "festival"
    below.mkdir(parents=True)
    assert find_project(below) == folder
    with pytest.raises(ProjectMissing):
        find_project(tmp_path)
    with pytest.raises(ProjectMissing):
        open_project(tmp_path / "nowhere")


def test_nothing_is_made_where_something_is(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectExists):
        new(folder)
    (tmp_path / "file").write_text("words")
    with pytest.raises(ProjectExists):
        new(tmp_path / "file")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda text: text.replace(b"project/1", b"project/2"), ProjectNewer),
        (lambda text: text.replace(b'"key"', b'"keys"'), ProjectDamaged),
        (lambda text: text[:-5], ProjectDamaged),
        (lambda text: b"\xff" + text, ProjectDamaged),
        (lambda text: text.replace(b"age1", b"age2"), ProjectDamaged),
        (lambda text: text.replace(b"beside", b"somewhere"), ProjectDamaged),
    ],
)
def test_an_edited_project_json_is_told(folder: Path, change: object, error: type) -> None:
    path = folder / "project.json"
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(error):
        again(folder)


def test_a_history_of_a_newer_safehouse_is_refused(folder: Path) -> None:
    with again(folder) as film:
        head, version, keys = film.head, film.version, film._keys
    entry = chain(head, Stamp(version + 1, "2030-01-01T00:00:00Z", "op1"), [add(7)])[0]
    future = msgspec.structs.replace(entry, act=msgspec.Raw(b'{"act":"FlyToTheMoon"}'))
    for acts_made in ([future], [entry]):
        record = Record(tables=99, acts=tuple(acts_made))
        content = msgspec.json.encode(record)
        if acts_made == [entry]:
            content = content.replace(b"journal/1", b"journal/2")
        log = journal.Journal(journal_of(folder), keys)
        began = log.append(content)
        with pytest.raises((ProjectNewer, ProjectDamaged)):
            again(folder)
        log.cut_back(began)
        log.close()
    again(folder).close()


@contextmanager
def no_memory(patch: pytest.MonkeyPatch) -> Iterator[None]:
    with patch.context() as inner:
        inner.setattr(working_copy, "_memory", lambda: iter(()))
        yield


def test_the_plain_copy_is_for_its_owner_alone_and_goes(folder: Path) -> None:
    with again(folder) as film:
        work = film.work
        assert stat.S_IMODE(work.parent.stat().st_mode) == 0o700
        assert (work.parent / "project.db").exists()
    assert not work.parent.exists()


def test_where_memory_has_no_room_the_plain_copy_lies_in_the_project(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_memory(monkeypatch), again(folder) as film:
        assert film.work.parent.parent == folder / ".open"
        film.act(add(2))
    assert not (folder / ".open").exists()


def test_a_plain_copy_left_by_a_crash_is_removed_only_after_the_replay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with no_memory(monkeypatch):
        film = again(folder)
        film.act(add(2))
        left = film.work.parent
        crash(film)
        assert (left / "project.db").exists()
        whole = journal_of(folder).read_bytes()
        journal_of(folder).write_bytes(whole[:40] + b"?" + whole[41:])
        with pytest.raises(ProjectDamaged):
            again(folder)
        assert (left / "project.db").exists(), "it may be all that is left"
        journal_of(folder).write_bytes(whole)
        with again(folder) as film:
            assert not left.exists()
            assert acts(film)[-1] == "AddClip"


def crash(film: Project) -> None:
    """Let go of everything as a killed process does."""
    film.db.close()
    film._journal.close()
    os.close(film._copy._lock)
    os.close(film._held)


def test_a_folder_for_plain_copies_that_leads_elsewhere_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / ".open").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProjectDamaged):
        again(folder)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_another_processes_plain_copy_is_left_alone(folder: Path, tmp_path: Path) -> None:
    """A copy of a project has the same key; opening one must not pull the other's tables away."""
    os.system(f"cp -r '{folder}' '{tmp_path}/copy'")  # noqa: S605 - our own folders
    with again(folder) as film, again(tmp_path / "copy") as other:
        assert film.work.exists()
        other.act(add(5))
        film.act(add(6))


def test_nothing_of_an_act_lies_in_plain_in_the_project_the_home_or_temp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, temp = tmp_path / "home", tmp_path / "temp"
    for place in (home, temp):
        place.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(temp))
    folder = tmp_path / "film"
    with new(folder) as film:
        film.act(add(1, path=f"/rushes/{CANARY}.mov"), analyse(1))
        film.act(Comment("C0001", 1, CANARY))
        film.files.put("findings/C0001.json", CANARY.encode())
        film.snapshot()
        film.act(Comment("C0001", 2, CANARY))
    for place in (folder, home, temp):
        for path in place.rglob("*"):
            assert CANARY not in path.name
            assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
    assert list(home.iterdir()) == list(temp.iterdir()) == []


def test_closing_twice_is_fine_and_what_is_done_later_is_refused(folder: Path) -> None:
    film = again(folder)
    film.close()
    film.close()
    with pytest.raises(ProjectError):
        film.act(add(2))


def test_no_act_is_no_act(folder: Path) -> None:
    with again(folder) as film:
        size = journal_of(folder).stat().st_size
        assert film.act() == film.version
        assert journal_of(folder).stat().st_size == size


def test_a_folder_that_cannot_be_written_makes_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr("safehouse.store.folder.write_whole", refuse)
    with pytest.raises(ProjectUnwritable):
        new(tmp_path / "film")
    with pytest.raises(ProjectMissing):
        open_project(tmp_path / "film")


def test_a_path_that_is_no_text_is_kept(folder: Path) -> None:
    with again(folder) as film, pytest.raises((UsageError, ProjectError, UnicodeEncodeError)):
        film.act(
            AddClip(clip="C0002", path="/r/\udcff.mov", sha256="f" * 64, size_bytes=1, mtime_ns=1)
        )
