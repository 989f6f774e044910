"""Ends of objects that somebody with the public key alone wrote: refused, and nothing breaks."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journey import Journey, fill, tree
from safehouse_offload.card import Odd, Problem
from safehouse_offload.committing import commit, entry_of
from safehouse_offload.disk import Disk
from safehouse_offload.manifest import FileRow, Manifest, NotManifest, read_manifest
from safehouse_offload.pending import read_pending
from safehouse_offload.places import FORMAT, new_name, object_path
from safehouse_offload.seal import seal
from safehouse_offload.trailer import FILE, NotTrailer, Trailer, read_trailer

WHOLE = Trailer(FILE, "DCIM/C0001.MP4", 3, 5, "ab" * 32, "cd" * 8)
DAY = "2026-11-21T06:11:51Z"
EMPTY = Manifest("11" * 16, DAY, DAY, True, (), (), (), (), ())
ROW = FileRow("a", 1, 1, "ab" * 32, "cd" * 8, "ef" * 16)


def ended(text: bytes) -> bytes:
    """The end of an object whose trailer is text."""
    return text + len(text).to_bytes(4, "big") + FORMAT


def written(**changed: Any) -> bytes:
    fields = {name: getattr(WHOLE, name) for name in WHOLE.__slots__}
    return ended(json.dumps(fields | changed, separators=(",", ":")).encode())


def test_a_trailer_is_read_as_it_was_written() -> None:
    assert read_trailer(b"\0\0" + written()) == (WHOLE, len(WHOLE.written()))
    odd = replace(WHOLE, path="bytes:ff2e6d6f76", mtime_ns=-1, bytes=0)
    assert read_trailer(odd.written())[0] == odd


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("kind", "folder"),
        ("kind", ["file"]),
        ("kind", {}),
        ("path", "bytes:zz"),
        ("path", "bytes:6"),
        ("path", "\ud800"),
        ("path", "a\0b"),
        ("path", "bytes:00"),
        ("path", None),
        ("path", [[[["a"]]]]),
        ("bytes", "3"),
        ("bytes", -1),
        ("bytes", True),
        ("bytes", 3.0),
        ("bytes", 1 << 63),
        ("mtime_ns", None),
        ("mtime_ns", 0.5),
        ("mtime_ns", float("nan")),
        ("mtime_ns", 1 << 70),
        ("sha256", None),
        ("sha256", ["a"] * 64),
        ("sha256", "AB" * 32),
        ("sha256", "ab" * 31),
        ("xxh64", 5),
        ("xxh64", ""),
    ],
)
def test_a_field_that_holds_something_else_is_refused(what: str, value: object) -> None:
    with pytest.raises(NotTrailer):
        read_trailer(written(**{what: value}))


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        FORMAT,
        b"\0\0\0\0" + FORMAT,
        b"\xff\xff\xff\xff" + FORMAT,
        ended(b"[" * 60_000),
        ended(b'{"a":' * 10_000),
        ended(b"\xff\xfe"),
        ended(b"null"),
        ended(b"[1,2,3,4,5,6]"),
        ended(b'{"kind":"file"}'),
        ended(b'{"bytes":' + b"9" * 5000 + b"}"),
        written(more=1),
        ended(WHOLE.written()[: -4 - len(FORMAT)].replace(b",", b", ")),
        ended(b'{"kind":"file",' + WHOLE.written()[1 : -4 - len(FORMAT)]),
        WHOLE.written()[:-1] + b"2",
        WHOLE.written()[1:],
    ],
)
def test_what_is_no_trailer_is_refused(tail: bytes) -> None:
    with pytest.raises(NotTrailer):
        read_trailer(tail)


@settings(max_examples=100)
@given(st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists, max_leaves=5))
def test_any_value_in_any_field_is_read_or_refused(value: object) -> None:
    for what in WHOLE.__slots__:
        try:
            found, _ = read_trailer(written(**{what: value}))
        except NotTrailer:
            continue
        assert found == replace(WHOLE, **{what: value})


@pytest.mark.parametrize(
    "changed",
    [
        {"offload": "../x"},
        {"begun": "\x1b[2J"},
        {"ended": DAY + "\n"},
        {"files": (replace(ROW, mtime_ns=1 << 70),)},
        {"files": (replace(ROW, xxh64="\x1b[2J"),)},
        {"files": (replace(ROW, path="a\0b"),)},
        {"folders": (("a", 1 << 70),)},
        {"folders": (("a", float("inf")),)},
        {"folders": (("a", "1"),)},
        {"others": (Odd("a", "\x1b[2J"),)},
        {"problems": (Problem("a", 5),)},  # type: ignore[arg-type]
        {"mhl": (("..", "x"),)},
        {"mhl": (("a\0b", "x"),)},
        {"mhl": (("x" * 300, "x"),)},
        {"mhl": (("a", "\ud800"),)},
    ],
)
def test_a_manifest_that_would_break_whoever_opens_it_is_none(changed: dict[str, Any]) -> None:
    assert read_manifest(EMPTY.written()) == EMPTY
    with pytest.raises(NotManifest):
        read_manifest(replace(EMPTY, **changed).written())


def test_a_manifest_whose_history_is_a_number_is_none() -> None:
    text = json.loads(EMPTY.written()) | {"mhl": [{"name": "a", "text": 5}]}
    with pytest.raises(NotManifest):
        read_manifest(json.dumps(text).encode())


def forge(journey: Journey, about: Trailer, manifest: Manifest) -> None:
    """Seal one object and one manifest to the vaults, as anybody with the public key can."""
    vaults = [str(vault) for vault in journey.vaults]
    lines = (journey.root / "key.pub").read_text().splitlines()
    to = [line for line in lines if line.startswith("age1")]
    name = new_name()
    for vault in vaults:
        Disk().make_folder(str(Path(object_path(vault, name)).parent))
    paths = [object_path(vault, name) for vault in vaults]
    sealed = seal(Disk(), iter([b"forged"]), about, paths, to)
    commit(Disk(), manifest, [entry_of(sealed)], vaults, to)


@pytest.mark.parametrize(
    ("path", "at", "manifest"),
    [
        ("bytes:zz", 0, replace(EMPTY, mhl=(("..", "x"),))),
        ("a\0b", 0, replace(EMPTY, folders=(("a", 1 << 70),))),
        ("../../up", 1 << 70, replace(EMPTY, folders=(("a\0b", 0),))),
        ("x" * 5000, 0, replace(EMPTY, folders=(("x" * 300, 0), ("../up", 0)))),
        ("\x1b[2J", 0, replace(EMPTY, problems=(Problem("\x1b[2J", "\x1b[2J"),))),
    ],
)
def test_what_is_true_opens_beside_what_is_forged(
    journey: Journey, path: str, at: int, manifest: Manifest
) -> None:
    fill(journey.card)
    assert journey.offload() == 0
    forge(journey, Trailer(FILE, path, 0, at, "", ""), manifest)
    words = journey.root / "words"
    out = journey.root / "rushes"
    code = journey.do("vault", "open", "--words", words, "-o", out, "--workers", 1)
    assert code in {0, 63}, journey.err
    cards = [tree(card) for card in out.iterdir() if card.is_dir()]
    assert tree(journey.card) in cards
    assert not list(journey.root.rglob("up"))
    assert "\x1b" not in journey.out + journey.err
    assert journey.do("vault", "list", "--words", words) in {0, 63}, journey.err
    assert "\x1b" not in journey.out + journey.err


def test_a_state_that_somebody_wrote_is_read_or_left_out(journey: Journey) -> None:
    from hashlib import sha256

    lines = ["", "x", "a b c d e", f"{'ab' * 32} {'ab' * 32} ../../x 5 {'ab' * 32}"]
    checked = [f"{line} {sha256(line.encode()).hexdigest()[:16]}" for line in lines]
    text = "\n".join([f"vault/1 pending {'00' * 32}", *checked, ""]).encode()
    state = read_pending(text)
    assert state is not None
    assert state.entries == {}
    for vault in journey.vaults:
        (vault / "pending" / f"{'11' * 16}.txt").write_bytes(text)
    fill(journey.card)
    assert journey.offload() == 0, journey.err
