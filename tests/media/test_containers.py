"""A finished film says what its plan says, and nothing else."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from films import BT2020, EVEN, HDR, TIMEBASE, UNEVEN, mux_film, plan_of, shown_times

from safehouse.errors import FormatUnsupported, SafehouseError, SourceMissing
from safehouse.media.boxes import Box, find_one, format_box, parse_boxes
from safehouse.media.containers import check_film, finish
from safehouse.media.film import parse_film
from safehouse.media.tables import sample_ranges

EARLY = [time - 2002 for time in EVEN]
LATE = [time + 5000 for time in EVEN]


@pytest.mark.parametrize("pts", [EVEN, UNEVEN, EARLY, LATE, [7]], ids=str)
@pytest.mark.parametrize(
    ("codec", "container"),
    [("libx264", "mov"), ("libx264", "mp4"), ("prores_ks", "mov"), ("ffv1", "mp4")],
)
def test_every_frame_has_the_time_of_the_plan(
    tmp_path: Path, container: str, pts: list[int], codec: str
) -> None:
    film = tmp_path / f"film.{container}"
    mux_film(film, pts, codec)
    finish(film, plan_of(container, pts, "aac"))
    assert shown_times(film) == [time * TIMEBASE for time in pts]
    assert check_film(film) == ()


@pytest.mark.parametrize("container", ["mov", "mp4"])
@pytest.mark.parametrize("sound", ["aac", "pcm_s16le", "pcm_s24le"])
@pytest.mark.parametrize("start", ["0/1", "1/10", "1/90000"])
def test_sound_begins_where_the_plan_says(
    tmp_path: Path, container: str, sound: str, start: str
) -> None:
    film = tmp_path / f"film.{container}"
    mux_film(film, EVEN, "libx264", sound)
    finish(film, plan_of(container, EVEN, sound, start))
    assert check_film(film) == ()
    with av.open(str(film)) as opened:
        stream = opened.streams.audio[0]
        first = next(opened.decode(stream))
        assert abs(first.pts * stream.time_base - Fraction(start)) < Fraction(1, 48000)


def test_sound_before_the_picture_is_kept_for_pcm_and_skipped_for_aac(tmp_path: Path) -> None:
    for sound, samples, begin in (("pcm_s16le", 24000, -480), ("aac", 24000 - 480, 0)):
        film = tmp_path / f"{sound}.mov"
        mux_film(film, EVEN, "libx264", sound)
        finish(film, plan_of("mov", EVEN, sound, "-1/100"))
        with av.open(str(film)) as opened:
            frames = list(opened.decode(audio=0))
        assert frames[0].pts == begin
        assert samples <= sum(frame.samples for frame in frames) < samples + 1024
        assert check_film(film) == ()


@pytest.mark.parametrize("container", ["mov", "mp4"])
def test_hdr_colour_and_shape_of_pixels_come_from_the_plan(tmp_path: Path, container: str) -> None:
    film = tmp_path / f"film.{container}"
    mux_film(film, EVEN, "libx265")
    finish(film, plan_of(container, EVEN, "aac", hdr=HDR, colour=BT2020, sample_aspect="4/3"))
    assert check_film(film) == ()
    moov = film.read_bytes()
    assert b"mdcv" + bytes.fromhex("33c286c4") in moov
    assert b"clli\x03\xe8\x01\x90" in moov
    colr = {"mov": b"nclc\0\x09\0\x10\0\x09", "mp4": b"nclx\0\x09\0\x10\0\x09\0"}[container]
    assert b"colr" + colr in moov
    with av.open(str(film)) as opened:
        assert opened.streams.video[0].sample_aspect_ratio == Fraction(4, 3)


def test_film_holds_no_name_time_or_free_space(tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    mux_film(film, EVEN)
    before = film.read_bytes()
    assert b"FFMP" in before
    assert b"VideoHandler" in before
    finish(film, plan_of("mov", EVEN, "aac"))
    after = film.read_bytes()
    for name in (b"FFMP", b"Handler", b"Lav", b"x264", b"wide", b"free", b"udta"):
        assert name not in after


def test_same_film_twice_has_the_same_bytes(tmp_path: Path) -> None:
    films = []
    for name in ("one", "two"):
        film = tmp_path / name / "film.mp4"
        film.parent.mkdir()
        mux_film(film, UNEVEN)
        finish(film, plan_of("mp4", UNEVEN, "aac"))
        films.append(film.read_bytes())
    assert films[0] == films[1]


def test_header_in_front_is_moved_behind_and_samples_stay_found(tmp_path: Path) -> None:
    film, plain = tmp_path / "film.mp4", tmp_path / "plain.mp4"
    mux_film(plain, EVEN)
    with av.open(str(plain)) as source:
        options = {
            "movflags": "faststart",
            "movie_timescale": "30000",
            "video_track_timescale": "30000",
        }
        with av.open(str(film), "w", format="mp4", container_options=options) as target:
            target.flags |= 0x400
            streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    target.mux(packet)
    assert film.read_bytes().index(b"moov") < film.read_bytes().index(b"mdat")
    finish(film, plan_of("mp4", EVEN, "aac"))
    finish(plain, plan_of("mp4", EVEN, "aac"))
    assert shown_times(film) == shown_times(plain)
    assert check_film(film) == ()


def test_times_that_differ_from_the_plan_are_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    mux_film(film, EVEN)
    with pytest.raises(FormatUnsupported, match="frame times"):
        finish(film, plan_of("mov", UNEVEN, "aac"))


def test_tracks_that_the_plan_lacks_are_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    mux_film(film, EVEN)
    with pytest.raises(FormatUnsupported, match="tracks"):
        finish(film, plan_of("mov", EVEN, ""))


def test_no_film_is_an_error_in_three_lines(tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    film.write_bytes(b"no film at all")
    with pytest.raises(SafehouseError, match="unknown shape"):
        finish(film, plan_of("mov", EVEN, ""))
    with pytest.raises(SourceMissing):
        check_film(tmp_path / "missing.mov")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    film = tmp_path_factory.mktemp("film") / "film.mov"
    mux_film(film, UNEVEN)
    finish(film, plan_of("mov", UNEVEN, "aac"))
    return film.read_bytes()


def changed(folder: Path, content: bytes) -> tuple[str, ...]:
    path = folder / "changed.mov"
    path.write_bytes(content)
    return check_film(path)


def split(film: bytes) -> tuple[bytes, tuple[Box, ...]]:
    at = film.rfind(b"moov") - 4
    return film[:at], parse_boxes(film[at + 8 :])


@pytest.mark.parametrize("extra", [Box(b"free", b"x"), Box(b"uuid", bytes(24)), Box(b"udta")])
def test_added_boxes_are_found_wherever_they_stand(
    tmp_path: Path, finished: bytes, extra: Box
) -> None:
    head, moov = split(finished)

    def everywhere(boxes: tuple[Box, ...]) -> "list[tuple[Box, ...]]":
        found = [(*boxes[:n], extra, *boxes[n:]) for n in range(len(boxes) + 1)]
        for n, box in enumerate(boxes):
            for children in everywhere(box.children) if box.children else ():
                inside = Box(box.kind, b"", children)
                found.append((*boxes[:n], inside, *boxes[n + 1 :]))
        return found

    variants = everywhere(moov)
    assert len(variants) > 40
    for boxes in variants:
        assert changed(tmp_path, head + format_box(Box(b"moov", b"", boxes)))
    assert changed(tmp_path, finished + format_box(extra))
    assert changed(tmp_path, format_box(extra) + finished)


def test_trailing_bytes_and_gaps_are_found(tmp_path: Path, finished: bytes) -> None:
    assert changed(tmp_path, finished + b"hello")
    assert changed(tmp_path, finished + bytes(4))
    head, moov = split(finished)
    grown = len(head) - 20 + 5
    wider = head[:20] + b"\0\0\0\1mdat" + grown.to_bytes(8, "big") + head[36:] + b"12345"
    assert any(
        "belongs to no sample" in words
        for words in changed(tmp_path, wider + format_box(Box(b"moov", b"", moov)))
    )


def test_text_of_an_encoder_in_a_picture_is_found(tmp_path: Path, finished: bytes) -> None:
    head, moov = split(finished)
    film = parse_film(head[8:20], finished[len(head) + 8 :])
    places, sizes = sample_ranges(film.tracks[0].tables)
    place, size = int(places[0]), int(sizes[0])
    text = b"\x06\x05\x1a" + bytes(range(1, 17)) + b"x264 - core"[:10] + b"\x80"
    unit = len(text).to_bytes(4, "big") + text
    rest = (size - len(unit) - 4).to_bytes(4, "big") + b"\x65"
    broken = bytearray(finished)
    broken[place : place + len(unit + rest)] = unit + rest
    words = changed(tmp_path, bytes(broken))
    assert words == ("track 1: picture 0: SEI message of type 5",)
    assert find_one(moov, b"mvhd")
