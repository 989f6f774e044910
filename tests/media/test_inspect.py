"""Inspection tells what a file says, believes nothing, and survives hostile files."""

import base64
import os
import struct
import unicodedata
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from canaries import plant_boxes, plant_mkv
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.errors import SafehouseError, SourceEmpty, SourceMissing
from safehouse.media.boxes import Box, format_box
from safehouse.media.inspect import identifying_strings, inspect_file, search_file
from safehouse.media.search import search_bytes

NAME = "Zoë Example-Müller"


def told(path: Path) -> dict[str, str]:
    return {row.what: row.value for row in inspect_file(path).rows}


@pytest.mark.parametrize(
    "form",
    [
        NAME.encode(),
        NAME.encode("utf-16-le"),
        NAME.encode("utf-16-be"),
        NAME.encode("latin-1"),
        NAME.upper().encode(),
        b"Zoe\xcc\x88 Example-Mu\xcc\x88ller",
        NAME.encode().hex().upper().encode(),
        base64.b64encode(NAME.encode()),
        base64.b64encode(b"1" + NAME.encode() + b"2"),
        base64.b64encode(b"12" + NAME.encode() + b"xyz"),
    ],
)
def test_string_is_found_in_every_form(form: bytes) -> None:
    assert search_bytes(os.urandom(100) + form + os.urandom(100), [NAME])


def test_string_is_found_across_the_blocks_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "film.bin"
    for shift in (-30, -3, 0, 5):
        path.write_bytes(bytes((1 << 20) + shift) + NAME.encode() + bytes(3000))
        hits = search_file(path, [NAME])
        assert {hit.offset for hit in hits} == {(1 << 20) + shift}


def test_name_of_the_file_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "Zoë Example-Müller 2.mov"
    path.write_bytes(b"x")
    assert [hit.where for hit in search_file(path, [NAME])][:1] == ["name"]


def test_words_of_every_film_are_not_searched(tmp_path: Path) -> None:
    path = tmp_path / "film.mov"
    path.write_bytes(b"moov video trak")
    assert search_file(path, ["video", "Video", "trak", "abc"]) == ()


def test_short_words_are_not_searched_in_media(tmp_path: Path) -> None:
    path = tmp_path / "film.mov"
    path.write_bytes(
        format_box(Box(b"mdat", b"...Annika...")) + format_box(Box(b"free", b"Tomasz"))
    )
    assert [hit.string for hit in search_file(path, ["Annika", "Tomasz"])] == ["Tomasz"]


def test_compressed_movie_header_is_read_and_searched(tmp_path: Path) -> None:
    udta = format_box(
        Box(b"moov", format_box(Box(b"udta", format_box(Box(b"auth", NAME.encode())))))
    )
    cmvd = struct.pack(">I", len(udta)) + zlib.compress(udta)
    parts = format_box(Box(b"dcom", b"zlib")) + format_box(Box(b"cmvd", cmvd))
    path = tmp_path / "old.mov"
    path.write_bytes(format_box(Box(b"moov", format_box(Box(b"cmov", parts)))))
    assert told(path)["author"] == NAME
    assert search_file(path, [NAME])


def test_value_that_would_move_the_cursor_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    value = b"evil\x1b[31mred\xe2\x80\xaename"
    path.write_bytes(
        format_box(Box(b"moov", format_box(Box(b"udta", format_box(Box(b"auth", value))))))
    )
    for row in inspect_file(path).rows:
        assert not {"\x1b", "\u202e"} & set(row.where + row.what + row.value)


def test_place_is_known_in_other_forms(tmp_path: Path) -> None:
    path = plant_boxes(tmp_path, "mov").path
    strings = identifying_strings(path)
    assert {"48.1234", "4807.4074", struct.pack(">d", 48.123457)} <= strings


def test_name_that_safehouse_gives_is_no_name_of_a_source(tmp_path: Path) -> None:
    path = tmp_path / "protected-0001.mov"
    path.write_bytes(b"x")
    assert not {"protected-0001", "protected-0001.mov"} & identifying_strings(path)


def test_list_of_other_files_is_not_followed(tmp_path: Path) -> None:
    plant_boxes(tmp_path, "mov")
    path = tmp_path / "list.ffconcat"
    path.write_text("ffconcat version 1.0\nfile CnryFileName.mov\n")
    assert not any("tags" in row.where for row in inspect_file(path).rows)


def test_missing_empty_and_odd_files_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty.mov").touch()
    os.mkfifo(tmp_path / "pipe.mov")
    for name, kind in (
        ("none.mov", SourceMissing),
        ("empty.mov", SourceEmpty),
        ("pipe.mov", SourceMissing),
        (".", SourceMissing),
    ):
        with pytest.raises(kind):
            inspect_file(tmp_path / name)
        with pytest.raises(kind):
            identifying_strings(tmp_path / name)


def test_nested_and_endless_boxes_end(tmp_path: Path) -> None:
    deep = b""
    for _ in range(3000):
        deep = struct.pack(">I4s", len(deep) + 8, b"udta") + deep
    many = format_box(Box(b"moov", format_box(Box(b"free")) * 30_000))
    zero = b"\0\0\0\0moov" * 2000
    for number, content in enumerate((deep, many, zero, b"\0\0\0\1moov" + b"\xff" * 8)):
        path = tmp_path / f"{number}.mov"
        path.write_bytes(content)
        assert inspect_file(path).rows


def test_nested_and_endless_chunks_and_elements_end(tmp_path: Path) -> None:
    riff = b""
    for _ in range(500):
        riff = b"LIST" + struct.pack("<I", len(riff) + 4) + b"INFO" + riff
    ebml = b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\x67\xc8\xff" * 500
    for name, content in (("a.wav", b"RIFF\xff\xff\xff\xffWAVE" + riff), ("a.mkv", ebml)):
        path = tmp_path / name
        path.write_bytes(content)
        assert inspect_file(path).rows


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sources")
    return [plant_boxes(folder, "mov").path, plant_mkv(folder).path]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_file_never_ends_in_a_traceback(sources: list[Path], data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(sources))
    content = bytearray(source.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = source.with_stem("damaged")
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    with suppress(SafehouseError):
        search_file(path, identifying_strings(path))


@pytest.mark.media
@pytest.mark.parametrize("folder", ["weird", "metadata"])
def test_every_odd_file_is_told_or_refused_in_words(media: Path, folder: str) -> None:
    for path in sorted((media / folder).iterdir()):
        try:
            inspection = inspect_file(path)
        except SourceEmpty:
            continue
        assert len(inspection.rows) >= 2
        shown = "".join(row.where + row.what + row.value for row in inspection.rows)
        assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.media
def test_cameras_are_named(media: Path) -> None:
    metadata = media / "metadata"
    gopro = inspect_file(metadata / "gopro_max-heromode.mp4").rows
    assert any("GoPro Max" in row.value for row in gopro)
    phone = inspect_file(metadata / "drewnoakes_with-gps.mov").rows
    assert any(row.value == "iPhone 6" and row.kind == "device" for row in phone)
    assert any(row.value.startswith("+") and row.kind == "place" for row in phone)
    sony = inspect_file(metadata / "drewnoakes_Sony_ILCE-7M3__A7M3_.mts").rows
    assert sony
