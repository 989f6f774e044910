"""What `vault open` wrote, held against its manifests: missing, changed, extra are named."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journey import Journey, fill
from safehouse_offload.manifest import FileRow, Manifest, NotManifest, read_manifest
from safehouse_offload.text import named
from trees import trees

from safehouse.errors import UsageError
from safehouse.vault.handover import Clip, check_opened

CARD = "11" * 16
ENDED = "2026-11-21T06:11:51Z"


def opened(root: Path, tree: dict[str, bytes]) -> None:
    """Write a folder as `vault open` does."""
    rows = []
    for path, content in tree.items():
        file = root / "card-0001" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        rows.append(FileRow(named(path), len(content), 1, digest, "0" * 16, "22" * 16))
    (root / "card-0001").mkdir(exist_ok=True)
    made = Manifest(CARD, ENDED, ENDED, True, tuple(rows), (), (), (), ())
    (root / "card-0001.manifest.json").write_bytes(made.written())


@settings(max_examples=60, deadline=None)
@given(trees)
def test_any_tree_that_was_opened_is_what_was_sealed(tree: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened(Path(folder), tree)
        custody = check_opened(Path(folder))
    assert custody.wrong == []
    assert custody.clips == sorted(
        Clip(f"card-0001/{path}", len(c), hashlib.sha256(c).hexdigest(), CARD, ENDED)
        for path, c in tree.items()
    )


@settings(max_examples=60, deadline=None)
@given(trees, st.data())
def test_any_change_to_any_byte_is_named_and_only_that_file(
    tree: dict[str, bytes], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(tree)))
    with tempfile.TemporaryDirectory() as folder:
        opened(Path(folder), tree)
        file = Path(folder, "card-0001", path)
        content = bytearray(file.read_bytes())
        if content and data.draw(st.booleans()):
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        else:
            content += b"\0"
        file.write_bytes(content)
        custody = check_opened(Path(folder))
    assert custody.wrong == [(f"card-0001/{path}", "changed")]
    assert len(custody.clips) == len(tree) - 1


def link_it(file: Path) -> None:
    outside = file.parent.parent / "unfinished"
    outside.mkdir()
    file.rename(outside / "same")
    file.symlink_to(outside / "same")


CHANGES: list[tuple[Callable[[Path], object], list[tuple[str, str]]]] = [
    (lambda root: (root / "card-0001/a").unlink(), [("card-0001/a", "missing")]),
    (lambda root: (root / "card-0001/new").touch(), [("card-0001/new", "extra")]),
    (lambda root: (root / "elsewhere").touch(), [("elsewhere", "extra")]),
    (lambda root: (root / "card-0001/ascmhl").mkdir(), []),
    (lambda root: link_it(root / "card-0001/a"), [("card-0001/a", "changed: a link, or no file")]),
    (
        lambda root: (root / "card-0001/link").symlink_to("/etc"),
        [("card-0001/link", "extra")],
    ),
]


@pytest.mark.parametrize(("change", "wrong"), CHANGES)
def test_what_is_not_as_it_was_is_named(
    tmp_path: Path, change: Callable[[Path], object], wrong: list[tuple[str, str]]
) -> None:
    opened(tmp_path, {"a": b"one", "b/c": b"two"})
    change(tmp_path)
    assert check_opened(tmp_path).wrong == wrong


@pytest.mark.parametrize("text", [b"", b"{}", b'{"format": "vault/2"}', b"[" * 100_000, b"\xff"])
def test_a_manifest_that_is_none_is_named(tmp_path: Path, text: bytes) -> None:
    opened(tmp_path, {"a": b"one"})
    (tmp_path / "card-0001.manifest.json").write_bytes(text)
    custody = check_opened(tmp_path)
    assert [path for path, what in custody.wrong if what.startswith("unreadable")] == [
        "card-0001.manifest.json"
    ]
    assert custody.clips == []


@pytest.mark.parametrize("path", ["../secret", "/secret", "a//b", ""])
def test_a_manifest_can_not_lead_out_of_its_card(tmp_path: Path, path: str) -> None:
    opened(tmp_path, {"a": b"one"})
    (tmp_path / "secret").write_bytes(b"one")
    made = json.loads((tmp_path / "card-0001.manifest.json").read_text())
    made["files"][0]["path"] = path
    (tmp_path / "card-0001.manifest.json").write_text(json.dumps(made))
    custody = check_opened(tmp_path)
    assert custody.clips == []
    assert (f"card-0001/{path}", "a path that leads out of the card") in custody.wrong


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("path", "bytes:zz"),
        ("path", "\ud800"),
        ("path", 5),
        ("bytes", "5"),
        ("bytes", -1),
        ("mtime_ns", None),
        ("mtime_ns", 0.5),
        ("sha256", None),
    ],
)
def test_a_row_that_holds_something_else_is_no_manifest(
    tmp_path: Path, what: str, value: object
) -> None:
    """Anybody with the public key can seal such a manifest: `vault open` must not break on it."""
    opened(tmp_path, {"a": b"one"})
    made = json.loads((tmp_path / "card-0001.manifest.json").read_text())
    made["files"][0][what] = value
    with pytest.raises(NotManifest):
        read_manifest(json.dumps(made).encode())


def test_a_folder_that_was_not_opened_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError):
            check_opened(folder)


def test_the_way_from_open_to_check(journey: Journey) -> None:
    fill(journey.card)
    odd = os.fsdecode(os.fsencode(journey.card) + b"/\xff.mov")
    Path(odd).write_bytes(b"odd")
    assert journey.offload() == 0
    rushes = journey.open()
    assert "\\udcff.mov: a name that XML can't hold" in journey.out
    assert journey.do("vault", "check", rushes) == 0
    assert "4 files of 1 card" in journey.out
    assert "each is what was sealed" in journey.out
    (rushes / "card-0001" / "DCIM" / "100" / "C0001.MP4").write_bytes(b"x")
    assert journey.do("vault", "check", rushes) == 63
    assert "DCIM/100/C0001.MP4: changed" in journey.out
    (rushes / "card-0001" / "ascmhl" / "ascmhl_chain.xml").write_bytes(b"x")
    assert journey.do("vault", "check", rushes) == 63
    assert "ascmhl_chain.xml: extra" in journey.out
    assert journey.do("vault", "check", journey.card) == 2


def test_what_was_destroyed_on_purpose_is_not_missing(journey: Journey) -> None:
    fill(journey.card)
    assert journey.offload() == 0
    assert journey.do("vault", "list", "--words", journey.root / "words") == 0
    name = next(line.split()[0] for line in journey.out.splitlines() if "C0001" in line)
    assert journey.do("vault", "erase", name, "--yes") == 0
    rushes = journey.open()
    assert journey.do("vault", "check", rushes) == 0
    assert "destroyed on purpose: 1 file" in journey.out
    (rushes / "card-0001.destroyed.json").unlink()
    assert journey.do("vault", "check", rushes) == 63
    assert "C0001.MP4: missing" in journey.out
