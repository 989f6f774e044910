"""Clips join a film by reference, once each, and what a vault opened is what was sealed."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from safehouse_offload.manifest import FileRow, Manifest
from safehouse_offload.text import named

from safehouse.errors import SourceMissing
from safehouse.film import Added, add_clips
from safehouse.store.project import Project, create_project

CARD, ENDED = "11" * 16, "2026-11-21T06:11:51Z"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with create_project(
        tmp_path / "film", passphrase=None, recipient=None, unsealed=True, who="anna"
    ) as made:
        yield made


def clip_rows(project: Project) -> list[tuple[str, str, str, str]]:
    rows = project.rows("SELECT id, path, origin, card FROM clip ORDER BY id")
    return [tuple(row) for row in rows]


def write(path: Path, content: bytes = b"one") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def faults(added: Added) -> list[tuple[str, str]]:
    return [(shown, failure.id) for shown, failure in added.failures]


def test_clips_of_a_folder_are_added_by_reference_and_the_rest_is_left_alone(
    project: Project, tmp_path: Path
) -> None:
    a = write(tmp_path / "card" / "A001.mov", b"one")
    b = write(tmp_path / "card" / "sub" / "B001.WAV", b"two")
    write(tmp_path / "card" / "INDEX.XML", b"three")
    before = {path: path.stat() for path in (a, b)}
    added = add_clips(project, [tmp_path / "card"])
    assert (added.new, added.left_alone, added.exit_code) == (["C0001", "C0002"], 1, 0)
    assert clip_rows(project) == [
        ("C0001", str(a), "own", ""),
        ("C0002", str(b), "own", ""),
    ]
    assert {path: path.stat() for path in (a, b)} == before
    assert not list((tmp_path / "film").rglob("*.mov"))
    (row,) = project.rows("SELECT sha256, size_bytes, mtime_ns FROM clip WHERE id = 'C0001'")
    assert tuple(row) == (hashlib.sha256(b"one").hexdigest(), 3, before[a].st_mtime_ns)


def test_the_same_clip_again_is_known(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "a.mov")
    add_clips(project, [file])
    version = project.version
    assert add_clips(project, [file]).known == ["C0001"]
    assert project.version == version


def test_two_clips_with_one_digest_are_refused_and_the_first_is_named(
    project: Project, tmp_path: Path
) -> None:
    write(tmp_path / "card" / "a.mov")
    write(tmp_path / "card" / "b.mov")
    write(tmp_path / "card" / "c.mov", b"three")
    added = add_clips(project, [tmp_path / "card"])
    assert added.new == ["C0001", "C0002"]
    assert faults(added) == [("b.mov", "E12b")]
    assert "C0001" in str(added.failures[0][1])
    assert added.exit_code == 12


def test_a_card_that_lies_elsewhere_has_moved(project: Project, tmp_path: Path) -> None:
    write(tmp_path / "card" / "a.mov")
    add_clips(project, [tmp_path / "card"])
    (tmp_path / "card").rename(tmp_path / "disk")
    added = add_clips(project, [tmp_path / "disk"])
    assert (added.new, added.moved) == ([], ["C0001"])
    assert clip_rows(project) == [("C0001", str(tmp_path / "disk" / "a.mov"), "own", "")]


def test_another_file_at_a_clips_place_is_refused(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "a.mov")
    add_clips(project, [file])
    write(file, b"another")
    added = add_clips(project, [file])
    assert faults(added) == [("a.mov", "E12")]
    assert len(clip_rows(project)) == 1


def test_a_changed_file_leaves_its_place_to_a_true_copy(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "a.mov")
    add_clips(project, [file])
    write(file, b"two")
    os.utime(file, ns=(0, 0))
    added = add_clips(project, [write(tmp_path / "b.mov")])
    assert added.moved == ["C0001"]


def test_one_clip_that_fails_does_not_end_the_others(project: Project, tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "a.mov").symlink_to(tmp_path / "nowhere")
    write(tmp_path / "card" / "b.mov")
    write(tmp_path / "card" / "c.mov", b"")
    added = add_clips(project, [tmp_path / "card", tmp_path / "missing.mov"])
    assert added.new == ["C0001"]
    assert faults(added) == [("a.mov", "E10"), ("c.mov", "E17"), ("missing.mov", "E10")]


def test_a_folder_without_a_clip_is_refused(project: Project, tmp_path: Path) -> None:
    write(tmp_path / "card" / "notes.txt")
    with pytest.raises(SourceMissing):
        add_clips(project, [tmp_path / "card"])


def test_who_handed_over_a_clip_of_unknown_origin_is_sealed(
    project: Project, tmp_path: Path
) -> None:
    add_clips(project, [write(tmp_path / "a.mov")], origin="unknown", given_by="Zoë's friend")
    (row,) = project.rows("SELECT origin, given_by FROM clip")
    assert row["origin"] == "unknown"
    assert "Zoë" not in row["given_by"]
    assert project.unseal(row["given_by"]) == "Zoë's friend"
    project.snapshot()
    held = b"".join(p.read_bytes() for p in (tmp_path / "film").rglob("*") if p.is_file())
    assert "Zoë".encode() not in held


def test_a_clip_may_turn_out_to_be_of_unknown_origin_and_never_back(
    project: Project, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.mov")
    add_clips(project, [file])
    added = add_clips(project, [file], origin="unknown", given_by="Zoë")
    assert (added.doubted, added.known) == (["C0001"], ["C0001"])
    assert clip_rows(project) == [("C0001", str(file), "unknown", "")]
    (row,) = project.rows("SELECT given_by FROM clip")
    assert project.unseal(row["given_by"]) == "Zoë"
    version = project.version
    assert add_clips(project, [file], origin="unknown").doubted == []
    assert add_clips(project, [file]).known == ["C0001"]
    assert project.version == version
    assert clip_rows(project)[0][2] == "unknown"


def test_a_clip_that_was_sent_in_is_doubted_though_it_lies_twice_or_elsewhere(
    project: Project, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.mov")
    add_clips(project, [file])
    copy = write(tmp_path / "b" / "a.mov")
    added = add_clips(project, [copy], origin="unknown")
    assert (added.doubted, faults(added)) == (["C0001"], [("a.mov", "E12b")])
    file.unlink()
    assert add_clips(project, [copy]).moved == ["C0001"]
    assert clip_rows(project) == [("C0001", str(copy), "unknown", "")]


def opened(root: Path, tree: dict[str, bytes]) -> Path:
    """A folder as `vault open` writes it."""
    rows = []
    for path, content in tree.items():
        write(root / "card-0001" / path, content)
        digest = hashlib.sha256(content).hexdigest()
        rows.append(FileRow(named(path), len(content), 1, digest, "0" * 16, "22" * 16))
    made = Manifest(CARD, ENDED, ENDED, True, tuple(rows), (), (), (), ())
    (root / "card-0001.manifest.json").write_bytes(made.written())
    return root


def test_clips_that_a_vault_opened_come_with_their_custody(
    project: Project, tmp_path: Path
) -> None:
    rushes = opened(tmp_path / "rushes", {"A001.mov": b"one", "A002.mov": b"two", "x.xml": b"<x/>"})
    added = add_clips(project, [rushes])
    assert (added.new, added.with_custody, added.left_alone) == (["C0001", "C0002"], 2, 1)
    rows = project.rows("SELECT card, sealed, sha256 FROM clip ORDER BY id")
    assert [tuple(row)[:2] for row in rows] == [(CARD, ENDED)] * 2
    assert rows[0]["sha256"] == hashlib.sha256(b"one").hexdigest()


def test_what_is_wrong_in_opened_rushes_is_named_and_not_added(
    project: Project, tmp_path: Path
) -> None:
    rushes = opened(tmp_path / "rushes", {f"A00{n}.mov": b"%d" % n for n in range(4)})
    write(rushes / "card-0001" / "A000.mov", b"x")
    (rushes / "card-0001" / "A001.mov").unlink()
    write(rushes / "card-0001" / "B001.mov", b"extra")
    added = add_clips(project, [rushes])
    assert added.new == ["C0001", "C0002"]
    assert faults(added) == [
        ("card-0001/A000.mov", "E63"),
        ("card-0001/A001.mov", "E63"),
        ("card-0001/B001.mov", "E63"),
    ]
    words = " ".join(str(failure) for _, failure in added.failures)
    assert all(word in words for word in ("changed", "missing", "extra"))
    assert added.exit_code == 63


def test_progress_ends_at_all_of_it(project: Project, tmp_path: Path) -> None:
    rushes = opened(tmp_path / "rushes", {"A001.mov": b"one", "A002.mov": bytes(3 << 20)})
    told: list[tuple[str, int, int]] = []
    add_clips(project, [rushes], tell=lambda what, done, total: told.append((what, done, total)))
    assert ("checking", 3, 3) in told
    assert told[-1] == ("reading", 5, 5)


def test_a_clip_of_a_card_that_is_wiped_gets_its_custody_from_the_vault(
    project: Project, tmp_path: Path
) -> None:
    card = write(tmp_path / "card" / "A001.mov")
    add_clips(project, [card])
    card.unlink()
    added = add_clips(project, [opened(tmp_path / "rushes", {"A001.mov": b"one"})])
    assert (added.moved, added.with_custody) == (["C0001"], 1)
    (row,) = project.rows("SELECT card, sealed FROM clip")
    assert tuple(row) == (CARD, ENDED)
