"""Films of a project carry our own timecode: the clip's id, its hour, and nothing of the camera."""

from pathlib import Path

import av
import msgspec
import pytest
from films import EVEN, TIMEBASE, mux_film, plan_of, shown_times

from safehouse.media.containers import check_film, finish
from safehouse.media.timecode import Timecode, rate_for
from safehouse.model.plan import Plan


def reeled(container: str, reel: str, **video: object) -> Plan:
    plan = plan_of(container, EVEN, "aac", **video)
    return msgspec.structs.replace(plan, output=msgspec.structs.replace(plan.output, reel=reel))


def finished(folder: Path, container: str, reel: str, **video: object) -> Path:
    film = folder / f"film.{container}"
    mux_film(film, EVEN)
    finish(film, reeled(container, reel, **video))
    return film


@pytest.mark.parametrize("container", ["mov", "mp4"])
@pytest.mark.parametrize(
    ("reel", "rate", "start"),
    [
        ("C0003", "30000/1001", "03:00:00:00"),
        ("C0024", "25/1", "00:00:00:00"),
        ("C0101", "24000/1001", "05:00:00:00"),
        ("C0007", "60/1", "07:00:00:00"),
    ],
)
def test_another_program_reads_reel_and_hour(
    tmp_path: Path, container: str, reel: str, rate: str, start: str
) -> None:
    film = finished(tmp_path, container, reel, rate=rate)
    assert check_film(film) == ()
    with av.open(str(film)) as opened:
        data = opened.streams.data[0]
        assert (data.metadata["timecode"], data.metadata["reel_name"]) == (start, reel)
        assert opened.streams.video[0].metadata["timecode"] == start
    assert shown_times(film) == [time * TIMEBASE for time in EVEN]


def test_without_a_reel_there_is_none(tmp_path: Path) -> None:
    film = finished(tmp_path, "mov", "")
    with av.open(str(film)) as opened:
        assert not opened.streams.data
    assert b"tmcd" not in film.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"C0003", b"C9999", "the timecode is not the neutral one of its reel"),
        (b"C0003", b"AMINA", "reel or rate that is not ours"),
        (b"Lucida Grande", b"Amina's phone", "holds other bytes than the profile"),
        (b"\x08Timecode", b"\x08Amina B.", "holds other bytes than the profile"),
    ],
)
def test_any_other_timecode_is_found(tmp_path: Path, old: bytes, new: bytes, told: str) -> None:
    film = finished(tmp_path, "mov", "C0003")
    content = film.read_bytes()
    assert content.count(old) == 1
    film.write_bytes(content.replace(old, new))
    assert any(told in finding for finding in check_film(film))


def test_a_start_of_the_cameras_is_found(tmp_path: Path) -> None:
    film = finished(tmp_path, "mov", "C0003")
    sample, content = Timecode("C0003", 25, 1).sample, film.read_bytes()
    place = content.rindex(sample, 0, content.index(b"moov"))
    film.write_bytes(content[:place] + b"\x00\x05\x99\x01" + content[place + 4 :])
    assert check_film(film) == ("the timecode is not the neutral one of its reel",)


def test_a_rate_that_no_timecode_counts_leaves_it_out(tmp_path: Path) -> None:
    assert (rate_for(1000, 1), rate_for(1, 3), rate_for(25, 1)) == (None, None, (25, 1))
    assert b"tmcd" not in finished(tmp_path, "mov", "C0003", rate="1000/1").read_bytes()
