"""The history: ids only; unedited only where words on paper say so."""

from pathlib import Path

import msgspec
import pytest
from small_projects import add, again, begin, confirm, journal_of, new, suggest

from safehouse.errors import HistoryEdited, ProjectDamaged, UsageError
from safehouse.model.acts import ConfirmPieces, MarkNotPerson, NamePerson
from safehouse.store import history
from safehouse.store.journal import Journal
from safehouse.store.reading_history import read_history, verify_history
from safehouse.store.sealing import Keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with new(tmp_path / "film", who="op7") as film:
        film.clock = lambda: "2026-11-21T14:50:03Z"
        begin(film)
        film.act(suggest(1))
        film.act(confirm(1))
        film.act(NamePerson("P01", film.seal("Zoë")))
    return tmp_path / "film"


def rewritten(folder: Path, keys: Keys, contents: list[bytes]) -> None:
    """Write the journal anew, as somebody with the key could, and no snapshot."""
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    journal_of(folder).write_bytes(b"")
    log = Journal(journal_of(folder), keys)
    for content in contents:
        log.append(content)
    log.close()


def records(folder: Path) -> tuple[Keys, list[bytes]]:
    with again(folder) as film:
        return film._keys, [found.content for found in film._journal.read()]


def test_an_act_that_takes_back_is_told_from_one_that_says(folder: Path) -> None:
    with again(folder) as film:
        film.act(ConfirmPieces(("C0001-A000",), ""))
        film.act(MarkNotPerson(("C0001-A000",)), MarkNotPerson(("C0001-A000",), is_person=True))
        done = read_history(film, 3)
    assert [(one.kind, one.back) for one in done] == [
        ("ConfirmPieces", True),
        ("MarkNotPerson", False),
        ("MarkNotPerson", True),
    ]


def test_acts_are_listed_with_who_when_and_ids_but_no_name_or_path(folder: Path) -> None:
    with again(folder) as film:
        film.undo()
        done = read_history(film)
        assert read_history(film, 2) == done[-2:]
    assert [(one.n, one.kind) for one in done] == [
        *((1, "AddClip"), (2, "AnalyseClip"), (3, "SuggestPieces"), (4, "ConfirmPieces")),
        *((5, "NamePerson"), (6, "Undo")),
    ]
    assert done[3].ids == ("C0001-A000", "P01")
    assert (done[0].who, done[0].at) == ("op7", "2026-11-21T14:50:03Z")
    assert done[3].undone
    assert not any(one.back for one in done)
    assert done[5].undoes == 4
    text = msgspec.json.encode(done)
    assert b"rushes" not in text
    assert "Zoë".encode() not in text
    assert len(text) < 2000, "nothing sealed either"


def test_without_words_it_is_only_consistent_in_itself(folder: Path) -> None:
    with again(folder) as film:
        found = verify_history(film)
        assert (found.acts, found.since, found.head) == (5, None, film.head_words())


def test_words_of_any_act_vouch_for_all_before_it(folder: Path) -> None:
    with again(folder) as film:
        words = film.head_words()
        film.act(add(2))
        film.act(add(3))
        found = verify_history(film, " ".join(word[:4].upper() for word in words.split()))
        assert (found.acts, found.since, found.at) == (7, 5, "2026-11-21T14:50:03Z")


def test_words_of_another_history_are_told(folder: Path, tmp_path: Path) -> None:
    with new(tmp_path / "other") as other:
        words = other.head_words()
    with again(folder) as film:
        with pytest.raises(HistoryEdited):
            verify_history(film, words)
        with pytest.raises(UsageError):
            verify_history(film, "these are not the words")


def test_a_history_written_anew_by_somebody_with_the_key_has_other_words(folder: Path) -> None:
    """The chain alone holds again; only paper tells."""
    with again(folder) as film:
        words, public = film.head_words(), film.public_key
        entries = film.entries()
    keys, _ = records(folder)
    previous, contents = history.genesis(public), []
    for entry in entries:
        stamp = entry.stamp._replace(who="nobody")
        made = history.chain(previous, stamp, [history.parse_act(entry)])
        previous = made[-1].hash
        contents.append(msgspec.json.encode(history.Record(tables=1, acts=made)))
    rewritten(folder, keys, contents)
    with again(folder) as film:
        assert verify_history(film).acts == 5
        with pytest.raises(HistoryEdited):
            verify_history(film, words)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_an_act_taken_out_breaks_the_chain(folder: Path, gone: int) -> None:
    keys, contents = records(folder)
    rewritten(folder, keys, contents[:gone] + contents[gone + 1 :])
    with pytest.raises(ProjectDamaged):
        again(folder)


@pytest.mark.parametrize(
    ("old", "new_text"),
    [(b"op7", b"op8"), (b"2026-11-21", b"2026-11-20"), (b"/rushes/1.mov", b"/rushes/2.mov")],
)
def test_an_edited_act_breaks_the_chain(folder: Path, old: bytes, new_text: bytes) -> None:
    keys, contents = records(folder)
    assert old in contents[0]
    rewritten(folder, keys, [contents[0].replace(old, new_text), *contents[1:]])
    with pytest.raises(ProjectDamaged):
        again(folder)


def test_acts_in_another_order_break_the_chain(folder: Path) -> None:
    keys, contents = records(folder)
    rewritten(folder, keys, [contents[1], contents[0], *contents[2:]])
    with pytest.raises(ProjectDamaged):
        again(folder)


def test_a_record_that_is_none_of_ours_is_damage(folder: Path) -> None:
    keys, contents = records(folder)
    rewritten(folder, keys, [*contents, b"{}"])
    with pytest.raises(ProjectDamaged):
        again(folder)
