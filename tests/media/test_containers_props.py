"""A flipped byte outside the pictures is found, or it changed a number that films may differ in."""

from pathlib import Path

import pytest
from films import UNEVEN, mux_film, plan_of
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.media.boxes import PLAIN_PARENTS
from safehouse.media.containers import check_film, finish

FREE = {
    *(b"mvhd", b"tkhd", b"mdhd", b"elst", b"stsd", b"stts", b"ctts", b"stss"),
    *(b"stsc", b"stsz", b"stco"),
}
"""Boxes with numbers that differ from film to film: times, sizes, places, the codec's set-up."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mov"
    mux_film(path, UNEVEN)
    finish(path, plan_of("mov", UNEVEN, "aac"))
    return path


def header_bytes(film: bytes) -> "list[tuple[int, bytes]]":
    """Return every byte outside the media data, with the kind of box whose payload it is in."""
    found: list[tuple[int, bytes]] = []

    def walk(start: int, end: int) -> None:
        while start < end:
            size, kind = int.from_bytes(film[start : start + 4], "big"), film[start + 4 : start + 8]
            found.extend((at, b"header") for at in range(start, start + 8))
            if kind in PLAIN_PARENTS:
                walk(start + 8, start + size)
            else:
                found.extend((at, kind) for at in range(start + 8, start + size))
            start += size

    moov = film.rfind(b"moov") - 4
    found.extend((at, b"header") for at in range(36))
    walk(moov, len(film))
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_byte_is_found_or_is_a_number_that_may_vary(
    film: Path, data: st.DataObject
) -> None:
    content = bytearray(film.read_bytes())
    at, kind = data.draw(st.sampled_from(header_bytes(bytes(content))))
    content[at] ^= data.draw(st.integers(1, 255))
    broken = film.with_name("flipped.mov")
    broken.write_bytes(content)
    assert check_film(broken) or kind in FREE


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_cut_or_stuffed_film_never_crashes_the_check(film: Path, data: st.DataObject) -> None:
    content = film.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    stuffing = data.draw(st.binary(max_size=12))
    cut = data.draw(st.integers(0, 12))
    broken = film.with_name("stuffed.mov")
    broken.write_bytes(content[:at] + stuffing + content[at + cut :])
    same = broken.read_bytes() == content
    moov = content.rfind(b"moov") - 4
    inside = at >= 36 and at + cut <= moov and len(stuffing) == cut
    assert check_film(broken) or same or inside or at >= moov
